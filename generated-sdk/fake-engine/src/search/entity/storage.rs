//! Storage domains, disks, volumes and quotas.

use std::borrow::Cow;

use super::super::enumeration as enums;
use super::compute::{CLUSTER, DATA_CENTER, HOST};
use super::{
    BY_NAME, Content, Entity, Field, GIGABYTE, Relations, ascending, choice, flag, identifier, number, reference, text,
};

pub(super) static DOMAIN: Entity = Entity {
    name: "storage",
    fields: Cow::Borrowed(&[
        text("name", "name"),
        choice("status", "status", &enums::DOMAIN_STATUS),
        choice("shared_status", "@shared_status", &enums::SHARED_STATUS),
        choice("external_status", "external_status", &enums::EXTERNAL_STATUS),
        Field::new("datacenter", "data_centers/name", Content::Listed, Relations::Equal),
        choice("type", "storage/type", &enums::STORAGE_TYPE),
        number("free_size", "available").per(GIGABYTE),
        number("used_size", "used").per(GIGABYTE),
        number("total_size", "@total_size").per(GIGABYTE),
        number("committed", "committed").per(GIGABYTE),
        text("comment", "comment"),
        text("description", "description"),
        flag("wipe_after_delete", "wipe_after_delete"),
        flag("discard_after_delete", "discard_after_delete"),
        flag("backup", "backup"),
    ]),
    references: &[
        reference("host", "data_centers/<cluster:data_center/<host:cluster", &HOST),
        reference("cluster", "data_centers/<cluster:data_center", &CLUSTER),
    ],
    order: BY_NAME,
    loose: false,
};

const fn size(name: &'static str, path: &'static str) -> Field {
    Field::new(name, path, Content::Size, Relations::Beside)
}

const fn date(name: &'static str, path: &'static str) -> Field {
    Field::new(name, path, Content::Date, Relations::Beside)
}

pub(super) static DISK: Entity = Entity {
    name: "disk",
    fields: Cow::Borrowed(&[
        text("alias", "alias"),
        text("name", "name"),
        text("description", "description"),
        size("provisioned_size", "provisioned_size"),
        size("size", "provisioned_size"),
        size("actual_size", "actual_size"),
        date("creation_date", "@creation_date"),
        flag("shareable", "shareable"),
        choice("status", "status", &enums::DISK_STATUS),
        choice("disk_type", "storage_type", &enums::DISK_TYPE),
        choice("disk_content_type", "content_type", &enums::DISK_CONTENT),
        choice("allocation_policy", "sparse", &enums::ALLOCATION),
        number("number_of_vms", "<disk_attachment:disk/count()"),
        Field::new("vm_names", "<disk_attachment:disk/vm/name", Content::Listed, Relations::Equal),
        text("quota", "quota/name"),
        identifier("id", "id"),
        flag("wipe_after_delete", "wipe_after_delete"),
        date("last_modified", "@last_modified"),
    ]),
    references: &[
        reference("datacenter", "storage_domains/data_centers", &DATA_CENTER),
        reference("storage", "storage_domains", &DOMAIN),
    ],
    order: &[ascending("alias", Content::Text), ascending("id", Content::Identifier)],
    loose: false,
};

pub(super) static VOLUME: Entity = Entity {
    name: "volume",
    fields: Cow::Borrowed(&[
        text("name", "name"),
        choice("type", "volume_type", &enums::VOLUME_TYPE),
        choice("transport_type", "transport_types", &enums::TRANSPORT),
        number("replica_count", "replica_count"),
        number("stripe_count", "stripe_count"),
        choice("status", "status", &enums::VOLUME_STATUS),
    ]),
    references: &[reference("cluster", "cluster", &CLUSTER)],
    order: BY_NAME,
    loose: false,
};

pub(super) static QUOTA: Entity = Entity {
    name: "quota",
    fields: Cow::Borrowed(&[
        text("name", "name"),
        text("storagepoolname", "data_center/name"),
        text("description", "description"),
        number("thresholdstoragepercentage", "storage_soft_limit_pct"),
        number("thresholdclusterpercentage", "cluster_soft_limit_pct"),
        number("gracestoragepercentage", "storage_hard_limit_pct"),
        number("graceclusterpercentage", "cluster_hard_limit_pct"),
        choice("enforcementtype", "data_center/quota_mode", &enums::QUOTA_ENFORCEMENT),
    ]),
    references: &[],
    order: BY_NAME,
    loose: false,
};

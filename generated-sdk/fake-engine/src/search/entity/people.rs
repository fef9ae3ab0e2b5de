//! Users and groups, events and jobs.

use std::borrow::Cow;

use super::super::enumeration as enums;
use super::compute::{CLUSTER, HOST, TEMPLATE, VM};
use super::{BY_NAME, Content, Entity, Field, Order, Relations, ascending, choice, exact, flag, reference, tag, text};

pub(super) static USER: Entity = Entity {
    name: "user",
    fields: Cow::Borrowed(&[
        text("name", "name"),
        text("lastname", "last_name"),
        Field::new("usrname", "principal", Content::Account, Relations::Equal),
        text("user_and_domain", "user_name"),
        text("login", "principal"),
        text("directory", "domain/name"),
        text("department", "department"),
        tag(),
        text("pool", "<permission:user/vm_pool/name"),
        choice("type", "=user", &enums::USER_OR_GROUP),
    ]),
    references: &[
        reference("vm", "<permission:user/vm", &VM),
        reference("host", "<permission:user/vm/host", &HOST),
        reference("template", "<permission:user/template", &TEMPLATE),
        reference("event", "<event:user", &EVENT),
    ],
    order: BY_NAME,
    loose: false,
};

pub(super) static GROUP: Entity = Entity {
    name: "group",
    fields: Cow::Borrowed(&[text("grpname", "name"), text("name", "name")]),
    references: &[],
    order: BY_NAME,
    loose: false,
};

pub(super) static DIRECTORY_USER: Entity = Entity {
    name: "aduser",
    fields: Cow::Borrowed(&[
        text("name", "name"),
        text("username", "principal"),
        text("allnames", "@allnames"),
        text("lastname", "last_name"),
        text("department", "department"),
        text("title", "@title"),
    ]),
    references: &[],
    order: BY_NAME,
    loose: false,
};

pub(super) static DIRECTORY_GROUP: Entity = Entity {
    name: "adgroup",
    fields: Cow::Borrowed(&[text("name", "name"), text("groupname", "name"), text("allnames", "name")]),
    references: &[],
    order: BY_NAME,
    loose: false,
};

pub(super) static EVENT: Entity = Entity {
    name: "event",
    fields: Cow::Borrowed(&[
        Field::new("type", "code", Content::Integer, Relations::Equal),
        Field::new("severity", "severity", Content::Choice(&enums::SEVERITY), Relations::All),
        text("message", "description"),
        Field::new("time", "time", Content::Day, Relations::Time),
        text("usrname", "user/user_name"),
        text("event_host", "host/name"),
        text("event_vm", "vm/name"),
        text("event_template", "template/name"),
        text("event_storage", "storage_domain/name"),
        text("event_datacenter", "data_center/name"),
        text("event_volume", "@event_volume"),
        text("correlation_id", "correlation_id"),
        text("origin", "origin"),
        Field::new("custom_event_id", "custom_id", Content::Integer, Relations::Equal),
        flag("deleted", "=false"),
        text("_event_vm_id", "vm/id"),
        text("_event_template_id", "template/id"),
        text("_event_storage_id", "storage_domain/id"),
        text("_event_host_id", "host/id"),
        text("_event_datacenter_id", "data_center/id"),
        text("_event_quota_id", "@quota_id"),
    ]),
    references: &[
        reference("vm", "vm", &VM),
        reference("template", "template", &TEMPLATE),
        reference("user", "user", &USER),
        reference("cluster", "cluster", &CLUSTER),
        reference("host", "host", &HOST),
    ],
    order: &[Order { path: "id", content: Content::Integer, descending: true }],
    loose: false,
};

pub(super) static JOB: Entity = Entity {
    name: "job",
    fields: Cow::Borrowed(&[exact("correlation_id", "@correlation_id")]),
    references: &[],
    order: &[ascending("start_time", Content::Date)],
    loose: false,
};

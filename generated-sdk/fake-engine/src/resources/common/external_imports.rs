//! Importing virtual machines and templates from outside.

use std::time::Duration;

use crate::api::Fault;
use crate::effect::Effect;
use crate::path::last;
use crate::resources::common::disk::image;
use crate::resources::common::{disk_attachment, storage_domain};
use crate::resources::paths::{CLUSTERS, DISKS};
use crate::state::State;
use ovirt_sdk::types::{Cluster, DiskAttachment, DiskFormat, DiskStatus};

pub(crate) const CONVERSION: Duration = Duration::from_secs(30);
/// The size of the disk of what comes from elsewhere, of which nothing is known.
const SIZE: i64 = 10 << 30;

pub(crate) fn cluster_of(state: &State, cluster: Option<&Cluster>) -> Result<Option<String>, Fault> {
    let path = cluster.map(|cluster| state.reference(CLUSTERS, cluster)).transpose()?.flatten();
    Ok(path.map(|path| last(&path).to_owned()))
}

pub(crate) fn add_disk(state: &mut State, owner: &str, name: &str, domain: Option<String>, sparse: bool) {
    let Some(domain) = domain.or_else(|| storage_domain::first_data_domain(state)) else { return };
    let mut disk = image(&format!("{name}_Disk1"), SIZE, &domain).status(DiskStatus::Locked).sparse(sparse);
    if !sparse {
        disk.format = Some(DiskFormat::Raw);
        disk.qcow_version = None;
    }
    disk.image_id = Some(state.new_id());
    let path = state.insert(DISKS, disk);
    disk_attachment::attach(state, owner, &path, DiskAttachment::new().bootable(true));
    state.after(CONVERSION - Duration::from_secs(1), Effect::DiskUnlocked { disk: path });
}

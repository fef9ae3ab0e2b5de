//! Copying the disks of a virtual machine, template or snapshot.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use crate::api::Fault;
use crate::path::last;
use crate::resources::common::{disk, disk_attachment, storage_domain};
use crate::resources::paths::{DISKS, STORAGE_DOMAINS};
use crate::state::State;
use ovirt_sdk::object::Struct as _;
use ovirt_sdk::types::{Disk, DiskAttachment, DiskFormat, DiskStatus, DiskStorageType, StorageDomain};

const COPYING: Duration = Duration::from_secs(5);

/// Copies a disk to a storage domain, or within its own; the copy is locked, and becomes ready within the job under
/// way. Gives its path.
pub(crate) fn copy_to_domain(state: &mut State, disk: &str, target: Option<&str>) -> Result<String, Fault> {
    let original = state.find::<Disk>(disk)?;
    let mut copy = original.clone();
    let domain = match target {
        Some(target) => format!("{STORAGE_DOMAINS}/{}", last(target)),
        None => disk::domain_of(state, disk).unwrap_or_default(),
    };
    copy.id = None;
    copy.image_id = Some(state.new_id());
    copy.snapshot = None;
    if copy.storage_type != Some(DiskStorageType::Lun) {
        storage_domain::check_usable(state, &domain, "copy Virtual Disk")?;
        storage_domain::check_space(state, &domain, copy.actual_size.unwrap_or(0), "copy Virtual Disk")?;
        copy.storage_domains = Some(vec![StorageDomain::with_id(last(&domain))].into());
        copy.disk_profile = storage_domain::default_profile(state, &domain).map(Box::new);
        copy.status = Some(DiskStatus::Locked);
    }
    let path = state.insert(DISKS, copy);
    state.contents.copy(disk, &path);
    disk::ready_after(state, COPYING, &path, 0, "");
    Ok(path)
}

/// The requested properties of copies of disks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Choices {
    /// By the identifier of the disk, or of its image.
    disks: HashMap<String, Disk>,
    /// The storage domain of those that say nothing.
    domain: Option<String>,
    /// Whether they are layers above what they are made of.
    thin: bool,
}

impl Choices {
    /// The properties that disk attachments in a document request. Each attachment must be of a disk of the owner.
    pub(crate) fn of(
        state: &State,
        owner: &str,
        attachments: Option<&ovirt_sdk::types::List<DiskAttachment>>,
        domain: Option<&StorageDomain>,
    ) -> Result<Self, Fault> {
        let domain = referenced_domain_id(state, domain)?;
        let mut choices = Self { domain, ..Self::default() };
        let known: Vec<String> = disk_attachment::disks(state, owner);
        for attachment in attachments.into_iter().flat_map(|list| list.iter()) {
            let Some(mut disk) = attachment.disk.as_deref().cloned() else { continue };
            let Some(id) = disk.id.clone().or_else(|| attachment.id.clone()).or_else(|| disk.image_id.clone()) else {
                continue;
            };
            let image = |path: &String| state.get::<Disk>(path).and_then(|disk| disk.image_id.clone());
            let found = known.iter().find(|path| last(path) == id || image(path).as_deref() == Some(&id));
            let found = found.ok_or_else(|| Fault::no_such(Disk::INFO.name, &id))?;
            let wanted = disk.storage_domains.as_ref().and_then(|domains| domains.first().cloned());
            let wanted = wanted.or_else(|| disk.storage_domain.as_deref().cloned());
            let wanted = referenced_domain_id(state, wanted.as_ref())?;
            disk.storage_domains = wanted.map(|id| vec![StorageDomain::with_id(id)].into());
            choices.disks.insert(last(found).to_owned(), disk);
        }
        Ok(choices)
    }

    /// Refuses when the disks of an owner can't be copied to where they are wanted.
    pub(crate) fn check(&self, state: &State, owner: &str, action: &str) -> Result<(), Fault> {
        let mut needed: BTreeMap<String, i64> = BTreeMap::new();
        for disk in disk_attachment::disks(state, owner) {
            let own = || disk::domain_of(state, &disk);
            let domain = self.domain_for(last(&disk)).map(|id| format!("{STORAGE_DOMAINS}/{id}")).or_else(own);
            let size = state.get::<Disk>(&disk).and_then(|disk| disk.actual_size).unwrap_or(0);
            if let Some(domain) = domain {
                *needed.entry(domain).or_default() += if self.thin { 0 } else { size };
            }
        }
        for (domain, bytes) in needed {
            storage_domain::check_usable(state, &domain, action)?;
            storage_domain::check_space(state, &domain, bytes, action)?;
        }
        Ok(())
    }

    /// The same for copies that are layers above what they are made of.
    pub(crate) fn thin(self, thin: bool) -> Self {
        Self { thin, ..self }
    }

    fn domain_for(&self, disk: &str) -> Option<&str> {
        let chosen = self.disks.get(disk).and_then(|disk| disk.storage_domains.as_ref()?.first()?.id.as_deref());
        chosen.or(self.domain.as_deref())
    }
}

/// The identifier of the storage domain that is referred to, which has to be there.
pub(crate) fn referenced_domain_id(state: &State, domain: Option<&StorageDomain>) -> Result<Option<String>, Fault> {
    let Some(domain) = domain else { return Ok(None) };
    let path = state.reference(STORAGE_DOMAINS, domain)?;
    Ok(path.map(|path| last(&path).to_owned()))
}

/// Copies the disks of an owner to another one. What is no image, or belongs to several machines, is not copied.
pub(crate) fn copy_disks(state: &mut State, from: &str, to: &str, choices: &Choices) -> Result<usize, Fault> {
    let mut copied = 0;
    for (_, attachment) in disk_attachment::list(state, from) {
        let Some(id) = attachment.disk.as_ref().and_then(|disk| disk.id.clone()) else { continue };
        copied += usize::from(copy_disk(state, &id, attachment, to, choices)?);
    }
    Ok(copied)
}

/// Copies one disk and attaches the copy; whether it is one that can be copied.
pub(crate) fn copy_disk(
    state: &mut State,
    id: &str,
    attachment: DiskAttachment,
    to: &str,
    choices: &Choices,
) -> Result<bool, Fault> {
    let path = format!("{DISKS}/{id}");
    if !state.get::<Disk>(&path).is_some_and(disk::is_layered) {
        return Ok(false);
    }
    let copy = copy_to_domain(state, &path, choices.domain_for(id))?;
    if let Some(disk) = state.get_mut::<Disk>(&copy) {
        if choices.thin {
            disk.format = Some(DiskFormat::Cow);
            disk.sparse = Some(true);
            disk.actual_size = Some(200_704);
        }
        if let Some(wanted) = choices.disks.get(id) {
            adapt(disk, wanted);
        }
    }
    disk_attachment::attach(state, to, &copy, attachment);
    Ok(true)
}

/// Sets the requested properties of a copy.
fn adapt(disk: &mut Disk, wanted: &Disk) {
    if let Some(name) = wanted.alias.clone().or_else(|| wanted.name.clone()) {
        disk.alias = Some(name.clone());
        disk.name = Some(name);
    }
    let change = |slot: &mut Option<bool>, wanted: Option<bool>| *slot = wanted.or(*slot);
    change(&mut disk.sparse, wanted.sparse);
    change(&mut disk.wipe_after_delete, wanted.wipe_after_delete);
    disk.format = wanted.format.clone().or_else(|| disk.format.clone());
    disk.backup = wanted.backup.clone().or_else(|| disk.backup.clone());
    disk.description = wanted.description.clone().or_else(|| disk.description.clone());
    disk.disk_profile = wanted.disk_profile.clone().or_else(|| disk.disk_profile.clone());
}

//! Storage domains.

use crate::path::last;
use crate::resources::common::units::GIB;
use crate::resources::common::{storage_connection, storage_domain};
use crate::resources::paths::{DATA_CENTERS, STORAGE_DOMAINS};
use crate::resources::storage_domains::create::insert_storage_domain;
use crate::seed::{files, logical_units};
use crate::state::State;
use ovirt_sdk::types::{DataCenter, HostStorage, StorageDomain, StorageDomainStatus, StorageDomainType, StorageType};

/// The identifier that the image repository has on every engine.
const REPOSITORY: &str = "072fbaa1-08f3-4a40-9f34-a5ca22dd1d74";

pub(super) fn fill(state: &mut State, machines: usize) {
    // An engine of many machines has the storage for them.
    let machines = i64::try_from(machines).unwrap_or(0);
    let capacity = 1000_i64.saturating_add(machines.saturating_mul(50)).saturating_mul(GIB);
    let data = export(state, "data", StorageDomainType::Data, capacity);
    if let Some(domain) = state.get_mut::<StorageDomain>(&data) {
        domain.master = Some(true);
    }
    let iso = export(state, "iso", StorageDomainType::Iso, 50 * GIB);
    files::fill_iso(state, &iso);
    export(state, "export", StorageDomainType::Export, 500 * GIB);
    let storage = HostStorage::new().type_(StorageType::Glance);
    let repository = StorageDomain::with_id(REPOSITORY).name("ovirt-image-repository").type_(StorageDomainType::Image);
    let repository = insert_storage_domain(state, repository.storage(storage).status(StorageDomainStatus::Unattached));
    files::fill_repository(state, &repository);
    logical_units::fill(state);
}

/// A storage domain on an NFS export, active in the data center `Default`.
fn export(state: &mut State, name: &str, type_: StorageDomainType, capacity: i64) -> String {
    let storage =
        HostStorage::new().type_(StorageType::Nfs).address("nfs.example.com").path(format!("/exports/{name}"));
    let domain = StorageDomain::new().name(name).type_(type_).storage(storage).status(StorageDomainStatus::Active);
    let path = insert_storage_domain(state, domain);
    storage_domain::set_capacity(state, &path, capacity, 5 * GIB);
    storage_connection::connect(state, &path);
    if let Some(center) = state.by_name(DATA_CENTERS, "Default") {
        let attached = StorageDomain::with_id(last(&path)).status(StorageDomainStatus::Active);
        state.insert(&format!("{center}/{STORAGE_DOMAINS}"), attached.data_center(DataCenter::with_id(last(&center))));
        storage_domain::store_data_centers(state, &path);
    }
    path
}

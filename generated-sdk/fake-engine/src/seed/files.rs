//! Files on ISO domains, and images in repositories.

use crate::path::last;
use crate::resources::common::units::GIB;
use crate::resources::paths::{FILES, IMAGES};
use crate::state::State;
use ovirt_sdk::types::{File, Image, ImageFileType, StorageDomain};

/// Files that an administrator could have uploaded to an ISO domain.
const ISO_FILES: [&str; 5] = [
    "CentOS-Stream-9-latest-x86_64-dvd1.iso",
    "Fedora-Server-dvd-x86_64-40-1.14.iso",
    "debian-12.5.0-amd64-netinst.iso",
    "virtio-win-0.1.240.iso",
    "ubuntu-24.04-live-server-amd64.iso",
];

/// Images of the repository, with their sizes in GiB when they are disks.
const REPOSITORY_IMAGES: [(&str, i64); 4] = [
    ("CentOS Stream 9 Generic Cloud Image for x86_64", 10),
    ("CirrOS 0.4.0 for x86_64", 1),
    ("Fedora 40 Cloud Base Image for x86_64", 5),
    ("Debian 12 Generic Cloud Image for x86_64", 2),
];

/// Adds files to an ISO domain. Their names are their identifiers.
pub(crate) fn fill_iso(state: &mut State, domain: &str) {
    for name in ISO_FILES {
        let file = File::with_id(name).name(name).content("").type_("iso");
        state.insert(&format!("{domain}/{FILES}"), file.storage_domain(StorageDomain::with_id(last(domain))));
    }
}

/// Adds images to the image repository.
pub(crate) fn fill_repository(state: &mut State, domain: &str) {
    for (name, size) in REPOSITORY_IMAGES {
        let image = Image::new().name(name).size(size * GIB).type_(ImageFileType::Disk);
        state.insert(&format!("{domain}/{IMAGES}"), image.storage_domain(StorageDomain::with_id(last(domain))));
    }
}

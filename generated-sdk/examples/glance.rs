//! OpenStack Glance image repositories: add a repository, list its images, import an image as a template or a disk.
//!
//! ```sh
//! cargo run --example glance -- add my-images https://glance.example.com:9292
//! cargo run --example glance -- list ovirt-image-repository
//! cargo run --example glance -- import-template ovirt-image-repository 'CentOS Stream 9' centos data
//! cargo run --example glance -- import-disk ovirt-image-repository 'CentOS Stream 9' centos-disk data
//! ```

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

mod common;

use ovirt_sdk::services::ImagesService;
use ovirt_sdk::types::{Cluster, Disk, OpenStackImageProvider, StorageDomain, Template};
use ovirt_sdk::{Connection, Error};

fn main() -> Result<(), Error> {
    common::run(async |connection, arguments| match arguments {
        ["add", repository, url] => add(connection, repository, url).await,
        ["list", repository] => list(connection, repository).await,
        ["import-template", repository, image, template, storage_domain] => {
            import_template(connection, repository, image, template, storage_domain).await
        }
        ["import-disk", repository, image, disk, storage_domain] => {
            import_disk(connection, repository, image, disk, storage_domain).await
        }
        _ => common::usage(include_str!("glance.rs")),
    })
}

/// Adds a repository that requires no authentication. The engine also shows it as a storage domain.
pub async fn add(connection: &Connection, repository: &str, url: &str) -> Result<(), Error> {
    let provider = OpenStackImageProvider::new().name(repository).url(url).requires_authentication(false);
    println!("{}", connection.system().openstack_image_providers().ensure(provider).send().await?);
    Ok(())
}

/// Lists the images of a repository.
pub async fn list(connection: &Connection, repository: &str) -> Result<(), Error> {
    for image in images(connection, repository).await?.list().send().await? {
        println!("{}", image.try_name()?);
    }
    Ok(())
}

/// Imports an image as a template with one disk. The engine downloads the image in the background.
pub async fn import_template(
    connection: &Connection,
    repository: &str,
    image: &str,
    template: &str,
    storage_domain: &str,
) -> Result<(), Error> {
    let image = images(connection, repository).await?.find_service(image).await?;
    let import = image.import().import_as_template(true).template(Template::new().name(template));
    let import = import.cluster(Cluster::with_name("Default"));
    import.storage_domain(StorageDomain::with_name(storage_domain)).send().await?;
    Ok(())
}

/// Imports an image as a disk.
pub async fn import_disk(
    connection: &Connection,
    repository: &str,
    image: &str,
    disk: &str,
    storage_domain: &str,
) -> Result<(), Error> {
    let image = images(connection, repository).await?.find_service(image).await?;
    let import = image.import().disk(Disk::new().name(disk));
    import.storage_domain(StorageDomain::with_name(storage_domain)).send().await?;
    Ok(())
}

async fn images(connection: &Connection, repository: &str) -> Result<ImagesService, Error> {
    Ok(connection.system().storage_domains().find_service(repository).await?.images())
}

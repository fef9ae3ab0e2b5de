//! OpenStack Glance image repositories: add a repository, list its images, import an image as a template or a disk.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example glance -- add my-images https://glance.example.com:9292
//! cargo run --example glance -- list ovirt-image-repository
//! cargo run --example glance -- import-template ovirt-image-repository 'CentOS Stream 9' centos data
//! cargo run --example glance -- import-disk ovirt-image-repository 'CentOS Stream 9' centos-disk data
//! ```

#![allow(clippy::print_stderr, clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

use ovirt_sdk::services::{ImageService, ImagesService};
use ovirt_sdk::types::{Cluster, Disk, OpenStackImageProvider, StorageDomain, Template};
use ovirt_sdk::{Connection, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let connection = Connection::from_env()?;
    let result = match arguments.as_slice() {
        ["add", repository, url] => add(&connection, repository, url).await,
        ["list", repository] => list(&connection, repository).await,
        ["import-template", repository, image, template, storage_domain] => {
            import_template(&connection, repository, image, template, storage_domain).await
        }
        ["import-disk", repository, image, disk, storage_domain] => {
            import_disk(&connection, repository, image, disk, storage_domain).await
        }
        _ => usage(),
    };
    let closed = connection.close().await;
    result.and(closed)
}

fn usage() -> ! {
    eprintln!(
        "\
usage: glance add REPOSITORY URL
       glance list REPOSITORY
       glance import-template REPOSITORY IMAGE TEMPLATE STORAGE_DOMAIN
       glance import-disk REPOSITORY IMAGE DISK STORAGE_DOMAIN"
    );
    std::process::exit(2)
}

/// Adds a repository that requires no authentication. The engine also shows it as a storage domain.
pub async fn add(connection: &Connection, repository: &str, url: &str) -> Result<(), Error> {
    let provider = OpenStackImageProvider::new().name(repository).url(url).requires_authentication(false);
    let provider = connection.system().openstack_image_providers().add(provider).send().await?;
    println!("added repository {}", provider.try_name()?);
    Ok(())
}

/// Lists the images of a repository.
pub async fn list(connection: &Connection, repository: &str) -> Result<(), Error> {
    for image in &images(connection, repository).await?.list().send().await? {
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
    find_image(connection, repository, image)
        .await?
        .import()
        .import_as_template(true)
        .cluster(Cluster::with_name("Default"))
        .template(Template::new().name(template))
        .storage_domain(StorageDomain::with_name(storage_domain))
        .send()
        .await?;
    println!("importing {image} as template {template}");
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
    find_image(connection, repository, image)
        .await?
        .import()
        .disk(Disk::new().name(disk))
        .storage_domain(StorageDomain::with_name(storage_domain))
        .send()
        .await?;
    println!("importing {image} as disk {disk}");
    Ok(())
}

async fn images(connection: &Connection, repository: &str) -> Result<ImagesService, Error> {
    let domains = connection.system().storage_domains();
    let domain = domains.find(repository).await?;
    Ok(domains.storage_domain(domain.try_id()?).images())
}

async fn find_image(connection: &Connection, repository: &str, name: &str) -> Result<ImageService, Error> {
    let images = images(connection, repository).await?;
    let image = images.find(name).await?;
    Ok(images.image(image.try_id()?))
}

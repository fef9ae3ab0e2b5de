//! Image repositories (OpenStack Glance): adding one, what it has, a template or a disk of one of its images.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example glance -- add my-images https://glance.example.com:9292
//! cargo run --example glance -- list ovirt-image-repository
//! cargo run --example glance -- template ovirt-image-repository 'CentOS Stream 9' centos data
//! cargo run --example glance -- disk ovirt-image-repository 'CentOS Stream 9' centos-disk data
//! ```

#![allow(clippy::print_stdout, missing_docs, unreachable_pub, reason = "a program for the command line")]

use ovirt_sdk::services::{ImageService, ImagesService};
use ovirt_sdk::types::{Cluster, Disk, OpenStackImageProvider, StorageDomain, Template};
use ovirt_sdk::{Connection, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut words = std::env::args().skip(1);
    let mut word = |default: &str| words.next().unwrap_or_else(|| default.to_owned());
    let (task, repository) = (word("list"), word("ovirt-image-repository"));
    let connection = Connection::from_env()?;
    let outcome = match task.as_str() {
        "add" => add(&connection, &repository, &word("https://glance.example.com:9292")).await,
        "list" => list(&connection, &repository).await,
        "template" => {
            let (image, name, storage) = (word("CentOS Stream 9"), word("example"), word("data"));
            import_template(&connection, &repository, &image, &name, &storage).await
        }
        "disk" => {
            let (image, name, storage) = (word("CentOS Stream 9"), word("example"), word("data"));
            import_disk(&connection, &repository, &image, &name, &storage).await
        }
        other => Err(Error::custom(format!("there is no task `{other}`"))),
    };
    let closed = connection.close().await;
    outcome.and(closed)
}

/// A repository that asks for no password. It is seen as a storage domain, too.
pub async fn add(connection: &Connection, name: &str, url: &str) -> Result<(), Error> {
    let wanted = OpenStackImageProvider::new().name(name).url(url).requires_authentication(false);
    let provider = connection.system().openstack_image_providers().add(wanted).send().await?;
    println!("{} is there", provider.try_name()?);
    Ok(())
}

pub async fn list(connection: &Connection, repository: &str) -> Result<(), Error> {
    for image in &images(connection, repository).await?.list().send().await? {
        println!("{}", image.try_name()?);
    }
    Ok(())
}

/// A template with one disk, which is downloaded after the answer.
pub async fn import_template(
    connection: &Connection,
    repository: &str,
    image: &str,
    name: &str,
    storage: &str,
) -> Result<(), Error> {
    let request = find(connection, repository, image).await?.import().import_as_template(true);
    let request = request.cluster(Cluster::with_name("Default")).template(Template::new().name(name));
    request.storage_domain(StorageDomain::with_name(storage)).send().await?;
    println!("the template {name} is being made of {image}");
    Ok(())
}

pub async fn import_disk(
    connection: &Connection,
    repository: &str,
    image: &str,
    name: &str,
    storage: &str,
) -> Result<(), Error> {
    let request = find(connection, repository, image).await?.import().disk(Disk::new().name(name));
    request.storage_domain(StorageDomain::with_name(storage)).send().await?;
    println!("the disk {name} is being made of {image}");
    Ok(())
}

async fn images(connection: &Connection, repository: &str) -> Result<ImagesService, Error> {
    let domains = connection.system().storage_domains();
    let repository = domains.find(repository).await?;
    Ok(domains.storage_domain(repository.try_id()?).images())
}

async fn find(connection: &Connection, repository: &str, image: &str) -> Result<ImageService, Error> {
    let images = images(connection, repository).await?;
    let image = images.find(image).await?;
    Ok(images.image(image.try_id()?))
}

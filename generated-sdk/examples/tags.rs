//! Tags: the tree of them, making and removing one, putting it on a virtual machine and taking it off, the machines that
//! have it.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example tags -- tree
//! cargo run --example tags -- add production
//! cargo run --example tags -- assign production web1
//! cargo run --example tags -- of web1
//! cargo run --example tags -- machines production
//! cargo run --example tags -- take production web1
//! cargo run --example tags -- remove production
//! ```

#![allow(clippy::print_stdout, missing_docs, unreachable_pub, reason = "a program for the command line")]

use ovirt_sdk::services::AssignedTagsService;
use ovirt_sdk::types::Tag;
use ovirt_sdk::{Connection, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut words = std::env::args().skip(1);
    let mut word = |default: &str| words.next().unwrap_or_else(|| default.to_owned());
    let connection = Connection::from_env()?;
    let outcome = match word("tree").as_str() {
        "tree" => tree(&connection).await,
        "add" => add(&connection, &word("production")).await,
        "assign" => assign(&connection, &word("production"), &word("example")).await,
        "of" => of_machine(&connection, &word("example")).await,
        "machines" => machines(&connection, &word("production")).await,
        "take" => take(&connection, &word("production"), &word("example")).await,
        "remove" => remove(&connection, &word("production")).await,
        other => Err(Error::custom(format!("there is no task `{other}`"))),
    };
    let closed = connection.close().await;
    outcome.and(closed)
}

/// All tags, each below its parent.
pub async fn tree(connection: &Connection) -> Result<(), Error> {
    let tags = connection.system().tags().list().send().await?;
    show(&tags, None, 0)
}

fn show(tags: &[Tag], parent: Option<&str>, depth: usize) -> Result<(), Error> {
    let parent_of = |tag: &Tag| tag.parent.as_ref().and_then(|parent| parent.id.clone());
    for tag in tags.iter().filter(|tag| parent_of(tag).as_deref() == parent) {
        let description = tag.description.as_deref().unwrap_or_default();
        println!("{:width$}{} {description}", "", tag.try_name()?, width = 2 * depth);
        show(tags, Some(tag.try_id()?), depth + 1)?;
    }
    Ok(())
}

pub async fn add(connection: &Connection, name: &str) -> Result<(), Error> {
    let wanted = Tag::new().name(name).description("Made by a program");
    let (tag, made) = connection.system().tags().find_or_create(wanted).await?;
    println!("{} {}", tag.try_name()?, if made { "is there now" } else { "was there already" });
    Ok(())
}

pub async fn assign(connection: &Connection, tag: &str, vm: &str) -> Result<(), Error> {
    tags_of(connection, vm).await?.add(Tag::new().name(tag)).send().await?;
    println!("{vm} is {tag}");
    Ok(())
}

pub async fn of_machine(connection: &Connection, vm: &str) -> Result<(), Error> {
    for tag in tags_of(connection, vm).await?.list().send().await? {
        println!("{vm} is {}", tag.try_name()?);
    }
    Ok(())
}

/// The machines that have a tag, or one below it.
pub async fn machines(connection: &Connection, tag: &str) -> Result<(), Error> {
    for vm in connection.system().vms().list().search(format!("tag={tag}")).send().await? {
        println!("{} is {tag}", vm.try_name()?);
    }
    Ok(())
}

pub async fn take(connection: &Connection, tag: &str, vm: &str) -> Result<(), Error> {
    let tags = tags_of(connection, vm).await?;
    let found = tags.find(tag).await?;
    tags.tag(found.try_id()?).remove().send().await?;
    println!("{vm} is not {tag} any more");
    Ok(())
}

/// Removes a tag, from whatever has it.
pub async fn remove(connection: &Connection, name: &str) -> Result<(), Error> {
    let tags = connection.system().tags();
    let tag = tags.find(name).await?;
    tags.tag(tag.try_id()?).remove().send().await?;
    println!("{name} is gone");
    Ok(())
}

async fn tags_of(connection: &Connection, vm: &str) -> Result<AssignedTagsService, Error> {
    let vms = connection.system().vms();
    let vm = vms.find(vm).await?;
    Ok(vms.vm(vm.try_id()?).tags())
}

//! Tags: show the tag tree, create and remove tags, assign them to virtual machines, list tagged virtual machines.
//!
//! ```sh
//! cargo run --example tags -- tree
//! cargo run --example tags -- add production
//! cargo run --example tags -- assign production web1
//! cargo run --example tags -- list web1
//! cargo run --example tags -- vms production
//! cargo run --example tags -- unassign production web1
//! cargo run --example tags -- remove production
//! ```

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

mod common;

use ovirt_sdk::types::Tag;
use ovirt_sdk::{Connection, Error, search};

fn main() -> Result<(), Error> {
    common::run(async |connection, arguments| match arguments {
        ["tree"] => show_tree(connection).await,
        ["add", tag] => add(connection, tag).await,
        ["assign", tag, vm] => assign(connection, tag, vm).await,
        ["list", vm] => list_vm_tags(connection, vm).await,
        ["vms", tag] => list_tagged_vms(connection, tag).await,
        ["unassign", tag, vm] => unassign(connection, tag, vm).await,
        ["remove", tag] => remove(connection, tag).await,
        _ => common::usage(include_str!("tags.rs")),
    })
}

/// Prints all tags, each indented below its parent.
pub async fn show_tree(connection: &Connection) -> Result<(), Error> {
    let tags = connection.system().tags().list().send().await?;
    print_children(&tags, None, 0)
}

fn print_children(tags: &[Tag], parent_id: Option<&str>, depth: usize) -> Result<(), Error> {
    let is_child = |tag: &&Tag| tag.parent.as_ref().and_then(|parent| parent.id.as_deref()) == parent_id;
    for tag in tags.iter().filter(is_child) {
        let description = tag.description.as_deref().unwrap_or_default();
        println!("{:indent$}{} {description}", "", tag.try_name()?, indent = 2 * depth);
        print_children(tags, Some(tag.try_id()?), depth + 1)?;
    }
    Ok(())
}

/// Creates a tag unless it exists.
pub async fn add(connection: &Connection, name: &str) -> Result<(), Error> {
    let tag = Tag::new().name(name).description("Created by a script");
    println!("{}", connection.system().tags().ensure(tag).send().await?);
    Ok(())
}

/// Assigns a tag to a virtual machine.
pub async fn assign(connection: &Connection, tag: &str, vm: &str) -> Result<(), Error> {
    connection.system().vms().find_service(vm).await?.tags().add(Tag::new().name(tag)).send().await?;
    Ok(())
}

/// Lists the tags of a virtual machine.
pub async fn list_vm_tags(connection: &Connection, vm: &str) -> Result<(), Error> {
    for tag in connection.system().vms().find_service(vm).await?.tags().list().send().await? {
        println!("{}", tag.try_name()?);
    }
    Ok(())
}

/// Lists the virtual machines that have a tag or one of its descendants.
pub async fn list_tagged_vms(connection: &Connection, tag: &str) -> Result<(), Error> {
    for vm in connection.system().vms().list().search(search::vm::TAG.literal(tag)).send().await? {
        println!("{}", vm.try_name()?);
    }
    Ok(())
}

/// Removes a tag from a virtual machine.
pub async fn unassign(connection: &Connection, tag: &str, vm: &str) -> Result<(), Error> {
    let tags = connection.system().vms().find_service(vm).await?.tags();
    tags.find_service(tag).await?.remove().send().await?;
    Ok(())
}

/// Deletes a tag. This also removes it from all objects.
pub async fn remove(connection: &Connection, name: &str) -> Result<(), Error> {
    connection.system().tags().find_service(name).await?.remove().send().await?;
    Ok(())
}

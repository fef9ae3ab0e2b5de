//! Tags: show the tag tree, create and remove tags, assign them to virtual machines, list tagged virtual machines.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example tags -- tree
//! cargo run --example tags -- add production
//! cargo run --example tags -- assign production web1
//! cargo run --example tags -- list web1
//! cargo run --example tags -- vms production
//! cargo run --example tags -- unassign production web1
//! cargo run --example tags -- remove production
//! ```

#![allow(clippy::print_stderr, clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

use ovirt_sdk::services::AssignedTagsService;
use ovirt_sdk::types::Tag;
use ovirt_sdk::{Connection, Error, search};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let connection = Connection::from_env()?;
    let result = match arguments.as_slice() {
        ["tree"] => show_tree(&connection).await,
        ["add", tag] => add(&connection, tag).await,
        ["assign", tag, vm] => assign(&connection, tag, vm).await,
        ["list", vm] => list_vm_tags(&connection, vm).await,
        ["vms", tag] => list_tagged_vms(&connection, tag).await,
        ["unassign", tag, vm] => unassign(&connection, tag, vm).await,
        ["remove", tag] => remove(&connection, tag).await,
        _ => usage(),
    };
    let closed = connection.close().await;
    result.and(closed)
}

fn usage() -> ! {
    eprintln!(
        "\
usage: tags tree
       tags add TAG
       tags assign TAG VM
       tags list VM
       tags vms TAG
       tags unassign TAG VM
       tags remove TAG"
    );
    std::process::exit(2)
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
    let (tag, created) = connection.system().tags().find_or_create(tag).await?;
    println!("tag {} {}", tag.try_name()?, if created { "created" } else { "already exists" });
    Ok(())
}

/// Assigns a tag to a virtual machine.
pub async fn assign(connection: &Connection, tag: &str, vm: &str) -> Result<(), Error> {
    vm_tags(connection, vm).await?.add(Tag::new().name(tag)).send().await?;
    println!("assigned tag {tag} to VM {vm}");
    Ok(())
}

/// Lists the tags of a virtual machine.
pub async fn list_vm_tags(connection: &Connection, vm: &str) -> Result<(), Error> {
    for tag in vm_tags(connection, vm).await?.list().send().await? {
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
    let tags = vm_tags(connection, vm).await?;
    let assigned = tags.find(tag).await?;
    tags.tag(assigned.try_id()?).remove().send().await?;
    println!("removed tag {tag} from VM {vm}");
    Ok(())
}

/// Deletes a tag. This also removes it from all objects.
pub async fn remove(connection: &Connection, name: &str) -> Result<(), Error> {
    let tags = connection.system().tags();
    let tag = tags.find(name).await?;
    tags.tag(tag.try_id()?).remove().send().await?;
    println!("deleted tag {name}");
    Ok(())
}

async fn vm_tags(connection: &Connection, vm: &str) -> Result<AssignedTagsService, Error> {
    let vms = connection.system().vms();
    let vm = vms.find(vm).await?;
    Ok(vms.vm(vm.try_id()?).tags())
}

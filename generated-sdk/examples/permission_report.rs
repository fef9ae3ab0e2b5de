//! Reports the permissions of all users and groups as tab-separated values: who, role, object.
//!
//! ```sh
//! cargo run --example permission_report > permissions.tsv
//! ```

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

mod common;

use std::collections::BTreeSet;

use ovirt_sdk::types::{Group, Permission, User};
use ovirt_sdk::{Connection, Error};

fn main() -> Result<(), Error> {
    common::run(async |connection, arguments| match arguments {
        [] => run(connection).await.map(drop),
        _ => common::usage(include_str!("permission_report.rs")),
    })
}

/// Returns the rows.
pub async fn run(connection: &Connection) -> Result<BTreeSet<[String; 3]>, Error> {
    let system = connection.system();
    let mut rows = BTreeSet::new();
    for user in &system.users().list().follow(User::PERMISSIONS.then(Permission::ROLE)).send().await? {
        let own = User::PERMISSIONS.of(user).iter().filter(|it| it.user.as_ref().is_some_and(|it| it.id == user.id));
        add_rows(connection, &mut rows, user.try_user_name()?, own).await?;
    }
    for group in &system.groups().list().follow(Group::PERMISSIONS.then(Permission::ROLE)).send().await? {
        let own =
            Group::PERMISSIONS.of(group).iter().filter(|it| it.group.as_ref().is_some_and(|it| it.id == group.id));
        add_rows(connection, &mut rows, group.try_name()?, own).await?;
    }
    for row in &rows {
        println!("{}", row.join("\t"));
    }
    Ok(rows)
}

/// Adds a row for each permission that is granted to a user or group, and not inherited.
async fn add_rows<'p>(
    connection: &Connection,
    rows: &mut BTreeSet<[String; 3]>,
    who: &str,
    permissions: impl Iterator<Item = &'p Permission>,
) -> Result<(), Error> {
    for permission in permissions {
        let object = match permission.target() {
            Some(target) => connection.identify(target.object())?.name().await?,
            None => "system".to_owned(),
        };
        rows.insert([who.to_owned(), Permission::ROLE.of(permission)?.try_name()?.to_owned(), object]);
    }
    Ok(())
}

//! Tests the connection, prints a summary of the engine, shares an access token, disables compression.
//!
//! ```sh
//! cargo run --example connection -- test
//! cargo run --example connection -- summary
//! cargo run --example connection -- summary-uncompressed
//! cargo run --example connection -- share-token
//! ```

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

mod common;

use ovirt_sdk::{Connection, ConnectionBuilder, Credentials, Error};

fn main() -> Result<(), Error> {
    common::run(async |connection, arguments| match arguments {
        ["test"] => test(connection).await,
        ["summary"] => summary(connection).await,
        ["summary-uncompressed"] => summary(&ConnectionBuilder::from_env().compression(false).build()?).await,
        ["share-token"] => share_token(connection, ConnectionBuilder::from_env()).await,
        _ => common::usage(include_str!("connection.rs")),
    })
}

/// Checks whether the engine is reachable and accepts the credentials.
pub async fn test(connection: &Connection) -> Result<(), Error> {
    let result = connection.test().await;
    match &result {
        Ok(()) => println!("connected to {}", connection.url()),
        Err(error) if error.is_certificate() => println!("certificate not trusted: check OVIRT_CAFILE"),
        Err(error) if error.is_connect() => println!("can't reach the engine: check OVIRT_URL"),
        Err(error) if error.is_auth() => println!("login failed: check OVIRT_USERNAME and OVIRT_PASSWORD"),
        Err(_) => println!("the engine can't be used"),
    }
    result
}

/// Prints the engine's version and the number of objects that it manages.
pub async fn summary(connection: &Connection) -> Result<(), Error> {
    let api = connection.system().get().send().await?;
    let product = api.try_product_info()?;
    println!("{} {}", product.try_name()?, product.try_version()?.try_full_version()?);
    let summary = api.try_summary()?;
    for (label, item) in [("hosts", &summary.hosts), ("users", &summary.users), ("virtual machines", &summary.vms)] {
        if let Some(item) = item {
            println!("{label}: {} total, {} active", item.try_total()?, item.try_active()?);
        }
    }
    Ok(())
}

/// Logs in once and uses the access token in a second connection, as another program could.
pub async fn share_token(connection: &Connection, second: ConnectionBuilder) -> Result<(), Error> {
    let token = connection.authenticate().await?;
    let second = second.credentials(Credentials::token(token)).build()?;
    second.test().await?;
    println!("the second connection works");
    // This doesn't revoke the token: only the connection that logged in does.
    second.close().await?;
    connection.test().await
}

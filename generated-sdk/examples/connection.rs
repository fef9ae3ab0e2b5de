//! The connection itself: whether it works, what the engine is, a token for others, answers without compression.
//!
//! ```sh
//! export OVIRT_URL=https://engine.example.com/ovirt-engine/api OVIRT_CAFILE=ca.pem
//! export OVIRT_USERNAME=admin@ovirt@internalsso OVIRT_PASSWORD=…
//! cargo run --example connection -- test
//! cargo run --example connection -- summary
//! cargo run --example connection -- share
//! cargo run --example connection -- plain
//! ```

#![allow(clippy::print_stdout, missing_docs, unreachable_pub, reason = "a program for the command line")]

use ovirt_sdk::{Connection, ConnectionBuilder, Credentials, Error};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let task = std::env::args().nth(1).unwrap_or_else(|| "test".to_owned());
    let connection = ConnectionBuilder::from_env().compression(task != "plain").build()?;
    let outcome = match task.as_str() {
        "test" => test(&connection).await,
        "summary" | "plain" => summary(&connection).await,
        "share" => share(&connection, ConnectionBuilder::from_env()).await,
        other => Err(Error::custom(format!("there is no task `{other}`"))),
    };
    let closed = connection.close().await;
    outcome.and(closed)
}

/// Says whether the engine can be reached and accepts us, and what to do if not.
pub async fn test(connection: &Connection) -> Result<(), Error> {
    let outcome = connection.test().await;
    match &outcome {
        Ok(()) => println!("{} answers", connection.url()),
        Err(error) if error.is_certificate() => println!("the certificate is not trusted: is OVIRT_CAFILE right?"),
        Err(error) if error.is_connect() => println!("there is no way to the engine: is OVIRT_URL right?"),
        Err(error) if error.is_auth() => println!("the engine does not know this user, or not with this password"),
        Err(_) => println!("the engine can't be used"),
    }
    outcome
}

/// Which release the engine has, and how much it manages.
pub async fn summary(connection: &Connection) -> Result<(), Error> {
    let api = connection.system().get().send().await?;
    let product = api.try_product_info()?;
    println!("{} {}", product.try_name()?, product.try_version()?.try_full_version()?);
    let summary = api.try_summary()?;
    let items = [
        ("hosts", &summary.hosts),
        ("storage domains", &summary.storage_domains),
        ("users", &summary.users),
        ("virtual machines", &summary.vms),
    ];
    for (what, item) in items {
        if let Some(item) = item {
            println!("{what}: {} of {} active", item.try_active()?, item.try_total()?);
        }
    }
    Ok(())
}

/// Logs in once and lets a second connection, perhaps of another program, use the token.
pub async fn share(connection: &Connection, other: ConnectionBuilder) -> Result<(), Error> {
    let token = connection.authenticate().await?;
    let other = other.credentials(Credentials::token(token)).build()?;
    other.test().await?;
    println!("the token opens a second connection");
    // It leaves the token alone, since it did not get it.
    other.close().await?;
    connection.test().await
}

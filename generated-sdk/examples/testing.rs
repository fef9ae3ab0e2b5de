//! A program with tests that let the engine fail: it starts all virtual machines with a tag.
//!
//! ```sh
//! cargo run --example testing -- production
//! cargo test --example testing
//! ```

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

mod common;

use ovirt_sdk::search::vm;
use ovirt_sdk::types::VmStatus;
use ovirt_sdk::{Connection, Error};

fn main() -> Result<(), Error> {
    common::run(async |connection, arguments| match arguments {
        [tag] => start_tagged(connection, tag).await.map(drop),
        _ => common::usage(include_str!("testing.rs")),
    })
}

/// Starts the virtual machines that are down. Returns the errors of those that did not start.
pub async fn start_tagged(connection: &Connection, tag: &str) -> Result<Vec<Error>, Error> {
    let mut errors = Vec::new();
    let stopped = vm::TAG.literal(tag).and(vm::STATUS.eq(VmStatus::Down));
    for vm in connection.system().vms().list().search(stopped).send().await? {
        let service = connection.of(&vm)?;
        let started = async {
            service.start().send().await?;
            service.wait_until_up().await
        };
        match started.await {
            Ok(vm) => println!("started VM {}", vm.try_name()?),
            Err(error) => {
                println!("{error}");
                errors.push(error);
            }
        }
    }
    Ok(errors)
}

#[cfg(test)]
mod tests {
    use ovirt_fake_engine::{FakeEngine, Incident, InjectedFailure};
    use ovirt_sdk::types::Tag;

    use super::*;

    /// An engine with two virtual machines that are down. Waiting advances its clock, so tests take no time.
    async fn engine() -> Result<(FakeEngine, Connection), Error> {
        let engine = FakeEngine::builder().manual_clock().vms(2).start().await?;
        let connection = engine.connect().clock(engine.clock().clone()).build()?;
        connection.create(Tag::new().name("production")).await?;
        for vm in connection.system().vms().list().send().await? {
            let vm = connection.of(&vm)?;
            vm.tags().add(Tag::new().name("production")).send().await?;
            vm.stop().send().await?;
            vm.wait_until_down().await?;
        }
        Ok((engine, connection))
    }

    #[tokio::test]
    async fn all_virtual_machines_start() -> Result<(), Error> {
        let (engine, connection) = engine().await?;
        assert!(start_tagged(&connection, "production").await?.is_empty());
        assert_eq!(engine.calls("POST", "vms/*/start").len(), 2);
        Ok(())
    }

    #[tokio::test]
    async fn a_refused_request_does_not_stop_the_others() -> Result<(), Error> {
        let (engine, connection) = engine().await?;
        let refusal = InjectedFailure::fault(409, "Operation Failed", "[Cannot run VM. There is no host.]");
        engine.inject(refusal.method("POST").on("vms/*/start").times(1));
        let errors = start_tagged(&connection, "production").await?;
        assert!(matches!(errors.as_slice(), [error] if error.is_conflict()), "{errors:?}");
        assert_eq!(engine.calls("POST", "vms/*/start").len(), 2);
        Ok(())
    }

    #[tokio::test]
    async fn a_failed_start_is_explained() -> Result<(), Error> {
        let (engine, connection) = engine().await?;
        engine.cause(Incident::job_failure().on("vms/*").times(1));
        let errors = start_tagged(&connection, "production").await?;
        assert!(matches!(errors.as_slice(), [error] if error.wait_failure().is_some()), "{errors:?}");
        Ok(())
    }
}

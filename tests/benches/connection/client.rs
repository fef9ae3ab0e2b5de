//! A single measurement of this SDK.

use std::error::Error;
use std::time::Duration;

use ovirt_sdk::{Connection, Credentials};

use super::measure::{Measurement, concurrently, numbers};

pub(super) fn run(url: &str, authority: &str, scenario: &[&str]) -> Result<(), Box<dyn Error>> {
    let (at_once, requests) = numbers(scenario)?;
    tokio::runtime::Runtime::new()?.block_on(async {
        let connection = Connection::builder(url)
            .credentials(Credentials::password("admin@ovirt@internalsso", "secret"))
            .ca_file(authority)
            .no_proxy()
            .timeout(Duration::from_secs(600))
            .max_connections(at_once)
            .build()?;
        connection.test().await?;
        let (vm, tag) = (connection.system().vms().vm("1"), connection.system().tags().tag("1"));
        let is_vm = scenario.first() == Some(&"vm");
        let get = move || {
            let (vm, tag) = (is_vm.then(|| vm.get()), tag.get());
            async move {
                match vm {
                    Some(vm) => vm.send().await.map(|vm| drop(std::hint::black_box(vm))),
                    None => tag.send().await.map(|tag| drop(std::hint::black_box(tag))),
                }
            }
        };
        // Open all TCP connections first.
        concurrently(at_once, requests.min(at_once), get.clone()).await?;
        let measurement = Measurement::start()?;
        let count = match scenario {
            ["list"] => connection.system().vms().list().send().await?.len(),
            ["items"] => items(&connection).await?,
            _ => concurrently(at_once, requests, get).await?,
        };
        measurement.print(count)
    })
}

async fn items(connection: &Connection) -> Result<usize, ovirt_sdk::Error> {
    let mut items = connection.system().vms().list().items();
    let mut count = 0;
    while let Some(vm) = items.next().await? {
        std::hint::black_box(vm);
        count += 1;
    }
    Ok(count)
}

//! A single measurement of the HTTP client alone: the same TLS, bodies read and discarded.

use std::error::Error;
use std::sync::Arc;

use ovirt_sdk_tests::inventory;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use super::measure::{Measurement, concurrently, numbers};

pub(super) fn run(url: &str, authority: &str, scenario: &[&str]) -> Result<(), Box<dyn Error>> {
    let (at_once, requests) = numbers(scenario)?;
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(authority)?)?;
    let tls = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    tokio::runtime::Runtime::new()?.block_on(async {
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .http1_only()
            .no_proxy()
            .pool_max_idle_per_host(at_once)
            .build()?;
        let get = {
            let (client, url) = (client.clone(), format!("{url}/{}s/1", scenario.first().unwrap_or(&"vm")));
            move || discard(client.get(&url))
        };
        // Open all TCP connections first.
        if requests > 0 {
            concurrently(at_once, requests.min(at_once), get.clone()).await?;
        } else {
            discard(client.get(url)).await?;
        }
        let measurement = Measurement::start()?;
        let count = match scenario {
            ["list" | "items"] => {
                discard(client.get(format!("{url}/vms"))).await?;
                inventory::LARGE
            }
            _ => concurrently(at_once, requests, get).await?,
        };
        measurement.print(count)
    })
}

/// Sends a request with the headers that an engine requires, and discards the body.
async fn discard(request: reqwest::RequestBuilder) -> Result<(), reqwest::Error> {
    let request = request.bearer_auth("token").header("Accept", "application/xml").header("Version", "4");
    let mut response = request.send().await?.error_for_status()?;
    while let Some(chunk) = response.chunk().await? {
        std::hint::black_box(chunk);
    }
    Ok(())
}

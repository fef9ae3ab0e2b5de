//! Certificates, generated for each test.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert, WebPkiClientVerifier};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion, crypto};

/// A certificate authority.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        Self { issuer: CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap() }
    }

    pub(crate) fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// An intermediate authority signed by this one.
    pub(crate) fn below(&self, name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, name);
        Self { issuer: CertifiedIssuer::signed_by(params, KeyPair::generate().unwrap(), &self.issuer).unwrap() }
    }

    fn der(&self) -> CertificateDer<'static> {
        self.issuer.der().clone()
    }

    /// A certificate and its key. With `years`, it is valid from the start of the first year to that of the second.
    fn issue(&self, names: &[&str], years: Option<(i32, i32)>) -> (rcgen::Certificate, KeyPair) {
        let names: Vec<String> = names.iter().map(|name| name.to_string()).collect();
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(names).unwrap();
        if let Some((from, until)) = years {
            params.not_before = date_time_ymd(from, 1, 1);
            params.not_after = date_time_ymd(until, 1, 1);
        }
        (params.signed_by(&key, &self.issuer).unwrap(), key)
    }

    /// A self-signed certificate that is no authority, as PEM, and the configuration of a server with it.
    pub(crate) fn self_signed(names: &[&str]) -> (String, Arc<ServerConfig>) {
        let names: Vec<String> = names.iter().map(|name| name.to_string()).collect();
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(names).unwrap().self_signed(&key).unwrap();
        (certificate.pem(), Self::config((certificate, key), None))
    }

    /// A certificate with these names and its key as PEM, and the configuration of a server with it.
    pub(crate) fn server_with_pem(&self, names: &[&str]) -> (String, Arc<ServerConfig>) {
        let (certificate, key) = self.issue(names, None);
        (certificate.pem(), Self::config((certificate, key), None))
    }

    /// The certificate of the authority, as DER.
    pub(crate) fn der_bytes(&self) -> Vec<u8> {
        self.der().to_vec()
    }

    /// A client certificate and its key, as PEM.
    pub(crate) fn client(&self, name: &str) -> String {
        let (certificate, key) = self.issue(&[name], None);
        format!("{}{}", certificate.pem(), key.serialize_pem())
    }

    /// The configuration of a server with these names, which requires client certificates if `clients` is given.
    pub(crate) fn server(&self, names: &[&str], clients: Option<&Authority>) -> Arc<ServerConfig> {
        Self::config(self.issue(names, None), clients)
    }

    /// The configuration of a server whose certificate is valid between the starts of two years.
    pub(crate) fn server_of_years(&self, names: &[&str], years: (i32, i32)) -> Arc<ServerConfig> {
        Self::config(self.issue(names, Some(years)), None)
    }

    fn config((certificate, key): (rcgen::Certificate, KeyPair), clients: Option<&Authority>) -> Arc<ServerConfig> {
        let provider = Arc::new(crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions();
        let builder = match clients {
            None => builder.unwrap().with_no_client_auth(),
            Some(clients) => {
                let mut roots = RootCertStore::empty();
                roots.add(clients.der()).unwrap();
                let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider).build().unwrap();
                builder.unwrap().with_client_cert_verifier(verifier)
            }
        };
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        Arc::new(builder.with_single_cert(vec![certificate.der().clone()], key).unwrap())
    }

    /// The configuration of a server that presents a certificate without having its key.
    pub(crate) fn impostor(&self, names: &[&str], version: &'static SupportedProtocolVersion) -> Arc<ServerConfig> {
        let (certificate, _) = self.issue(names, None);
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(KeyPair::generate().unwrap().serialize_der()));
        let key = crypto::ring::sign::any_supported_type(&key).unwrap();
        let shown = Shown(Arc::new(CertifiedKey::new(vec![certificate.der().clone()], key)));
        let provider = Arc::new(crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider).with_protocol_versions(&[version]).unwrap();
        Arc::new(builder.with_no_client_auth().with_cert_resolver(Arc::new(shown)))
    }
}

/// Always presents the same certificate, even if the key does not match.
#[derive(Debug)]
struct Shown(Arc<CertifiedKey>);

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

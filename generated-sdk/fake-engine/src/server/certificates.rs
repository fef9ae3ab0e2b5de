//! The certificate authority of an engine and the certificate of its server.

use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use rcgen::string::Ia5String;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType, SerialNumber, date_time_ymd,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{self, ServerConfig};

use ovirt_sdk::Error;
use ovirt_sdk::unstable::civil;
use ovirt_sdk::unstable::random;

/// The certificates of a server, and its TLS configuration.
pub(crate) struct Certificates {
    pub(crate) authority_pem: String,
    pub(crate) server_pem: String,
    pub(crate) tls: Arc<ServerConfig>,
}

/// The files of an authority in a folder.
const CERTIFICATE_FILE: &str = "ca.pem";
const KEY_FILE: &str = "ca-key.pem";

/// The validity of certificates in days. Some systems reject server certificates with a longer one.
const AUTHORITY_DAYS: i64 = 3650;
const SERVER_DAYS: i64 = 365;

impl Certificates {
    /// Issues a certificate for names and an address, by a new authority or by the one in a folder.
    pub(crate) fn new(names: &[String], address: IpAddr, folder: Option<&Path>) -> Result<Self, Error> {
        let (authority, authority_pem) = match folder {
            None => Authority::new()?,
            Some(folder) => Authority::in_folder(folder)?,
        };
        let (server, key) = authority.server(names, address)?;
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let invalid = |problem: &dyn std::fmt::Display| {
            Error::custom(format!("can't configure TLS for the fake engine: {problem}"))
        };
        let issuer = CertificateDer::from_pem_slice(authority_pem.as_bytes()).map_err(|error| invalid(&error))?;
        let tls = config(vec![server.der().clone(), issuer], key).map_err(|error| invalid(&error))?;
        Ok(Self { authority_pem, server_pem: server.pem(), tls: Arc::new(tls) })
    }
}

/// The configuration of a server that sends the whole chain of its certificates.
fn config(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> Result<ServerConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let mut config = builder.with_no_client_auth().with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// A certificate authority. Everything else follows from its key.
struct Authority(Issuer<'static, KeyPair>);

impl Authority {
    /// Creates an authority and its certificate.
    fn new() -> Result<(Self, String), Error> {
        let key = KeyPair::generate().map_err(|error| failed(&error))?;
        let params = authority_params(&key);
        let certificate = params.self_signed(&key).map_err(|error| failed(&error))?;
        Ok((Self(Issuer::new(params, key)), certificate.pem()))
    }

    /// Reads the authority in a folder, or creates it there.
    fn in_folder(folder: &Path) -> Result<(Self, String), Error> {
        let (certificate_file, key_file) = (folder.join(CERTIFICATE_FILE), folder.join(KEY_FILE));
        let read = |file: &Path| match std::fs::read_to_string(file) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::custom(format!("can't read `{}`: {error}", file.display()))),
        };
        match (read(&certificate_file)?, read(&key_file)?) {
            (Some(certificate), Some(key)) => {
                let key = KeyPair::from_pem(&key)
                    .map_err(|_| Error::custom(format!("`{}` has no valid private key", key_file.display())))?;
                Ok((Self(Issuer::new(authority_params(&key), key)), certificate))
            }
            (None, None) => {
                let (authority, certificate) = Self::new()?;
                let key = authority.0.key().serialize_pem();
                std::fs::create_dir_all(folder)
                    .and_then(|()| write_secret(&key_file, &key))
                    .and_then(|()| std::fs::write(&certificate_file, &certificate))
                    .map_err(|error| {
                        Error::custom(format!("can't write the authority to `{}`: {error}", folder.display()))
                    })?;
                Ok((authority, certificate))
            }
            (certificate, _) => {
                let missing = if certificate.is_none() { &certificate_file } else { &key_file };
                Err(Error::custom(format!(
                    "`{}` is missing, but the other file of the authority exists",
                    missing.display()
                )))
            }
        }
    }

    /// Issues a certificate for a server.
    fn server(&self, names: &[String], address: IpAddr) -> Result<(rcgen::Certificate, KeyPair), Error> {
        let key = KeyPair::generate().map_err(|error| failed(&error))?;
        let mut params = CertificateParams::default();
        set_validity(&mut params, SERVER_DAYS);
        params.distinguished_name = distinguished_name("fake engine");
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.serial_number = Some(SerialNumber::from(random()));
        params.subject_alt_names = alternatives(names, address)?;
        let certificate = params.signed_by(&key, &self.0).map_err(|error| failed(&error))?;
        Ok((certificate, key))
    }
}

/// The names and addresses of a server.
fn alternatives(names: &[String], address: IpAddr) -> Result<Vec<SanType>, Error> {
    let mut all = vec![address, IpAddr::from([127, 0, 0, 1]), IpAddr::from([0, 0, 0, 0, 0, 0, 0, 1])];
    let mut hosts = vec!["localhost"];
    for name in names {
        match name.parse() {
            Ok(address) => all.push(address),
            Err(_) => hosts.push(name),
        }
    }
    let mut alternatives = Vec::new();
    for host in hosts {
        let host = Ia5String::try_from(host)
            .map_err(|_| Error::custom(format!("`{host}` is not a valid name for a certificate: not ASCII")))?;
        alternatives.push(SanType::DnsName(host));
    }
    all.sort();
    all.dedup();
    alternatives.extend(all.into_iter().filter(|address| !address.is_unspecified()).map(SanType::IpAddress));
    Ok(alternatives)
}

fn authority_params(key: &KeyPair) -> CertificateParams {
    let mut params = CertificateParams::default();
    set_validity(&mut params, AUTHORITY_DAYS);
    // TLS libraries confuse authorities that have the same name and different keys.
    let identifier = params.key_identifier(key);
    let identifier: String = identifier.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    params.distinguished_name = distinguished_name(&format!("fake engine {identifier}"));
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn distinguished_name(common: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::OrganizationName, "ovirt-sdk");
    name.push(DnType::CommonName, common);
    name
}

/// Sets the validity. It begins yesterday, since clocks differ.
fn set_validity(params: &mut CertificateParams, days: i64) {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let today = i64::try_from(since.as_secs() / 86_400).unwrap_or(0);
    let date = |day: i64| {
        let (year, month, day) = civil(day);
        let small = |number: i64| u8::try_from(number).unwrap_or(1);
        date_time_ymd(i32::try_from(year).unwrap_or(9999), small(month), small(day))
    };
    params.not_before = date(today - 1);
    params.not_after = date(today + days);
}

fn failed(error: &rcgen::Error) -> Error {
    Error::custom(format!("can't create the certificates of the fake engine: {error}"))
}

/// Writes a file that only its owner can read.
fn write_secret(path: &Path, text: &str) -> io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    io::Write::write_all(&mut options.open(path)?, text.as_bytes())
}

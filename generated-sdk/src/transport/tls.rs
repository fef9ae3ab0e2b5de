//! Which servers are believed to be who they say they are, and who we say we are.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use rustls_platform_verifier::Verifier;

use crate::date_time::DateTime;
use crate::error::CertificateProblem;

/// What TLS needs to know.
#[derive(Default)]
pub(crate) struct Tls {
    /// Trusted beside those of the platform.
    pub(crate) authorities: Vec<CertificateDer<'static>>,
    /// Whether any certificate will do.
    pub(crate) insecure: bool,
    /// Our own certificate, the chain above it, and its key.
    pub(crate) identity: Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>,
}

impl Tls {
    /// The configuration, or the name of the option that is wrong and what is wrong with it.
    pub(crate) fn config(self) -> Result<ClientConfig, (&'static str, String)> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier: Arc<dyn ServerCertVerifier> = if self.insecure {
            Arc::new(AcceptAnyServer(Arc::clone(&provider)))
        } else {
            let verifier = Verifier::new_with_extra_roots(self.authorities, Arc::clone(&provider));
            Arc::new(verifier.map_err(|error| ("ca_file", format!("no authority can be trusted: {error}")))?)
        };
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| ("url", format!("TLS can't be used: {error}")))?
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        match self.identity {
            None => Ok(builder.with_no_client_auth()),
            Some((chain, key)) => builder
                .with_client_auth_cert(chain, key)
                .map_err(|error| ("client_certificate", format!("certificate and key can't be used: {error}"))),
        }
    }
}

/// The certificates of a PEM text; at least one.
pub(crate) fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    match read {
        Ok(none) if none.is_empty() => {
            Err("there is no certificate in it (expected `-----BEGIN CERTIFICATE-----`)".into())
        }
        Ok(certificates) => {
            let mut roots = rustls::RootCertStore::empty();
            for (index, certificate) in certificates.iter().enumerate() {
                if roots.add(certificate.clone()).is_err() {
                    return Err(format!("its certificate number {} can't be understood", index + 1));
                }
            }
            Ok(certificates)
        }
        Err(error) => Err(format!("it is no PEM: {error}")),
    }
}

/// The key of a PEM text. Errors do not show the text.
pub(crate) fn private_key(pem: &[u8]) -> Result<PrivateKeyDer<'static>, String> {
    PrivateKeyDer::from_pem_slice(pem).map_err(|_| "there is no private key in it that can be understood".into())
}

/// Why the certificate of the server was not accepted, if an error, or a cause of it, is that.
pub(crate) fn rejected_certificate(error: &(dyn std::error::Error + 'static)) -> Option<CertificateRejection> {
    match find(error)? {
        Error::InvalidCertificate(why) => Some(CertificateRejection::new(why)),
        _ => None,
    }
}

/// Why a certificate is not accepted.
pub(crate) struct CertificateRejection {
    pub(crate) problem: CertificateProblem,
    /// The same for people.
    pub(crate) text: String,
}

impl CertificateRejection {
    fn new(why: &CertificateError) -> Self {
        use CertificateError as Why;
        let date = |time: &UnixTime| {
            let date = i64::try_from(time.as_secs()).ok().and_then(|seconds| DateTime::from_unix(seconds, 0));
            date.map_or_else(|| "another time".to_owned(), |date| date.to_string())
        };
        let (problem, text) = match why {
            Why::ExpiredContext { not_after, .. } => {
                (CertificateProblem::Expired, format!("it expired at {}", date(not_after)))
            }
            Why::Expired => (CertificateProblem::Expired, "it has expired".to_owned()),
            Why::NotValidYetContext { not_before, time } => {
                let text = format!("it holds from {} on, and here it is {}", date(not_before), date(time));
                (CertificateProblem::NotYetValid, text)
            }
            Why::NotValidYet => (CertificateProblem::NotYetValid, "it does not hold yet".to_owned()),
            Why::NotValidForNameContext { expected, presented } => {
                let names: Vec<String> = presented.iter().map(|name| format!("`{}`", bare(name))).collect();
                let only = match names.is_empty() {
                    true => "it has no name at all".to_owned(),
                    false => format!("only for {}", names.join(", ")),
                };
                (CertificateProblem::WrongName, format!("it is not for `{}`, {only}", expected.to_str()))
            }
            Why::NotValidForName => (CertificateProblem::WrongName, "it is for another name".to_owned()),
            Why::UnknownIssuer => (
                CertificateProblem::Untrusted,
                "no authority that is trusted here has issued it (UnknownIssuer)".to_owned(),
            ),
            Why::Other(other) => match other.to_string() {
                text if text.contains("CaUsedAsEndEntity") => (
                    CertificateProblem::NotAServerCertificate,
                    "it is that of an authority, which does not do for a server".to_owned(),
                ),
                text if text.contains("UnsupportedCertVersion") => (
                    CertificateProblem::NotAServerCertificate,
                    "it is in a format that is too old (before X.509 version 3)".to_owned(),
                ),
                text => (CertificateProblem::Untrusted, text),
            },
            other => (CertificateProblem::Untrusted, other.to_string()),
        };
        Self { problem, text }
    }
}

/// A name in a certificate, without what kind of name it is: `DnsName("…")`.
fn bare(name: &str) -> &str {
    let inside = name.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
    inside.unwrap_or(name).trim_matches('"')
}

/// Whether an error, or a cause of it, is that the server did not accept our certificate, or that there was none.
pub(crate) fn is_client_certificate_rejected(error: &(dyn std::error::Error + 'static)) -> bool {
    use rustls::AlertDescription::{AccessDenied, BadCertificate, CertificateRequired, CertificateUnknown, UnknownCA};
    let refusals =
        [AccessDenied, BadCertificate, CertificateRequired, CertificateUnknown, UnknownCA].map(Error::AlertReceived);
    find(error).is_some_and(|error| refusals.contains(error))
}

/// The error of TLS that an error is, or has as a cause.
fn find<'e>(error: &'e (dyn std::error::Error + 'static)) -> Option<&'e Error> {
    let mut next = Some(error);
    while let Some(error) = next {
        // An I/O error gives the cause of what it carries as its cause, not what it carries.
        let carried = error.downcast_ref::<std::io::Error>().and_then(|error| error.get_ref());
        let carried: Option<&(dyn std::error::Error + 'static)> = carried.map(|carried| carried as _);
        for candidate in [Some(error), carried].into_iter().flatten() {
            if let Some(error) = candidate.downcast_ref::<Error>() {
                return Some(error);
            }
        }
        next = match carried {
            Some(carried) => Some(carried),
            None => error.source(),
        };
    }
    None
}

/// Believes any server; signatures are still checked.
#[derive(Debug)]
struct AcceptAnyServer(Arc<CryptoProvider>);

impl ServerCertVerifier for AcceptAnyServer {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn at(seconds: u64) -> UnixTime {
        UnixTime::since_unix_epoch(Duration::from_secs(seconds))
    }

    #[test]
    fn refusals_are_told_in_words() {
        let told = |why: CertificateError| {
            let rejection = rejected_certificate(&Error::InvalidCertificate(why)).unwrap();
            (rejection.problem, rejection.text)
        };
        let expired = CertificateError::ExpiredContext { time: at(1_700_000_000), not_after: at(1_609_459_200) };
        assert_eq!(
            told(expired),
            (CertificateProblem::Expired, "it expired at 2021-01-01T00:00:00.000+00:00".to_owned())
        );
        let early = CertificateError::NotValidYetContext { time: at(1_609_459_200), not_before: at(1_609_459_201) };
        let text = "it holds from 2021-01-01T00:00:01.000+00:00 on, and here it is 2021-01-01T00:00:00.000+00:00";
        assert_eq!(told(early), (CertificateProblem::NotYetValid, text.to_owned()));
        let name = CertificateError::NotValidForNameContext {
            expected: ServerName::try_from("engine").unwrap(),
            presented: vec!["DnsName(\"a.example.com\")".to_owned(), "IpAddress(10.0.0.1)".to_owned()],
        };
        let text = "it is not for `engine`, only for `a.example.com`, `10.0.0.1`";
        assert_eq!(told(name), (CertificateProblem::WrongName, text.to_owned()));
    }
}

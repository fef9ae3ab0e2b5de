//! TLS: the trusted certificate authorities and the client certificate.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, OtherError, PeerIncompatible, RootCertStore,
    SignatureScheme,
};
use rustls_platform_verifier::Verifier;

use super::pem;
use crate::date_time::DateTime;
use crate::error::CertificateProblem;

/// A client certificate with its chain, and its key.
pub(crate) type ClientIdentity = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// Options of TLS.
#[derive(Default)]
pub(crate) struct Tls {
    /// Certificate authorities that are trusted in addition to those of the platform.
    pub(crate) authorities: Vec<CertificateDer<'static>>,
    /// Whether the authorities of the platform are not trusted.
    pub(crate) only_authorities: bool,
    /// Whether to accept any server certificate.
    pub(crate) insecure: bool,
    /// The client certificate with its chain, and its key.
    pub(crate) identity: Option<ClientIdentity>,
}

impl Tls {
    /// Creates the configuration, or returns the name of the invalid option and its problem.
    pub(crate) fn config(self) -> Result<ClientConfig, (&'static str, String)> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier: Arc<dyn ServerCertVerifier> = if self.insecure {
            Arc::new(AcceptAnyServer(Arc::clone(&provider)))
        } else {
            let failure = |error: String| ("ca_file", format!("can't set up certificate verification: {error}"));
            let authorities = self.authorities.clone();
            let verifier: Arc<dyn ServerCertVerifier> = if self.only_authorities {
                only(authorities, &provider).map_err(failure)?
            } else {
                let verifier = Verifier::new_with_extra_roots(authorities, Arc::clone(&provider));
                Arc::new(verifier.map_err(|error| failure(error.to_string()))?)
            };
            Arc::new(ExplainingVerifier { verifier, authorities: self.authorities, provider: Arc::clone(&provider) })
        };
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| ("url", format!("can't set up TLS: {error}")))?
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        match self.identity {
            None => Ok(builder.with_no_client_auth()),
            Some((chain, key)) => builder
                .with_client_auth_cert(chain, key)
                .map_err(|error| ("client_certificate", format!("can't use the certificate with this key: {error}"))),
        }
    }
}

/// A verifier that trusts only some authorities.
fn only(
    authorities: impl IntoIterator<Item = CertificateDer<'static>>,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<WebPkiServerVerifier>, String> {
    let mut roots = RootCertStore::empty();
    for authority in authorities {
        roots.add(authority).map_err(|error| error.to_string())?;
    }
    let builder = WebPkiServerVerifier::builder_with_provider(roots.into(), Arc::clone(provider));
    builder.build().map_err(|error| error.to_string())
}

/// Reads the certificates of a PEM text, of which there must be at least one.
pub(crate) fn certificates(text: &[u8]) -> Result<Vec<CertificateDer<'static>>, String> {
    if let Some(problem) = pem::problem(text) {
        return Err(problem);
    }
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text).collect();
    match read {
        Ok(none) if none.is_empty() => Err("contains no certificate (expected `-----BEGIN CERTIFICATE-----`)".into()),
        Ok(certificates) => {
            let mut roots = RootCertStore::empty();
            for (index, certificate) in certificates.iter().enumerate() {
                if roots.add(certificate.clone()).is_err() {
                    return Err(format!("certificate {} is not valid", index + 1));
                }
            }
            Ok(certificates)
        }
        Err(error) => Err(format!("not valid PEM: {error}")),
    }
}

/// Reads the private key of a PEM text. Errors do not show the text.
pub(crate) fn private_key(text: &[u8]) -> Result<PrivateKeyDer<'static>, String> {
    PrivateKeyDer::from_pem_slice(text)
        .map_err(|_| pem::problem(text).unwrap_or_else(|| "contains no valid private key".to_owned()))
}

/// The reason why the certificate of the server was rejected, if the error or one of its causes is such a rejection.
pub(crate) fn rejected_certificate(error: &(dyn std::error::Error + 'static)) -> Option<CertificateRejection> {
    match tls_error(error)? {
        Error::InvalidCertificate(reason) => Some(CertificateRejection::new(reason)),
        _ => None,
    }
}

/// Why a certificate was rejected.
pub(crate) struct CertificateRejection {
    pub(crate) problem: CertificateProblem,
    /// The reason as text for an error message.
    pub(crate) text: String,
}

impl CertificateRejection {
    fn new(reason: &CertificateError) -> Self {
        use CertificateError as Reason;
        let date = |time: &UnixTime| {
            let date = i64::try_from(time.as_secs()).ok().and_then(|seconds| DateTime::from_unix(seconds, 0));
            date.map_or_else(|| "an unknown time".to_owned(), |date| date.to_string())
        };
        let (problem, text) = match reason {
            Reason::ExpiredContext { not_after, .. } => {
                (CertificateProblem::Expired, format!("expired at {}", date(not_after)))
            }
            Reason::Expired => (CertificateProblem::Expired, "expired".to_owned()),
            Reason::NotValidYetContext { not_before, time } => {
                let text = format!("not valid before {}; the local time is {}", date(not_before), date(time));
                (CertificateProblem::NotYetValid, text)
            }
            Reason::NotValidYet => (CertificateProblem::NotYetValid, "not valid yet".to_owned()),
            Reason::NotValidForNameContext { expected, presented } => {
                let names: Vec<String> = presented.iter().map(|name| format!("`{}`", without_kind(name))).collect();
                let presented = match names.is_empty() {
                    true => "because it contains no names".to_owned(),
                    false => format!("only for {}", names.join(", ")),
                };
                (CertificateProblem::WrongName, format!("not valid for `{}`, {presented}", expected.to_str()))
            }
            Reason::NotValidForName => (CertificateProblem::WrongName, "not valid for this name".to_owned()),
            Reason::UnknownIssuer => {
                (CertificateProblem::Untrusted, "not issued by a trusted authority (UnknownIssuer)".to_owned())
            }
            Reason::Other(OtherError(other)) if other.is::<UnknownIssuer>() => match other.downcast_ref() {
                Some(UnknownIssuer::SelfSigned) => {
                    (CertificateProblem::SelfSigned, "self-signed, not issued by an authority".to_owned())
                }
                Some(UnknownIssuer::OfAnother) | None => (
                    CertificateProblem::OwnCertificateAsAuthority,
                    "`ca_file` contains the certificate of the server, not that of its authority".to_owned(),
                ),
            },
            Reason::Other(other) => match other.to_string() {
                text if text.contains("CaUsedAsEndEntity") => (
                    CertificateProblem::NotAServerCertificate,
                    "it is the certificate of an authority, not of a server".to_owned(),
                ),
                text if text.contains("UnsupportedCertVersion") => (
                    CertificateProblem::NotAServerCertificate,
                    "its format is too old (before X.509 version 3)".to_owned(),
                ),
                text => (CertificateProblem::Untrusted, text),
            },
            other => (CertificateProblem::Untrusted, other.to_string()),
        };
        Self { problem, text }
    }
}

/// Removes the kind from a name in a certificate: `DnsName("…")`.
fn without_kind(name: &str) -> &str {
    let inside = name.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'));
    inside.unwrap_or(name).trim_matches('"')
}

/// Whether the server rejected the client certificate, or requires one, according to the error or one of its causes.
pub(crate) fn is_client_certificate_rejected(error: &(dyn std::error::Error + 'static)) -> bool {
    use rustls::AlertDescription::{AccessDenied, BadCertificate, CertificateRequired, CertificateUnknown, UnknownCA};
    let rejections =
        [AccessDenied, BadCertificate, CertificateRequired, CertificateUnknown, UnknownCA].map(Error::AlertReceived);
    tls_error(error).is_some_and(|error| rejections.contains(error))
}

/// Whether client and server could not agree on TLS, according to the error or one of its causes.
pub(crate) fn has_failed(error: &(dyn std::error::Error + 'static)) -> bool {
    tls_error(error).is_some()
}

/// The TLS error among an error and its causes.
fn tls_error<'e>(error: &'e (dyn std::error::Error + 'static)) -> Option<&'e Error> {
    // The source of an I/O error is the source of the error that it wraps, not that error itself.
    let next = |&error: &&'e (dyn std::error::Error + 'static)| match error
        .downcast_ref::<std::io::Error>()
        .and_then(std::io::Error::get_ref)
    {
        Some(wrapped) => Some(wrapped as _),
        None => error.source(),
    };
    std::iter::successors(Some(error), next).find_map(|error| error.downcast_ref())
}

/// Whether the server supports only versions of TLS before 1.2, according to the error or one of its causes.
pub(crate) fn is_old_protocol(error: &(dyn std::error::Error + 'static)) -> bool {
    use PeerIncompatible::{ServerDoesNotSupportTls12Or13, ServerTlsVersionIsDisabledByOurConfig};
    match tls_error(error) {
        Some(Error::AlertReceived(alert)) => *alert == rustls::AlertDescription::ProtocolVersion,
        Some(Error::PeerIncompatible(reason)) => {
            matches!(reason, ServerDoesNotSupportTls12Or13 | ServerTlsVersionIsDisabledByOurConfig)
        }
        _ => false,
    }
}

/// Why the issuer of a certificate is unknown.
#[derive(Debug)]
enum UnknownIssuer {
    /// It is its own issuer.
    SelfSigned,
    /// The certificate itself is among the trusted authorities, but another authority issued it.
    OfAnother,
}

impl std::fmt::Display for UnknownIssuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("UnknownIssuer")
    }
}

impl std::error::Error for UnknownIssuer {}

/// Adds why the issuer is unknown to the errors of another verifier.
#[derive(Debug)]
struct ExplainingVerifier {
    verifier: Arc<dyn ServerCertVerifier>,
    authorities: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
}

impl ExplainingVerifier {
    fn explanation(
        &self,
        certificate: &CertificateDer<'_>,
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Option<UnknownIssuer> {
        if self.authorities.contains(certificate) {
            return Some(UnknownIssuer::OfAnother);
        }
        // A certificate that is valid if it is trusted itself is its own issuer.
        let verifier = only([certificate.clone().into_owned()], &self.provider).ok()?;
        let outcome = verifier.verify_server_cert(certificate, &[], name, &[], now);
        outcome.is_ok().then_some(UnknownIssuer::SelfSigned)
    }
}

impl ServerCertVerifier for ExplainingVerifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let outcome = self.verifier.verify_server_cert(certificate, intermediates, name, ocsp_response, now);
        outcome.map_err(|error| match &error {
            Error::InvalidCertificate(CertificateError::UnknownIssuer) => {
                match self.explanation(certificate, name, now) {
                    Some(explanation) => CertificateError::Other(OtherError(Arc::new(explanation))).into(),
                    None => error,
                }
            }
            _ => error,
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}

/// Accepts any certificate; signatures of the handshake are still verified.
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
    fn rejections_are_described() {
        let described = |reason: CertificateError| {
            let rejection = rejected_certificate(&Error::InvalidCertificate(reason)).unwrap();
            (rejection.problem, rejection.text)
        };
        let expired = CertificateError::ExpiredContext { time: at(1_700_000_000), not_after: at(1_609_459_200) };
        assert_eq!(described(expired), (CertificateProblem::Expired, "expired at 2021-01-01T00:00:00.000Z".to_owned()));
        let early = CertificateError::NotValidYetContext { time: at(1_609_459_200), not_before: at(1_609_459_201) };
        let text = "not valid before 2021-01-01T00:00:01.000Z; the local time is 2021-01-01T00:00:00.000Z";
        assert_eq!(described(early), (CertificateProblem::NotYetValid, text.to_owned()));
        let name = CertificateError::NotValidForNameContext {
            expected: ServerName::try_from("engine").unwrap(),
            presented: vec!["DnsName(\"a.example.com\")".to_owned(), "IpAddress(10.0.0.1)".to_owned()],
        };
        let text = "not valid for `engine`, only for `a.example.com`, `10.0.0.1`";
        assert_eq!(described(name), (CertificateProblem::WrongName, text.to_owned()));
    }
}

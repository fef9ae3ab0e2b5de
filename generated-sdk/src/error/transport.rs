//! Requests without a complete response.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use super::context::RequestContext;
use super::hint;

/// The path and query at which the engine serves its CA certificate.
const CA_CERTIFICATE: &str = "/ovirt-engine/services/pki-resource?resource=ca-certificate&format=X509-PEM-CA";

/// The kind of a failure without a complete response.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// The connection could not be established.
    Connect,
    /// Establishing the connection timed out.
    ConnectTimeout,
    /// The certificate of the server was rejected.
    Certificate,
    /// The request timed out.
    Timeout,
    /// The connection failed during the request or the response.
    Broken,
    /// The response is larger than its limit.
    TooLarge,
    /// Any other failure; not transient.
    Other,
}

/// Why the certificate of a server was rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CertificateProblem {
    /// It does not contain the name of the server.
    WrongName,
    Expired,
    NotYetValid,
    /// It is not suitable for servers, for example because it is a CA certificate.
    NotAServerCertificate,
    /// It is its own issuer, and not trusted.
    SelfSigned,
    /// It is trusted as an authority, but another authority issued it.
    OwnCertificateAsAuthority,
    /// It was not issued by a trusted authority, or has any other problem.
    Untrusted,
}

/// A request without a complete response.
#[derive(Debug)]
pub(crate) struct TransportFailure {
    pub(crate) context: Option<RequestContext>,
    pub(crate) kind: TransportErrorKind,
    /// The number of times the request was sent, until the context is known.
    pub(crate) attempts: u32,
    cause: Option<Box<dyn StdError + Send + Sync>>,
    detail: Option<Detail>,
}

/// What is known about a failure, beyond its kind and its cause.
#[derive(Debug)]
enum Detail {
    /// This timeout expired.
    Limit(Duration),
    /// The certificate of the server was rejected. The text describes the problem.
    Certificate(CertificateProblem, String),
    /// The client certificate is missing, or the server rejected it.
    ClientCertificate,
    /// The server supports only versions of TLS before 1.2.
    OldProtocol,
    /// Every further attempt would fail in the same way, for another reason.
    Permanent,
}

impl TransportFailure {
    pub(super) fn new(kind: TransportErrorKind, cause: Box<dyn StdError + Send + Sync>) -> Self {
        Self { context: None, attempts: 1, kind, cause: Some(cause), detail: None }
    }

    fn detailed(kind: TransportErrorKind, detail: Detail, cause: Box<dyn StdError + Send + Sync>) -> Self {
        Self { detail: Some(detail), ..Self::new(kind, cause) }
    }

    pub(super) fn timeout(limit: Duration) -> Self {
        let kind = TransportErrorKind::Timeout;
        Self { context: None, attempts: 1, kind, cause: None, detail: Some(Detail::Limit(limit)) }
    }

    pub(super) fn with_cause(self, cause: String) -> Self {
        Self { cause: Some(cause.into()), ..self }
    }

    /// Creates the failure of a connection for a permanent reason. Such requests are not retried.
    pub(crate) fn permanent(cause: Box<dyn StdError + Send + Sync>) -> Self {
        Self::detailed(TransportErrorKind::Connect, Detail::Permanent, cause)
    }

    /// Creates the failure for a rejected server certificate.
    pub(crate) fn certificate(
        problem: CertificateProblem,
        text: String,
        cause: Box<dyn StdError + Send + Sync>,
    ) -> Self {
        Self::detailed(TransportErrorKind::Certificate, Detail::Certificate(problem, text), cause)
    }

    /// Creates the failure for a client certificate that is missing or rejected by the server.
    pub(crate) fn client_certificate(cause: Box<dyn StdError + Send + Sync>) -> Self {
        Self::detailed(TransportErrorKind::Other, Detail::ClientCertificate, cause)
    }

    /// Creates the failure for a server that supports only versions of TLS before 1.2. Such requests are not retried.
    pub(crate) fn old_protocol(cause: Box<dyn StdError + Send + Sync>) -> Self {
        Self::detailed(TransportErrorKind::Connect, Detail::OldProtocol, cause)
    }

    /// Whether a configurable timeout expired.
    pub(super) fn has_limit(&self) -> bool {
        matches!(self.detail, Some(Detail::Limit(_)))
    }

    pub(super) fn is_timeout(&self) -> bool {
        matches!(self.kind, TransportErrorKind::Timeout | TransportErrorKind::ConnectTimeout)
    }

    pub(super) fn is_connect(&self) -> bool {
        use TransportErrorKind::{Certificate, Connect, ConnectTimeout};
        matches!(self.kind, Connect | ConnectTimeout | Certificate)
    }

    pub(super) fn is_transient(&self) -> bool {
        use TransportErrorKind::{Certificate, Other, TooLarge};
        !matches!(self.kind, Certificate | TooLarge | Other)
            && !matches!(self.detail, Some(Detail::OldProtocol | Detail::Permanent))
    }

    pub(super) fn cause(&self) -> Option<&(dyn StdError + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }

    pub(crate) fn cause_text(&self) -> Option<String> {
        match &self.detail {
            // The texts of these causes are not clear enough.
            Some(Detail::Certificate(_, text)) => Some(text.clone()),
            Some(Detail::OldProtocol) => Some("the server supports only TLS 1.1 or older".to_owned()),
            _ => self.cause().map(root_cause),
        }
    }

    /// Whether connecting through a proxy failed. Checks the text, because the error's type is private to its crate.
    fn is_proxy_failure(&self) -> bool {
        self.cause().into_iter().flat_map(causes).any(|cause| cause.to_string().starts_with("tunnel error"))
    }

    /// The hint for common mistakes.
    fn hint(&self) -> Option<String> {
        let origin = self.context.as_ref().map(RequestContext::origin);
        let origin = origin.as_deref().unwrap_or("https://engine.example.com");
        match self.kind {
            TransportErrorKind::Certificate => {
                let problem = match &self.detail {
                    Some(Detail::Certificate(problem, _)) => Some(*problem),
                    _ => None,
                };
                let hint = match problem {
                    Some(CertificateProblem::WrongName) => {
                        "the URL must use a name in the certificate; certificates of old engines without subject \
                         alternative names must be replaced"
                    }
                    Some(CertificateProblem::Expired) => "`engine-setup` on the engine renews expired certificates",
                    Some(CertificateProblem::NotYetValid) => "check the local clock, and the clock of the engine",
                    Some(CertificateProblem::NotAServerCertificate) => {
                        "the server needs its own certificate, issued by a CA; `ca_file` is for the CA certificate"
                    }
                    Some(CertificateProblem::SelfSigned) => return Some(self_signed_hint(origin)),
                    Some(CertificateProblem::OwnCertificateAsAuthority | CertificateProblem::Untrusted) | None => "",
                };
                if !hint.is_empty() {
                    return Some(hint.to_owned());
                }
                let fetch = format!("curl --insecure --output ca.pem '{origin}{CA_CERTIFICATE}'");
                Some(format!(
                    "fetch the engine's CA certificate with `{fetch}`, verify its fingerprint, and set it as `ca_file`"
                ))
            }
            TransportErrorKind::Connect => self.connect_hint().map(str::to_owned),
            TransportErrorKind::ConnectTimeout => Some(
                "check host, port and firewalls, and whether a `proxy` is required; for slow networks, increase \
                 `connect_timeout`"
                    .to_owned(),
            ),
            TransportErrorKind::Timeout if self.has_limit() => {
                Some("increase `timeout` of the request or the connection".to_owned())
            }
            TransportErrorKind::Other if matches!(self.detail, Some(Detail::ClientCertificate)) => Some(
                "the server requires a client certificate that it trusts; set `client_certificate_file`".to_owned(),
            ),
            TransportErrorKind::Broken if origin.starts_with("http://") => {
                Some("if the server expects TLS, the URL must begin with https://".to_owned())
            }
            _ => None,
        }
    }

    fn connect_hint(&self) -> Option<&'static str> {
        let cause = self.cause_text().unwrap_or_default();
        let has = |text: &str| cause.contains(text);
        if self.is_proxy_failure() {
            return Some(match () {
                () if has("authorization required") => hint::PROXY_LOGIN,
                () if has("unsuccessful") => "the proxy does not allow connections to that server, or can't reach it",
                () => {
                    "the option `proxy` or else the environment (HTTPS_PROXY, ALL_PROXY) sets the proxy; `no_proxy` \
                     disables it"
                }
            });
        }
        match () {
            () if matches!(self.detail, Some(Detail::OldProtocol)) => {
                Some("the SDK requires TLS 1.2 or newer; enable it on the server, or update the server")
            }
            () if has("refused") => Some(
                "the host is reachable, but nothing listens on that port; check the URL, and that the engine is \
                     running",
            ),
            () if has("lookup") => Some("check the host name and the DNS configuration"),
            () if has("InvalidContentType") => Some("the service on that port does not use TLS; check the port"),
            () => None,
        }
    }
}

/// The hint for a self-signed certificate: trusting the authority of the engine does not help.
fn self_signed_hint(origin: &str) -> String {
    let address = origin.rsplit('/').next().unwrap_or_default();
    let port = address.rsplit_once(':').is_some_and(|(_, port)| port.bytes().all(|byte| byte.is_ascii_digit()));
    let port = if port { "" } else { ":443" };
    format!(
        "fetch the certificate with `openssl s_client -connect {address}{port} </dev/null | openssl x509 -out ca.pem`, \
         verify its fingerprint, and set it as `ca_file`"
    )
}

impl fmt::Display for TransportFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let server = match &self.context {
            Some(context) => {
                write!(f, "{context}: ")?;
                context.origin()
            }
            None => "the server".to_owned(),
        };
        match self.kind {
            TransportErrorKind::Connect if self.is_proxy_failure() => {
                write!(f, "can't reach {server} through the proxy")?;
            }
            TransportErrorKind::Connect => write!(f, "can't reach {server}")?,
            TransportErrorKind::ConnectTimeout => write!(f, "can't reach {server}: timed out")?,
            TransportErrorKind::Certificate => write!(f, "the certificate of {server} is not trusted")?,
            TransportErrorKind::Timeout => f.write_str("no complete response")?,
            TransportErrorKind::Broken => f.write_str("the connection failed before the response was complete")?,
            TransportErrorKind::TooLarge => f.write_str("the response is too large")?,
            TransportErrorKind::Other => f.write_str("the request can't be sent")?,
        }
        if let Some(Detail::Limit(limit)) = &self.detail {
            write!(f, " within {limit:?}")?;
        }
        if let Some(cause) = self.cause_text().filter(|_| self.kind != TransportErrorKind::ConnectTimeout) {
            write!(f, ": {cause}")?;
        }
        if let Some(context) = &self.context {
            context.fmt_tail(f)?;
        }
        hint::write(f, self.hint())
    }
}

/// An error and its causes, from the outermost to the innermost.
pub(crate) fn causes<'e>(error: &'e (dyn StdError + 'static)) -> impl Iterator<Item = &'e (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// The text of the innermost cause. Outer errors only add that something failed.
pub(crate) fn root_cause(error: &(dyn StdError + 'static)) -> String {
    let innermost = causes(error).last().unwrap_or(error);
    match innermost.downcast_ref::<std::io::Error>().map(std::io::Error::kind) {
        // Replaces technical details of TLS.
        Some(std::io::ErrorKind::UnexpectedEof) => "closed by the peer".to_owned(),
        _ => innermost.to_string(),
    }
}

//! Requests without a complete response.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use super::context::RequestContext;
use super::hint;

/// Where every engine serves the certificate of its authority.
const AUTHORITY: &str = "/ovirt-engine/services/pki-resource?resource=ca-certificate&format=X509-PEM-CA";

/// The kind of a failure without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// There was no connection.
    Connect,
    /// There was no connection in time.
    ConnectTimeout,
    /// The certificate of the server was not accepted.
    Certificate,
    /// There was no answer in time.
    Timeout,
    /// The connection failed while the request was sent or the answer came.
    Broken,
    /// Something that will not change by itself.
    Other,
}

/// Why the certificate of a server was rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CertificateProblem {
    /// It belongs to another server.
    WrongName,
    Expired,
    NotYetValid,
    /// It can't identify a server, whoever issued it.
    NotAServerCertificate,
    /// No trusted authority has issued it, or any other problem.
    Untrusted,
}

/// There was no answer, or not all of it.
#[derive(Debug)]
pub(crate) struct TransportFailure {
    pub(crate) context: Option<RequestContext>,
    pub(crate) kind: TransportErrorKind,
    /// How often the request was sent; until the context is known.
    pub(crate) attempts: u32,
    limit: Option<Duration>,
    cause: Option<Box<dyn StdError + Send + Sync>>,
    /// The cause in words, where the innermost error is not clear enough.
    explanation: Option<String>,
    certificate: Option<CertificateProblem>,
    client_certificate_rejected: bool,
}

impl TransportFailure {
    pub(super) fn new(kind: TransportErrorKind, cause: Box<dyn StdError + Send + Sync>) -> Self {
        Self {
            context: None,
            attempts: 1,
            kind,
            limit: None,
            cause: Some(cause),
            explanation: None,
            certificate: None,
            client_certificate_rejected: false,
        }
    }

    pub(super) fn timeout(limit: Duration) -> Self {
        Self {
            context: None,
            attempts: 1,
            kind: TransportErrorKind::Timeout,
            limit: Some(limit),
            cause: None,
            explanation: None,
            certificate: None,
            client_certificate_rejected: false,
        }
    }

    pub(super) fn because(self, cause: String) -> Self {
        Self { cause: Some(cause.into()), ..self }
    }

    /// The certificate of the server was rejected.
    pub(crate) fn certificate(
        problem: CertificateProblem,
        text: String,
        cause: Box<dyn StdError + Send + Sync>,
    ) -> Self {
        Self {
            certificate: Some(problem),
            explanation: Some(text),
            ..Self::new(TransportErrorKind::Certificate, cause)
        }
    }

    /// The server rejected our certificate, or requires one.
    pub(crate) fn client_certificate(cause: Box<dyn StdError + Send + Sync>) -> Self {
        Self { client_certificate_rejected: true, ..Self::new(TransportErrorKind::Other, cause) }
    }

    /// Whether it is a time that the user can set.
    pub(super) fn has_limit(&self) -> bool {
        self.limit.is_some()
    }

    pub(super) fn is_timeout(&self) -> bool {
        matches!(self.kind, TransportErrorKind::Timeout | TransportErrorKind::ConnectTimeout)
    }

    pub(super) fn is_connect(&self) -> bool {
        use TransportErrorKind::{Certificate, Connect, ConnectTimeout};
        matches!(self.kind, Connect | ConnectTimeout | Certificate)
    }

    pub(super) fn is_transient(&self) -> bool {
        !matches!(self.kind, TransportErrorKind::Certificate | TransportErrorKind::Other)
    }

    pub(super) fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.cause.as_deref().map(|cause| cause as _)
    }

    pub(crate) fn cause_text(&self) -> Option<String> {
        self.explanation.clone().or_else(|| self.source().map(root_cause))
    }

    /// Whether it is a proxy that there is no connection through. The type that says so is nobody else's.
    pub(super) fn is_of_proxy(&self) -> bool {
        let mut next = self.source();
        while let Some(cause) = next {
            if cause.to_string().starts_with("tunnel error") {
                return true;
            }
            next = cause.source();
        }
        false
    }

    /// Helps with common mistakes.
    fn hint(&self) -> Option<String> {
        let origin =
            self.context.as_ref().map(|context| context.origin.as_str()).unwrap_or("https://engine.example.com");
        match self.kind {
            TransportErrorKind::Certificate => {
                let hint = match self.certificate {
                    Some(CertificateProblem::WrongName) => {
                        "the URL has to use a name that the certificate has; old engines have none that counts (no subject \
                         alternative name) and need a new certificate"
                    }
                    Some(CertificateProblem::Expired) => "`engine-setup` on the engine renews certificates that expired",
                    Some(CertificateProblem::NotYetValid) => "is the clock of this machine right, and was that of the engine?",
                    Some(CertificateProblem::NotAServerCertificate) => {
                        "the server needs a certificate of its own, issued by an authority; it is the authority's that \
                         `ca_file` takes"
                    }
                    Some(CertificateProblem::Untrusted) | None => "",
                };
                if !hint.is_empty() {
                    return Some(hint.to_owned());
                }
                let fetch = format!("curl --insecure --output ca.pem '{origin}{AUTHORITY}'");
                Some(format!(
                    "fetch the engine's authority with `{fetch}`, compare its fingerprint, and give it as `ca_file`"
                ))
            }
            TransportErrorKind::Connect => self.connect_hint().map(str::to_owned),
            TransportErrorKind::ConnectTimeout => Some(
                "nothing answers there: is it the right host and port, is there a firewall, or does it take a `proxy`? If \
                 it is only slow, give it a longer `connect_timeout`"
                    .to_owned(),
            ),
            TransportErrorKind::Timeout if self.has_limit() => {
                Some("`timeout` of the request or of the connection gives it longer".to_owned())
            }
            TransportErrorKind::Other if self.client_certificate_rejected => Some(
                "the server wants to see a certificate that it trusts: give it as `client_certificate_file`".to_owned(),
            ),
            TransportErrorKind::Broken if origin.starts_with("http://") => {
                Some("if the server expects TLS, the URL has to begin with https://".to_owned())
            }
            _ => None,
        }
    }

    fn connect_hint(&self) -> Option<&'static str> {
        let cause = self.cause_text().unwrap_or_default();
        let says = |text: &str| cause.contains(text);
        if self.is_of_proxy() {
            return Some(match () {
                () if says("authorization required") => hint::PROXY_LOGIN,
                () if says("unsuccessful") => {
                    "the proxy does not connect to that server: it may not, or can't reach it"
                }
                () => {
                    "the proxy is that of the option `proxy`, else that of the environment (HTTPS_PROXY, ALL_PROXY); \
                     `no_proxy` goes without one"
                }
            });
        }
        match () {
            () if says("refused") => {
                Some("the host is there, but nothing listens at that port: is it the engine, and does it run?")
            }
            () if says("lookup") => Some("is the name of the host right, and does this machine know it?"),
            () if says("InvalidContentType") => {
                Some("what listens at that port does not speak TLS: is it the right port?")
            }
            () => None,
        }
    }
}

impl fmt::Display for TransportFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let server = match &self.context {
            Some(context) => {
                write!(f, "{context}: ")?;
                context.origin.as_str()
            }
            None => "the server",
        };
        match self.kind {
            TransportErrorKind::Connect if self.is_of_proxy() => {
                write!(f, "no connection to {server} through the proxy")?;
            }
            TransportErrorKind::Connect => write!(f, "no connection to {server}")?,
            TransportErrorKind::ConnectTimeout => write!(f, "no connection to {server} in time")?,
            TransportErrorKind::Certificate => write!(f, "the certificate of {server} is not trusted")?,
            TransportErrorKind::Timeout => f.write_str("no complete answer")?,
            TransportErrorKind::Broken => f.write_str("the connection failed before the answer was complete")?,
            TransportErrorKind::Other => f.write_str("the request can't be sent")?,
        }
        if let Some(limit) = self.limit {
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

/// The text of the innermost cause: the outer ones only say that something failed.
pub(crate) fn root_cause(error: &(dyn StdError + 'static)) -> String {
    let mut innermost = error;
    while let Some(cause) = innermost.source() {
        innermost = cause;
    }
    match innermost.downcast_ref::<std::io::Error>().map(std::io::Error::kind) {
        // The details that TLS adds do not help.
        Some(std::io::ErrorKind::UnexpectedEof) => "the other side closed it".to_owned(),
        _ => innermost.to_string(),
    }
}

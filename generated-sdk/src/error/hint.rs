//! What helps with the usual mistakes.

use std::fmt;

use super::exchange::Said;
use super::{ServerFailure, TransportErrorKind, TransportFailure};

/// Where every engine serves the certificate of its authority.
const AUTHORITY: &str = "/ovirt-engine/services/pki-resource?resource=ca-certificate&format=X509-PEM-CA";

pub(super) const PROFILE: &str = "the user name has to end with the profile that the user belongs to: \
    `admin@ovirt@internalsso` where the engine uses Keycloak (the default since 4.5.1), `admin@internal` elsewhere";

const BASE: &str = "the URL of the connection has to be that of the API, usually \
    https://engine.example.com/ovirt-engine/api";

pub(super) fn write(f: &mut fmt::Formatter<'_>, hint: Option<String>) -> fmt::Result {
    hint.map_or(Ok(()), |hint| write!(f, "\nHint: {hint}"))
}

pub(super) fn of_answer(failure: &ServerFailure) -> Option<String> {
    match (failure.status, &failure.said) {
        (200..=299, _) => Some(BASE.to_owned()),
        (404, Said::Page { .. }) if failure.fault.is_none() => Some(BASE.to_owned()),
        (300..=399, Said::Elsewhere { .. }) => Some(
            "credentials are sent only to the server of the connection's URL; if it moved, use its new URL".to_owned(),
        ),
        (401, _) => Some("the credentials are wrong, or what they gave has expired".to_owned()),
        (502..=504, Said::Page { .. }) => {
            Some("the engine behind this web server does not run, or is just starting".to_owned())
        }
        _ => None,
    }
}

pub(super) fn of_transport(failure: &TransportFailure) -> Option<String> {
    let origin =
        failure.context.as_ref().map(|context| context.origin.as_str()).unwrap_or("https://engine.example.com");
    match failure.kind {
        TransportErrorKind::Certificate => {
            let cause = failure.cause_text().unwrap_or_default();
            if cause.contains("not valid for name") {
                let hint = "the URL has to use a name that the certificate has; old engines have none that counts (no \
                    subject alternative name) and need a new certificate";
                return Some(hint.to_owned());
            }
            if cause.contains("expired") {
                return Some("`engine-setup` on the engine renews certificates that expired".to_owned());
            }
            let fetch = format!("curl --insecure --output ca.pem '{origin}{AUTHORITY}'");
            Some(format!(
                "fetch the engine's authority with `{fetch}`, compare its fingerprint, and give it as `ca_file`"
            ))
        }
        TransportErrorKind::Connect => {
            let refused = failure.cause_text().is_some_and(|cause| cause.contains("refused"));
            refused.then(|| {
                "the host is there, but nothing listens at that port: is it the engine, and does it run?".to_owned()
            })
        }
        _ => None,
    }
}

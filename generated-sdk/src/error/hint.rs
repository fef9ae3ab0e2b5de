//! What helps with the usual mistakes.

use std::fmt;

use super::exchange::Said;
use super::{Error, ServerFailure, TransportErrorKind, TransportFailure, is_transient};
use crate::transport::tls::{RefusalKind, refused_certificate, refused_identity};

/// Where every engine serves the certificate of its authority.
const AUTHORITY: &str = "/ovirt-engine/services/pki-resource?resource=ca-certificate&format=X509-PEM-CA";

/// For logins with a user name.
pub(crate) const PROFILE: &str = "the user name has to end with the profile that the user belongs to: \
    `admin@ovirt@internalsso` where the engine uses Keycloak (the default since 4.5.1), `admin@internal` elsewhere";

/// For logins with a ticket.
pub(crate) const KERBEROS: &str = "the web server of the engine has to be set up for Kerberos, with a key for `HTTP/` and \
    the name of the host as the URL has it, and the engine with a profile that takes it";

const BASE: &str = "the URL of the connection has to be that of the API, usually \
    https://engine.example.com/ovirt-engine/api";

pub(super) fn write(f: &mut fmt::Formatter<'_>, hint: Option<String>) -> fmt::Result {
    hint.map_or(Ok(()), |hint| write!(f, "\nHint: {hint}"))
}

/// What the engine says of a document that it does not understand.
const SYNTAX: &str = "Request syntactically incorrect";

pub(super) fn of_answer(failure: &ServerFailure) -> Option<String> {
    let hint = match (failure.status, &failure.said) {
        (200..=299, _) if failure.fault.is_some() => return None,
        (200..=299, _) => BASE,
        (404, Said::Page { .. }) if failure.fault.is_none() => BASE,
        (300..=399, Said::Elsewhere { .. }) if failure.goes_elsewhere() => {
            "credentials are sent only to the server of the connection's URL; if it moved, use its new URL"
        }
        (300..=399, Said::Elsewhere { .. }) if failure.goes_on() => {
            "the server sends requests from one address to the next: is the URL of the connection that of the API?"
        }
        (300..=399, Said::Elsewhere { .. }) => {
            "only requests that change nothing are sent on; if the engine moved, use its new URL"
        }
        (400, _) if failure.text().contains(SYNTAX) => {
            "this engine does not know something in the body, or not that value for it: a member that is newer than the \
             engine, or one that it writes and does not read; `inspect` shows the body"
        }
        (401, _) => "the credentials are wrong, or what they gave has expired",
        (403, _) => {
            "this user may not do this; users who are no administrators need `filter(true)` at the connection, to be \
             given what they may see"
        }
        (407, _) => PROXY_LOGIN,
        (500, Said::Nothing) if failure.fault.is_none() => {
            "the engine's own log (/var/log/ovirt-engine/engine.log) says more, under the correlation id"
        }
        (502..=504, Said::Page { .. }) => "the engine behind this web server does not run, or is just starting",
        (status, _) if is_transient(status, || failure.text()) => "this passes by itself: try again a little later",
        _ => return None,
    };
    Some(hint.to_owned())
}

/// Whether a redirect leads to another server.
pub(super) fn goes_elsewhere(origin: &str, location: &str) -> bool {
    let rest = location.strip_prefix(origin);
    match rest {
        Some(rest) => !rest.is_empty() && !rest.starts_with('/'),
        None => location.starts_with("//") || location.contains("://"),
    }
}

/// For an answer of success: what can't be read, or is not in it.
pub(super) fn of_document(cause: Option<&Error>) -> &'static str {
    match cause {
        Some(cause) if cause.is_truncated() => {
            "something between here and the engine may have cut the answer: ask again"
        }
        Some(_) => "`Connection::raw` gives an answer as it came, whatever it is",
        None => "`send_reply` tells what was answered instead",
    }
}

const PROXY_LOGIN: &str = "the proxy wants a user name and a password: they stand in its URL, as in \
    http://user:password@proxy.example.com:3128";

pub(super) fn of_transport(failure: &TransportFailure) -> Option<String> {
    let origin =
        failure.context.as_ref().map(|context| context.origin.as_str()).unwrap_or("https://engine.example.com");
    match failure.kind {
        TransportErrorKind::Certificate => {
            let hint = match failure.source().and_then(refused_certificate).map(|refusal| refusal.kind) {
                Some(RefusalKind::Name) => {
                    "the URL has to use a name that the certificate has; old engines have none that counts (no subject \
                     alternative name) and need a new certificate"
                }
                Some(RefusalKind::Expired) => "`engine-setup` on the engine renews certificates that expired",
                Some(RefusalKind::NotYet) => "is the clock of this machine right, and was that of the engine?",
                Some(RefusalKind::Unfit) => {
                    "the server needs a certificate of its own, issued by an authority; it is the authority's that \
                     `ca_file` takes"
                }
                Some(RefusalKind::Untrusted) | None => "",
            };
            if !hint.is_empty() {
                return Some(hint.to_owned());
            }
            let fetch = format!("curl --insecure --output ca.pem '{origin}{AUTHORITY}'");
            Some(format!(
                "fetch the engine's authority with `{fetch}`, compare its fingerprint, and give it as `ca_file`"
            ))
        }
        TransportErrorKind::Connect => of_connecting(failure).map(str::to_owned),
        TransportErrorKind::ConnectTimeout => Some(
            "nothing answers there: is it the right host and port, is there a firewall, or does it take a `proxy`? If \
             it is only slow, give it a longer `connect_timeout`"
                .to_owned(),
        ),
        TransportErrorKind::Timeout if failure.has_limit() => {
            Some("`timeout` of the request or of the connection gives it longer".to_owned())
        }
        TransportErrorKind::Other if failure.source().is_some_and(refused_identity) => Some(
            "the server wants to see a certificate that it trusts: give it as `client_certificate_file`".to_owned(),
        ),
        TransportErrorKind::Broken if origin.starts_with("http://") => {
            Some("if the server expects TLS, the URL has to begin with https://".to_owned())
        }
        _ => None,
    }
}

fn of_connecting(failure: &TransportFailure) -> Option<&'static str> {
    let cause = failure.cause_text().unwrap_or_default();
    let says = |text: &str| cause.contains(text);
    if failure.is_of_proxy() {
        return Some(match () {
            () if says("authorization required") => PROXY_LOGIN,
            () if says("unsuccessful") => "the proxy does not connect to that server: it may not, or can't reach it",
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
        () if says("InvalidContentType") => Some("what listens at that port does not speak TLS: is it the right port?"),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::goes_elsewhere;

    #[test]
    fn redirects_to_other_servers_are_told_from_others() {
        let leads = |location: &str| goes_elsewhere("https://engine.example.com", location);
        for here in ["/ovirt-engine/login", "login", "https://engine.example.com", "https://engine.example.com/x", ""] {
            assert!(!leads(here), "{here}");
        }
        for elsewhere in ["//other/x", "https://other/x", "http://engine.example.com/", "https://engine.example.com.x/"]
        {
            assert!(leads(elsewhere), "{elsewhere}");
        }
    }
}

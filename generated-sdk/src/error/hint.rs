//! Hints for common mistakes.

use std::fmt;

/// For logins with a user name.
pub(crate) const PROFILE: &str = "the user name has to end with the profile that the user belongs to: \
    `admin@ovirt@internalsso` where the engine uses Keycloak (the default since 4.5.1), `admin@internal` elsewhere";

/// For logins with a ticket.
pub(crate) const KERBEROS: &str = "the web server of the engine has to be set up for Kerberos, with a key for `HTTP/` and \
    the name of the host as the URL has it, and the engine with a profile that takes it";

pub(super) const BASE_URL: &str = "the URL of the connection has to be that of the API, usually \
    https://engine.example.com/ovirt-engine/api";

pub(super) fn write(f: &mut fmt::Formatter<'_>, hint: Option<String>) -> fmt::Result {
    hint.map_or(Ok(()), |hint| write!(f, "\nHint: {hint}"))
}

pub(super) const PROXY_LOGIN: &str = "the proxy wants a user name and a password: they stand in its URL, as in \
    http://user:password@proxy.example.com:3128";

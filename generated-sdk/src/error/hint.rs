//! Hints for common mistakes.

use std::fmt;

/// For logins with a user name and a password.
pub(crate) const PROFILE: &str = "the user name must end with the profile of the user: `admin@ovirt@internalsso` if the \
    engine uses Keycloak (the default since 4.5.1), `admin@internal` otherwise";

/// For logins with a Kerberos ticket.
pub(crate) const KERBEROS: &str = "the engine's web server must be configured for Kerberos, with a key for `HTTP/` and the \
    host name in the URL, and the engine must have a profile that accepts it";

pub(super) const BASE_URL: &str = "the URL of the connection must be that of the API, usually \
    https://engine.example.com/ovirt-engine/api";

pub(super) fn write(f: &mut fmt::Formatter<'_>, hint: Option<String>) -> fmt::Result {
    hint.map_or(Ok(()), |hint| write!(f, "\nHint: {hint}"))
}

pub(super) const PROXY_LOGIN: &str = "the proxy requires a user name and a password; put them into its URL, as in \
    http://user:password@proxy.example.com:3128";

//! Hints for common mistakes.

use std::fmt;

/// For logins with a user name whose profile the engine does not know.
pub(crate) const PROFILE: &str = "the user name must end with the profile of the user: `admin@ovirt@internalsso` if the \
    engine uses Keycloak (the default since 4.5.1), `admin@internal` otherwise";

/// For logins with a wrong user name or password.
pub(crate) const PASSWORD: &str =
    "check user name and password; after several wrong passwords, the account may be locked";

/// For users who may not log in.
pub(crate) const NO_PERMISSION: &str = "the credentials are right, but the user has no permission on any object; an \
    administrator must assign a role to the user or to a group of the user";

/// For users with too many sessions.
pub(crate) const SESSIONS: &str = "close connections that are no longer used, and share one connection instead of logging \
    in several times; sessions that were not closed end after a period without requests (30 minutes by default)";

/// For tokens and sessions that have ended.
pub(crate) const EXPIRED: &str = "the token or the session is unknown to the engine: it has expired or was revoked, or the \
    engine has restarted since; log in again";

/// For requests whose outcome is not known.
pub(super) const OUTCOME: &str = "the outcome is unknown: the engine may have completed the request; check the objects, or \
    the events with the correlation id, before you repeat it";

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

/// The hint for a rejected login or request, by the reason that the engine states.
pub(crate) fn for_rejection(reason: &str) -> Option<&'static str> {
    let has = |text: &str| reason.contains(text);
    match () {
        () if has("profile found in credentials") => Some(PROFILE),
        () if has("is not authorized to perform login") => Some(NO_PERMISSION),
        () if has("maximum number of allowed sessions") => Some(SESSIONS),
        () if has("invalid_grant") => Some(EXPIRED),
        () if has("The required scope") => Some(SCOPE),
        // The account is known, and the password may be right.
        () if has("locked") || has("disabled") || has("expired") => None,
        () if has("access_denied") || has("incorrect") => Some(PASSWORD),
        () => None,
    }
}

/// Whether another login does not help against this reason for a rejection.
pub(crate) fn is_final_rejection(reason: &str) -> bool {
    matches!(for_rejection(reason), Some(NO_PERMISSION | SESSIONS | SCOPE))
}

/// For tokens that are not for the API.
const SCOPE: &str = "the token was requested without the scope `ovirt-app-api`";

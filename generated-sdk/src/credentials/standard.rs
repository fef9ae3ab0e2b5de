//! The ways to log in that the crate provides.

#[cfg(feature = "kerberos")]
use super::kerberos::Kerberos;
use super::login_method::{LoginMethod, LoginOption, LoginValues};
use super::oauth::TOKEN_NAME;
use super::provider::Credentials;

/// The option that names the way to use.
pub(super) const AUTH: &str = "auth";

/// The option with the path of saved tokens.
pub(super) const TOKEN_CACHE: &str = "token_cache";

/// The options that all ways have.
pub(super) const COMMON: &[LoginOption] = &[
    LoginOption::new(AUTH, "The way to log in; by default the first one whose options are set").variable("OVIRT_AUTH"),
    LoginOption::new(TOKEN_CACHE, "The file in which the token is saved").variable("OVIRT_TOKEN_CACHE"),
];

const TOKEN: LoginOption = LoginOption::new("token", "An existing token").required().secret().variable("OVIRT_TOKEN");
const USERNAME: LoginOption =
    LoginOption::new("username", "The user name with its profile").required().variable("OVIRT_USERNAME");
const PASSWORD: LoginOption =
    LoginOption::new("password", "The password").required().secret().variable("OVIRT_PASSWORD");
const SSO_URL: LoginOption =
    LoginOption::new("sso_url", "The URL of the external single sign-on").required().variable("OVIRT_SSO_URL");
const SSO_REVOKE_URL: LoginOption =
    LoginOption::new("sso_revoke_url", "The URL that revokes tokens of the external single sign-on")
        .variable("OVIRT_SSO_REVOKE_URL");
const SSO_TOKEN_NAME: LoginOption =
    LoginOption::new("sso_token_name", "The name of the token in the response of the external single sign-on")
        .default(TOKEN_NAME)
        .variable("OVIRT_SSO_TOKEN_NAME");

/// The ways, in the order in which they are tried.
pub(super) fn methods() -> Vec<LoginMethod> {
    let mut methods = vec![
        LoginMethod::new("token", "An existing token", [TOKEN], |values| Credentials::token(values.text("token"))),
        LoginMethod::new(
            "external_sso",
            "A password, exchanged for a token of a single sign-on at another URL",
            [SSO_URL, USERNAME, PASSWORD, SSO_REVOKE_URL, SSO_TOKEN_NAME],
            external_sso,
        ),
        LoginMethod::new(
            "password",
            "A password, exchanged for a token of the engine",
            [USERNAME, PASSWORD],
            |values| Credentials::password(values.text("username"), values.text("password")),
        ),
        LoginMethod::new("basic", "A password with every request", [USERNAME, PASSWORD], |values| {
            Credentials::basic(values.text("username"), values.text("password"))
        })
        .only_by_name(),
        LoginMethod::new(
            "session",
            "A password, for which the engine opens a session",
            [USERNAME, PASSWORD],
            |values| Credentials::session(values.text("username"), values.text("password")),
        )
        .only_by_name(),
    ];
    methods.extend(kerberos());
    methods
}

fn external_sso(values: &LoginValues) -> Credentials {
    let sso = Credentials::external_sso(values.text("sso_url"), values.text("username"), values.text("password"));
    let sso = sso.token_name(values.text("sso_token_name"));
    match values.get("sso_revoke_url") {
        Some(url) => sso.revoke_url(url).into(),
        None => sso.into(),
    }
}

#[cfg(not(feature = "kerberos"))]
fn kerberos() -> [LoginMethod; 0] {
    []
}

#[cfg(feature = "kerberos")]
fn kerberos() -> [LoginMethod; 3] {
    const PRINCIPAL: LoginOption =
        LoginOption::new("principal", "The Kerberos principal").required().variable("OVIRT_PRINCIPAL");
    const KEYTAB: LoginOption =
        LoginOption::new("keytab", "The keytab file of the principal").required().variable("OVIRT_KEYTAB");
    const CACHE: LoginOption = LoginOption::new("kerberos_cache", "The Kerberos cache, if it is not the default one")
        .variable("OVIRT_KERBEROS_CACHE");
    const CONFIG: LoginOption =
        LoginOption::new("kerberos_config", "The configuration file of Kerberos").variable("OVIRT_KERBEROS_CONFIG");

    let configured = |kerberos: Kerberos, values: &LoginValues| match values.get("kerberos_config") {
        Some(path) => kerberos.config_file(path),
        None => kerberos,
    };
    [
        LoginMethod::new(
            "kerberos_keytab",
            "A Kerberos principal and its keytab",
            [PRINCIPAL, KEYTAB, CONFIG],
            move |values| configured(Kerberos::keytab(values.text("principal"), values.text("keytab")), values),
        ),
        LoginMethod::new(
            "kerberos_password",
            "A Kerberos principal and its password",
            [PRINCIPAL, PASSWORD, CONFIG],
            move |values| configured(Kerberos::password(values.text("principal"), values.text("password")), values),
        ),
        LoginMethod::new("kerberos", "The ticket of `kinit`", [CACHE, CONFIG], move |values| {
            let cache = values.get("kerberos_cache").map_or_else(Kerberos::cache, Kerberos::cache_named);
            configured(cache, values)
        })
        .only_by_name(),
    ]
}

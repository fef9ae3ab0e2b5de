//! Options from the environment.

use super::builder::ConnectionBuilder;
use super::handle::Connection;
use crate::credentials::{from_variables, variable};
use crate::error::Error;

impl ConnectionBuilder {
    /// Returns a builder with the options from the environment; see [`Connection::from_env`]. Options that are set
    /// afterwards take precedence, even over missing or invalid variables.
    pub fn from_env() -> Self {
        Self::from_variables(&|name| variable(name))
    }

    fn from_variables(read: &dyn Fn(&'static str) -> Result<Option<String>, String>) -> Self {
        let mut problems = Vec::new();
        let mut get = |name: &'static str| {
            read(name).unwrap_or_else(|problem| {
                problems.push((name, problem));
                None
            })
        };
        let (url, authority, insecure) = (get("OVIRT_URL"), get("OVIRT_CAFILE"), get("OVIRT_INSECURE"));
        if url.is_none() {
            problems.push(("OVIRT_URL", "not set".to_owned()));
        }
        let insecure = match insecure.as_deref().map(str::to_ascii_lowercase).as_deref() {
            None | Some("false" | "no" | "0") => false,
            Some("true" | "yes" | "1") => true,
            Some(_) => {
                problems.push(("OVIRT_INSECURE", "must be `true` or `false`".to_owned()));
                false
            }
        };
        let mut builder = Self::new(url.unwrap_or_default()).insecure(insecure);
        builder = match from_variables(read) {
            Ok(credentials) => builder.credentials(credentials),
            Err(problems) => builder.with_credential_problems(problems),
        };
        if let Some(authority) = authority {
            builder = builder.authority_file("OVIRT_CAFILE", authority.into());
        }
        builder.with_environment_options().with_problems(problems)
    }
}

impl Connection {
    /// Returns a connection with the options from the environment: `OVIRT_URL`, `OVIRT_CAFILE`, `OVIRT_INSECURE` (`true`
    /// or `false`), and the variables of one of the [standard ways to log in](crate::credentials::LoginMethods). The first
    /// one whose variables are set is used, unless `OVIRT_AUTH` names another one:
    ///
    /// | way | variables |
    /// |---|---|
    /// | `token` | `OVIRT_TOKEN` |
    /// | `external_sso` | `OVIRT_SSO_URL`, `OVIRT_USERNAME`, `OVIRT_PASSWORD`; also `OVIRT_SSO_REVOKE_URL`, `OVIRT_SSO_TOKEN_NAME` |
    /// | `password` | `OVIRT_USERNAME`, `OVIRT_PASSWORD` |
    /// | `basic`, `session` (only with `OVIRT_AUTH`) | `OVIRT_USERNAME`, `OVIRT_PASSWORD` |
    /// | `kerberos_keytab` | `OVIRT_PRINCIPAL`, `OVIRT_KEYTAB`; also `OVIRT_KERBEROS_CONFIG` |
    /// | `kerberos_password` | `OVIRT_PRINCIPAL`, `OVIRT_PASSWORD`; also `OVIRT_KERBEROS_CONFIG` |
    /// | `kerberos` (only with `OVIRT_AUTH`) | `OVIRT_KERBEROS_CACHE`, `OVIRT_KERBEROS_CONFIG`, both optional |
    ///
    /// Kerberos needs the feature `kerberos`. With `OVIRT_TOKEN_CACHE`, the token is saved in that file; see
    /// [`TokenCache`](crate::credentials::TokenCache). Empty variables count as unset.
    ///
    /// # Errors
    ///
    /// Returns an error that lists all missing or invalid variables.
    pub fn from_env() -> Result<Self, Error> {
        ConnectionBuilder::from_env().build()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credentials::Credentials;

    fn problems(variables: &[(&str, &str)]) -> Vec<String> {
        let found = |name: &str| variables.iter().find(|(other, _)| *other == name).map(|(_, value)| value.to_string());
        let outcome = ConnectionBuilder::from_variables(&|name| Ok(found(name))).build();
        outcome.err().map_or_else(Vec::new, |error| {
            error.problems().map(|(option, problem)| format!("{option}: {problem}")).collect()
        })
    }

    #[cfg(feature = "kerberos")]
    const KERBEROS: &str = "\n    kerberos_keytab: needs `OVIRT_PRINCIPAL`, `OVIRT_KEYTAB`\n    kerberos_password: needs \
        `OVIRT_PRINCIPAL`, `OVIRT_PASSWORD`";
    #[cfg(not(feature = "kerberos"))]
    const KERBEROS: &str = "";

    #[test]
    fn everything_that_is_missing_is_listed_by_the_name_of_its_variable() {
        assert_eq!(
            problems(&[("OVIRT_INSECURE", "maybe"), ("OVIRT_USERNAME", "admin@internal")]),
            [
                "OVIRT_URL: not set",
                "OVIRT_INSECURE: must be `true` or `false`",
                &format!(
                    "credentials: no way to log in has all its options\n    token: needs `OVIRT_TOKEN`\n    external_sso: \
                     needs `OVIRT_SSO_URL`, `OVIRT_PASSWORD`\n    password: needs `OVIRT_PASSWORD`{KERBEROS}"
                ),
            ]
        );
    }

    #[test]
    fn what_is_given_afterwards_goes_before_the_environment() {
        let found = |name: &str| (name == "OVIRT_INSECURE").then(|| "perhaps".to_owned());
        let builder = || ConnectionBuilder::from_variables(&|name| Ok(found(name)));
        let url = "https://engine.example.com/ovirt-engine/api";
        assert!(builder().url(url).credentials(Credentials::token("t")).insecure(false).build().is_ok());
        let options = |builder: ConnectionBuilder| {
            let error = builder.build().unwrap_err();
            error.problems().map(|(option, _)| option.to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(options(builder().url(url).insecure(false)), ["credentials"]);
        let credentials = || Credentials::token("t");
        assert_eq!(options(builder().credentials(credentials()).insecure(true)), ["OVIRT_URL"]);
        assert_eq!(options(builder().url(url).credentials(credentials())), ["OVIRT_INSECURE"]);
        assert_eq!(options(builder().url("").credentials(credentials()).insecure(true)), ["url"]);
    }

    #[test]
    fn what_is_wrong_with_a_variable_is_told_by_its_name() {
        assert_eq!(
            problems(&[("OVIRT_URL", "engine"), ("OVIRT_TOKEN", "a b")]),
            [
                "OVIRT_URL: must begin with https://; usually it is https://engine.example.com/ovirt-engine/api",
                "OVIRT_TOKEN: contains spaces or other characters that no token has",
            ]
        );
    }

    #[test]
    fn a_token_or_a_password_will_do() {
        let url = ("OVIRT_URL", "https://engine.example.com/ovirt-engine/api");
        assert!(problems(&[url, ("OVIRT_TOKEN", "t"), ("OVIRT_INSECURE", "1")]).is_empty());
        let names = [url, ("OVIRT_USERNAME", "u"), ("OVIRT_PASSWORD", "p"), ("OVIRT_CAFILE", "/nowhere/ca.pem")];
        let found = problems(&names);
        assert!(found.len() == 1 && found[0].starts_with("OVIRT_CAFILE: can't read `/nowhere/ca.pem`: "), "{found:?}");
    }
}

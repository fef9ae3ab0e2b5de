//! Options from the environment.

use super::builder::ConnectionBuilder;
use super::handle::Connection;
use crate::credentials::Credentials;
use crate::error::Error;

impl ConnectionBuilder {
    /// Returns a builder with the options from the environment; see [`Connection::from_env`]. Options that are set
    /// afterwards take precedence, even over missing or invalid variables.
    pub fn from_env() -> Self {
        Self::from_variables(|name| match std::env::var(name) {
            Ok(value) => Ok((!value.is_empty()).then_some(value)),
            Err(std::env::VarError::NotPresent) => Ok(None),
            Err(std::env::VarError::NotUnicode(_)) => Err("not valid Unicode"),
        })
    }

    fn from_variables(read: impl Fn(&'static str) -> Result<Option<String>, &'static str>) -> Self {
        let mut problems = Vec::new();
        let mut get = |name: &'static str| {
            read(name).unwrap_or_else(|problem| {
                problems.push((name, problem.to_owned()));
                None
            })
        };
        let url = get("OVIRT_URL");
        let (username, password) = (get("OVIRT_USERNAME"), get("OVIRT_PASSWORD"));
        let (token, authority, insecure) = (get("OVIRT_TOKEN"), get("OVIRT_CAFILE"), get("OVIRT_INSECURE"));
        if url.is_none() {
            problems.push(("OVIRT_URL", "not set".to_owned()));
        }
        let credentials = match (token, username, password) {
            (Some(token), _, _) => Some(Credentials::token(token)),
            (None, Some(username), Some(password)) => Some(Credentials::password(username, password)),
            (None, username, password) => {
                let missing = [("OVIRT_USERNAME", username.is_none()), ("OVIRT_PASSWORD", password.is_none())];
                for (name, _) in missing.into_iter().filter(|(_, missing)| *missing) {
                    problems.push((name, "not set, and neither is `OVIRT_TOKEN`".to_owned()));
                }
                None
            }
        };
        let insecure = match insecure.as_deref().map(str::to_ascii_lowercase).as_deref() {
            None | Some("false" | "no" | "0") => false,
            Some("true" | "yes" | "1") => true,
            Some(_) => {
                problems.push(("OVIRT_INSECURE", "must be `true` or `false`".to_owned()));
                false
            }
        };
        let mut builder = Self::new(url.unwrap_or_default()).insecure(insecure);
        if let Some(credentials) = credentials {
            builder = builder.credentials(credentials);
        }
        if let Some(authority) = authority {
            builder = builder.authority_file("OVIRT_CAFILE", authority.into());
        }
        builder.with_environment_options().with_problems(problems)
    }
}

impl Connection {
    /// Returns a connection with the options from the environment: `OVIRT_URL`; `OVIRT_TOKEN`, or `OVIRT_USERNAME` and
    /// `OVIRT_PASSWORD`; `OVIRT_CAFILE`; `OVIRT_INSECURE` (`true` or `false`). Empty variables count as unset. A token
    /// takes precedence over a password.
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

    fn problems(variables: &[(&str, &str)]) -> Vec<String> {
        let found = |name: &str| variables.iter().find(|(other, _)| *other == name).map(|(_, value)| value.to_string());
        let outcome = ConnectionBuilder::from_variables(|name| Ok(found(name))).build();
        outcome.err().map_or_else(Vec::new, |error| {
            error.problems().map(|(option, problem)| format!("{option}: {problem}")).collect()
        })
    }

    #[test]
    fn everything_that_is_missing_is_listed_by_the_name_of_its_variable() {
        assert_eq!(
            problems(&[("OVIRT_INSECURE", "maybe"), ("OVIRT_USERNAME", "admin@internal")]),
            [
                "OVIRT_URL: not set",
                "OVIRT_PASSWORD: not set, and neither is `OVIRT_TOKEN`",
                "OVIRT_INSECURE: must be `true` or `false`",
            ]
        );
    }

    #[test]
    fn what_is_given_afterwards_goes_before_the_environment() {
        let found = |name: &str| (name == "OVIRT_INSECURE").then(|| "perhaps".to_owned());
        let builder = || ConnectionBuilder::from_variables(|name| Ok(found(name)));
        let url = "https://engine.example.com/ovirt-engine/api";
        assert!(builder().url(url).credentials(Credentials::token("t")).insecure(false).build().is_ok());
        let options = |builder: ConnectionBuilder| {
            let error = builder.build().unwrap_err();
            error.problems().map(|(option, _)| option.to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(options(builder().url(url).insecure(false)), ["OVIRT_USERNAME", "OVIRT_PASSWORD"]);
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

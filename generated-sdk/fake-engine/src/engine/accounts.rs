//! Accounts that can log in.

use std::collections::BTreeMap;

use crate::encoding::base64_decoded;

/// Accounts by name with profile: `admin@internal`.
#[derive(Clone, Default)]
pub(crate) struct Accounts {
    passwords: BTreeMap<String, String>,
    /// SPNEGO tokens in base64, and the accounts to which they belong.
    pub(crate) tickets: BTreeMap<String, String>,
}

/// Why a login failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LoginError {
    /// The name is empty.
    NoName,
    /// The name has no profile, or an unknown one.
    InvalidProfile,
    /// The account doesn't exist or has another password; the engine doesn't tell which.
    InvalidCredentials,
}

impl LoginError {
    /// The engine's message.
    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::NoName => "No user name found in credentials.",
            Self::InvalidProfile => "No valid profile found in credentials.",
            Self::InvalidCredentials => {
                "Unable to log in. Verify your login information or contact the system administrator."
            }
        }
    }

    /// The message with the account. It ends with two periods, as on the engine.
    pub(crate) fn message_for(self, account: &str) -> String {
        let (user, profile) = split_account(account);
        format!("Cannot authenticate user '{user}@{}': {}.", profile.unwrap_or("N/A"), self.message())
    }
}

impl Accounts {
    pub(crate) fn add(&mut self, name: &str, password: &str) {
        self.passwords.insert(name.to_owned(), password.to_owned());
    }

    /// The names of all accounts.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.passwords.keys().chain(self.tickets.values()).cloned().collect();
        names.sort();
        names.dedup();
        names
    }

    /// Checks a password.
    pub(crate) fn check(&self, name: &str, password: &str) -> Result<(), LoginError> {
        let (user, profile) = split_account(name);
        let has_profile = |other: &String| split_account(other).1 == profile;
        match () {
            () if user.is_empty() => Err(LoginError::NoName),
            () if profile.is_none() || !self.passwords.keys().any(has_profile) => Err(LoginError::InvalidProfile),
            () if self.passwords.get(name).is_some_and(|expected| expected == password) => Ok(()),
            () => Err(LoginError::InvalidCredentials),
        }
    }
}

/// Splits an account into the user name and the profile, which follows the last `@`.
fn split_account(name: &str) -> (&str, Option<&str>) {
    match name.rsplit_once('@') {
        Some((user, profile)) => (user, Some(profile).filter(|profile| !profile.is_empty())),
        None => (name, None),
    }
}

/// User name and password of a header `Authorization: Basic …`. What is malformed counts as empty.
pub(crate) fn basic_credentials(header: &str) -> Option<(String, String)> {
    let encoded = header.strip_prefix("Basic")?.trim();
    let text = base64_decoded(encoded).ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    let (user, password) = text.split_once(':').unwrap_or((&text, ""));
    Some((user.to_owned(), password.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profile_is_checked_before_the_password() {
        let mut accounts = Accounts::default();
        accounts.add("admin@internal", "secret");
        accounts.add("admin@ovirt@internalsso", "secret");
        for (name, password, expected) in [
            ("admin@internal", "secret", Ok(())),
            ("admin@ovirt@internalsso", "secret", Ok(())),
            ("admin@internal", "Secret", Err(LoginError::InvalidCredentials)),
            ("admin@ovirt@internal", "secret", Err(LoginError::InvalidCredentials)),
            ("root@internalsso", "secret", Err(LoginError::InvalidCredentials)),
            ("admin@example.com", "secret", Err(LoginError::InvalidProfile)),
            ("admin@", "secret", Err(LoginError::InvalidProfile)),
            ("admin", "secret", Err(LoginError::InvalidProfile)),
            ("@internal", "secret", Err(LoginError::NoName)),
            ("", "", Err(LoginError::NoName)),
        ] {
            assert_eq!(accounts.check(name, password), expected, "{name}");
        }
    }
}

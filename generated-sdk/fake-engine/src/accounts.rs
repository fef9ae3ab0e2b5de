//! Who may log in.

use std::collections::BTreeMap;

/// Accounts, by name with profile: `admin@internal`.
#[derive(Clone)]
pub(crate) struct Accounts {
    passwords: BTreeMap<String, String>,
    /// What a Kerberos server would vouch for: tokens of SPNEGO, and whose they are.
    pub(crate) tickets: BTreeMap<String, String>,
}

/// Why somebody may not log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// There is no name.
    Nobody,
    /// The name has no profile, or one that nobody has.
    Profile,
    /// There is no such account with this password. The engine does not tell which of the two it is.
    Password,
}

impl Accounts {
    pub(crate) fn none() -> Self {
        Self { passwords: BTreeMap::new(), tickets: BTreeMap::new() }
    }

    pub(crate) fn add(&mut self, name: &str, password: &str) {
        self.passwords.insert(name.to_owned(), password.to_owned());
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.passwords.keys().chain(self.tickets.values()).cloned().collect();
        names.sort();
        names.dedup();
        names
    }

    /// Lets somebody in who knows the password.
    pub(crate) fn check(&self, name: &str, password: &str) -> Result<(), Refusal> {
        let (user, profile) = split(name);
        let has = |other: &String| split(other).1 == profile;
        match () {
            () if user.is_empty() => Err(Refusal::Nobody),
            () if profile.is_none() || !self.passwords.keys().any(has) => Err(Refusal::Profile),
            () if self.passwords.get(name).is_some_and(|right| right == password) => Ok(()),
            () => Err(Refusal::Password),
        }
    }
}

/// The name proper and the profile, which is what follows the last `@`.
pub(crate) fn split(name: &str) -> (&str, Option<&str>) {
    match name.rsplit_once('@') {
        Some((user, profile)) => (user, Some(profile).filter(|profile| !profile.is_empty())),
        None => (name, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profile_is_looked_at_before_the_password() {
        let mut accounts = Accounts::none();
        accounts.add("admin@internal", "secret");
        accounts.add("admin@ovirt@internalsso", "secret");
        for (name, password, expected) in [
            ("admin@internal", "secret", Ok(())),
            ("admin@ovirt@internalsso", "secret", Ok(())),
            ("admin@internal", "Secret", Err(Refusal::Password)),
            ("admin@ovirt@internal", "secret", Err(Refusal::Password)),
            ("root@internalsso", "secret", Err(Refusal::Password)),
            ("admin@example.com", "secret", Err(Refusal::Profile)),
            ("admin@", "secret", Err(Refusal::Profile)),
            ("admin", "secret", Err(Refusal::Profile)),
            ("@internal", "secret", Err(Refusal::Nobody)),
            ("", "", Err(Refusal::Nobody)),
        ] {
            assert_eq!(accounts.check(name, password), expected, "{name}");
        }
    }
}

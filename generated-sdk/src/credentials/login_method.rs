//! A way to log in, and its options.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::provider::Credentials;
use crate::secret::SecretText;

/// An option of a way to log in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoginOption {
    /// The name: `sso_url`.
    pub name: &'static str,
    /// What it is, in a few words.
    pub summary: &'static str,
    /// Whether the way needs it.
    pub required: bool,
    /// Whether the value is secret.
    pub secret: bool,
    /// The value if it is not set.
    pub default: Option<&'static str>,
    /// The environment variable with the value.
    pub variable: Option<&'static str>,
}

impl LoginOption {
    /// An option that is not required.
    pub const fn new(name: &'static str, summary: &'static str) -> Self {
        Self { name, summary, required: false, secret: false, default: None, variable: None }
    }

    /// Makes the option required.
    #[must_use]
    pub const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// Marks the value as secret.
    #[must_use]
    pub const fn secret(self) -> Self {
        Self { secret: true, ..self }
    }

    /// Sets the value to use if the option is not set.
    #[must_use]
    pub const fn default(self, value: &'static str) -> Self {
        Self { default: Some(value), ..self }
    }

    /// Sets the environment variable with the value.
    #[must_use]
    pub const fn variable(self, variable: &'static str) -> Self {
        Self { variable: Some(variable), ..self }
    }
}

/// The values of the options of a way to log in. `Debug` shows only the names.
pub struct LoginValues(BTreeMap<&'static str, SecretText>);

impl LoginValues {
    /// The value of an option, or its default.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|value| &**value)
    }

    /// The value of an option as an owned text; empty if it is not set. Required options are always set.
    pub fn text(&self, name: &str) -> String {
        self.get(name).unwrap_or_default().to_owned()
    }
}

impl fmt::Debug for LoginValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

type Build = dyn Fn(&LoginValues) -> Credentials + Send + Sync;

/// A way to log in: its name, its options, and a function that builds the credentials.
#[derive(Clone)]
pub struct LoginMethod {
    name: &'static str,
    summary: &'static str,
    options: Vec<LoginOption>,
    only_by_name: bool,
    build: Arc<Build>,
}

impl LoginMethod {
    /// A way to log in. The function is called with the values of all required options, of others that are set, and the
    /// defaults of the rest.
    pub fn new<C: Into<Credentials>>(
        name: &'static str,
        summary: &'static str,
        options: impl IntoIterator<Item = LoginOption>,
        build: impl Fn(&LoginValues) -> C + Send + Sync + 'static,
    ) -> Self {
        let build = Arc::new(move |values: &LoginValues| build(values).into());
        Self { name, summary, options: options.into_iter().collect(), only_by_name: false, build }
    }

    /// Uses this way only if the option `auth` names it: for ways whose options are those of another one.
    #[must_use]
    pub fn only_by_name(mut self) -> Self {
        self.only_by_name = true;
        self
    }

    /// The name, which the option `auth` can have as its value.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What it is, in a few words.
    pub fn summary(&self) -> &'static str {
        self.summary
    }

    /// The options.
    pub fn options(&self) -> &[LoginOption] {
        &self.options
    }

    /// Whether it is used only if the option `auth` names it.
    pub fn is_only_by_name(&self) -> bool {
        self.only_by_name
    }

    /// Returns the required options that are not set.
    pub(super) fn lacks(&self, values: &BTreeMap<&'static str, SecretText>) -> Vec<LoginOption> {
        let missing =
            |option: &&LoginOption| option.required && option.default.is_none() && !values.contains_key(option.name);
        self.options.iter().filter(missing).copied().collect()
    }

    /// Builds the credentials.
    pub(super) fn credentials(&self, values: &BTreeMap<&'static str, SecretText>) -> Credentials {
        let own = self.options.iter().filter_map(|option| {
            let value = values.get(option.name).cloned().or_else(|| option.default.map(SecretText::from));
            Some((option.name, value?))
        });
        (self.build)(&LoginValues(own.collect()))
    }
}

impl fmt::Debug for LoginMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let options: Vec<&str> = self.options.iter().map(|option| option.name).collect();
        f.debug_struct("LoginMethod").field("name", &self.name).field("options", &options).finish_non_exhaustive()
    }
}

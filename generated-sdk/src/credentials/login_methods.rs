//! The ways to log in by name, with their options.

use std::collections::BTreeMap;

use super::login_method::{LoginMethod, LoginOption};
use super::provider::Credentials;
use super::standard;
use super::token_cache::TokenCache;
use crate::error::Error;
use crate::secret::SecretText;

/// The source of the values of options.
pub(super) trait LoginSource {
    /// The value of an option; an error if it can't be read.
    fn value(&self, option: &LoginOption) -> Result<Option<String>, String>;

    /// The name of an option for problems.
    fn shown(&self, option: &LoginOption) -> String;
}

/// The known ways to log in.
///
/// They build credentials from options: of a map, of environment variables, or of arguments (feature `clap`). The first way
/// whose required options are set is used, or the one that the option `auth` names. With the option `token_cache`, the
/// token is saved in a file; see [`TokenCache`].
///
/// ```
/// use ovirt_sdk::credentials::LoginMethods;
///
/// let methods = LoginMethods::standard();
/// let credentials = methods.from_map([("username", "admin@internal"), ("password", "secret")])?;
/// for method in methods.iter() {
///     let options: Vec<&str> = method.options().iter().map(|option| option.name).collect();
///     println!("{}: {} ({})", method.name(), method.summary(), options.join(", "));
/// }
/// # Ok::<(), ovirt_sdk::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct LoginMethods(Vec<LoginMethod>);

impl LoginMethods {
    /// The ways of this crate: `token`, `external_sso`, `password`, `basic` and `session`; with the feature `kerberos`
    /// also `kerberos_keytab`, `kerberos_password` and `kerberos`.
    pub fn standard() -> Self {
        Self(standard::methods())
    }

    /// No ways.
    pub fn none() -> Self {
        Self(Vec::new())
    }

    /// Adds a way, which is tried before the others. It replaces a way with the same name.
    #[must_use]
    pub fn with(mut self, method: LoginMethod) -> Self {
        self.0.retain(|other| other.name() != method.name());
        self.0.insert(0, method);
        self
    }

    /// The ways, in the order in which they are tried.
    pub fn iter(&self) -> impl Iterator<Item = &LoginMethod> {
        self.0.iter()
    }

    /// All options of all ways, and those that all ways have: `auth` and `token_cache`.
    pub fn options(&self) -> Vec<LoginOption> {
        let mut options = standard::COMMON.to_vec();
        for option in self.0.iter().flat_map(LoginMethod::options) {
            if !options.iter().any(|known| known.name == option.name) {
                options.push(*option);
            }
        }
        options
    }

    /// Builds credentials from options by name. Empty values count as unset.
    ///
    /// # Errors
    ///
    /// When no way has all its required options; the error lists what each one lacks. When an option is unknown.
    pub fn from_map<K: AsRef<str>, V: Into<String>>(
        &self,
        values: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Credentials, Error> {
        let options = self.options();
        let mut known = BTreeMap::new();
        let mut problems = Vec::new();
        for (name, value) in values {
            match options.iter().find(|option| option.name == name.as_ref()) {
                Some(option) => {
                    known.insert(option.name, SecretText::from(value));
                }
                None => problems.push(("credentials", format!("no way to log in has the option `{}`", name.as_ref()))),
            }
        }
        if !problems.is_empty() {
            return Err(Error::options(problems));
        }
        self.select(&Named(known)).map_err(Error::options)
    }

    /// Builds credentials from environment variables. Empty variables count as unset.
    ///
    /// # Errors
    ///
    /// When no way has all its required options; the error lists what each one lacks.
    pub fn from_env(&self) -> Result<Credentials, Error> {
        self.select(&Variables(&|name| variable(name))).map_err(Error::options)
    }

    /// Selects a way by the options that are set, and builds the credentials, or returns the problems.
    pub(super) fn select(&self, source: &dyn LoginSource) -> Result<Credentials, Vec<(&'static str, String)>> {
        let (mut values, mut problems) = (BTreeMap::new(), Vec::new());
        for option in self.options() {
            match source.value(&option) {
                Ok(value) => {
                    values
                        .extend(value.filter(|value| !value.is_empty()).map(|it| (option.name, SecretText::from(it))));
                }
                Err(problem) => problems.push((option.variable.unwrap_or(option.name), problem)),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let credentials = self.chosen(&values, source)?.credentials(&values);
        Ok(match values.get(standard::TOKEN_CACHE) {
            Some(path) => TokenCache::new(&**path).wrap(credentials),
            None => credentials,
        })
    }

    fn chosen(
        &self,
        values: &BTreeMap<&'static str, SecretText>,
        source: &dyn LoginSource,
    ) -> Result<&LoginMethod, Vec<(&'static str, String)>> {
        let shown =
            |options: &[LoginOption]| options.iter().map(|option| source.shown(option)).collect::<Vec<_>>().join(", ");
        if let Some(name) = values.get(standard::AUTH) {
            let Some(method) = self.0.iter().find(|method| method.name() == &**name) else {
                let names: Vec<&str> = self.0.iter().map(LoginMethod::name).collect();
                let problem = format!("`{}` is not a way to log in; the ways are {}", &**name, names.join(", "));
                return Err(vec![(standard::AUTH, problem)]);
            };
            return match method.lacks(values).as_slice() {
                [] => Ok(method),
                missing => Err(vec![("credentials", format!("`{}` needs {}", method.name(), shown(missing)))]),
            };
        }
        let automatic = || self.0.iter().filter(|method| !method.is_only_by_name());
        automatic().find(|method| method.lacks(values).is_empty()).ok_or_else(|| {
            let lines =
                automatic().map(|method| format!("\n    {}: needs {}", method.name(), shown(&method.lacks(values))));
            vec![("credentials", format!("no way to log in has all its options{}", lines.collect::<String>()))]
        })
    }
}

/// Values by the names of options.
struct Named(BTreeMap<&'static str, SecretText>);

impl LoginSource for Named {
    fn value(&self, option: &LoginOption) -> Result<Option<String>, String> {
        Ok(self.0.get(option.name).map(|value| value.to_string()))
    }

    fn shown(&self, option: &LoginOption) -> String {
        format!("`{}`", option.name)
    }
}

/// Values in environment variables, which a function reads.
pub(crate) struct Variables<'r>(pub(crate) &'r dyn Fn(&'static str) -> Result<Option<String>, String>);

impl LoginSource for Variables<'_> {
    fn value(&self, option: &LoginOption) -> Result<Option<String>, String> {
        option.variable.map_or(Ok(None), self.0)
    }

    fn shown(&self, option: &LoginOption) -> String {
        format!("`{}`", option.variable.unwrap_or(option.name))
    }
}

/// Reads an environment variable.
pub(crate) fn variable(name: &str) -> Result<Option<String>, String> {
    match std::env::var(name) {
        Ok(value) => Ok((!value.is_empty()).then_some(value)),
        Err(std::env::VarError::NotPresent) => Ok(None),
        Err(std::env::VarError::NotUnicode(_)) => Err("not valid Unicode".to_owned()),
    }
}

/// Builds credentials of the standard ways from environment variables. The problems have the names of variables.
pub(crate) fn from_variables(
    read: &dyn Fn(&'static str) -> Result<Option<String>, String>,
) -> Result<Credentials, Vec<(&'static str, String)>> {
    let credentials = LoginMethods::standard().select(&Variables(read));
    credentials.map_err(|problems| problems.into_iter().map(|(name, it)| (variable_of(name), it)).collect())
}

/// The environment variable of an option of the standard ways.
pub(crate) fn variable_of(name: &'static str) -> &'static str {
    let option = LoginMethods::standard().options().into_iter().find(|option| option.name == name);
    option.and_then(|option| option.variable).unwrap_or(name)
}

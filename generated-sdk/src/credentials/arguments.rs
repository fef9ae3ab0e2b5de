//! Credentials from the arguments of a program.

use clap::{Arg, ArgMatches, Command};

use super::login_method::LoginOption;
use super::login_methods::{LoginMethods, LoginSource, variable};
use super::provider::Credentials;
use crate::error::Error;

impl LoginMethods {
    /// Adds an argument for each option to a command: `--ovirt-username`, `--ovirt-sso-url`. All are optional, because
    /// [`from_arguments`](Self::from_arguments) reads environment variables as well. Prefer these for secrets: other
    /// users of the computer can see the arguments of a program.
    ///
    /// ```
    /// use clap::Command;
    /// use ovirt_sdk::credentials::LoginMethods;
    ///
    /// let methods = LoginMethods::standard();
    /// let command = methods.arguments(Command::new("report"));
    /// let matches = command.get_matches_from(["report", "--ovirt-token", "t"]);
    /// let credentials = methods.from_arguments(&matches)?;
    /// # Ok::<(), ovirt_sdk::Error>(())
    /// ```
    pub fn arguments(&self, command: Command) -> Command {
        command.args(self.options().iter().map(|option| {
            let variable = option.variable.map(|name| format!(" [env: {name}]")).unwrap_or_default();
            let default = option.default.map(|value| format!(" [default: {value}]")).unwrap_or_default();
            Arg::new(name(option))
                .long(name(option))
                .value_name(option.name.to_ascii_uppercase())
                .help(format!("{}{variable}{default}", option.summary))
                .help_heading("oVirt login")
        }))
    }

    /// Builds credentials from the arguments that [`arguments`](Self::arguments) has added. For options without an
    /// argument, the environment variables apply.
    ///
    /// # Errors
    ///
    /// When no way has all its required options; the error lists what each one lacks.
    pub fn from_arguments(&self, matches: &ArgMatches) -> Result<Credentials, Error> {
        self.select(&Arguments(matches)).map_err(Error::options)
    }
}

/// The name of the argument for an option.
fn name(option: &LoginOption) -> String {
    format!("ovirt-{}", option.name.replace('_', "-"))
}

struct Arguments<'m>(&'m ArgMatches);

impl LoginSource for Arguments<'_> {
    fn value(&self, option: &LoginOption) -> Result<Option<String>, String> {
        // Not an error: the command can lack the arguments of some ways.
        let argument = self.0.try_get_one::<String>(&name(option)).ok().flatten();
        match (argument, option.variable) {
            (Some(value), _) => Ok(Some(value.clone())),
            (None, Some(name)) => variable(name),
            (None, None) => Ok(None),
        }
    }

    fn shown(&self, option: &LoginOption) -> String {
        match option.variable {
            Some(variable) => format!("`--{}` (or `{variable}`)", name(option)),
            None => format!("`--{}`", name(option)),
        }
    }
}

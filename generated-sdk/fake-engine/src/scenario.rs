//! Scenarios: what a new engine contains, by name.

use std::fmt;
use std::str::FromStr;

use ovirt_sdk::Error;

use crate::incident::Incident;

/// What a new engine contains, besides what every engine has.
///
/// ```
/// use ovirt_fake_engine::{FakeEngine, Scenario};
///
/// let builder = FakeEngine::builder().scenario(Scenario::Production);
/// let scenario: Scenario = "broken".parse()?;
/// # Ok::<(), ovirt_sdk::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scenario {
    /// `small`: ten virtual machines on two hosts, as in a lab.
    Small,
    /// `production`: 1,000 virtual machines on 20 hosts in two clusters.
    Production,
    /// `huge`: 10,000 virtual machines, to find out how programs cope with long lists.
    Huge,
    /// `broken`: 120 virtual machines after a bad night. A host doesn't respond and the state of its virtual machines is
    /// unknown, the storage domain `iso` is inactive, and two disks are illegal.
    Broken,
}

impl Scenario {
    const ALL: [(Self, &'static str); 4] =
        [(Self::Small, "small"), (Self::Production, "production"), (Self::Huge, "huge"), (Self::Broken, "broken")];

    /// The number of virtual machines.
    pub(crate) fn vms(self) -> usize {
        match self {
            Self::Small => 10,
            Self::Production => 1000,
            Self::Huge => 10_000,
            Self::Broken => 120,
        }
    }

    /// What has gone wrong.
    pub(crate) fn incidents(self) -> Vec<Incident> {
        match self {
            Self::Small | Self::Production | Self::Huge => Vec::new(),
            Self::Broken => vec![
                Incident::lost_host().skip(1).times(1),
                Incident::lost_storage_domain().named("iso"),
                Incident::illegal_disk().skip(2).times(2),
            ],
        }
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::ALL.iter().find(|(scenario, _)| scenario == self).map_or("", |(_, name)| name))
    }
}

impl FromStr for Scenario {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let scenario = Self::ALL.iter().find(|(_, name)| *name == text).map(|(scenario, _)| *scenario);
        scenario.ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|(_, name)| *name).collect();
            Error::custom(format!("no scenario is called `{text}`; there are {}", names.join(", ")))
        })
    }
}

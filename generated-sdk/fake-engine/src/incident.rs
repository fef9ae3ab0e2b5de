//! Incidents: what goes wrong in an engine although it accepted every request.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use ovirt_sdk::Error;

use crate::occurrences::Occurrences;
use crate::pattern::{Pattern, text_matches};
use crate::stored::Stored;
use crate::text_form::{escaped, read_count, read_duration, split, write_duration, write_option};

/// Something that goes wrong in a fake engine although it accepted every request: work fails, a host is lost, a storage
/// domain goes away, the engine restarts.
///
/// Choose a constructor, then what it affects and when, and pass it to [`FakeEngine::cause`](crate::FakeEngine::cause). By
/// default, it affects everything that it can, at once and for good. Times are those of the engine's clock.
///
/// ```
/// use std::time::Duration;
/// use ovirt_fake_engine::Incident;
///
/// let broken = Incident::job_failure().on("disks/*").times(1);
/// let away = Incident::lost_host().named("host1").after(Duration::from_secs(30)).lasting(Duration::from_secs(300));
/// let restart = Incident::restart().lasting(Duration::from_secs(60));
/// ```
///
/// An incident has a text form, for command lines and HTTP: the kind, and options such as `name=host1`. Spaces in values are
/// written as `%20`.
///
/// ```
/// # use ovirt_fake_engine::Incident;
/// let away: Incident = "lost-host name=host1 after=30s lasting=5m".parse()?;
/// assert_eq!(away.to_string(), "lost-host name=host1 after=30s lasting=300s");
/// # Ok::<(), ovirt_sdk::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "an incident does nothing until it is caused"]
pub struct Incident {
    pub(crate) kind: IncidentKind,
    path: Option<Pattern>,
    name: Option<String>,
    pub(crate) after: Duration,
    pub(crate) lasting: Option<Duration>,
    occurrences: Occurrences,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IncidentKind {
    /// Pending work fails when it would end.
    JobFailure,
    IllegalDisk,
    LostHost,
    LostStorageDomain,
    /// Migrations end on another host than the planned one.
    MigrationElsewhere,
    Restart,
}

impl IncidentKind {
    const ALL: [(Self, &'static str); 6] = [
        (Self::JobFailure, "job-failure"),
        (Self::IllegalDisk, "illegal-disk"),
        (Self::LostHost, "lost-host"),
        (Self::LostStorageDomain, "lost-storage-domain"),
        (Self::MigrationElsewhere, "migration-elsewhere"),
        (Self::Restart, "restart"),
    ];

    fn name(self) -> &'static str {
        Self::ALL.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }
}

impl Incident {
    fn new(kind: IncidentKind) -> Self {
        Self { kind, path: None, name: None, after: Duration::ZERO, lasting: None, occurrences: Occurrences::default() }
    }

    /// Work fails when it would end: the job has failed, and the object is in the state that an engine leaves behind. A new
    /// disk is illegal, a virtual machine that starts is down, one that is created disappears, a host that is installed has
    /// the status `install_failed`, a migration stays where it is.
    pub fn job_failure() -> Self {
        Self::new(IncidentKind::JobFailure)
    }

    /// Disks become illegal. Virtual machines with an illegal disk can't start.
    pub fn illegal_disk() -> Self {
        Self::new(IncidentKind::IllegalDisk)
    }

    /// Hosts no longer respond, and the state of their virtual machines is unknown. With [`lasting`](Self::lasting), they
    /// come back.
    pub fn lost_host() -> Self {
        Self::new(IncidentKind::LostHost)
    }

    /// Storage domains go away: they are inactive, and running virtual machines with disks on them are paused. With
    /// [`lasting`](Self::lasting), they come back.
    pub fn lost_storage_domain() -> Self {
        Self::new(IncidentKind::LostStorageDomain)
    }

    /// Migrations end on another host than the one that was chosen. If there is no other host, they fail.
    pub fn migration_elsewhere() -> Self {
        Self::new(IncidentKind::MigrationElsewhere)
    }

    /// The engine restarts, as a real one does: at first it rejects credentials because it stops, then it refuses
    /// connections, then it accepts them without an answer. Afterwards it knows no token from before.
    /// [`lasting`](Self::lasting) sets the time until it answers again; default: 60 seconds.
    pub fn restart() -> Self {
        Self::new(IncidentKind::Restart)
    }

    /// Affects objects whose path matches a pattern, relative to the API: `vms/*`. Work on anything below such an object is
    /// affected, too.
    pub fn on(mut self, path: impl AsRef<str>) -> Self {
        self.path = Some(Pattern::new(path.as_ref()));
        self
    }

    /// Affects objects with a name. `*` stands for any text. Work on anything below such an object is affected, too.
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Happens after a time of the engine's clock.
    pub fn after(mut self, time: Duration) -> Self {
        self.after = time;
        self
    }

    /// Ends after a time of the engine's clock. Only lost hosts, lost storage domains and restarts end.
    pub fn lasting(mut self, time: Duration) -> Self {
        self.lasting = Some(time);
        self
    }

    /// Skips the first `count` affected jobs or objects.
    pub fn skip(mut self, count: usize) -> Self {
        self.occurrences.skip = count;
        self
    }

    /// Affects `count` jobs or objects. Default: all.
    pub fn times(mut self, count: usize) -> Self {
        self.occurrences.times = Some(count);
        self
    }

    /// Whether the incident has affected everything that it should.
    pub(crate) fn is_over(&self) -> bool {
        self.occurrences.is_over()
    }

    /// Decides whether an object is affected, and counts it. The arguments are the paths of the object and of those above
    /// it, with their names.
    pub(crate) fn affects(&mut self, objects: &[(&str, Option<String>)]) -> bool {
        let is_path = |wanted: &Pattern| objects.iter().any(|(path, _)| wanted.matches_object(path));
        let is_name = |wanted: &String| {
            objects.iter().any(|(_, name)| name.as_ref().is_some_and(|name| text_matches(wanted, name)))
        };
        if self.is_over() || !self.path.as_ref().is_none_or(is_path) || !self.name.as_ref().is_none_or(is_name) {
            return false;
        }
        if self.occurrences.skips() {
            return false;
        }
        self.occurrences.count();
        true
    }

    /// Reads an incident from its kind and its options; `None` for another kind.
    pub(crate) fn read(kind: &str, options: &[(String, String)]) -> Option<Result<Self, String>> {
        let kind = IncidentKind::ALL.iter().find(|(_, name)| *name == kind)?.0;
        Some(Self::new(kind).with(options))
    }

    fn with(mut self, options: &[(String, String)]) -> Result<Self, String> {
        for (option, value) in options {
            let is_restart = self.kind == IncidentKind::Restart;
            match option.as_str() {
                "path" if !is_restart => self = self.on(value),
                "name" if !is_restart => self = self.named(value),
                "after" => self.after = read_duration(value)?,
                "lasting" if self.kind.lasts() => self.lasting = Some(read_duration(value)?),
                "skip" if !is_restart => self.occurrences.skip = read_count(value)?,
                "times" if !is_restart => self.occurrences.times = Some(read_count(value)?),
                other => return Err(format!("`{}` has no option `{other}`", self.kind.name())),
            }
        }
        Ok(self)
    }
}

impl IncidentKind {
    fn lasts(self) -> bool {
        matches!(self, Self::LostHost | Self::LostStorageDomain | Self::Restart)
    }
}

impl fmt::Display for Incident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.name())?;
        write_option(f, "path", self.path.as_ref().map(|path| escaped(&path.to_string())))?;
        write_option(f, "name", self.name.as_deref().map(escaped))?;
        write_option(f, "after", (!self.after.is_zero()).then(|| write_duration(self.after)))?;
        write_option(f, "lasting", self.lasting.map(write_duration))?;
        self.occurrences.write(f)
    }
}

impl FromStr for Incident {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let incident = split(text).and_then(|(kind, options)| {
            Self::read(&kind, &options).unwrap_or_else(|| Err(format!("no incident is called `{kind}`")))
        });
        incident.map_err(|problem| Error::custom(format!("invalid incident `{text}`: {problem}")))
    }
}

impl Stored for Incident {
    fn to_text(&self) -> String {
        self.to_string()
    }

    fn from_text(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn incidents_are_read_as_they_were_written() {
        let all = [
            Incident::job_failure().on("vms/*").named("a b,c%").skip(1).times(2),
            Incident::lost_host().after(Duration::from_millis(1500)).lasting(Duration::from_secs(60)),
            Incident::restart(),
        ];
        for incident in all {
            assert_eq!(Incident::from_text(&incident.to_text()), Some(incident));
        }
        let read = |text: &str| text.parse::<Incident>();
        assert_eq!(read("lost_host,after=2m").unwrap(), Incident::lost_host().after(Duration::from_secs(120)));
        for (text, problem) in [
            ("", "the kind is missing"),
            ("fire", "no incident is called `fire`"),
            ("restart name=x", "`restart` has no option `name`"),
            ("job-failure lasting=1s", "`job-failure` has no option `lasting`"),
            ("lost-host host1", "`host1` is not an option such as `name=web1`"),
            ("lost-host after=1d", "`1d` is not a duration such as `30s`, `5m` or `250ms`"),
            ("job-failure times=x", "`x` is not a number"),
        ] {
            assert!(read(text).unwrap_err().to_string().ends_with(problem), "{text}");
        }
    }

    #[test]
    fn objects_are_affected_by_path_or_name_as_often_as_wanted() {
        let vm = [("vms/1/snapshots/2", None), ("vms/1", Some("web1".to_owned()))];
        let disk = [("disks/1", Some("data1".to_owned()))];
        let mut incident = Incident::job_failure().on("vms/*").skip(1).times(2);
        let affected = [incident.affects(&disk), incident.affects(&vm), incident.affects(&vm), incident.affects(&vm)];
        assert_eq!(affected, [false, false, true, true]);
        assert!(incident.is_over() && !incident.affects(&vm));
        let mut incident = Incident::job_failure().named("web*");
        assert_eq!([incident.affects(&disk), incident.affects(&vm), incident.affects(&vm)], [false, true, true]);
    }
}

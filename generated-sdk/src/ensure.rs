//! Bringing an object into a desired state.
//!
//! `ensure` of a collection takes an object with the fields that matter. It finds the object of the engine by the field
//! that identifies it, creates it if there is none, and otherwise updates the fields that differ. A second run changes
//! nothing.
//!
//! ```no_run
//! # async fn example(connection: &ovirt_sdk::Connection) -> Result<(), ovirt_sdk::Error> {
//! use ovirt_sdk::types::{Cluster, Template, Vm};
//!
//! let vm = Vm::new()
//!     .name("web1")
//!     .cluster(Cluster::with_name("Default"))
//!     .template(Template::with_name("Blank"))
//!     .memory(4 << 30);
//! let done = connection.system().vms().ensure(vm).send().await?;
//! println!("{done}");
//! # Ok(())
//! # }
//! ```
//!
//! # What differs
//!
//! Only fields that are set count. The tables of the model tell how they are compared:
//!
//! - A reference with an ID is compared by the ID only. A reference without one, such as `Cluster::with_name("Default")`, is
//!   compared by all its fields; the object that the engine refers to is read for that.
//! - Lists have equal items in any order, unless the order matters, as for boot devices. Where the engine adds items of its
//!   own, its list may contain more.
//! - Memory is compared in whole MiB, which is what the engine stores.
//! - Virtual machines are compared with their configuration from the next start on, because updates change that one.
//! - Secrets, other fields that engines never return, and lists that are collections of their own, such as the NICs of a
//!   virtual machine, can't be compared. They are sent when the object is created, and [`Ensured::not_compared`] lists
//!   them. Use `ensure` of the collection for the items of these.
//!
//! Engines read some fields only from updates, such as the video device of a virtual machine. If a new object lacks them, an
//! update follows.
//!
//! A difference in a field that the engine doesn't change is an error, and nothing is sent: a read-only field, or one
//! that is fixed at creation.

use std::fmt;
use std::time::Duration;

use crate::connection::Connection;
use crate::error::Error;
use crate::find::{self, Lookup};
use crate::markup::DataError;
pub use crate::object::Difference;
use crate::object::{Compared, FoundDifference, Object, Struct, compare, fill, text, unresolved};
use crate::pipeline::default_headers::ALL_CONTENT;
use crate::request::{Reply, Sending, TypedRequest};
use crate::service::{Location, id_of};

/// How often a run starts again because another client created or removed the object in the meantime.
const ATTEMPTS: u32 = 3;

/// How long a new object may be locked, for example while its disks are copied from a template.
const NEW_OBJECT_LOCKED: Duration = Duration::from_secs(600);

/// A run that brings an object into a desired state, created by the `ensure` method of a collection.
///
/// Nothing happens before [`send`](Self::send).
#[must_use = "nothing is sent before `send` is called"]
#[derive(Clone, Debug)]
pub struct Ensure<T> {
    location: Location,
    lookup: Lookup,
    /// The query parameter that asks for the configuration that updates change.
    pending: Option<&'static str>,
    wanted: Box<T>,
    dry_run: bool,
}

/// What a run did, or would do.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Ensured<T> {
    /// What happened to the object.
    pub outcome: Outcome<T>,
    /// The paths of fields that were set, but can't be compared because the engine doesn't return them.
    pub not_compared: Vec<String>,
    /// Fields that still differ after the creation or an update: the engine ignored them, stored other values, or applies
    /// them later.
    pub not_applied: Vec<Difference>,
    name: String,
    dry_run: bool,
}

/// What happened to an object.
#[derive(Clone, Debug)]
pub enum Outcome<T> {
    /// It was created. In a dry run, the object is the one to create.
    Created(Box<T>),
    /// It was updated.
    Changed {
        /// The object before.
        before: Box<T>,
        /// The object afterwards.
        after: Box<T>,
        /// The fields that differed.
        differences: Vec<Difference>,
    },
    /// It already was in the desired state.
    Unchanged(Box<T>),
}

impl<T: Struct> Ensured<T> {
    /// The object as it is now. In a dry run, as it would be.
    pub fn object(&self) -> &T {
        match &self.outcome {
            Outcome::Created(object) | Outcome::Unchanged(object) | Outcome::Changed { after: object, .. } => object,
        }
    }

    /// Returns the object as it is now. In a dry run, as it would be.
    pub fn into_object(self) -> T {
        match self.outcome {
            Outcome::Created(object) | Outcome::Unchanged(object) | Outcome::Changed { after: object, .. } => *object,
        }
    }

    /// Whether the object was created or changed. In a dry run, whether it would be.
    pub fn is_changed(&self) -> bool {
        !matches!(self.outcome, Outcome::Unchanged(_))
    }

    /// The fields that differed; empty if the object was created.
    pub fn differences(&self) -> &[Difference] {
        match &self.outcome {
            Outcome::Changed { differences, .. } => differences,
            _ => &[],
        }
    }
}

impl<T: Struct> fmt::Display for Ensured<T> {
    /// One line for the object, and an indented one for each difference.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let done = match (&self.outcome, self.dry_run) {
            (Outcome::Created(_), false) => "created",
            (Outcome::Created(_), true) => "to be created",
            (Outcome::Changed { .. }, false) => "changed",
            (Outcome::Changed { .. }, true) => "to be changed",
            (Outcome::Unchanged(_), _) => "unchanged",
        };
        write!(f, "{} {}: {done}", T::INFO.name, self.name)?;
        for difference in self.differences() {
            write!(f, "\n  {difference}")?;
        }
        for difference in &self.not_applied {
            write!(f, "\n  still differs: {difference}")?;
        }
        Ok(())
    }
}

/// A step of a run that failed because another client was faster.
enum Race {
    Create(Error),
    Update(Error),
}

impl<T: Struct> Ensure<T> {
    #[allow(dead_code, reason = "whether a collection has objects to ensure depends on the model")]
    pub(crate) fn new(location: &Location, lookup: Lookup, pending: Option<&'static str>, wanted: T) -> Self {
        Self { location: location.clone(), lookup, pending, wanted: Box::new(wanted), dry_run: false }
    }

    /// Sets whether to only report what would be done. A dry run sends no requests that change anything.
    pub fn dry_run(mut self, dry_run: bool) -> Self {
        self.dry_run = dry_run;
        self
    }

    /// Creates the object or updates the fields that differ.
    ///
    /// If another client creates or removes the object at the same time, the run starts again.
    ///
    /// # Errors
    ///
    /// When the field that identifies the object is unset, when several objects have its value, when a field differs that
    /// the engine doesn't change, or when a request fails.
    pub fn send(self) -> Sending<Ensured<T>> {
        Box::pin(self.run())
    }

    /// Blocking counterpart of [`send`](Self::send).
    ///
    /// # Errors
    ///
    /// The same errors; also fails within an async runtime.
    #[cfg(feature = "blocking")]
    pub fn send_blocking(self) -> Result<Ensured<T>, Error> {
        crate::blocking::block_on(self.send())?
    }

    async fn run(self) -> Result<Ensured<T>, Error> {
        let name = text(&*self.wanted, self.lookup.path);
        let name = name.ok_or_else(|| DataError::absent(T::INFO.name, self.lookup.path))?;
        let mut lost: Option<Race> = None;
        let mut attempts = 0;
        loop {
            attempts += 1;
            let step = match (self.find(&name).await?, lost) {
                // It failed for another reason than a race.
                (Some(_), Some(Race::Update(error))) | (None, Some(Race::Create(error))) => return Err(error),
                (Some(found), _) => self.adjust(&name, found).await,
                (None, _) => self.create(&name).await,
            };
            lost = match step {
                Ok(ensured) => return Ok(ensured),
                Err(Race::Create(error)) if attempts < ATTEMPTS && is_rejection(&error) => Some(Race::Create(error)),
                Err(Race::Update(error)) if attempts < ATTEMPTS && error.is_not_found() => Some(Race::Update(error)),
                Err(Race::Create(error) | Race::Update(error)) => return Err(error),
            };
        }
    }

    async fn find(&self, name: &str) -> Result<Option<T>, Error> {
        let found = find::find_all::<T>(&self.location, self.lookup, name.to_owned()).await?;
        find::at_most_one(&self.location, self.lookup, name, found)
    }

    async fn create(&self, name: &str) -> Result<Ensured<T>, Race> {
        let not_compared = compare(&*self.wanted, &*self.wanted).not_compared;
        if self.dry_run {
            return Ok(self.ensured(name, Outcome::Created(self.wanted.clone()), not_compared));
        }
        let created = match TypedRequest::<T>::add(&self.location, &*self.wanted).send_reply().await {
            Ok(Reply { value: Some(created), .. }) => created,
            // The engine created the object without returning it.
            Ok(_) => self.find(name).await.map_err(Race::Create)?.unwrap_or_else(|| (*self.wanted).clone()),
            Err(error) => return Err(Race::Create(error)),
        };
        let (created, not_applied) = self.complete(created).await.map_err(Race::Update)?;
        Ok(Ensured { not_applied, ..self.ensured(name, Outcome::Created(Box::new(created)), not_compared) })
    }

    /// Sends the fields of a new object that the engine reads only from updates. Returns the object, and the fields that
    /// still differ.
    async fn complete(&self, created: T) -> Result<(T, Vec<Difference>), Error> {
        let is_changeable = |found: &FoundDifference| !found.access.read_only && !found.access.create_only;
        let Ok(id) = id_of(&created) else { return Ok((created, Vec::new())) };
        if !compare(&*self.wanted, &created).found.iter().any(is_changeable) {
            return Ok((created, Vec::new()));
        }
        // The response does not contain all fields.
        let location = self.location.object(id);
        let created = self.read(&location).await?;
        let mut compared = self.compare(created.clone()).await?;
        let fixed =
            compared.found.extract_if(.., |found| !is_changeable(found)).map(|found| found.difference).collect();
        if compared.found.is_empty() {
            return Ok((created, fixed));
        }
        self.update(&location, &compared, NEW_OBJECT_LOCKED).await
    }

    async fn adjust(&self, name: &str, found: T) -> Result<Ensured<T>, Race> {
        let location = self.location.object(id_of(&found).map_err(|error| Race::Update(error.into()))?);
        let before = self.read(&location).await.map_err(Race::Update)?;
        let compared = self.compare(before.clone()).await.map_err(Race::Update)?;
        if compared.found.is_empty() {
            return Ok(self.ensured(name, Outcome::Unchanged(Box::new(before)), compared.not_compared));
        }
        if let Some(problem) = refused::<T>(name, &compared) {
            return Err(Race::Update(Error::request(problem)));
        }
        let (after, not_applied) = if self.dry_run {
            let mut after = before.clone();
            self.assign(&mut after, &compared);
            (after, Vec::new())
        } else {
            self.update(&location, &compared, Duration::ZERO).await.map_err(Race::Update)?
        };
        let differences = compared.found.into_iter().map(|found| found.difference).collect();
        let outcome = Outcome::Changed { before: Box::new(before), after: Box::new(after), differences };
        Ok(Ensured { not_applied, ..self.ensured(name, outcome, compared.not_compared) })
    }

    /// Sends the fields that differ. Returns the object afterwards, and the fields that still differ.
    async fn update(
        &self,
        location: &Location,
        compared: &Compared,
        locked: Duration,
    ) -> Result<(T, Vec<Difference>), Error> {
        let mut patch = T::default();
        self.assign(&mut patch, compared);
        let reply = TypedRequest::<T>::update(location, &patch).retry_conflicts(locked).send_reply().await?;
        let after = match (reply.value, self.pending) {
            (Some(after), None) => after,
            _ => self.read(location).await?,
        };
        let left = self.compare(after.clone()).await?;
        Ok((after, left.found.into_iter().map(|found| found.difference).collect()))
    }

    fn ensured(&self, name: &str, outcome: Outcome<T>, not_compared: Vec<String>) -> Ensured<T> {
        Ensured { outcome, not_compared, not_applied: Vec::new(), name: name.to_owned(), dry_run: self.dry_run }
    }

    fn read(&self, location: &Location) -> Sending<T> {
        let request = TypedRequest::<T>::get(location).header(ALL_CONTENT, "true");
        match self.pending {
            Some(pending) => request.query(pending, true).send(),
            None => request.send(),
        }
    }

    async fn compare(&self, mut actual: T) -> Result<Compared, Error> {
        resolve(self.location.connection(), &*self.wanted, &mut actual).await?;
        Ok(compare(&*self.wanted, &actual))
    }

    /// Copies the wanted fields that differ.
    fn assign(&self, object: &mut T, compared: &Compared) {
        for found in &compared.found {
            if let (Some(slot), Some(wanted)) = (object.slot_mut(found.index), self.wanted.slot(found.index)) {
                slot.assign(wanted);
            }
        }
    }
}

/// Whether the engine may have rejected a new object because another one has its name: the status is not always that of a
/// conflict.
fn is_rejection(error: &Error) -> bool {
    error.is_conflict() || error.status() == Some(400)
}

/// The problem with differences that an update can't remove.
fn refused<T: Struct>(name: &str, compared: &Compared) -> Option<String> {
    let mut problems = Vec::new();
    for found in &compared.found {
        let why = match (found.access.read_only, found.access.create_only) {
            (true, _) => "is read-only",
            (_, true) => "can't be changed after creation",
            _ => continue,
        };
        let Difference { path, before, after } = &found.difference;
        let shown = |value: &Option<String>| value.as_ref().map_or("unset".to_owned(), |text| format!("`{text}`"));
        problems.push(format!("`{path}` {why} (it is {}, wanted: {})", shown(before), shown(after)));
    }
    (!problems.is_empty()).then(|| format!("{} `{name}`: {}", T::INFO.name, problems.join("; ")))
}

/// Reads the objects to which an object refers, where the wanted references have no ID.
async fn resolve(connection: &Connection, wanted: &dyn Object, actual: &mut dyn Object) -> Result<(), Error> {
    let mut read: Vec<String> = Vec::new();
    loop {
        let missing = unresolved(wanted, actual);
        let missing: Vec<_> = missing.into_iter().filter(|found| !read.contains(&found.href)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        for reference in missing {
            if let Some(object) = connection.read_object(&reference.href).await? {
                fill(actual, &reference.steps, &*object, None);
            }
            read.push(reference.href);
        }
    }
}

/// Defines the method of a collection that brings an object into a desired state.
macro_rules! ensured {
    ($service:ident; $type:ty; $path:literal, $search:expr; $pending:expr) => {
        impl $service {
            #[doc = concat!("Brings the object with the `", $path, "` of the value into the desired state.")]
            ///
            /// Creates the object, or updates the fields that are set in the value and differ. See
            /// [`ensure`](crate::ensure).
            pub fn ensure(&self, value: impl Into<$type>) -> crate::ensure::Ensure<$type> {
                let lookup = crate::find::Lookup { path: $path, search: $search };
                crate::ensure::Ensure::new(&self.0, lookup, $pending, value.into())
            }
        }
    };
}
pub(crate) use ensured;

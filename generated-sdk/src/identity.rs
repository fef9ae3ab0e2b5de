//! From objects to their services, parents and readable names.

use crate::connection::Connection;
use crate::error::Error;
use crate::follow::NO_LINK;
use crate::generated::services::Root;
use crate::object::{Object, Struct, label, member_mut, text};
use crate::request::Sending;
use crate::service::{Service, ServiceInfo};
use crate::unknown::HREF;
use crate::url::decode_segment;

/// The place of an object in the API: its path, and its service.
///
/// ```no_run
/// # async fn example(connection: &ovirt_sdk::Connection) -> Result<(), ovirt_sdk::Error> {
/// use ovirt_sdk::services::{VmNicService, VmService};
///
/// for nic in &connection.system().vms().vm("123").nics().list().send().await? {
///     let nic = connection.identify(nic)?;
///     println!("{}", nic.name().await?); // vm web1 / nic nic1
///     nic.service::<VmNicService>()?.deactivate().send().await?;
///     if let Some(vm) = nic.parent() {
///         vm.service::<VmService>()?.start().send().await?;
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Identity {
    connection: Connection,
    /// The path relative to the base URL.
    path: String,
    /// The lengths of the paths of the objects above this one, and of this one, which is the last.
    ends: Vec<usize>,
    info: &'static ServiceInfo,
}

impl Connection {
    /// Returns the place of an object, found by its `href`.
    ///
    /// ```no_run
    /// # async fn example(connection: &ovirt_sdk::Connection) -> Result<(), ovirt_sdk::Error> {
    /// for permission in &connection.system().permissions().list().send().await? {
    ///     match permission.target() {
    ///         Some(target) => println!("{}", connection.identify(target.object())?.name().await?), // vm web1
    ///         None => println!("the whole system"),
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// When the object has no `href`, or when the `href` does not lead to an object of this engine.
    pub fn identify(&self, object: &dyn Object) -> Result<Identity, Error> {
        let href = text(object, HREF).ok_or_else(|| Error::request(NO_LINK))?;
        self.identity(&href)
    }

    /// Returns the place of the object at a path, such as `vms/123/nics/456`, or at an `href` that the engine sent.
    ///
    /// # Errors
    ///
    /// When the path does not lead to an object of this engine.
    pub fn identity(&self, path: &str) -> Result<Identity, Error> {
        let path = self.relative_href(path)?;
        let path = path.trim_matches('/');
        let not_found = || Error::request(format!("`{path}` is not the path of an object"));
        let (mut info, mut end, mut ends) = (Root::info(), 0, Vec::new());
        for segment in path.split('/') {
            end += segment.len();
            let child = info.children().find(|(name, _)| *name == segment);
            info = match (child, info.object()) {
                (Some((_, child)), _) => child,
                (None, Some(object)) => {
                    ends.push(end);
                    object
                }
                (None, None) => return Err(not_found()),
            };
            // The slash.
            end += 1;
        }
        match ends.last() {
            Some(end) if *end == path.len() => {
                Ok(Identity { connection: self.clone(), path: path.to_owned(), ends, info })
            }
            _ => Err(not_found()),
        }
    }
}

impl Identity {
    /// The path relative to the base URL, such as `vms/123/nics/456`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The description of the object's service.
    pub fn service_info(&self) -> &'static ServiceInfo {
        self.info
    }

    /// Returns the service of the object.
    ///
    /// # Errors
    ///
    /// When the service of the object is not `S`.
    pub fn service<S: Service>(&self) -> Result<S, Error> {
        self.connection.service(&self.path)
    }

    /// Returns a reference to the object, with its `href` and `id` only.
    ///
    /// The type is not checked.
    pub fn reference<T: Struct>(&self) -> T {
        let mut object = T::default();
        let id = self.path.rsplit('/').next().unwrap_or_default();
        let id = decode_segment(id);
        let href = format!("{}/{}", self.connection.url().trim_end_matches('/'), self.path);
        for (name, value) in [(HREF, href), ("id", id)] {
            if let Some(slot) = member_mut(&mut object, name) {
                slot.assign(&Some(value));
            }
        }
        object
    }

    /// Returns the object above this one: the virtual machine of a NIC. `None` if the collection belongs to no object.
    pub fn parent(&self) -> Option<Self> {
        let above = self.ends.iter().rev().nth(1)?;
        self.connection.identity(self.path.get(..*above)?).ok()
    }

    /// Reads the names of the object and of those above it: `vm web1 / nic nic1`.
    ///
    /// # Errors
    ///
    /// When a request fails.
    pub fn name(&self) -> Sending<String> {
        let identity = self.clone();
        Box::pin(async move {
            let mut names = Vec::new();
            for path in identity.ends.iter().filter_map(|end| identity.path.get(..*end)) {
                let id = path.rsplit('/').next().unwrap_or_default();
                names.push(match identity.connection.read_object(path).await? {
                    Some(object) => format!("{} {}", object.info().name, label(&*object).unwrap_or(id.to_owned())),
                    None => id.to_owned(),
                });
            }
            Ok(names.join(" / "))
        })
    }

    /// Blocking counterpart of [`name`](Self::name).
    ///
    /// # Errors
    ///
    /// The same errors; also fails within an async runtime.
    #[cfg(feature = "blocking")]
    pub fn name_blocking(&self) -> Result<String, Error> {
        crate::blocking::block_on(self.name())?
    }
}

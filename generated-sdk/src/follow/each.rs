//! Following a link of each of several objects, also where some of them lack it.

use std::collections::{BTreeMap, VecDeque};
use std::future::poll_fn;
use std::task::Poll;

use crate::connection::Connection;
use crate::error::Error;
use crate::link::{Link, Target};
use crate::list::List;
use crate::object::{Object, Slot, Struct, member, member_mut};
use crate::request::{Sending, TypedRequest};

/// How many requests are sent at the same time.
const AT_ONCE: usize = 8;

/// A value to put in the place of a link.
type Fetched = Box<dyn Slot + Send + Sync>;

/// What a link leads to, as a type that can be fetched.
///
/// Sealed: the crate implements it.
pub trait Fetch: Target {
    /// Fetches what is at the address of a link.
    #[doc(hidden)]
    fn fetch(connection: Connection, href: String) -> Sending<Fetched>;
}

impl<T: Struct> Fetch for T {
    fn fetch(connection: Connection, href: String) -> Sending<Fetched> {
        Box::pin(async move {
            let object = connection.send_to(Some(&href), TypedRequest::<T>::get).await?;
            Ok(Box::new(Some(Box::new(object))) as Fetched)
        })
    }
}

impl<T: Struct> Fetch for List<T> {
    fn fetch(connection: Connection, href: String) -> Sending<Fetched> {
        Box::pin(async move {
            let mut list = connection.send_to(Some(&href), TypedRequest::<Self>::list).await?;
            list.set_href(Some(&href));
            list.note_read();
            Ok(Box::new(Some(list)) as Fetched)
        })
    }
}

impl<T: Fetch> Fetch for Option<T> {
    fn fetch(connection: Connection, href: String) -> Sending<Fetched> {
        T::fetch(connection, href)
    }
}

impl Connection {
    /// Follows a link of each object with requests of its own, and puts what it leads to in the place of the link.
    ///
    /// The parameter `follow` of a request fails as soon as one object lacks the link. This method leaves such objects as
    /// they are, and also those whose link leads to an object that was removed in the meantime. Objects with the same link
    /// share a request: the hosts of a thousand virtual machines take one request for each host.
    ///
    /// ```no_run
    /// # async fn f(connection: &ovirt_sdk::Connection) -> Result<(), ovirt_sdk::Error> {
    /// use ovirt_sdk::types::Vm;
    ///
    /// let mut vms = connection.system().vms().list().send().await?;
    /// connection.follow_each(&mut vms, Vm::HOST).await?;
    /// for vm in &vms {
    ///     match Vm::HOST.of(vm) {
    ///         Some(host) => println!("{} runs on {}", vm.try_name()?, host.try_address()?),
    ///         None => println!("{} is down", vm.try_name()?),
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// When a request fails for another reason than a missing object. Then all objects are as before.
    pub async fn follow_each<'o, F: Struct, T: Fetch>(
        &self,
        objects: impl IntoIterator<Item = &'o mut F>,
        link: Link<F, T>,
    ) -> Result<(), Error> {
        let objects = objects.into_iter().map(|object| object as &mut dyn Object).collect();
        follow_each(self, objects, link.name(), T::fetch).await
    }

    /// Blocking counterpart of [`follow_each`](Self::follow_each).
    ///
    /// # Errors
    ///
    /// The same errors; also fails within an async runtime.
    #[cfg(feature = "blocking")]
    pub fn follow_each_blocking<'o, F: Struct, T: Fetch>(
        &self,
        objects: impl IntoIterator<Item = &'o mut F>,
        link: Link<F, T>,
    ) -> Result<(), Error> {
        crate::blocking::block_on(self.follow_each(objects, link))?
    }
}

async fn follow_each(
    connection: &Connection,
    mut objects: Vec<&mut dyn Object>,
    link: &str,
    fetch: fn(Connection, String) -> Sending<Fetched>,
) -> Result<(), Error> {
    let mut places: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, object) in objects.iter().enumerate() {
        if let Some(href) = address(&**object, link) {
            places.entry(href).or_default().push(index);
        }
    }
    let (addresses, places): (Vec<String>, Vec<Vec<usize>>) = places.into_iter().unzip();
    let requests = addresses.into_iter().map(|href| fetch(connection.clone(), href)).collect();
    let values = all(requests).await?;
    for (value, places) in values.into_iter().zip(places) {
        let Some(value) = value else { continue };
        for index in places {
            if let Some(slot) = objects.get_mut(index).and_then(|object| member_mut(&mut **object, link)) {
                slot.assign(&*value);
            }
        }
    }
    Ok(())
}

/// The address to which a link of an object leads.
fn address(object: &dyn Object, link: &str) -> Option<String> {
    let slot = member(object, link)?;
    match slot.as_object() {
        Some(object) => super::href_of(object).map(str::to_owned),
        None => slot.list_address().map(|address| address.to_string()),
    }
}

/// The results of all requests, in their order; `None` for objects that don't exist.
async fn all(requests: VecDeque<Sending<Fetched>>) -> Result<Vec<Option<Fetched>>, Error> {
    let mut results: Vec<Option<Fetched>> = requests.iter().map(|_| None).collect();
    let mut waiting = requests.into_iter().enumerate();
    let mut active: Vec<(usize, Sending<Fetched>)> = Vec::new();
    poll_fn(|context| {
        loop {
            active.extend(waiting.by_ref().take(AT_ONCE.saturating_sub(active.len())));
            let (mut failure, mut completed) = (None, false);
            active.retain_mut(|(index, request)| {
                let Poll::Ready(result) = request.as_mut().poll(context) else { return true };
                completed = true;
                match result {
                    Ok(value) => {
                        if let Some(place) = results.get_mut(*index) {
                            *place = Some(value);
                        }
                    }
                    Err(error) if error.is_not_found() => {}
                    Err(error) => failure = Some(error),
                }
                false
            });
            match failure {
                Some(error) => return Poll::Ready(Err(error)),
                None if active.is_empty() && waiting.len() == 0 => return Poll::Ready(Ok(())),
                // Requests that take the places of completed ones must be polled, too.
                None if completed => {}
                None => return Poll::Pending,
            }
        }
    })
    .await?;
    Ok(results)
}

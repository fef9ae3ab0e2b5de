//! Reading the objects that waits of one connection need: one request for all waits on the objects of a collection.
//!
//! There is no background task. The wait that is due first reads for all; if it is dropped, the next one does.

use std::any::{Any, TypeId};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::Notify;

use super::race::{First, race};
use super::waiter::Lookup;
use crate::clock::Clock;
use crate::connection::Connection;
use crate::error::Error;
use crate::object::Struct;
use crate::random::fraction;
use crate::request::TypedRequest;
use crate::service::{Location, id_of};
use crate::url::encode_segment;

/// Maximum number of identifiers in a search. With more, the URL would exceed the limit of the engine's web server, so
/// the whole collection is read.
const MAX_SEARCHED: usize = 100;

/// Timeout of a request, so that an engine that does not answer is asked again.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// The query parameter with the links to follow.
const FOLLOW: &str = "follow";

/// The largest part by which an interval is shortened at random, so that clients do not ask at the same time.
const JITTER: f64 = 0.1;

/// What a request said about an object.
#[derive(Clone, Debug)]
pub(super) enum Observation<T> {
    Found(T),
    /// The object does not exist.
    Absent,
    Failed(Arc<Error>),
}

/// All pollers of a connection, by what they read.
#[derive(Default)]
struct Pollers(Mutex<HashMap<PollerKey, Weak<dyn Any + Send + Sync>>>);

/// The type of the objects, the path of their collection, and the links to follow.
type PollerKey = (TypeId, String, Option<String>);

/// Reads objects of one collection.
pub(super) struct Poller<T> {
    collection: Location,
    lookup: Lookup,
    /// The links to follow.
    follow: Option<String>,
    state: Mutex<State<T>>,
    /// Held by the wait that reads.
    turn: tokio::sync::Mutex<()>,
}

struct State<T> {
    entries: BTreeMap<u64, Entry<T>>,
    next: u64,
    /// When the last read ended.
    last: Option<Duration>,
    /// The factor of all intervals until the next read.
    jitter: f64,
}

/// A wait.
struct Entry<T> {
    /// The percent-encoded identifier of its object.
    id: String,
    news: Option<Observation<T>>,
    notify: Arc<Notify>,
}

/// The entry of a wait in a poller, removed when the wait ends.
pub(super) struct Ticket<T: Struct> {
    poller: Arc<Poller<T>>,
    key: u64,
    notify: Arc<Notify>,
    /// Whether the wait had news before.
    informed: bool,
}

impl<T: Struct> Poller<T> {
    /// Returns the poller of a collection, which all waits of the connection share that follow the same links.
    pub(super) fn shared(collection: &Location, lookup: Lookup, follow: Option<String>) -> Result<Arc<Self>, Error> {
        let key = (TypeId::of::<T>(), collection.path()?.to_owned(), follow.clone());
        let pollers = collection.connection().shared::<Pollers>();
        let mut all = pollers.0.lock().unwrap_or_else(PoisonError::into_inner);
        let present = all.get(&key).and_then(Weak::upgrade).and_then(|poller| poller.downcast::<Self>().ok());
        if let Some(poller) = present {
            return Ok(poller);
        }
        all.retain(|_, poller| poller.strong_count() > 0);
        let state = State { entries: BTreeMap::new(), next: 0, last: None, jitter: 1.0 };
        let turn = tokio::sync::Mutex::new(());
        let poller = Arc::new(Self { collection: collection.clone(), lookup, follow, state: Mutex::new(state), turn });
        let weak: Weak<Self> = Arc::downgrade(&poller);
        all.insert(key, weak);
        Ok(poller)
    }

    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a wait.
    pub(super) fn join(self: Arc<Self>, id: &str) -> Ticket<T> {
        let notify = Arc::new(Notify::new());
        let mut state = self.state();
        let key = state.next;
        state.next += 1;
        state.entries.insert(key, Entry { id: id.to_owned(), news: None, notify: Arc::clone(&notify) });
        drop(state);
        Ticket { poller: self, key, notify, informed: false }
    }

    fn clock(&self) -> &Arc<dyn Clock> {
        self.collection.connection().clock()
    }

    /// Reads the objects of all waits.
    async fn read(&self) {
        let ids: BTreeSet<String> = self.state().entries.values().map(|entry| entry.id.clone()).collect();
        let found = self.observe(&ids).await;
        let mut state = self.state();
        state.last = Some(self.clock().elapsed());
        state.jitter = 1.0 - JITTER * fraction();
        for entry in state.entries.values_mut() {
            // A wait that joined during the request has no news yet.
            if let Some(news) = found.get(&entry.id) {
                entry.news = Some(news.clone());
                entry.notify.notify_one();
            }
        }
    }

    async fn observe(&self, ids: &BTreeSet<String>) -> BTreeMap<String, Observation<T>> {
        let mut all = BTreeMap::new();
        match ids.len() {
            0 => {}
            count if self.lookup.get && (count == 1 || !self.lookup.list) => {
                let mut absent = BTreeSet::new();
                for id in ids {
                    let news = self.single(id).await;
                    if matches!(news, Observation::Absent) {
                        absent.insert(id.clone());
                    }
                    all.insert(id.clone(), news);
                }
                if !absent.is_empty() {
                    all.extend(self.confirmed(&absent).await);
                }
            }
            _ => {
                all.extend(self.listed(ids).await);
                let rejected =
                    |news: &Observation<T>| matches!(news, Observation::Failed(error) if rejects_lists(error));
                if self.lookup.get && all.values().all(rejected) {
                    // The user may read the objects but not the list.
                    for (id, news) in &mut all {
                        *news = self.single(id).await;
                    }
                    return all;
                }
                // An engine answers an unknown search with an empty list, and restarting engines answer oddly. The
                // absence counts only if both the list and the object say so.
                if self.lookup.get {
                    let absent = |(_, news): &(&String, &mut Observation<T>)| matches!(news, Observation::Absent);
                    for (id, news) in all.iter_mut().filter(absent) {
                        *news = self.single(id).await;
                    }
                }
            }
        }
        all
    }

    /// Reads objects that were not found from their collection. If the user may not list that, it does not count.
    async fn confirmed(&self, ids: &BTreeSet<String>) -> BTreeMap<String, Observation<T>> {
        if !self.lookup.list {
            let absence = self.absence().await;
            return ids.iter().map(|id| (id.clone(), absence.clone())).collect();
        }
        let mut listed = self.listed(ids).await;
        listed.retain(|_, news| !matches!(news, Observation::Failed(error) if rejects_lists(error)));
        listed
    }

    /// What all requests have in common.
    fn prepared<R>(&self, request: TypedRequest<R>) -> TypedRequest<R> {
        let request = request.timeout(REQUEST_TIMEOUT);
        match &self.follow {
            Some(links) => request.query(FOLLOW, links),
            None => request,
        }
    }

    /// Reads an object by itself.
    async fn single(&self, id: &str) -> Observation<T> {
        match self.prepared(TypedRequest::<T>::get(&self.collection.child(id))).send().await {
            Ok(object) => Observation::Found(object),
            Err(error) if error.is_not_found() => Observation::Absent,
            Err(error) => Observation::Failed(Arc::new(error)),
        }
    }

    /// Reads objects from the list of their collection.
    async fn listed(&self, ids: &BTreeSet<String>) -> BTreeMap<String, Observation<T>> {
        match self.list(ids).await {
            Ok(mut found) => {
                let mut news = |id: &String| found.remove(id).map_or(Observation::Absent, Observation::Found);
                ids.iter().map(|id| (id.clone(), news(id))).collect()
            }
            Err(error) => {
                let news = match error.is_not_found() {
                    true => self.absence().await,
                    false => Observation::Failed(Arc::new(error)),
                };
                ids.iter().map(|id| (id.clone(), news.clone())).collect()
            }
        }
    }

    /// The state of an object whose collection was not found: absent, if the API itself still answers.
    async fn absence(&self) -> Observation<T> {
        match self.collection.connection().test().await {
            Ok(()) => Observation::Absent,
            Err(error) => Observation::Failed(Arc::new(error)),
        }
    }

    async fn list(&self, ids: &BTreeSet<String>) -> Result<BTreeMap<String, T>, Error> {
        let mut request = self.prepared(TypedRequest::<crate::list::List<T>>::list(&self.collection));
        if let Some((parameter, field)) = self.lookup.search
            && ids.len() <= MAX_SEARCHED
            && ids.iter().all(|id| is_searchable(id))
        {
            let terms: Vec<String> = ids.iter().map(|id| format!("{field}={id}")).collect();
            request = request.query(parameter, terms.join(" or "));
        }
        // Only the objects that waits need are kept.
        let mut items = request.items();
        let mut found = BTreeMap::new();
        while let Some(item) = items.next().await? {
            let id = id_of(&item).map(encode_segment);
            if let Some(id) = id.ok().filter(|id| ids.contains(id)) {
                found.insert(id, item);
            }
        }
        Ok(found)
    }
}

/// Whether an identifier can be part of a search, whose language has no way to escape special characters.
fn is_searchable(id: &str) -> bool {
    id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// Whether the engine rejects a list, regardless of its items.
fn rejects_lists(error: &Error) -> bool {
    matches!(error.status(), Some(400 | 403 | 405))
}

impl<T: Struct> Ticket<T> {
    /// When the wait is due to read, unless it gets news before.
    pub(super) fn due(&self, interval: Duration, now: Duration) -> Duration {
        let state = self.poller.state();
        match state.last {
            Some(last) if self.informed => last + interval.mul_f64(state.jitter),
            // Waits that begin one after the other share requests as well.
            Some(last) if state.entries.len() > 1 => now.max(last + interval / 2),
            _ => now,
        }
    }

    /// Returns what is new about the object: what another wait has read, or, from the given time on, what this one
    /// reads. `None` if there is nothing at the end.
    pub(super) async fn news(&mut self, due: Duration, end: Duration) -> Option<Observation<T>> {
        let clock = Arc::clone(self.poller.clock());
        loop {
            let now = clock.elapsed();
            if let Some(news) = self.take() {
                return Some(news);
            }
            if now >= end {
                return None;
            }
            if now < due {
                let sleep = clock.sleep(due.min(end) - now);
                race(self.notify.notified(), sleep).await;
                continue;
            }
            // The network takes real time, whatever the clock of the connection says.
            let read = tokio::time::timeout(end - now, self.read());
            if read.await.is_err() {
                return self.take();
            }
        }
    }

    /// Reads for all waits, unless another wait reads first.
    async fn read(&self) {
        if let First::Other(_turn) = race(self.notify.notified(), self.poller.turn.lock()).await
            && !self.has_news()
        {
            self.poller.read().await;
        }
    }

    fn has_news(&self) -> bool {
        self.poller.state().entries.get(&self.key).is_some_and(|entry| entry.news.is_some())
    }

    fn take(&mut self) -> Option<Observation<T>> {
        let news = self.poller.state().entries.get_mut(&self.key).and_then(|entry| entry.news.take());
        self.informed |= news.is_some();
        news
    }

    pub(super) fn connection(&self) -> &Connection {
        self.poller.collection.connection()
    }
}

impl<T: Struct> Drop for Ticket<T> {
    fn drop(&mut self) {
        self.poller.state().entries.remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credentials::Credentials;
    use crate::http::{BoxFuture, Headers, Request, Response};
    use crate::pipeline::RetryPolicy;
    use crate::transport::Transport;
    use crate::types::Vm;

    /// An engine with a virtual machine, whose list does not exist.
    struct Engine;

    impl Transport for Engine {
        fn send(&self, request: Request) -> BoxFuture<'_, Result<Response, Error>> {
            let (status, body) = match request.path() {
                path if path.ends_with("/api") || path.ends_with("/api/") => (200, "<api/>"),
                path if path.ends_with("/vms/2") => (200, "<vm id='2'/>"),
                _ => (404, ""),
            };
            let headers = Headers::from_iter([("Content-Type", "application/xml")]);
            Box::pin(async move { Ok(Response::new(status, headers, body.as_bytes().to_vec())) })
        }
    }

    #[test]
    fn only_the_objects_that_are_not_found_are_absent() {
        let connection = Connection::builder("https://engine.example.com/ovirt-engine/api")
            .credentials(Credentials::token("t"))
            .retry(RetryPolicy::none())
            .transport(Engine)
            .build()
            .unwrap();
        let collection = Location::root(connection).child("vms");
        let poller = Poller::<Vm>::shared(&collection, Lookup { get: true, list: false, search: None }, None).unwrap();
        let ids = ["1", "2", "3"].map(str::to_owned).into();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let observed = runtime.block_on(poller.observe(&ids));
        assert!(
            matches!(
                observed.into_values().collect::<Vec<_>>().as_slice(),
                [Observation::Absent, Observation::Found(_), Observation::Absent]
            ),
            "only 2 exists"
        );
    }
}

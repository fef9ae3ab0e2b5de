//! The limit of concurrent logins at one engine, shared by all connections of the process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::Notify;

/// The logins in progress at one engine.
#[derive(Default)]
struct Engine {
    logins: Mutex<usize>,
    ended: Notify,
}

/// The slots of a connection: those of its engine, and how many of them it may see in use.
#[derive(Clone)]
pub(crate) struct LoginSlots {
    engine: Arc<Engine>,
    max: usize,
}

impl LoginSlots {
    /// The slots of an engine, by its origin. The connection starts a login only while fewer than `max` logins of the
    /// process are in progress there.
    pub(crate) fn new(origin: &str, max: usize) -> Self {
        static ENGINES: Mutex<Option<HashMap<String, Weak<Engine>>>> = Mutex::new(None);
        let mut engines = ENGINES.lock().unwrap_or_else(PoisonError::into_inner);
        let engines = engines.get_or_insert_default();
        let engine = engines.get(origin).and_then(Weak::upgrade).unwrap_or_else(|| {
            // Engines without connections are forgotten, so that the map stays small.
            engines.retain(|_, engine| engine.strong_count() > 0);
            let engine = Arc::default();
            engines.insert(origin.to_owned(), Arc::downgrade(&engine));
            engine
        });
        Self { engine, max }
    }

    /// Waits for a slot.
    pub(crate) async fn acquire(&self) -> LoginSlot {
        loop {
            let ended = self.engine.ended.notified();
            tokio::pin!(ended);
            // Registers before the check, so that no end of a login is missed.
            ended.as_mut().enable();
            if let Some(slot) = self.try_acquire() {
                return slot;
            }
            ended.await;
        }
    }

    fn try_acquire(&self) -> Option<LoginSlot> {
        let mut logins = self.engine.logins.lock().unwrap_or_else(PoisonError::into_inner);
        if *logins >= self.max {
            return None;
        }
        *logins += 1;
        Some(LoginSlot(Arc::clone(&self.engine)))
    }
}

/// A login in progress; dropping it ends the login.
pub(crate) struct LoginSlot(Arc<Engine>);

impl Drop for LoginSlot {
    fn drop(&mut self) {
        let mut logins = self.0.logins.lock().unwrap_or_else(PoisonError::into_inner);
        *logins = logins.saturating_sub(1);
        // Connections with different limits wait, so the next one may not be able to start.
        self.0.ended.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use super::LoginSlots;

    #[tokio::test]
    async fn connections_to_one_engine_share_its_slots() {
        let (first, second) = (LoginSlots::new("https://a", 2), LoginSlots::new("https://a", 1));
        let other = LoginSlots::new("https://b", 1);
        let slot = first.acquire().await;
        assert!(second.try_acquire().is_none() && other.try_acquire().is_some());
        let another = first.try_acquire().unwrap();
        assert!(first.try_acquire().is_none());
        drop(another);
        let waiting = tokio::spawn(async move { second.acquire().await });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop(slot);
        let slot = waiting.await.unwrap();
        assert!(first.try_acquire().is_some() && LoginSlots::new("https://a", 1).try_acquire().is_none());
        drop(slot);
    }
}

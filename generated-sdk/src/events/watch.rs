//! The options of a watch.

use std::fmt;
use std::time::Duration;

use super::filter::Filter;
use super::settings::Settings;
use super::start::{Start, position};
use super::stream::Events;
use crate::clock::LONGEST;
use crate::connection::Connection;
use crate::date_time::DateTime;
use crate::error::Error;
use crate::generated::roles::EVENT;
use crate::jobs::LONGEST_OUTAGE;

/// The default interval between requests.
const INTERVAL: Duration = Duration::from_secs(2);

/// A watch of events, created by [`Connection::events`]. By default, it returns all new events.
#[derive(Clone, Debug)]
#[must_use = "a watch does nothing until it is started"]
pub struct EventWatch(Settings);

impl Connection {
    /// Watches the events of the engine.
    ///
    /// ```no_run
    /// # async fn example(connection: &ovirt_sdk::Connection) -> Result<(), ovirt_sdk::Error> {
    /// use ovirt_sdk::types::LogSeverity;
    ///
    /// let mut events = connection.events().min_severity(LogSeverity::Warning).watch().await?;
    /// while let Some(event) = events.next().await? {
    ///     println!("{} {}", event.try_time()?, event.try_description()?);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn events(&self) -> EventWatch {
        EventWatch(Settings {
            connection: self.clone(),
            start: Start::Now,
            filter: Filter::default(),
            interval: INTERVAL,
            longest_outage: LONGEST_OUTAGE,
            timeout: None,
        })
    }
}

impl EventWatch {
    /// Starts after the event with an ID, for example the [position](Events::position) of an earlier watch. 0 starts with
    /// the oldest event.
    pub fn from_id(mut self, id: u64) -> Self {
        self.0.start = Start::After(id);
        self
    }

    /// Starts with the first event since a time.
    pub fn from_time(mut self, time: DateTime) -> Self {
        self.0.start = Start::Time(time);
        self
    }

    /// Returns only events with this code, such as 32 for a started virtual machine. With several calls, those with any of
    /// the codes.
    pub fn code(mut self, code: i64) -> Self {
        self.0.filter.codes.push(code);
        self
    }

    /// Returns only events of this severity and higher ones, such as `LogSeverity::Warning`. From low to high: normal,
    /// warning, error, alert.
    pub fn min_severity(mut self, severity: impl fmt::Display) -> Self {
        self.0.filter.min_severity = Some(severity.to_string());
        self
    }

    /// Returns only events that refer to the object with an ID: a virtual machine, host, cluster, data center, storage
    /// domain, template or user. With several calls, those that refer to any of the objects.
    ///
    /// Events do not refer to other objects, such as disks. Use [`correlation_id`](Self::correlation_id) for these.
    pub fn object(mut self, id: impl Into<String>) -> Self {
        self.0.filter.objects.push(id.into());
        self
    }

    /// Returns only events of the operation with a correlation ID.
    pub fn correlation_id(mut self, id: impl Into<String>) -> Self {
        self.0.filter.correlation_id = Some(id.into());
        self
    }

    /// Sets the interval between requests; 2 s by default.
    pub fn interval(mut self, interval: Duration) -> Self {
        self.0.interval = interval.clamp(Duration::from_millis(1), LONGEST);
        self
    }

    /// Sets how long the engine may be unreachable before the watch returns an error; three minutes by default.
    pub fn longest_outage(mut self, outage: Duration) -> Self {
        self.0.longest_outage = outage.min(LONGEST);
        self
    }

    /// Ends the watch after a period. By default it does not end.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.0.timeout = Some(timeout.min(LONGEST));
        self
    }

    /// Starts the watch. Events from now on are those that the engine logs after this call has begun.
    ///
    /// # Errors
    ///
    /// When the events can't be listed, or when the API has no such severity.
    pub async fn watch(self) -> Result<Events, Error> {
        if let Some(least) = self.0.filter.min_severity.as_deref().filter(|it| !EVENT.severities.contains(it)) {
            let known = EVENT.severities.join(", ");
            return Err(Error::request(format!("unknown severity `{least}`: expected one of {known}")));
        }
        let cursor = position(&self.0.connection, &self.0.start).await?;
        Ok(Events::new(self.0, cursor))
    }

    /// Starts the watch, then awaits a list: the list and the events together have no gap. What happens in the meantime
    /// can be in both.
    ///
    /// ```no_run
    /// # async fn example(connection: &ovirt_sdk::Connection) -> Result<(), ovirt_sdk::Error> {
    /// let list = connection.system().vms().list().send();
    /// let (vms, mut events) = connection.events().list_then_watch(list).await?;
    /// println!("{} virtual machines", vms.len());
    /// while let Some(event) = events.next().await? {
    ///     println!("{:?} changed: {:?}", event.vm, event.description);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// When the events can't be listed, and the error of the list.
    pub async fn list_then_watch<L>(self, list: impl Future<Output = Result<L, Error>>) -> Result<(L, Events), Error> {
        let events = self.watch().await?;
        Ok((list.await?, events))
    }

    /// Blocking counterpart of [`watch`](Self::watch); returns an iterator.
    ///
    /// # Errors
    ///
    /// The same errors; also fails within an async runtime.
    #[cfg(feature = "blocking")]
    pub fn watch_blocking(self) -> Result<super::stream::BlockingEvents, Error> {
        Ok(super::stream::BlockingEvents::new(crate::blocking::block_on(self.watch())??))
    }

    /// Blocking counterpart of [`list_then_watch`](Self::list_then_watch).
    ///
    /// # Errors
    ///
    /// The same errors; also fails within an async runtime.
    #[cfg(feature = "blocking")]
    pub fn list_then_watch_blocking<L>(
        self,
        list: impl Future<Output = Result<L, Error>>,
    ) -> Result<(L, super::stream::BlockingEvents), Error> {
        let (list, events) = crate::blocking::block_on(self.list_then_watch(list))??;
        Ok((list, super::stream::BlockingEvents::new(events)))
    }
}

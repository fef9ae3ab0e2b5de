//! What the server and the owner of an engine share.

use std::time::Duration;

use super::injected_failures::InjectedFailures;
use super::request_log::RequestLog;
use super::restarts::{Phase, Restarts};
use super::router::Router;
use crate::incident::{Incident, IncidentKind};

/// The data that the server and [`FakeEngine`](crate::FakeEngine) share.
pub(crate) struct Shared {
    pub(crate) router: Router,
    pub(crate) request_log: RequestLog,
    pub(crate) failures: InjectedFailures,
    pub(crate) restarts: Restarts,
    /// The longest time for the body of a request, and for which a client may not read a response.
    pub(crate) body_timeout: Duration,
}

impl Shared {
    /// Lets an incident happen, now or when it is due.
    pub(crate) fn cause(&self, incident: Incident) {
        match incident.kind {
            IncidentKind::Restart => self.restarts.add(incident.after, incident.lasting),
            _ => self.router.engine.cause(incident),
        }
    }

    /// The incidents that have not happened yet.
    pub(super) fn incidents(&self) -> Vec<Incident> {
        let mut incidents = self.router.engine.incidents();
        incidents.extend(self.restarts.pending());
        incidents
    }

    /// Cancels the incidents that have not happened yet.
    pub(crate) fn clear_incidents(&self) {
        self.restarts.clear();
        self.router.engine.clear_incidents();
    }

    pub(super) fn phase(&self) -> Phase {
        self.restarts.phase(|| self.router.engine.restarted())
    }

    /// Waits for a phase of the server.
    pub(super) async fn wait_for(&self, wanted: impl Fn(Phase) -> bool) {
        self.restarts.wait(wanted, || self.router.engine.restarted()).await;
    }

    /// Waits until the server is in the phase that the time requires.
    pub(crate) fn settle(&self) {
        self.restarts.settle(|| self.router.engine.restarted());
    }
}

//! Incidents: the pending ones, and those that wait for work to fail.

use std::time::Duration;

use super::store::State;
use crate::effect::{Effect, EffectKind};
use crate::fields::text;
use crate::incident::{Incident, IncidentKind};

impl State {
    /// Schedules the begin of an incident. It has no user and belongs to no job.
    pub(crate) fn cause(&mut self, incident: Incident) {
        let delay = i64::try_from(incident.after.as_millis()).unwrap_or(i64::MAX);
        let at = self.now_millis().saturating_add(delay);
        self.schedule_at(at, Effect::IncidentBegun { subject: String::new(), incident });
    }

    /// Keeps an incident until it has affected as much work as it should.
    pub(crate) fn await_work(&mut self, incident: Incident) {
        self.changes.touch_incidents();
        self.incidents.push(incident.after(Duration::ZERO));
    }

    /// The incidents that have not begun, with the time that is left, and those that wait for work.
    pub(crate) fn pending_incidents(&self) -> Vec<Incident> {
        let pending = self.tasks.all().filter_map(|(_, task)| match &task.effect {
            Effect::IncidentBegun { incident, .. } => {
                let left = u64::try_from(task.at.saturating_sub(self.now_millis())).unwrap_or(0);
                Some(incident.clone().after(Duration::from_millis(left)))
            }
            _ => None,
        });
        pending.chain(self.incidents.iter().cloned()).collect()
    }

    /// Cancels all incidents that have not begun, or that wait for work.
    pub(crate) fn clear_incidents(&mut self) {
        self.changes.touch_incidents();
        self.incidents.clear();
        self.cancel(EffectKind::IncidentBegun, "");
    }

    /// Whether an incident of a kind that waits for work affects the work on the object at a path; counts it.
    pub(crate) fn strikes(&mut self, kind: IncidentKind, path: &str) -> bool {
        if self.incidents.is_empty() {
            return false;
        }
        let objects = self.named_ancestors(path);
        self.changes.touch_incidents();
        let strikes = self.incidents.iter_mut().any(|incident| incident.kind == kind && incident.affects(&objects));
        self.incidents.retain(|incident| !incident.is_over());
        strikes
    }

    /// The objects of a collection that an incident affects.
    pub(crate) fn affected(&self, collection: &str, mut incident: Incident) -> Vec<String> {
        let mut paths = self.paths(collection);
        paths.retain(|path| incident.affects(&self.named_ancestors(path)));
        paths
    }

    /// The paths of an object and of those above it, with their names.
    fn named_ancestors<'p>(&self, path: &'p str) -> Vec<(&'p str, Option<String>)> {
        let mut ancestors = Vec::new();
        let mut rest = path;
        loop {
            ancestors.push((rest, self.object(rest).and_then(|object| text(object, "name"))));
            match rest.rsplit_once('/').and_then(|(collection, _)| collection.rsplit_once('/')) {
                Some((above, _)) => rest = above,
                None => return ancestors,
            }
        }
    }
}

//! Emptying a host that goes to maintenance.

use std::time::Duration;

use crate::effect::{Effect, EffectKind};
use crate::note::Note;
use crate::resources::vms::migrate::migrate_vms_away;
use crate::state::{Severity, State};

/// Effect: the engine looks whether a host is empty.
pub(crate) const INTERVAL: Duration = Duration::from_secs(3);
/// The note about a host that is to be upgraded once it is empty.
pub(crate) const UPGRADE: Note<bool> = Note::new("upgrade_when_empty");

/// Lets the machines of a host leave it.
pub(crate) fn begin(state: &mut State, host: &str) {
    if !migrate_vms_away(state, host).is_empty() {
        let text = format!("Failed to migrate the VMs of Host {}; it can't go to maintenance", state.name_of(host));
        state.event(602, Severity::Warning, &text, &[host]);
    }
    state.actor.job = None;
    state.after(INTERVAL, Effect::HostEvacuationChecked { host: host.to_owned() });
}

/// The host stays what it is.
pub(crate) fn stop(state: &mut State, host: &str) {
    state.cancel(EffectKind::HostEvacuationChecked, host);
    state.clear_note(host, UPGRADE);
}

//! Moving virtual machines away from a host that goes to maintenance.

use std::time::Duration;

use crate::effect::{Effect, EffectKind};
use crate::note::Note;
use crate::resources::vms::migrate::migrate_vms_away;
use crate::state::{Severity, State};

/// The time between two checks whether virtual machines still run on the host.
pub(crate) const INTERVAL: Duration = Duration::from_secs(3);
/// The note about a host that is upgraded once no virtual machine runs on it.
pub(crate) const UPGRADE: Note<bool> = Note::new("upgrade_when_empty");

/// Starts migrating the virtual machines of a host.
pub(crate) fn begin(state: &mut State, host: &str) {
    if !migrate_vms_away(state, host).is_empty() {
        let text = format!("Failed to migrate the VMs of Host {}; it can't go to maintenance", state.name_of(host));
        state.event(602, Severity::Warning, &text, &[host]);
    }
    state.actor.job = None;
    state.after(INTERVAL, Effect::HostEvacuationChecked { host: host.to_owned() });
}

/// Stops the evacuation of a host.
pub(crate) fn stop(state: &mut State, host: &str) {
    state.cancel(EffectKind::HostEvacuationChecked, host);
    state.clear_note(host, UPGRADE);
}

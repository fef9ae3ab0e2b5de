//! The steps of the upgrade of a host that is in maintenance.

use crate::api::{Registry, on_effect};
use crate::effect::Effect;
use crate::note::Note;
use crate::resources::hosts::activate;
use crate::resources::hosts::install::INSTALLATION;
use crate::resources::hosts::status::{set_status, status_of};
use crate::state::{Severity, State};
use ovirt_sdk::types::{Host, HostStatus};

/// The note about a host that was upgraded.
pub(crate) const UPGRADED: Note<bool> = Note::new("upgraded");

pub(super) fn register(registry: &mut Registry) {
    on_effect!(registry, |state, HostUpgraded { host, activate }| upgraded(state, host, *activate));
}

pub(crate) fn begin_upgrade(state: &mut State, host: &str, activate: bool) {
    set_status(state, host, HostStatus::Installing);
    state.after(INSTALLATION, Effect::HostUpgraded { host: host.to_owned(), activate });
}

fn upgraded(state: &mut State, path: &str, activate: bool) {
    match status_of(state, path) {
        Some(HostStatus::Installing) => {
            // The host restarts after the installation.
            set_status(state, path, HostStatus::Reboot);
            state.after(INSTALLATION, Effect::HostUpgraded { host: path.to_owned(), activate });
        }
        Some(HostStatus::Reboot) => {
            if let Some(host) = state.get_mut::<Host>(path) {
                host.update_available = Some(false);
            }
            state.set_note(path, UPGRADED, true);
            let text = format!("Host {} upgrade was completed successfully", state.name_of(path));
            state.event(842, Severity::Normal, &text, &[path]);
            activate::become_ready(state, path, activate);
        }
        _ => {}
    }
}

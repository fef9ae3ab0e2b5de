//! Enrolling the certificates of hosts.

use crate::api::{Call, Fault, Registry, Reply, on_effect};
use crate::effect::Effect;
use crate::resources::hosts::status::{set_status, status_of};
use crate::resources::hosts::upgrade::CHECK;
use crate::state::{Severity, State};
use ovirt_sdk::types::HostStatus;

pub(super) fn register(registry: &mut Registry) {
    registry.on("host", "enroll_certificate", enroll_certificate);
    on_effect!(registry, |state, HostCertificateEnrolled { host }| enrolled(state, host));
}

fn enroll_certificate(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let status = status_of(call.state, &path);
    if !matches!(status, Some(HostStatus::Maintenance | HostStatus::InstallFailed | HostStatus::NonResponsive)) {
        return Err(Fault::cannot("enroll certificate Host", "Please switch Host to Maintenance mode first."));
    }
    let name = call.state.name_of(&path);
    call.job_titled(&format!("Enrolling certificate for Host {name}"));
    let text = format!("Enrolling certificate for host {name} was started by {}", call.request.user);
    call.state.event(880, Severity::Normal, &text, &[&path]);
    set_status(call.state, &path, HostStatus::Installing);
    call.state.after(CHECK, Effect::HostCertificateEnrolled { host: path });
    Ok(Reply::Completed)
}

fn enrolled(state: &mut State, host: &str) {
    set_status(state, host, HostStatus::Maintenance);
    let text = format!("Enrolling certificate for host {} was completed successfully", state.name_of(host));
    state.event(881, Severity::Normal, &text, &[host]);
}

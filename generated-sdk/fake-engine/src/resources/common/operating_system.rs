//! Facts about the operating systems of guests.

use crate::resources::paths::OPERATING_SYSTEMS;
use crate::state::State;
use ovirt_sdk::types::{Architecture, OperatingSystemInfo, TpmSupport, Vm};

/// The name of an operating system about which nothing is known.
pub(crate) const OTHER: &str = "other";
/// Operating systems that don't run on the Q35 chipset, by prefixes of their names.
const WITHOUT_Q35: [&str; 5] = ["rhel_3", "rhel_4", "rhel_5", "windows_xp", "windows_2003"];
/// Operating systems that don't support Secure Boot although they run on the Q35 chipset.
const WITHOUT_SECURE_BOOT: [&str; 2] = ["windows_7", "windows_7x64"];

/// The operating system of a virtual machine.
pub(crate) fn name_of(vm: &Vm) -> &str {
    vm.os.as_ref().and_then(|os| os.type_.as_deref()).unwrap_or(OTHER)
}

pub(crate) fn info<'s>(state: &'s State, name: &str) -> Option<&'s OperatingSystemInfo> {
    state.get(&state.by_name(OPERATING_SYSTEMS, name)?)
}

/// The name of the operating system with a unique name, as the engine understands it: unknown names mean "other".
pub(crate) fn known_name<'n>(state: &State, name: &'n str) -> &'n str {
    if info(state, name).is_some() { name } else { OTHER }
}

/// The name for messages.
pub(crate) fn title(state: &State, name: &str) -> String {
    info(state, name).and_then(|info| info.description.clone()).unwrap_or_else(|| name.to_owned())
}

pub(crate) fn is_windows(name: &str) -> bool {
    name.starts_with("windows")
}

pub(crate) fn architecture(state: &State, name: &str) -> Option<Architecture> {
    info(state, name)?.architecture.clone()
}

pub(crate) fn tpm_support(state: &State, name: &str) -> TpmSupport {
    info(state, name).and_then(|info| info.tpm_support.clone()).unwrap_or(TpmSupport::Unsupported)
}

pub(crate) fn runs_on_q35(name: &str) -> bool {
    !WITHOUT_Q35.iter().any(|prefix| name.starts_with(prefix))
}

pub(crate) fn supports_secure_boot(name: &str) -> bool {
    runs_on_q35(name) && !WITHOUT_SECURE_BOOT.contains(&name)
}

//! Templates and virtual machines that the inventory begins with.

mod instance_types;
mod machines;

use crate::behaviour::NIL;
use crate::behaviour::machines::defaults::{base, devices};
use crate::exchange::Options;
use crate::state::State;
use ovirt_sdk::types::{Template, TemplateStatus, TemplateVersion, VmType};

pub(super) fn fill(state: &mut State, options: &Options) {
    blank(state);
    instance_types::fill(state);
    machines::fill(state, options.vms.unwrap_or(0));
}

/// The template that is empty.
fn blank(state: &mut State) {
    let version = TemplateVersion::new().version_name("base version").version_number(1);
    let version = version.base_template(Template::with_id(NIL));
    let mut blank = Template::with_id(NIL).name("Blank").description("Blank template").comment("");
    blank = blank.status(TemplateStatus::Ok).version(version).type_(VmType::Server);
    base(state, &mut blank, None);
    // The cluster says that.
    blank.bios = None;
    let path = state.insert("templates", blank);
    devices(state, &path);
}

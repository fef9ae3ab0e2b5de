//! The blank template.

use crate::resources::common::well_known::NIL;
use crate::resources::common::{devices, vm_defaults};
use crate::resources::paths::TEMPLATES;
use crate::state::State;
use ovirt_sdk::types::{Template, TemplateStatus, TemplateVersion, VmType};

/// The template that is empty.
pub(super) fn fill(state: &mut State) {
    let version = TemplateVersion::new().version_name("base version").version_number(1);
    let version = version.base_template(Template::with_id(NIL));
    let mut blank = Template::with_id(NIL).name("Blank").description("Blank template").comment("");
    blank = blank.status(TemplateStatus::Ok).version(version).type_(VmType::Server);
    vm_defaults::complete_base(state, &mut blank, None);
    // The cluster says that.
    blank.bios = None;
    let path = state.insert(TEMPLATES, blank);
    devices::add_default_devices(state, &path);
}

//! The blank template.

use crate::resources::common::well_known::NIL;
use crate::resources::common::{devices, vm_defaults};
use crate::resources::paths::TEMPLATES;
use crate::state::{State, date};
use ovirt_sdk::types::{Architecture, Cpu, Template, TemplateStatus, TemplateVersion};

/// When the template was created: 2008-03-31T21:00:00Z.
const CREATED: i64 = 1_206_997_200_000;

pub(super) fn fill(state: &mut State) {
    let version = TemplateVersion::new().version_name("").version_number(0).base_template(Template::with_id(NIL));
    let mut blank = Template::with_id(NIL).name("Blank").description("Blank template").creation_time(date(CREATED));
    blank = blank.cpu(Cpu::new().architecture(Architecture::Undefined)).status(TemplateStatus::Ok).version(version);
    vm_defaults::complete_base(state, &mut blank, None);
    blank.time_zone = None;
    // VMs have the firmware of their cluster.
    if let Some(bios) = &mut blank.bios {
        bios.type_ = None;
    }
    let path = state.insert(TEMPLATES, blank);
    devices::add_default_devices(state, &path);
}

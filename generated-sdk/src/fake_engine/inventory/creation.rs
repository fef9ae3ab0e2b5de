//! Templates and virtual machines that the inventory begins with.

use crate::fake_engine::behaviour::NIL;
use crate::fake_engine::exchange::Options;
use crate::fake_engine::state::State;
use crate::types::{Template, TemplateStatus};

pub(super) fn fill(state: &mut State, _options: &Options) {
    state.insert("templates", Template::with_id(NIL).name("Blank").status(TemplateStatus::Ok));
}

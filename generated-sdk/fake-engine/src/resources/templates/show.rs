//! Fields of templates that are shown on request.

use crate::api::Registry;
use crate::resources::common::devices::show_devices;

pub(super) fn register(registry: &mut Registry) {
    registry.render("template", |context, _, shown| {
        show_devices(shown, context.request.flag("all_content") == Some(true));
    });
}

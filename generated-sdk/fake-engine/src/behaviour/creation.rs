//! What makes machines of other things: templates, snapshots, clones, pools, backups.

mod backups;
mod cloning;
mod configuration;
mod export;
mod external;
mod import;
mod parts;
pub(crate) mod pools;
mod preview;
mod record;
mod removal;
mod snapshots;
mod stage;
pub(crate) mod stateless;
mod store;
mod template;
mod templates;
mod vms;

use super::Registry;
pub(crate) use snapshots::activate;

pub(super) fn register(registry: &mut Registry) {
    stage::register(registry);
    vms::register(registry);
    cloning::register(registry);
    templates::register(registry);
    template::register(registry);
    snapshots::register(registry);
    removal::register(registry);
    preview::register(registry);
    pools::register(registry);
    backups::register(registry);
    export::register(registry);
    import::register(registry);
    external::register(registry);
}

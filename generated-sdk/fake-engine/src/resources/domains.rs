//! Directories of users and groups, called domains in the API.

use crate::api::Registry;
use crate::resources::common::directory::groups_of_user;
use crate::resources::paths::{GROUPS, USERS};
use ovirt_sdk::unstable;

pub(super) fn register(registry: &mut Registry) {
    registry.view_with_addresses("domain_users", |state, domain| state.paths(&format!("{domain}/{USERS}")));
    registry.view_with_addresses("domain_groups", |state, domain| state.paths(&format!("{domain}/{GROUPS}")));
    registry.view("domain_user_groups", groups_of_user);
    registry.render("domain", |context, path, shown| {
        for collection in [GROUPS, USERS] {
            let address = format!("{}/{path}/{collection}?search={{query}}", context.request.base);
            unstable::push_link(shown.unknown_mut(), &format!("{collection}/search"), &address);
        }
    });
}

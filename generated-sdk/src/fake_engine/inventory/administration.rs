//! Users, roles and what else every engine has for its administration.

use crate::fake_engine::behaviour::NIL;
use crate::fake_engine::exchange::Options;
use crate::fake_engine::state::State;
use crate::types::{Tag, User};

pub(super) fn fill(state: &mut State, options: &Options) {
    state.insert("tags", Tag::with_id(NIL).name("root").description("root"));
    for account in &options.accounts {
        let name = account.rsplit_once('@').map_or(account.as_str(), |(name, _)| name);
        state.insert("users", User::new().name(name).user_name(format!("{name}@internal-authz")).principal(name));
    }
}

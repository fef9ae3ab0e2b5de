//! Bookmarks.

use crate::api::{Call, Fault, Registry, Reply};
use crate::fields::text;
use crate::resources::common::bean::Violations;
use crate::state::Severity;
use ovirt_sdk::object::Object;

const MAX_NAME: usize = 40;
const MAX_VALUE: usize = 300;

pub(super) fn register(registry: &mut Registry) {
    registry.on("bookmarks", "add", |call| {
        let bookmark = call.take_body()?;
        check(&*bookmark)?;
        let reply = call.add(bookmark)?;
        if let Reply::Created(path) = &reply {
            let name = call.state.name_of(path);
            log(call, 350, &name, "added");
        }
        Ok(reply)
    });
    registry.on("bookmark", "update", |call| {
        let change = call.take_body()?;
        check(&*change)?;
        let reply = call.update(&*change)?;
        let name = call.state.name_of(&call.target.path);
        log(call, 352, &name, "updated");
        Ok(reply)
    });
    registry.on("bookmark", "remove", |call| {
        let name = call.state.name_of(&call.target.path);
        let reply = call.remove()?;
        log(call, 354, &name, "removed");
        Ok(reply)
    });
}

/// Fails if the name or the value of a bookmark is too long.
fn check(bookmark: &dyn Object) -> Result<(), Fault> {
    let mut violations = Violations::default();
    violations.check_length("bookmark.name", text(bookmark, "name").as_deref(), 0, MAX_NAME);
    violations.check_length("bookmark.value", text(bookmark, "value").as_deref(), 1, MAX_VALUE);
    violations.into_result()
}

fn log(call: &mut Call<'_>, code: i64, name: &str, what: &str) {
    let text = format!("Bookmark {name} was {what} by {}.", call.state.actor.user);
    call.state.event(code, Severity::Normal, &text, &[]);
}

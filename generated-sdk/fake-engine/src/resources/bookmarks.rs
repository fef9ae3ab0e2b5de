//! Bookmarks.

use crate::api::Registry;

pub(super) fn register(registry: &mut Registry) {
    registry.on("bookmarks", "add", |call| {
        call.require(&["name", "value"])?;
        let bookmark = call.take_body()?;
        call.add(bookmark)
    });
}

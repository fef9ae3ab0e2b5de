//! Keys that are not fields of the API.

/// The key of the addresses of an object's lists. No name of the API begins with an underscore.
pub(super) const LINKS: &str = "_links";

// With `ITEMS`, the keys of a top-level list with an address. Links in the engine's JSON have an address, too.
pub(super) use crate::unknown::HREF;

/// The key of the items of a top-level list with an address.
pub(super) const ITEMS: &str = "items";

/// The key of the relation of a link in the engine's JSON.
pub(super) const REL: &str = "rel";

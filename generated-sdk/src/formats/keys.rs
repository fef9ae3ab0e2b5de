//! Keys that are not fields of the API.

/// The key of the addresses of an object's lists. No name of the API begins with an underscore.
pub(super) const LINKS: &str = "_links";

/// The keys of a top-level list with an address.
pub(super) const HREF: &str = "href";
pub(super) const ITEMS: &str = "items";

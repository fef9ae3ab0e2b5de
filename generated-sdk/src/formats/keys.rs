//! Keys that are not fields of the API.

/// The key of the addresses of an object's lists. Names of the API do not begin like that.
pub(super) const LINKS: &str = "_links";

/// The keys of a list that is written by itself and has an address.
pub(super) const HREF: &str = "href";
pub(super) const ITEMS: &str = "items";

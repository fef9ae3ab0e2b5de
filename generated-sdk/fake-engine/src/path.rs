//! Paths of objects and collections.
//!
//! A path is relative to the base address of the API and has no slashes at its ends: `vms` is a collection, `vms/7` an
//! object, and `vms/7/nics` a collection that belongs to this object.

/// Returns the last segment of a path: the identifier of the object there.
pub(crate) fn last(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, last)| last)
}

/// Returns a path without its last `count` segments.
pub(crate) fn above(path: &str, count: usize) -> &str {
    (0..count).fold(path, |path, _| path.rsplit_once('/').map_or("", |(rest, _)| rest))
}

/// Joins a collection, or an object, and the next segment. The base address of the API is the empty path.
pub(crate) fn join(path: &str, segment: &str) -> String {
    if path.is_empty() { segment.to_owned() } else { [path, "/", segment].concat() }
}

/// Whether a text has the form of a UUID.
pub(crate) fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    lengths == [8, 4, 4, 4, 12] && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_taken_from_the_end() {
        assert_eq!((last("vms/7/nics"), last("vms"), last("")), ("nics", "vms", ""));
        assert_eq!((above("vms/7/nics", 1), above("vms/7/nics", 2), above("vms", 2)), ("vms/7", "vms", ""));
        assert_eq!((join("vms", "7"), join("", "vms")), ("vms/7".to_owned(), "vms".to_owned()));
    }

    #[test]
    fn uuids_have_five_groups_of_hexadecimal_digits() {
        assert!(is_uuid("00000000-0000-0000-0000-00000000000f"));
        assert!(!is_uuid("00000000-0000-0000-0000-00000000000g"));
        assert!(!is_uuid("0000-0000"));
    }
}

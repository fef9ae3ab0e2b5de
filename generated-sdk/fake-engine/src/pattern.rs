//! Patterns of request paths.

use std::fmt;

/// The path of the API.
pub(crate) const API: &str = "/ovirt-engine/api";

/// A pattern of paths, such as `vms/*/start`.
///
/// A pattern is relative to the API, of any version, unless it begins with `/`. `*` matches anything within a segment,
/// `**` any number of segments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    absolute: bool,
    segments: Vec<String>,
}

impl Pattern {
    pub(crate) fn new(text: &str) -> Self {
        Self { absolute: text.starts_with('/'), segments: segments(text).map(str::to_owned).collect() }
    }

    /// Whether the path of a request matches.
    pub(crate) fn matches(&self, path: &str) -> bool {
        let path = if self.absolute { Some(path) } else { below_api(path) };
        path.is_some_and(|path| self.matches_object(path))
    }

    /// Whether the path of an object matches, which is relative to the API.
    pub(crate) fn matches_object(&self, path: &str) -> bool {
        let bare = |segment| str::split(segment, ';').next().unwrap_or(segment);
        let found: Vec<&str> = segments(path).map(bare).collect();
        let wanted: Vec<&str> = self.segments.iter().map(String::as_str).collect();
        glob(&wanted, &found, &|wanted| *wanted == "**", &|wanted, found| text_matches(wanted, found))
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.absolute {
            f.write_str("/")?;
        }
        f.write_str(&self.segments.join("/"))
    }
}

fn segments(text: &str) -> impl Iterator<Item = &str> {
    text.split('/').filter(|segment| !segment.is_empty())
}

/// The part of a path below the API and its version; `None` for paths outside the API.
pub(crate) fn below_api(path: &str) -> Option<&str> {
    let below = below(path, API)?;
    let version = below.get(2..).unwrap_or_default();
    let digits = version.bytes().take_while(u8::is_ascii_digit).count();
    match version.get(digits..) {
        Some(rest) if digits > 0 && below.starts_with("/v") && ends(rest) => Some(rest),
        _ => Some(below),
    }
}

/// The part of a path after a prefix of whole segments.
pub(crate) fn below<'p>(path: &'p str, prefix: &str) -> Option<&'p str> {
    path.strip_prefix(prefix).filter(|rest| ends(rest))
}

/// Whether the rest of a path begins after a complete segment.
fn ends(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with(['/', ';'])
}

/// Whether a text matches a pattern in which `*` stands for any text.
pub(crate) fn text_matches(wanted: &str, found: &str) -> bool {
    let (wanted, found): (Vec<char>, Vec<char>) = (wanted.chars().collect(), found.chars().collect());
    glob(&wanted, &found, &|wanted| *wanted == '*', &|wanted, found| wanted == found)
}

/// Whether a sequence matches a pattern in which some items match any number of items.
fn glob<T>(wanted: &[T], found: &[T], is_any: &impl Fn(&T) -> bool, is_one: &impl Fn(&T, &T) -> bool) -> bool {
    // Where to continue when the latest wildcard has to match one more item.
    let mut again = None;
    let (mut at, mut position) = (0, 0);
    loop {
        match (wanted.get(at), found.get(position)) {
            (Some(any), _) if is_any(any) => {
                again = Some((at, position));
                at += 1;
                continue;
            }
            (Some(one), Some(other)) if is_one(one, other) => {
                (at, position) = (at + 1, position + 1);
                continue;
            }
            (None, None) => return true,
            _ => {}
        }
        match again {
            Some((any, from)) if from < found.len() => {
                again = Some((any, from + 1));
                (at, position) = (any + 1, from + 1);
            }
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_paths() {
        for (pattern, path, expected) in [
            ("vms", "/ovirt-engine/api/vms", true),
            ("vms", "/ovirt-engine/api/v4/vms", true),
            ("vms", "/ovirt-engine/api/vms/", true),
            ("vms", "/ovirt-engine/api/vms;max=3", true),
            ("vms", "/ovirt-engine/api/vms/1", false),
            ("vms", "/ovirt-engine/apis/vms", false),
            ("vms", "/vms", false),
            ("", "/ovirt-engine/api", true),
            ("", "/ovirt-engine/api/v4", true),
            ("", "/ovirt-engine/api/vms", false),
            ("vms/*/start", "/ovirt-engine/api/vms/1/start", true),
            ("vms/*/start", "/ovirt-engine/api/vms/1/2/start", false),
            ("vms/*/start", "/ovirt-engine/api/vms/1/stop", false),
            ("vms/**", "/ovirt-engine/api/vms/1/nics", true),
            ("vms/**", "/ovirt-engine/api/vms", true),
            ("**/nics", "/ovirt-engine/api/vms/1/nics", true),
            ("**/nics/*", "/ovirt-engine/api/vms/nics/nics/nics", true),
            ("**", "/ovirt-engine/sso/oauth/token", false),
            ("/**", "/ovirt-engine/sso/oauth/token", true),
            ("/ovirt-engine/sso/**", "/ovirt-engine/sso/oauth/token", true),
            ("v*s", "/ovirt-engine/api/vms", true),
            ("vnic*", "/ovirt-engine/api/vnicprofiles", true),
            ("*", "/ovirt-engine/api/v4vms", true),
        ] {
            assert_eq!(Pattern::new(pattern).matches(path), expected, "{pattern} {path}");
        }
        assert_eq!(Pattern::new("/a//b/").to_string(), "/a/b");
        assert_eq!(Pattern::new("a/*").to_string(), "a/*");
    }
}

//! Texts with wildcards.

/// A text in which `*` matches any text. All other characters match themselves, including `_` and `%`.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    /// The texts between the wildcards.
    parts: Vec<Part>,
}

#[derive(Clone, Debug)]
struct Part {
    exact: String,
    lower: String,
}

impl Pattern {
    pub(super) fn new(text: &str) -> Self {
        Self { parts: text.split('*').map(Part::new).collect() }
    }

    /// Creates a pattern for texts that contain this one.
    pub(super) fn within(text: &str) -> Self {
        Self::new(&format!("*{text}*"))
    }

    /// Creates a pattern without wildcards.
    pub(super) fn literal(text: &str) -> Self {
        Self { parts: vec![Part::new(text)] }
    }

    pub(super) fn matches(&self, text: &str, case_sensitive: bool) -> bool {
        if case_sensitive {
            self.matches_parts(text, |part| &part.exact)
        } else {
            self.matches_parts(&text.to_lowercase(), |part| &part.lower)
        }
    }

    /// Matches each part at its first position, so backtracking is not necessary.
    fn matches_parts(&self, text: &str, part: impl Fn(&Part) -> &str) -> bool {
        let (first, middle, last) = match self.parts.as_slice() {
            [] => return text.is_empty(),
            [only] => return text == part(only),
            [first, middle @ .., last] => (part(first), middle, part(last)),
        };
        let Some(rest) = text.strip_prefix(first) else { return false };
        let Some(mut rest) = rest.strip_suffix(last) else { return false };
        for next in middle {
            let Some((_, after)) = rest.split_once(part(next)) else { return false };
            rest = after;
        }
        true
    }
}

impl Part {
    fn new(text: &str) -> Self {
        Self { exact: text.to_owned(), lower: text.to_lowercase() }
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn a_star_matches_any_text() {
        for (pattern, text, expected) in [
            ("web*", "web", true),
            ("web*", "web1", true),
            ("web*", "a web", false),
            ("*web", "a web", true),
            ("w*b*1", "web21", true),
            ("w*b*1", "w1b", false),
            ("a*a", "a", false),
            ("*", "", true),
            ("**", "anything", true),
            ("", "", true),
            ("", "x", false),
            ("w_b", "web", false),
            ("w_b", "w_b", true),
            ("100%", "100%", true),
            ("100%", "1000", false),
            ("*ab*ab*", "ab", false),
            ("*ab*ab*", "xabab", true),
        ] {
            assert_eq!(Pattern::new(pattern).matches(text, true), expected, "{pattern:?} and {text:?}");
        }
    }

    #[test]
    fn case_is_compared_on_request() {
        assert!(Pattern::new("WEB*").matches("web1", false));
        assert!(!Pattern::new("WEB*").matches("web1", true));
        assert!(Pattern::new("ÄPFEL").matches("äpfel", false));
    }

    #[test]
    fn literals_have_no_wildcards() {
        assert!(!Pattern::literal("w*").matches("web", false));
        assert!(Pattern::literal("w*").matches("W*", false));
        assert!(Pattern::within("ORCHEST").matches("orchestra", false));
    }

    #[test]
    fn long_patterns_are_fast() {
        let pattern = Pattern::new(&"a*".repeat(10_000));
        assert!(!pattern.matches(&"a".repeat(9_999), true));
        assert!(pattern.matches(&"a".repeat(10_000), true));
    }
}

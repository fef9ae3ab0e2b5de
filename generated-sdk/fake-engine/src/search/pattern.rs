//! Texts with wildcards.

/// A text in which `*` stands for any text; every other character, `_` and `%` too, for itself.
#[derive(Clone, Debug)]
pub(super) struct Pattern {
    /// What stands between the wildcards.
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

    /// The pattern of texts that contain this one.
    pub(super) fn within(text: &str) -> Self {
        Self::new(&format!("*{text}*"))
    }

    /// A text without wildcards.
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

    /// Takes each part at the first place where it fits, so that there is nothing to go back to.
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
    fn a_star_stands_for_any_text() {
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
    fn case_counts_when_it_is_asked_for() {
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
    fn long_patterns_take_no_long_time() {
        let pattern = Pattern::new(&"a*".repeat(10_000));
        assert!(!pattern.matches(&"a".repeat(9_999), true));
        assert!(pattern.matches(&"a".repeat(10_000), true));
    }
}

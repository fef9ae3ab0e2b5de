//! Requests to the API.

/// A request to the API, taken apart.
#[derive(Clone, Debug, Default)]
pub(crate) struct ApiRequest {
    /// The HTTP method; `HEAD` is handled as `GET`.
    pub(crate) method: String,
    /// The segments of the path, decoded, without version and matrix parameters.
    pub(crate) segments: Vec<String>,
    /// The base of the addresses in the response: `/ovirt-engine/api`, with `/v4` if the request has it.
    pub(crate) base: String,
    /// The version in the path, without its `v`.
    pub(crate) version: Option<String>,
    /// The parameters of the query, then the matrix parameters of the last segment, then headers that stand for
    /// parameters. The first one of a name counts.
    pub(crate) query: Vec<(String, String)>,
    /// The headers, without credentials.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// The name of the user with the profile: `admin@internal`. Empty until the request is authenticated.
    pub(crate) user: String,
    pub(crate) correlation_id: String,
}

impl ApiRequest {
    /// A parameter of the query.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        value(&self.query, |other| other == name)
    }

    /// A boolean parameter of the query. An empty value is `true`; an invalid one counts as absent.
    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        parse_flag(self.parameter(name)?)
    }

    /// A header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        value(&self.headers, |other| other.eq_ignore_ascii_case(name))
    }

    /// Whether a header has a value, in any case.
    pub(crate) fn header_is(&self, name: &str, expected: &str) -> bool {
        self.header(name).is_some_and(|value| value.eq_ignore_ascii_case(expected))
    }
}

/// The value of the first pair with a name.
fn value(pairs: &[(String, String)], is_name: impl Fn(&str) -> bool) -> Option<&str> {
    pairs.iter().find(|(name, _)| is_name(name)).map(|(_, value)| value.as_str())
}

/// Parses a boolean as the engine does.
fn parse_flag(text: &str) -> Option<bool> {
    let is_any = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    match () {
        () if is_any(&["", "t", "true", "y", "yes", "1"]) => Some(true),
        () if is_any(&["f", "false", "n", "no", "0"]) => Some(false),
        () => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_parsed_as_by_the_engine() {
        for (text, expected) in [
            ("", Some(true)),
            ("true", Some(true)),
            ("T", Some(true)),
            ("Yes", Some(true)),
            ("1", Some(true)),
            ("n", Some(false)),
            ("FALSE", Some(false)),
            ("0", Some(false)),
            ("on", None),
            (" true", None),
        ] {
            let request = ApiRequest { query: vec![("async".to_owned(), text.to_owned())], ..ApiRequest::default() };
            assert_eq!(request.flag("async"), expected, "{text}");
            assert_eq!(request.flag("Async"), None);
        }
    }
}

//! What passes between the server, which knows HTTP and who is asking, and the API behind it.

use super::encoding;

/// A request to the API by somebody who has logged in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    pub(crate) method: String,
    /// What was asked for, below the address of the API, as it came: `/vms/123/nics`.
    pub(crate) path: String,
    /// The same in pieces: decoded, and without version and matrix parameters.
    pub(crate) segments: Vec<String>,
    /// Where the addresses of answers begin: `/ovirt-engine/api`, with `/v4` when the request's has it.
    pub(crate) base: String,
    /// Parameters of the query, then the matrix parameters of the last segment, then headers that are parameters; the
    /// first one of a name counts.
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    /// The account, with its profile.
    pub(crate) user: String,
    pub(crate) correlation_id: Option<String>,
}

impl Asked {
    /// A parameter of the query.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        named(&self.query, |other| other == name)
    }

    /// A parameter that is true or false. Without a value it is true; what is neither counts as absent.
    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        flag(self.parameter(name)?)
    }

    /// A header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        named(&self.headers, |other| other.eq_ignore_ascii_case(name))
    }
}

/// The first value of a name.
fn named(pairs: &[(String, String)], is: impl Fn(&str) -> bool) -> Option<&str> {
    pairs.iter().find(|(name, _)| is(name)).map(|(_, value)| value.as_str())
}

/// What the engine takes for true and for false.
fn flag(text: &str) -> Option<bool> {
    let is = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    match () {
        () if is(&["", "t", "true", "y", "yes", "1"]) => Some(true),
        () if is(&["f", "false", "n", "no", "0"]) => Some(false),
        () => None,
    }
}

/// What the server sends back.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// An answer without a body.
    pub(crate) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    /// A document of the API.
    pub(crate) fn xml(status: u16, document: impl Into<Vec<u8>>) -> Self {
        Self::of("application/xml;charset=UTF-8", status, document.into())
    }

    /// A page for people.
    pub(crate) fn html(status: u16, page: impl Into<Vec<u8>>) -> Self {
        Self::of("text/html;charset=UTF-8", status, page.into())
    }

    /// What the engine says when it refuses.
    pub(crate) fn fault(status: u16, reason: &str, detail: &str) -> Self {
        let (reason, detail) = (encoding::html(reason), encoding::html(detail));
        let document = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<fault>\n    <detail>{detail}</detail>\n    \
             <reason>{reason}</reason>\n</fault>\n"
        );
        Self::xml(status, document)
    }

    /// A body of any type.
    pub(crate) fn of(content_type: &str, status: u16, body: Vec<u8>) -> Self {
        Self { status, headers: vec![("Content-Type".to_owned(), content_type.to_owned())], body }
    }

    /// The same with one more header.
    pub(crate) fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

/// What answers requests to the API. It must not wait for anything: it is called where that would hold up others.
pub(crate) trait Api: Send + Sync {
    fn answer(&self, asked: &Asked) -> Answer;

    /// Answers a request for the bytes of a disk: the path is that below `/images`, and nobody has logged in.
    fn image(&self, asked: &Asked) -> Answer;

    /// The whole state as a text, from which an engine can be started again.
    fn save(&self) -> Result<String, ovirt_sdk::Error>;
}

/// What an API is opened with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    /// Where the engine is, without a path: `https://localhost:4711`.
    pub(crate) origin: String,
    /// What identifiers, addresses and the inventory are made from.
    pub(crate) seed: u64,
    /// How many virtual machines the inventory begins with, if that was said.
    pub(crate) vms: Option<usize>,
    /// The accounts that can log in, with their profiles.
    pub(crate) accounts: Vec<String>,
    /// A state that was saved, to go on from.
    pub(crate) state: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_read_as_the_engine_reads_them() {
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
            let asked = Asked { query: vec![("async".to_owned(), text.to_owned())], ..Asked::default() };
            assert_eq!(asked.flag("async"), expected, "{text}");
            assert_eq!(asked.flag("Async"), None);
        }
    }
}

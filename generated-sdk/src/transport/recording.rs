//! Recordings of exchanges, in a text format that can be read, compared and edited.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use crate::error::Error;
use crate::http::{Headers, Method, Request};
use crate::redaction;

/// The first line of every recording.
const TITLE: &str = "ovirt-sdk recording 1";

/// Requests and their responses, in order.
///
/// In the text format, a prefix marks the content of each line: `> ` for a request, `< ` for a status code, `: ` for a
/// header, and `= ` for a line of a body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recording {
    pub(super) exchanges: Vec<Exchange>,
}

/// A request and its response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Exchange {
    pub(super) method: Method,
    /// The path from the root of the server, and the query.
    pub(super) target: String,
    pub(super) request: Message,
    pub(super) status: u16,
    pub(super) response: Message,
}

/// Headers and body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) headers: Headers,
    pub(super) body: Option<String>,
}

/// The path and the query, which identify a request together with its method. The query of a login is omitted, because
/// it can contain secrets.
pub(super) fn target(request: &Request) -> String {
    match request.query().filter(|_| !request.login) {
        Some(query) => format!("{}?{}", request.path(), redaction::query(query)),
        None => request.path().to_owned(),
    }
}

impl Recording {
    /// The number of exchanges.
    pub fn len(&self) -> usize {
        self.exchanges.len()
    }

    /// Whether there are no exchanges.
    pub fn is_empty(&self) -> bool {
        self.exchanges.is_empty()
    }

    /// Reads a recording from a file.
    ///
    /// # Errors
    ///
    /// When the file can't be read, or is not a valid recording.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path)
            .map_err(|cause| Error::io(format!("read the recording `{}`", path.display()), cause))?;
        Self::read(&text).map_err(|problem| Error::custom(format!("`{}`, {problem}", path.display())))
    }

    /// Writes the recording to a file.
    ///
    /// # Errors
    ///
    /// When the file can't be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        std::fs::write(path, self.to_string())
            .map_err(|cause| Error::io(format!("write the recording `{}`", path.display()), cause))
    }

    /// Parses a recording, or returns a description of the problem.
    fn read(text: &str) -> Result<Self, String> {
        let mut lines = text.split('\n').enumerate();
        let problem = |line: usize, what: &str| format!("line {} of the recording: {what}", line + 1);
        if lines.next().map(|(_, line)| line) != Some(TITLE) {
            return Err(problem(0, &format!("expected `{TITLE}`")));
        }
        let mut exchanges: Vec<Exchange> = Vec::new();
        let mut complete = true;
        for (number, line) in lines {
            let (mark, rest) = line.split_at_checked(2).unwrap_or((line, ""));
            let current = exchanges.last_mut();
            let message = match (current, complete) {
                (Some(exchange), true) => Some(&mut exchange.response),
                (Some(exchange), false) => Some(&mut exchange.request),
                (None, _) => None,
            };
            match (mark, message) {
                ("", _) => {}
                ("> ", _) if complete => {
                    let parts =
                        rest.split_once(' ').and_then(|(method, target)| Some((Method::parse(method)?, target)));
                    let (method, target) = parts.ok_or_else(|| problem(number, "expected a method and a path"))?;
                    let target = target.to_owned();
                    let (request, response) = (Message::default(), Message::default());
                    exchanges.push(Exchange { method, target, request, status: 0, response });
                    complete = false;
                }
                ("< ", Some(_)) if !complete => {
                    let status = rest.parse().map_err(|_| problem(number, "expected a status code"))?;
                    if let Some(exchange) = exchanges.last_mut() {
                        exchange.status = status;
                    }
                    complete = true;
                }
                (": ", Some(message)) if message.body.is_none() => {
                    let (name, value) = rest.split_once(": ").ok_or_else(|| problem(number, "expected a header"))?;
                    message.headers.append(name, value);
                }
                ("= ", Some(message)) => match &mut message.body {
                    Some(body) => {
                        body.push('\n');
                        body.push_str(rest);
                    }
                    none => *none = Some(rest.to_owned()),
                },
                _ => return Err(problem(number, "unexpected here")),
            }
        }
        if !complete {
            return Err(problem(text.split('\n').count(), "the last request has no response"));
        }
        Ok(Self { exchanges })
    }
}

impl fmt::Display for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{TITLE}")?;
        for exchange in &self.exchanges {
            write!(f, "\n> {} {}\n{}", exchange.method, exchange.target, exchange.request)?;
            write!(f, "< {}\n{}", exchange.status, exchange.response)?;
        }
        Ok(())
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in self.headers.iter() {
            writeln!(f, ": {name}: {value}")?;
        }
        let lines = self.body.iter().flat_map(|body| body.split('\n'));
        lines.into_iter().try_for_each(|line| writeln!(f, "= {line}"))
    }
}

impl FromStr for Recording {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::read(text).map_err(Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_recordings_can_be_read() {
        let message = |body: Option<&str>| Message {
            headers: Headers::from_iter([("Content-Type", "application/xml"), ("X", "")]),
            body: body.map(str::to_owned),
        };
        let exchange = |request, response| Exchange {
            method: Method::Put,
            target: "/ovirt-engine/api/vms?a=b".into(),
            request: message(request),
            status: 200,
            response: message(response),
        };
        let exchanges = vec![
            exchange(Some("<a>\n\n> b\r\n</a>\n"), None),
            exchange(None, Some("")),
            exchange(Some("\n"), Some("= x")),
        ];
        let recording = Recording { exchanges };
        assert_eq!(recording.to_string().parse::<Recording>().unwrap(), recording);
    }

    #[test]
    fn problems_give_the_line() {
        let problem = |text: &str| text.parse::<Recording>().unwrap_err().to_string();
        assert_eq!(problem("x"), "line 1 of the recording: expected `ovirt-sdk recording 1`");
        let begin = "ovirt-sdk recording 1\n";
        assert_eq!(problem(&format!("{begin}> GETTY /")), "line 2 of the recording: expected a method and a path");
        assert_eq!(problem(&format!("{begin}= x")), "line 2 of the recording: unexpected here");
        assert_eq!(problem(&format!("{begin}> GET /\n< x")), "line 3 of the recording: expected a status code");
        assert_eq!(problem(&format!("{begin}> GET /\nüx")), "line 3 of the recording: unexpected here");
        assert_eq!(problem(&format!("{begin}> GET /")), "line 3 of the recording: the last request has no response");
    }
}

//! Splits a document into tags, text and the rest.
//!
//! quick-xml alone would take half of the decoding time: it validates the text again, stores the names of open elements,
//! and each search of it has its own setup. So usual tags and texts are found here, and quick-xml reads the rest: comments,
//! references, `CDATA`, declarations, and everything that is damaged.

use quick_xml::Reader;
use quick_xml::errors::Error as XmlError;
use quick_xml::events::{BytesStart, Event};

use crate::markup::attributes::Attributes;
use crate::markup::words::{self, Marks, Wanted, Word};

/// A cursor in a document.
pub(super) struct Scanner<'a> {
    pub(super) source: &'a str,
    /// The number of bytes read.
    pub(super) position: usize,
    /// The attributes of the start tag that was read last, if it has any.
    pub(super) attributes: Attributes<'a>,
}

/// A start tag.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Start<'a> {
    pub(crate) name: &'a str,
    /// The text after the name.
    pub(crate) attributes: &'a str,
    /// Position of the `<` in the source.
    pub(crate) offset: usize,
    /// Whether it is `<x/>`, with no end tag.
    pub(crate) empty: bool,
}

/// The end of a name in a usual tag.
enum NameEnd {}

impl Wanted for NameEnd {
    fn in_word(word: Word) -> Marks {
        // White space and quotes are below `-`.
        word.below(b'-') | word.equal(b'/') | word.equal(b'>')
    }

    fn is(byte: u8) -> bool {
        byte < b'-' || byte == b'/' || byte == b'>'
    }
}

/// The end of a text that needs no changes.
enum TextEnd {}

impl Wanted for TextEnd {
    fn in_word(word: Word) -> Marks {
        word.equal(b'<') | word.equal(b'&') | word.equal(b'\r')
    }

    fn is(byte: u8) -> bool {
        matches!(byte, b'<' | b'&' | b'\r')
    }
}

impl<'a> Scanner<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        let position = if source.starts_with('\u{FEFF}') { '\u{FEFF}'.len_utf8() } else { 0 };
        Self { source, position, attributes: Attributes::default() }
    }

    /// The bytes that were not read yet.
    fn rest(&self) -> &'a [u8] {
        self.source.as_bytes().get(self.position..).unwrap_or_default()
    }

    /// Skips white space.
    pub(super) fn skip_blanks(&mut self) {
        self.position += words::blank_length(self.rest());
    }

    /// Reads a usual start tag.
    pub(super) fn start_tag(&mut self) -> Option<Start<'a>> {
        let (offset, rest) = (self.position, self.rest());
        let [b'<', tag @ ..] = rest else { return None };
        let name_length = words::length_before::<NameEnd>(tag);
        if name_length == 0 || tag.first() == Some(&b'?') {
            return None;
        }
        let begin = offset + "<".len();
        let name_end = begin + name_length;
        let name = self.source.get(begin..name_end)?;
        let (attributes, end, empty) = match tag.get(name_length..)? {
            [b'>', ..] => ("", name_end, false),
            [b'/', b'>', ..] => ("", name_end, true),
            _ => {
                let (attributes, end) = Attributes::scan(self.source, name_end)?;
                self.attributes = attributes;
                (self.source.get(name_end..end)?, end, self.source.as_bytes().get(end) == Some(&b'/'))
            }
        };
        self.position = end + if empty { "/>".len() } else { ">".len() };
        Some(Start { name, attributes, offset, empty })
    }

    /// Reads the end tag of an element, without white space.
    pub(super) fn end_tag(&mut self, name: &str) -> bool {
        let found = is_end_tag(self.rest(), name);
        if found {
            self.position += end_tag_length(name);
        }
        found
    }

    /// Reads the text and the end tag of an element, if nothing else is inside and the text needs no changes.
    pub(super) fn only_text(&mut self, name: &str) -> Option<&'a str> {
        let rest = self.rest();
        let length = words::length_before::<TextEnd>(rest);
        let begin = self.position;
        let text = self.source.get(begin..begin + length)?;
        is_end_tag(rest.get(length..)?, name).then(|| {
            self.position += length + end_tag_length(name);
            text
        })
    }

    /// Reads text up to the next markup or reference.
    pub(super) fn text(&mut self) -> Option<&'a str> {
        let rest = self.source.get(self.position..)?;
        let length = memchr::memchr2(b'<', b'&', rest.as_bytes()).unwrap_or(rest.len());
        self.position += length;
        rest.get(..length).filter(|text| !text.is_empty())
    }

    /// Reads markup or a reference with quick-xml. Its errors have a position in the source.
    pub(super) fn markup(&mut self) -> Result<Event<'a>, (XmlError, usize)> {
        let begin = self.position;
        let mut reader = Reader::from_str(self.source.get(begin..).unwrap_or_default());
        // The decoder compares the names itself.
        reader.config_mut().allow_unmatched_ends = true;
        let event = reader.read_event();
        self.position = self.in_source(begin, reader.buffer_position());
        event.map_err(|error| (error, self.in_source(begin, reader.error_position())))
    }

    fn in_source(&self, begin: usize, length: u64) -> usize {
        usize::try_from(length).unwrap_or(usize::MAX).saturating_add(begin).min(self.source.len())
    }

    /// Notes a start tag that quick-xml has read.
    pub(super) fn noted(&mut self, tag: &BytesStart<'_>, empty: bool) -> Start<'a> {
        let (length, name_length) = (tag.len(), tag.name().0.len());
        let end = self.position.saturating_sub(1 + usize::from(empty));
        let begin = end.saturating_sub(length);
        let tag = self.source.get(begin..end).unwrap_or_default();
        let (name, attributes) = tag.split_at_checked(name_length).unwrap_or((tag, ""));
        self.attributes = Attributes::new(attributes);
        Start { name, attributes, offset: begin.saturating_sub(1), empty }
    }
}

fn is_end_tag(bytes: &[u8], name: &str) -> bool {
    let after = bytes.strip_prefix(b"</").and_then(|bytes| bytes.strip_prefix(name.as_bytes()));
    after.is_some_and(|bytes| bytes.first() == Some(&b'>'))
}

const fn end_tag_length(name: &str) -> usize {
    "</>".len() + name.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PIECES: [&str; 12] = [" ", "/", ">", "\"", "'", "=", "a", "<", "&", "?", " a=\"1\"", " b='\"'"];

    fn attributes(attributes: Attributes<'_>) -> Result<Vec<(&str, &str)>, String> {
        attributes.collect()
    }

    #[test]
    fn tags_are_the_same_as_those_of_quick_xml() {
        let mut usual = 0;
        for beginning in ["<", "<x", "<x y=\"z\""] {
            for number in 0..PIECES.len().pow(4) {
                let pieces = (0..4).map(|place| PIECES[number / PIECES.len().pow(place) % PIECES.len()]);
                let source = beginning.chars().chain(pieces.flat_map(str::chars)).collect::<String>() + "> '>\">";
                let mut scanner = Scanner::new(&source);
                let Some(tag) = scanner.start_tag() else { continue };
                let mut other = Scanner::new(&source);
                let expected = match other.markup().expect("no error where there is a tag") {
                    Event::Start(tag) => other.noted(&tag, false),
                    Event::Empty(tag) => other.noted(&tag, true),
                    event => panic!("{source}: {event:?}"),
                };
                assert_eq!(format!("{tag:?}"), format!("{expected:?}"), "{source}");
                assert_eq!(scanner.position, other.position, "{source}");
                if !tag.attributes.is_empty() {
                    assert_eq!(attributes(scanner.attributes), attributes(other.attributes), "{source}");
                }
                usual += 1;
            }
        }
        assert!(usual > 1000, "{usual}");
    }

    #[test]
    fn reads_end_tags_and_texts_only_if_they_need_no_changes() {
        for (source, text) in [
            ("a b</x>c", Some("a b")),
            ("</x>", Some("")),
            ("a", None),
            ("a</x", None),
            ("a</xy>", None),
            ("a</x >", None),
            ("a&amp;</x>", None),
            ("a\r</x>", None),
            ("a<b/></x>", None),
        ] {
            let mut scanner = Scanner::new(source);
            assert_eq!(scanner.only_text("x"), text, "{source}");
            let end = text.map_or(0, |text| text.len() + "</x>".len());
            assert_eq!(scanner.position, end, "{source}");
        }
        let mut scanner = Scanner::new("\u{FEFF}</x>");
        assert!(!scanner.end_tag("y") && scanner.end_tag("x"));
        assert_eq!(scanner.position, scanner.source.len());
    }
}

//! XML attributes, read from the text of a start tag.

use std::borrow::Cow;

use super::text::{self, excerpt};
use super::words::{self, Marks, Wanted, Word};

/// The attributes of a start tag: names and raw values.
#[derive(Clone)]
pub(crate) enum Attributes<'a> {
    /// Attributes that were read together with the tag.
    Usual(Usual<'a>),
    /// The text of further attributes, or of damaged ones.
    Text(AttributeText<'a>),
}

/// The number of attributes that are read together with the tag. Resources and links have two.
const USUAL: usize = 2;

/// Valid attributes.
#[derive(Clone, Copy, Default)]
pub(crate) struct Usual<'a> {
    attributes: [(&'a str, &'a str); USUAL],
    count: usize,
    next: usize,
}

/// The end of a usual name of an attribute.
enum NameEnd {}

impl Wanted for NameEnd {
    fn in_word(word: Word) -> Marks {
        // White space and quotes are below `-`.
        word.below(b'-') | word.equal(b'/') | word.either(b'<', b'>') | word.equal(b'=')
    }

    fn is(byte: u8) -> bool {
        byte < b'-' || matches!(byte, b'/' | b'<'..=b'>')
    }
}

impl Default for Attributes<'_> {
    fn default() -> Self {
        Self::Usual(Usual::default())
    }
}

impl<'a> Attributes<'a> {
    /// Reads the attributes in `text`: the tag without its name and brackets.
    pub(crate) fn new(text: &'a str) -> Self {
        Self::Text(AttributeText { rest: text, names: Vec::new() })
    }

    /// Reads the attributes after the name of a tag that begins at a position. Returns them and the position of the `>` or
    /// `/>`. Returns nothing if they are damaged or the tag has no end.
    pub(crate) fn scan(source: &'a str, name_end: usize) -> Option<(Self, usize)> {
        let bytes = source.as_bytes();
        let mut usual = Usual::default();
        let mut at = name_end;
        loop {
            let rest = bytes.get(at..)?;
            let blank = words::blank_length(rest);
            at += blank;
            match rest.get(blank..)? {
                [b'>', ..] | [b'/', b'>', ..] => break,
                _ if blank == 0 => return None,
                _ => {}
            }
            let rest = bytes.get(at..)?;
            let name_length = words::length_before::<NameEnd>(rest);
            let [b'=', quote @ (b'"' | b'\''), value @ ..] = rest.get(name_length..)? else { return None };
            let length = memchr::memchr2(*quote, b'<', value)?;
            if name_length == 0 || value.get(length) == Some(&b'<') {
                return None;
            }
            let begin = at + name_length + "=\"".len();
            usual.add(source.get(at..at + name_length)?, source.get(begin..begin + length)?)?;
            at = begin + length + "\"".len();
        }
        let found = match usual.count {
            ..=USUAL => Self::Usual(usual),
            _ => Self::new(source.get(name_end..at)?),
        };
        Some((found, at))
    }
}

impl<'a> Usual<'a> {
    /// Adds an attribute; only counts it if there are too many.
    fn add(&mut self, name: &'a str, value: &'a str) -> Option<()> {
        if self.count == 1 && self.attributes.first().is_some_and(|(other, _)| *other == name) {
            return None;
        }
        if let Some(free) = self.attributes.get_mut(self.count) {
            *free = (name, value);
        }
        self.count += 1;
        Some(())
    }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = Result<(&'a str, &'a str), String>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Usual(usual) => {
                let attributes = usual.attributes.get(..usual.count)?;
                let attribute = *attributes.get(usual.next)?;
                usual.next += 1;
                Some(Ok(attribute))
            }
            Self::Text(text) => text.next(),
        }
    }
}

/// The text of attributes that may be damaged.
#[derive(Clone)]
pub(crate) struct AttributeText<'a> {
    rest: &'a str,
    /// The names of the attributes so far.
    names: Vec<&'a str>,
}

/// The maximum number of attributes on one element. Finding duplicates takes quadratic time, and the engine writes two
/// attributes.
const MOST: usize = 32;

impl<'a> AttributeText<'a> {
    fn take(&mut self) -> Result<(&'a str, &'a str), String> {
        let (blank, rest) = split_blank(self.rest);
        if blank == 0 {
            return Err("expected a space before an attribute".to_owned());
        }
        // Names are short, so a search for long texts would spend more time on its setup.
        let equals = rest.bytes().position(|byte| byte == b'=');
        let (name, rest) = equals
            .and_then(|at| Some((rest.get(..at)?, rest.get(at + 1..)?)))
            .ok_or_else(|| "an attribute has no value".to_owned())?;
        let name = name.trim_end_matches(text::is_blank);
        let misfit = |byte: u8| text::is_blank(byte.into()) || matches!(byte, b'"' | b'\'' | b'<' | b'/');
        if name.is_empty() || name.bytes().any(misfit) {
            return Err(format!("expected the name of an attribute, found `{}`", excerpt(name)));
        }
        self.note(name)?;
        let (_, rest) = split_blank(rest);
        let quote = rest.bytes().next().filter(|byte| matches!(byte, b'"' | b'\''));
        let (Some(quote), Some(rest)) = (quote, rest.get(1..)) else {
            return Err(format!("the value of the attribute `{}` is not quoted", excerpt(name)));
        };
        let end = memchr::memchr2(quote, b'<', rest.as_bytes());
        let (value, found, rest) = end
            .and_then(|end| Some((rest.get(..end)?, rest.as_bytes().get(end)?, rest.get(end + 1..)?)))
            .ok_or_else(|| format!("the value of the attribute `{}` has no end", excerpt(name)))?;
        if *found == b'<' {
            return Err(format!("the value of the attribute `{}` contains `<`", excerpt(name)));
        }
        self.rest = rest;
        Ok((name, value))
    }

    /// Fails if an attribute appeared before.
    fn note(&mut self, name: &'a str) -> Result<(), String> {
        if self.names.contains(&name) {
            return Err(format!("the attribute `{}` appears twice", excerpt(name)));
        }
        if self.names.len() >= MOST {
            return Err(format!("more than {MOST} attributes on one element"));
        }
        self.names.push(name);
        Ok(())
    }

    #[cold]
    fn next(&mut self) -> Option<Result<(&'a str, &'a str), String>> {
        if self.rest.bytes().all(|byte| text::is_blank(byte.into())) {
            return None;
        }
        let taken = self.take();
        if taken.is_err() {
            self.rest = "";
        }
        Some(taken)
    }
}

fn split_blank(text: &str) -> (usize, &str) {
    let blank = text.bytes().take_while(|byte| text::is_blank((*byte).into())).count();
    (blank, text.get(blank..).unwrap_or_default())
}

/// What is not the same in the text and in the value of an attribute.
enum Changed {}

impl Wanted for Changed {
    fn in_word(word: Word) -> Marks {
        word.below(b' ') | word.equal(b'&')
    }

    fn is(byte: u8) -> bool {
        (byte < b' ') | (byte == b'&')
    }
}

/// Returns the value of an attribute, with references resolved and white space replaced by spaces.
pub(crate) fn value(raw: &str) -> Result<Cow<'_, str>, String> {
    if !words::contains::<Changed>(raw.as_bytes()) {
        return Ok(Cow::Borrowed(raw));
    }
    resolved(raw).map(Cow::Owned)
}

#[cold]
fn resolved(raw: &str) -> Result<String, String> {
    let mut value = String::with_capacity(raw.len());
    let raw = raw.replace("\r\n", "\n");
    let mut rest = raw.as_str();
    while let Some(at) = rest.find(['&', '\t', '\n', '\r']) {
        let (before, special) = rest.split_at_checked(at).unwrap_or((rest, ""));
        value.push_str(before);
        rest = match special.strip_prefix('&') {
            Some(reference) => {
                let (name, after) =
                    reference.split_once(';').ok_or_else(|| "a reference has no `;` after its `&`".to_owned())?;
                value.push(text::reference(name)?);
                after
            }
            None => {
                value.push(' ');
                special.get(1..).unwrap_or_default()
            }
        };
    }
    value.push_str(rest);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Result<Vec<(&str, &str)>, String> {
        Attributes::new(text).collect()
    }

    #[test]
    fn finds_attributes() {
        assert_eq!(all("").expect("none"), []);
        assert_eq!(all("  \n").expect("blanks"), []);
        assert_eq!(all(r#" href="/a/b" id='7' "#).expect("two"), [("href", "/a/b"), ("id", "7")]);
        assert_eq!(all(" a = \"x'y\"\n\tb='\"'").expect("blanks and quotes"), [("a", "x'y"), ("b", "\"")]);
    }

    #[test]
    fn refuses_what_is_no_attribute() {
        for text in [" a", " a=", " a=x", " a=\"x", "a=\"x\"", " a=\"x\"b=\"y\"", " =\"x\"", " a b=\"x\"", " a=\"<\""] {
            assert!(all(text).is_err(), "{text}");
        }
        assert!(all(" a='1' b='1' a='1'").is_err(), "repeated");
    }

    #[test]
    fn finds_the_same_attributes_together_with_the_tag() {
        let valid =
            ["", " ", "\n\ta=\"\"", " href=\"/a/b>\" id='7'", " a='1' b='2' c='3' d='4'", " a_b.c-d:e='&amp;/'"];
        for (text, end) in valid.iter().flat_map(|text| [">", "/>", " >", "\n/>"].map(|end| (text, end))) {
            let tag = format!("<vm{text}{end}<x>");
            let (attributes, at) = Attributes::scan(&tag, "<vm".len()).expect("valid");
            assert_eq!(attributes.collect::<Result<Vec<_>, _>>(), all(text), "{tag}");
            assert_eq!(tag.get(at..), Some(format!("{}<x>", end.trim_start()).as_str()));
        }
        let invalid =
            [" a", " a=", " a=x", " a=\"x", "a=\"x\"", " a='x'b='y'", " ='x'", " a b='x'", " a='<'", " a='1' a='2'"];
        for text in invalid {
            assert!(Attributes::scan(&format!("{text}>"), 0).is_none(), "{text}");
            assert!(Attributes::scan(text, 0).is_none(), "{text}");
        }
    }

    #[test]
    fn counts_them() {
        let many = |count| (0..count).map(|number| format!(" a{number}=''")).collect::<String>();
        assert_eq!(all(&many(MOST)).expect("not too many").len(), MOST);
        assert!(all(&many(MOST + 1)).is_err());
    }

    #[test]
    fn resolves_values() {
        assert_eq!(value("a&amp;b&#x41;&#10;\t\r\n.").as_deref(), Ok("a&bA\n  ."));
        assert!(value("&foo;").is_err());
        assert!(value("&amp").is_err());
    }
}

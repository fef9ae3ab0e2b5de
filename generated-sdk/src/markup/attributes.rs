//! XML attributes, read from the text of a start tag.
//!
//! quick-xml's iterator takes a tenth of the decoding time. This one finds the same attributes with two searches each.

use std::borrow::Cow;

use super::text::{self, excerpt};

/// The attributes of a start tag: names and raw values.
pub(crate) struct Attributes<'a> {
    rest: &'a str,
    /// The names of the attributes so far.
    names: [&'a str; USUAL],
    /// Further names that do not fit into `names`.
    more: Vec<&'a str>,
    count: usize,
}

/// The number of attributes that need no allocation.
const USUAL: usize = 4;

/// The maximum number of attributes on one element. Finding duplicates takes quadratic time, and the engine writes two
/// attributes.
const MOST: usize = 32;

impl<'a> Attributes<'a> {
    /// Reads the attributes in `text`: the tag without its name and brackets.
    pub(crate) fn new(text: &'a str) -> Self {
        Self { rest: text, names: [""; USUAL], more: Vec::new(), count: 0 }
    }

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
        let mut met = self.names.iter().take(self.count).chain(&self.more);
        if met.any(|other| *other == name) {
            return Err(format!("the attribute `{}` appears twice", excerpt(name)));
        }
        match self.names.get_mut(self.count) {
            Some(free) => *free = name,
            None if self.count < MOST => self.more.push(name),
            None => return Err(format!("more than {MOST} attributes on one element")),
        }
        self.count += 1;
        Ok(())
    }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = Result<(&'a str, &'a str), String>;

    fn next(&mut self) -> Option<Self::Item> {
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

/// Returns the value of an attribute, with references resolved and white space replaced by spaces.
pub(crate) fn value(raw: &str) -> Result<Cow<'_, str>, String> {
    // Without early exit, so that the compiler vectorizes the loop.
    let special = raw.bytes().fold(false, |found, byte| found | (byte == b'&') | (byte < b' '));
    if !special {
        return Ok(Cow::Borrowed(raw));
    }
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
    Ok(Cow::Owned(value))
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

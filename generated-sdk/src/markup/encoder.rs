//! The encoder of documents.

use std::io::Write;

use super::error::DataError;
use super::scalar::{InvalidText, Scalar, TextWriter};
use super::text::LINK;
use crate::unknown::HREF;

/// Flush threshold, in bytes.
const CHUNK: usize = 64 * 1024;

/// A line break with spaces for the usual number of levels.
const LINE: &str = "\n                                ";

/// A link around its address and its relation.
const LINK_START: &str = "<link href=\"";
const LINK_REL: &str = "\" rel=\"";
const LINK_END: &str = "\"/>";

/// Writes one document.
pub struct Encoder<'w> {
    out: String,
    sink: Option<&'w mut dyn Write>,
    /// The number of spaces per level; 0 for everything on one line.
    indent: usize,
    unknown: bool,
    path: Vec<(&'static str, Option<usize>)>,
    /// Whether the last start tag still lacks its `>`.
    open: bool,
    root: String,
    last_link: LastLink,
}

/// The last link to a path directly below an address.
#[derive(Default)]
struct LastLink {
    /// The number of open elements.
    level: usize,
    own: String,
    /// The text of the link up to the name in the path.
    start: String,
}

impl std::fmt::Debug for Encoder<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Encoder").field("path", &self.path).finish_non_exhaustive()
    }
}

impl<'w> Encoder<'w> {
    pub(crate) fn new(sink: Option<&'w mut dyn Write>, indent: usize, unknown: bool) -> Self {
        Self {
            out: String::new(),
            sink,
            indent,
            unknown,
            path: Vec::new(),
            open: false,
            root: String::new(),
            last_link: LastLink::default(),
        }
    }

    /// Creates an encoder for elements that the caller puts into a document.
    pub(crate) fn fragment(write: impl FnOnce(&mut Encoder<'_>) -> Result<(), DataError>) -> Result<String, DataError> {
        let mut encoder = Encoder::new(None, 0, false);
        write(&mut encoder)?;
        encoder.finish()
    }

    pub(crate) fn declaration(&mut self) {
        self.out.push_str(r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#);
        self.out.push('\n');
    }

    pub(crate) fn open_root(&mut self, tag: &str) {
        self.root = tag.to_owned();
        self.out.push('<');
        self.out.push_str(tag);
        self.open = true;
    }

    pub(crate) fn close_root(&mut self, tag: &str) {
        self.close(tag);
        if self.indent > 0 {
            self.out.push('\n');
        }
    }

    /// Returns the written text, or its rest if the sink received the beginning.
    pub(crate) fn finish(mut self) -> Result<String, DataError> {
        self.hand_on(0)?;
        Ok(self.out)
    }

    /// Flushes the text to the sink if there is enough of it.
    pub(crate) fn flush_full(&mut self) -> Result<(), DataError> {
        self.hand_on(CHUNK)
    }

    /// The length of the text that was not flushed.
    pub(crate) fn length(&self) -> usize {
        self.out.len()
    }

    /// Reserves memory for the items of a list that are left, by the size of those that were written since a length of
    /// the text. Otherwise the text of a long list would be copied each time when it is full.
    pub(crate) fn reserve_items(&mut self, begin: usize, written: usize, left: usize) {
        let (length, free) = (self.out.len(), self.out.capacity() - self.out.len());
        let size = length.saturating_sub(begin);
        // Whether two items might not fit.
        if self.sink.is_some() || free.saturating_mul(written) >= size.saturating_mul(2) {
            return;
        }
        let rest = (size / written.max(1)).saturating_mul(left);
        // The first items can be much larger than the others.
        self.out.reserve(rest.saturating_add(rest / 16).min(length.saturating_mul(8)));
    }

    /// Whether unknown content is written.
    pub(crate) fn writes_unknown(&self) -> bool {
        self.unknown
    }

    fn hand_on(&mut self, from: usize) -> Result<(), DataError> {
        match &mut self.sink {
            Some(sink) if self.out.len() > from => {
                sink.write_all(self.out.as_bytes()).map_err(|cause| DataError::io("write the XML document", cause))?;
                self.out.clear();
            }
            _ => {}
        }
        Ok(())
    }

    #[cold]
    fn error(&self, unfit: InvalidText) -> DataError {
        let mut path = self.root.clone();
        for (name, index) in &self.path {
            path.push('/');
            path.push_str(name);
            if let Some(index) = index {
                path.push_str(&format!("[{index}]"));
            }
        }
        DataError::encode(path, unfit.0)
    }

    fn line(&mut self) {
        self.line_at(self.path.len());
    }

    /// Starts a line with a number of levels. Spaces are a third of the output.
    fn line_at(&mut self, level: usize) {
        if self.indent == 0 {
            return;
        }
        let blanks = level * self.indent;
        let end = self.out.len() + "\n".len() + blanks;
        // Copying a fixed number of bytes needs no call.
        self.out.push_str(LINE);
        if end <= self.out.len() {
            self.out.truncate(end);
        } else {
            self.out.extend(std::iter::repeat_n(' ', end - self.out.len()));
        }
    }

    /// Starts a child of the open element.
    fn child(&mut self) {
        if self.open {
            self.out.push('>');
            self.open = false;
        }
    }

    pub(crate) fn begin(&mut self, tag: &'static str, index: Option<usize>) {
        self.child();
        self.path.push((tag, index));
        self.line();
        self.out.push('<');
        self.out.push_str(tag);
        self.open = true;
    }

    pub(crate) fn end(&mut self, tag: &'static str) {
        self.close(tag);
        self.path.pop();
    }

    /// Ends the open element.
    fn close(&mut self, tag: &str) {
        if self.open {
            self.out.push_str("/>");
            self.open = false;
        } else {
            self.line();
            self.end_tag(tag);
        }
    }

    #[inline(never)]
    fn end_tag(&mut self, tag: &str) {
        self.out.push_str("</");
        self.out.push_str(tag);
        self.out.push('>');
    }

    pub(crate) fn link(&mut self, rel: &str, href: &str) -> Result<(), DataError> {
        self.child();
        self.line_at(self.path.len() + 1);
        self.out.push_str(LINK_START);
        self.link_text(HREF, href)?;
        self.rel(rel)
    }

    /// Writes a link to the path with a name directly below an address.
    pub(crate) fn link_below(&mut self, own: &str, name: &str, rel: &str) -> Result<(), DataError> {
        self.child();
        // An object has many links, which begin alike.
        if self.last_link.level != self.path.len() || self.last_link.own != own {
            let begin = self.out.len();
            self.line_at(self.path.len() + 1);
            self.out.push_str(LINK_START);
            self.link_text(HREF, own)?;
            self.out.push('/');
            let LastLink { level, own: last, start } = &mut self.last_link;
            *level = self.path.len();
            own.clone_into(last);
            start.clear();
            start.push_str(self.out.get(begin..).unwrap_or_default());
        } else {
            self.out.push_str(&self.last_link.start);
        }
        let begin = self.out.len();
        self.link_text(HREF, name)?;
        // A name is checked once.
        if rel != name || self.out.len() != begin + name.len() {
            return self.rel(rel);
        }
        self.out.push_str(LINK_REL);
        self.out.push_str(rel);
        self.out.push_str(LINK_END);
        Ok(())
    }

    /// Writes the end of a link.
    fn rel(&mut self, rel: &str) -> Result<(), DataError> {
        self.out.push_str(LINK_REL);
        self.link_text("rel", rel)?;
        self.out.push_str(LINK_END);
        Ok(())
    }

    fn link_text(&mut self, attribute: &str, text: &str) -> Result<(), DataError> {
        TextWriter { out: &mut self.out, in_attribute: true }.text(text).map_err(|unfit| {
            self.path.push((LINK, None));
            self.error(unfit).at_attribute(attribute)
        })
    }

    /// Writes an element unchanged.
    pub(crate) fn raw(&mut self, element: &str) {
        self.child();
        self.line_at(self.path.len() + 1);
        self.out.push_str(element);
    }

    /// Writes a scalar as an element.
    pub(crate) fn scalar<S: Scalar>(&mut self, tag: &'static str, value: &S) -> Result<(), DataError> {
        match value.write(&mut self.open_scalar(tag)) {
            Ok(()) => {
                self.end_tag(tag);
                Ok(())
            }
            Err(unfit) => Err(self.scalar_error(tag, unfit)),
        }
    }

    // What does not depend on the type is not inlined: a hundred types of scalars would make the program larger.
    #[inline(never)]
    fn open_scalar(&mut self, tag: &str) -> TextWriter<'_> {
        self.child();
        self.line_at(self.path.len() + 1);
        self.out.push('<');
        self.out.push_str(tag);
        self.out.push('>');
        TextWriter { out: &mut self.out, in_attribute: false }
    }

    #[cold]
    fn scalar_error(&mut self, tag: &'static str, unfit: InvalidText) -> DataError {
        self.path.push((tag, None));
        self.error(unfit)
    }

    /// Writes a scalar as an XML attribute.
    pub(crate) fn attribute<S: Scalar>(&mut self, name: &str, value: &S) -> Result<(), DataError> {
        value.write(&mut self.open_attribute(name)).map_err(|unfit| self.attribute_error(name, unfit))?;
        self.out.push('"');
        Ok(())
    }

    pub(crate) fn attribute_text(&mut self, name: &str, value: &str) -> Result<(), DataError> {
        self.open_attribute(name).text(value).map_err(|unfit| self.attribute_error(name, unfit))?;
        self.out.push('"');
        Ok(())
    }

    #[inline(never)]
    fn open_attribute(&mut self, name: &str) -> TextWriter<'_> {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        TextWriter { out: &mut self.out, in_attribute: true }
    }

    #[cold]
    fn attribute_error(&self, name: &str, unfit: InvalidText) -> DataError {
        self.error(unfit).at_attribute(name)
    }

    /// Writes a list of values with these tags.
    pub(crate) fn scalars<S: Scalar>(
        &mut self,
        tag: &'static str,
        item_tag: &'static str,
        values: &[S],
    ) -> Result<(), DataError> {
        self.begin(tag, None);
        for value in values {
            self.scalar(item_tag, value)?;
        }
        self.end(tag);
        Ok(())
    }
}

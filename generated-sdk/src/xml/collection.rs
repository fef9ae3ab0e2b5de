//! Decoding a collection that arrives in chunks, object by object.

use super::options::DecodeOptions;
use super::window::Window;
use crate::markup::decoder::{Decoder, Kept, MEMORY_PER_BYTE};
use crate::markup::{DataError, Finding};
use crate::object::{Found, Object, Objects, StructInfo};

/// The state of the decoder of a collection.
pub(super) struct Collection {
    info: &'static StructInfo,
    options: DecodeOptions,
    window: Window,
    /// The length of text that is needed for the next attempt.
    enough: usize,
    state: State,
    count: usize,
    findings: Vec<Finding>,
    /// The memory of the objects that are kept, in bytes.
    spent: u64,
    /// What the last decoder kept.
    kept: Kept,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Before the start tag of the collection.
    Prolog,
    /// Between items.
    Items,
    /// After the end tag of the collection.
    Epilog,
}

impl Collection {
    pub(super) fn new(info: &'static StructInfo, options: DecodeOptions) -> Self {
        Self {
            info,
            options,
            window: Window::default(),
            enough: 0,
            state: State::Prolog,
            count: 0,
            findings: Vec::new(),
            spent: 0,
            kept: Kept::default(),
        }
    }

    /// The number of objects so far.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The document so far, until its root was read.
    pub(super) fn beginning(&self) -> Option<&str> {
        (self.state == State::Prolog).then(|| self.window.rest())
    }

    /// The length of the text that was not decoded yet.
    pub(super) fn waiting(&self) -> usize {
        self.window.waiting()
    }

    /// Adds the next chunk of the document.
    pub(super) fn feed(&mut self, piece: &[u8]) -> Result<(), DataError> {
        self.window.feed(piece)
    }

    /// Reads the next object if it is complete; returns whether it is. After `false`, the object has no meaning. `last`: no
    /// further chunk follows. The content of the collection besides objects goes to the list, if there is one; its objects
    /// are kept, so that their memory is counted.
    pub(super) fn next(
        &mut self,
        last: bool,
        object: &mut dyn Object,
        list: Option<&mut dyn Objects>,
    ) -> Result<bool, DataError> {
        if !last && self.window.waiting() < self.enough {
            return Ok(false);
        }
        if last {
            self.window.check_end()?;
        }
        match self.attempt(last, object, list) {
            Err(error) if error.is_truncated() && !last => {
                let waiting = self.window.waiting();
                if waiting as u64 > self.options.max_item {
                    let problem = format!("an item is larger than {} bytes", self.options.max_item);
                    let path = self.info.plural_tag.to_owned();
                    return Err(DataError::decode(path, self.window.position(), problem, false));
                }
                // Retrying after each small chunk would take quadratic time.
                self.enough = waiting + waiting / 2;
                Ok(false)
            }
            other => {
                self.enough = 0;
                other
            }
        }
    }

    fn attempt(
        &mut self,
        last: bool,
        object: &mut dyn Object,
        mut list: Option<&mut dyn Objects>,
    ) -> Result<bool, DataError> {
        let info = self.info;
        loop {
            // What the text before allows, and what the objects before took.
            let before = self.window.position().saturating_mul(MEMORY_PER_BYTE as u64);
            let memory = match &list {
                Some(_) => self.options.max_memory.saturating_add(before).saturating_sub(self.spent),
                None => self.options.max_memory,
            };
            let options = &self.options;
            let mut decoder =
                Decoder::new(self.window.rest(), self.window.position(), options.max_depth, options.strict)
                    .with_max_memory(memory)
                    .with_kept(std::mem::take(&mut self.kept));
            let allowed = decoder.memory_left();
            let read = match self.state {
                State::Prolog => {
                    decoder.root(info.plural_tag)?;
                    let empty = match &mut list {
                        Some(list) => decoder.open_list(&mut **list)?,
                        None => decoder.open_collection()?,
                    };
                    self.state = if empty { State::Epilog } else { State::Items };
                    false
                }
                State::Items => {
                    decoder.start_within(info.plural_tag);
                    let found = match &mut list {
                        Some(list) => decoder.item(info, object, self.count + 1, Some(&mut **list))?,
                        None => decoder.item(info, object, self.count + 1, None)?,
                    };
                    match found {
                        Found::Item => self.count += 1,
                        Found::Other => {}
                        Found::End => self.state = State::Epilog,
                    }
                    found == Found::Item
                }
                State::Epilog => {
                    decoder.end()?;
                    self.window.advance(usize::MAX);
                    return match std::mem::take(&mut self.findings) {
                        findings if last && !findings.is_empty() => Err(DataError::strict(findings)),
                        findings => {
                            self.findings = findings;
                            Ok(false)
                        }
                    };
                }
            };
            self.spent += (allowed - decoder.memory_left()) as u64;
            self.findings.extend(decoder.take_findings());
            let position = decoder.position();
            self.kept = decoder.kept;
            self.window.advance(position);
            if read {
                return Ok(true);
            }
        }
    }
}

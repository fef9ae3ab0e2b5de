//! The `<actions>` of an object. They are the largest part of many documents, and nearly all of it repeats the object's
//! own address.

use super::access::get;
use super::traits::Object;
use crate::list::is_below;
use crate::markup::decoder::Decoder;
use crate::markup::{DataError, LINK};
use crate::unknown::HREF;

impl<'a> Decoder<'a> {
    /// Reads an element of the envelope that comes before the members. Where it only has links to places right below
    /// the object, their names are kept, from which it can be written again; otherwise all of it is.
    pub(super) fn leading(&mut self, object: &mut dyn Object) -> Result<(), DataError> {
        let start = self.start();
        let mut names = std::mem::take(&mut self.kept.scratch);
        names.clear();
        names.push_str(start.name);
        let mut own = get::<_, String>(&*object, HREF).filter(|_| start.attributes.is_empty());
        self.enter(None)?;
        if !start.empty {
            while let Some(tag) = self.next_child()? {
                match own.and_then(|own| self.action_name(tag, own)) {
                    Some(name) => {
                        names.push(' ');
                        names.push_str(name);
                    }
                    None => own = None,
                }
                self.skip()?;
            }
        }
        self.leave();
        if own.is_some() {
            let actions = self.kept.actions(&names);
            object.unknown_mut().set_actions(actions);
        } else {
            let element = self.source_since(start.offset);
            object.unknown_mut().push_element(element);
        }
        self.kept.scratch = names;
        Ok(())
    }

    /// The rel of the link whose start tag was read, when it leads to the place of that name right below an address.
    fn action_name(&self, tag: &str, own: &str) -> Option<&'a str> {
        if tag != LINK || !self.start().empty {
            return None;
        }
        let mut attributes = self.attributes();
        let (mut rel, mut href) = (None, None);
        while let Some(Ok((name, value))) = attributes.next() {
            match name {
                "rel" => rel = Some(value),
                "href" => href = Some(value),
                _ => return None,
            }
        }
        let rel = rel?;
        is_action_of(own, rel, href?).then_some(rel)
    }
}

/// Whether a link leads to the place with the name of its rel right below an address.
pub(crate) fn is_action_of(own: &str, rel: &str, href: &str) -> bool {
    let is_name = !rel.is_empty() && rel.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_name && is_below(href, own, rel)
}

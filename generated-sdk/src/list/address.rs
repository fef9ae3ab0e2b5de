//! Addresses of lists.
//!
//! An engine links to about twenty lists of a virtual machine. Their addresses are the one of the virtual machine with a
//! name behind it, and would take a ninth of the memory of decoded virtual machines. So the address of the object is
//! stored once for all of its lists, and the names come from the table of its struct. A text is only put together for code
//! that asks for it.

use std::fmt;
use std::sync::{Arc, OnceLock};

/// The names of the lists of a struct in addresses, by the position of their member.
pub(crate) trait ListNames: fmt::Debug + Sync {
    fn list_name(&self, place: u16) -> Option<&'static str>;
}

/// The addresses of the lists of one object, or a single address.
#[derive(Debug)]
pub(super) struct Addresses {
    /// The address of the object, or the only address.
    own: Box<str>,
    /// The names behind the address of the object.
    names: Option<&'static dyn ListNames>,
    /// The first of the texts that were put together.
    first: OnceLock<Box<Text>>,
}

/// An address that was put together.
#[derive(Debug)]
struct Text {
    place: u16,
    text: Box<str>,
    next: OnceLock<Box<Self>>,
}

impl Addresses {
    fn name(&self, place: u16) -> Option<&'static str> {
        self.names?.list_name(place)
    }

    fn text(&self, place: u16) -> &str {
        let Some(name) = self.name(place) else { return &self.own };
        let mut known = &self.first;
        loop {
            let put_together = || {
                let text = [&*self.own, "/", name].concat().into();
                Box::new(Text { place, text, next: OnceLock::new() })
            };
            let found = known.get_or_init(put_together);
            if found.place == place {
                return &found.text;
            }
            known = &found.next;
        }
    }
}

/// The address of a list.
#[derive(Clone, Debug)]
pub struct SharedAddress {
    pub(super) of: Arc<Addresses>,
    pub(super) place: u16,
}

impl SharedAddress {
    /// An address that no other list shares.
    pub(crate) fn single(text: &str) -> Self {
        Self { of: Arc::new(Addresses { own: text.into(), names: None, first: OnceLock::new() }), place: 0 }
    }

    /// The address of a list directly below an object.
    pub(crate) fn below(own: &str, names: &'static dyn ListNames, place: u16) -> Self {
        Self { of: Arc::new(Addresses { own: own.into(), names: Some(names), first: OnceLock::new() }), place }
    }

    /// The address of another list of the same object, if it is this text.
    pub(crate) fn sibling(&self, place: u16, text: &str) -> Option<Self> {
        is_below(text, &self.of.own, self.of.name(place)?).then(|| Self { of: Arc::clone(&self.of), place })
    }

    pub(super) fn get(&self) -> Address<'_> {
        Address { of: &self.of, place: self.place }
    }
}

/// Whether an address is another one with a name behind it.
pub(crate) fn is_below(text: &str, own: &str, name: &str) -> bool {
    text.strip_prefix(own).and_then(|rest| rest.strip_prefix('/')) == Some(name)
}

/// A reference to the address of a list.
#[derive(Clone, Copy, Debug)]
pub struct Address<'a> {
    pub(super) of: &'a Arc<Addresses>,
    pub(super) place: u16,
}

impl<'a> Address<'a> {
    pub(crate) fn share(self) -> SharedAddress {
        SharedAddress { of: Arc::clone(self.of), place: self.place }
    }

    pub(crate) fn text(self) -> &'a str {
        self.of.text(self.place)
    }

    /// The address, or the one of the object and the name behind it.
    pub(crate) fn parts(self) -> (&'a str, Option<&'static str>) {
        (&self.of.own, self.of.name(self.place))
    }
}

impl fmt::Display for Address<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.parts() {
            (own, Some(name)) => write!(f, "{own}/{name}"),
            (text, None) => f.write_str(text),
        }
    }
}

impl PartialEq for Address<'_> {
    fn eq(&self, other: &Self) -> bool {
        match (self.parts(), other.parts()) {
            ((one, Some(name)), (other, Some(other_name))) if one == other => name == other_name,
            ((text, None), (own, Some(name))) | ((own, Some(name)), (text, None)) => is_below(text, own, name),
            _ => self.text() == other.text(),
        }
    }
}

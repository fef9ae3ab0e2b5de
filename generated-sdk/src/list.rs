//! Lists of structs.

mod address;

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use address::Addresses;
pub(crate) use address::{Address, ListNames, SharedAddress, is_below};

use crate::unknown::Unknown;

/// The number of items from which a list is long.
const LONG: usize = 1024;

/// An item of a list: every struct of the API.
pub trait ListItem: fmt::Debug + Clone + PartialEq + Send + Sync + 'static {}

/// A list of objects. It behaves like a [`Vec`], and has the address of the collection.
///
/// For most lists of an object, the engine sends a link instead of the items. Such a list has no items but an
/// [`href`](List::href), and [`is_link`](List::is_link) tells it from an empty list. The `href` is written as a link of the
/// object that contains the list, if the engine's schema allows a link there.
pub struct List<T> {
    content: Content,
    of: PhantomData<fn() -> T>,
}

/// Most lists are unset or only an address. Both take 16 bytes, because a reference to a host or a template has a dozen
/// lists.
#[derive(Clone, Default)]
enum Content {
    #[default]
    Empty,
    /// Only the address. `is_read`: the list was read and has no items.
    At {
        of: Arc<Addresses>,
        place: u16,
        is_read: bool,
    },
    Full(Box<Full>),
}

#[derive(Clone, Default)]
struct Full {
    /// A `Vec<T>`, unless the list is empty.
    ///
    /// The type is erased so that a list is `Send` regardless of its items. Otherwise the compiler would follow the
    /// types from virtual machine to host to network and through the whole API, and exceed its recursion limit in the
    /// crates of users.
    items: Option<Box<dyn ErasedVec + Send + Sync>>,
    address: Option<SharedAddress>,
    unknown: Unknown,
}

impl Content {
    fn full(&mut self) -> &mut Full {
        if !matches!(self, Self::Full(_)) {
            let address = match std::mem::take(self) {
                Self::At { of, place, .. } => Some(SharedAddress { of, place }),
                _ => None,
            };
            *self = Self::Full(Box::new(Full { address, ..Full::default() }));
        }
        match self {
            Self::Full(full) => full,
            #[expect(clippy::unreachable, reason = "the lines above have just put it there")]
            _ => unreachable!("a list that was made full is so"),
        }
    }
}

/// A `Vec<T>` whose type is erased.
trait ErasedVec: Any {
    fn clone_erased(&self) -> Box<dyn ErasedVec + Send + Sync>;
}

impl Clone for Box<dyn ErasedVec + Send + Sync> {
    fn clone(&self) -> Self {
        (**self).clone_erased()
    }
}

impl<T: ListItem> ErasedVec for Vec<T> {
    fn clone_erased(&self) -> Box<dyn ErasedVec + Send + Sync> {
        Box::new(self.clone())
    }
}

impl<T> List<T> {
    /// An empty list.
    pub const fn new() -> Self {
        Self { content: Content::Empty, of: PhantomData }
    }

    /// The path of the collection on the engine, if the engine sent it.
    pub fn href(&self) -> Option<&str> {
        self.address().map(Address::text)
    }

    /// The same, without putting the text together.
    pub(crate) fn address(&self) -> Option<Address<'_>> {
        match &self.content {
            Content::Empty => None,
            Content::At { of, place, .. } => Some(Address { of, place: *place }),
            Content::Full(full) => full.address.as_ref().map(SharedAddress::get),
        }
    }

    /// Sets or removes the path of the collection.
    pub fn set_href(&mut self, href: Option<&str>) {
        self.set_address(href.map(SharedAddress::single));
    }

    pub(crate) fn set_address(&mut self, address: Option<SharedAddress>) {
        match (&mut self.content, address) {
            (Content::Full(full), address) => full.address = address,
            (content, Some(SharedAddress { of, place })) => {
                let is_read = matches!(content, Content::At { is_read: true, .. });
                *content = Content::At { of, place, is_read };
            }
            (content, None) => *content = Content::Empty,
        }
    }

    /// Whether this is only a link: the engine sent the address of the collection without its items. Any other list without
    /// items is empty.
    pub fn is_link(&self) -> bool {
        matches!(self.content, Content::At { is_read: false, .. })
    }

    /// The list was read, so it is more than a link.
    pub(crate) fn note_read(&mut self) {
        if let Content::At { is_read, .. } = &mut self.content {
            *is_read = true;
        }
    }

    /// The unknown content that the engine sent with the list.
    pub fn unknown(&self) -> &Unknown {
        const NOTHING: &Unknown = &Unknown::new();
        match &self.content {
            Content::Full(full) => &full.unknown,
            _ => NOTHING,
        }
    }

    pub(crate) fn unknown_mut(&mut self) -> &mut Unknown {
        &mut self.content.full().unknown
    }
}

impl<T: ListItem> List<T> {
    const EMPTY: &'static Vec<T> = &Vec::new();

    /// Adds an item. Long lists grow by an eighth and not by their length, which would be a tenth of the memory of all
    /// objects.
    pub(crate) fn push_sparingly(&mut self, item: T) {
        let items = &mut **self;
        if items.len() == items.capacity() && items.len() >= LONG {
            items.reserve_exact(items.len() / 8);
        }
        items.push(item);
    }

    /// Releases unused memory after the last item was added.
    pub(crate) fn release_unused(&mut self) {
        // Not on an empty one: it would become a vector. Of a long one, little memory is unused, and shrinking can copy it.
        if (1..LONG).contains(&self.len()) {
            self.shrink_to_fit();
        }
    }

    /// The items as a vector.
    pub fn into_vec(mut self) -> Vec<T> {
        std::mem::take(&mut *self)
    }
}

impl<T: ListItem> Deref for List<T> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        let Content::Full(full) = &self.content else { return Self::EMPTY };
        let items = full.items.as_deref().map(|items| items as &dyn Any);
        items.and_then(<dyn Any>::downcast_ref).unwrap_or(Self::EMPTY)
    }
}

impl<T: ListItem> DerefMut for List<T> {
    fn deref_mut(&mut self) -> &mut Vec<T> {
        let items: &mut dyn Any = &mut **self.content.full().items.get_or_insert_with(|| Box::new(Vec::<T>::new()));
        #[expect(clippy::expect_used, reason = "the constructors and this function put nothing else there")]
        items.downcast_mut().expect("a list holds a vector of its items")
    }
}

impl<T> Clone for List<T> {
    fn clone(&self) -> Self {
        Self { content: self.content.clone(), of: PhantomData }
    }
}

impl<T: ListItem> PartialEq for List<T> {
    fn eq(&self, other: &Self) -> bool {
        self.address() == other.address() && self.unknown() == other.unknown() && **self == **other
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: ListItem> fmt::Debug for List<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty()
            && let Some(address) = self.address()
        {
            return write!(f, "[at {address}]");
        }
        (**self).fmt(f)
    }
}

impl<T: ListItem> AsRef<[T]> for List<T> {
    fn as_ref(&self) -> &[T] {
        self
    }
}

impl<T: ListItem> From<Vec<T>> for List<T> {
    fn from(items: Vec<T>) -> Self {
        let mut list = Self::new();
        if !items.is_empty() {
            list.content.full().items = Some(Box::new(items));
        }
        list
    }
}

impl<T: ListItem, const N: usize> From<[T; N]> for List<T> {
    fn from(items: [T; N]) -> Self {
        Vec::from(items).into()
    }
}

impl<T: ListItem> From<List<T>> for Vec<T> {
    fn from(list: List<T>) -> Self {
        list.into_vec()
    }
}

impl<T: ListItem> FromIterator<T> for List<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        Vec::from_iter(items).into()
    }
}

impl<T: ListItem> Extend<T> for List<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
        (**self).extend(items);
    }
}

impl<T: ListItem> IntoIterator for List<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.into_vec().into_iter()
    }
}

impl<'l, T: ListItem> IntoIterator for &'l List<T> {
    type Item = &'l T;
    type IntoIter = std::slice::Iter<'l, T>;

    fn into_iter(self) -> Self::IntoIter {
        (**self).iter()
    }
}

impl<'l, T: ListItem> IntoIterator for &'l mut List<T> {
    type Item = &'l mut T;
    type IntoIter = std::slice::IterMut<'l, T>;

    fn into_iter(self) -> Self::IntoIter {
        (**self).iter_mut()
    }
}

impl<T: ListItem> PartialEq<Vec<T>> for List<T> {
    fn eq(&self, other: &Vec<T>) -> bool {
        **self == *other
    }
}

impl<T: ListItem, const N: usize> PartialEq<[T; N]> for List<T> {
    fn eq(&self, other: &[T; N]) -> bool {
        **self == *other
    }
}

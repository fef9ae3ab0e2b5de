//! Links of an object to its lists, while it is read.

use super::access::get;
use super::traits::Object;
use crate::list::{ListNames as _, SharedAddress, is_below};
use crate::unknown::HREF;

/// The links of one object.
#[derive(Default)]
pub(crate) struct LinkPlaces {
    /// The number of links so far.
    count: usize,
    /// The first address directly below the object. The others share its text.
    first: Option<SharedAddress>,
}

impl LinkPlaces {
    /// Takes a link of the object: sets the address of the list that has the rel, or keeps the link. Returns whether there
    /// is such a list. `order` has the positions of such lists among the members for the links of the last object: an
    /// engine writes the links of all objects in one order, which is not the one of the table.
    pub(crate) fn accept(&mut self, object: &mut dyn Object, rel: &str, href: &str, order: &mut Vec<usize>) -> bool {
        let (members, number) = (object.info().members, self.count);
        self.count += 1;
        let usual = order.get(number).copied();
        let usual = usual.filter(|index| members.get(*index).is_some_and(|member| member.rel == Some(rel)));
        let found = usual
            .or_else(|| members.iter().position(|member| member.rel == Some(rel)))
            .or_else(|| members.iter().position(|member| member.rel.is_some() && is_joined(member.name, rel)));
        match order.get_mut(number) {
            Some(place) => *place = found.unwrap_or(usize::MAX),
            None if number < members.len() => order.push(found.unwrap_or(usize::MAX)),
            None => {}
        }
        match found {
            Some(index) => self.set(object, index, href),
            None => object.unknown_mut().push_link(rel, href),
        }
        found.is_some()
    }

    /// Sets the address of the list at a position among the members.
    pub(crate) fn set(&mut self, object: &mut dyn Object, index: usize, href: &str) {
        let address = self.shared(object, index, href).unwrap_or_else(|| SharedAddress::single(href));
        if let Some(slot) = object.slot_mut(index) {
            slot.set_list_address(address);
        }
    }

    /// The address, if it is directly below the object.
    fn shared(&mut self, object: &dyn Object, index: usize, href: &str) -> Option<SharedAddress> {
        let place = u16::try_from(index).ok()?;
        if let Some(first) = &self.first {
            return first.sibling(place, href);
        }
        let (own, info) = (get::<_, String>(object, HREF)?, object.info());
        let name = info.list_name(place)?;
        is_below(href, own, name).then(|| self.first.insert(SharedAddress::below(own, info, place)).clone())
    }
}

/// Whether a rel is a name without its underscores.
fn is_joined(name: &str, rel: &str) -> bool {
    name.bytes().filter(|byte| *byte != b'_').eq(rel.bytes())
}

//! Comparing an object of the engine with the fields that a program wants it to have.

use std::fmt;

use super::access::members;
use super::member::{Access, Comparison, Member};
use super::references::{ID, id, is_bare};
use super::traits::{Object, Objects, Slot};
use crate::secret::MASK;
use crate::unknown::HREF;

/// A field whose value differs from the wanted one. Secrets are masked.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// The path of the field, such as `cpu.topology.sockets`.
    pub path: String,
    /// The value before; `None` if unset.
    pub before: Option<String>,
    /// The wanted value.
    pub after: Option<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |value: &Option<String>| match value.as_deref() {
            None => "unset".to_owned(),
            Some("") => "empty".to_owned(),
            Some(text) => text.to_owned(),
        };
        write!(f, "{}: {} → {}", self.path, shown(&self.before), shown(&self.after))
    }
}

/// The result of a comparison.
#[derive(Debug, Default)]
pub(crate) struct Compared {
    pub(crate) found: Vec<FoundDifference>,
    /// The paths of fields that can't be compared, because the engine doesn't return them.
    pub(crate) not_compared: Vec<String>,
}

/// A difference, with the position of the field of the object that contains it.
#[derive(Debug)]
pub(crate) struct FoundDifference {
    pub(crate) difference: Difference,
    pub(crate) index: usize,
    pub(crate) access: Access,
}

/// Compares the fields that are set in `wanted` with an object of the same struct.
pub(crate) fn compare(wanted: &dyn Object, actual: &dyn Object) -> Compared {
    let mut walk = Walk { path: Vec::new(), index: 0, access: Access::default(), result: Compared::default() };
    walk.object(wanted, actual);
    walk.result
}

struct Walk {
    path: Vec<&'static str>,
    /// The position of the current field of the whole object.
    index: usize,
    access: Access,
    result: Compared,
}

impl Walk {
    fn object(&mut self, wanted: &dyn Object, actual: &dyn Object) {
        for (index, (member, slot)) in members(wanted).enumerate() {
            if !slot.is_set() || member.name == HREF {
                continue;
            }
            let outer = self.access;
            if self.path.is_empty() {
                self.index = index;
                // The ID of a whole object.
                self.access.create_only = member.is_attribute;
            }
            self.access.read_only |= member.access.read_only;
            self.access.create_only |= member.access.create_only;
            self.path.push(member.name);
            self.member(member, slot, actual.slot(index).filter(|slot| slot.is_set()));
            self.path.pop();
            self.access = outer;
        }
    }

    fn member(&mut self, member: &Member, wanted: &dyn Slot, actual: Option<&dyn Slot>) {
        if member.is_secret || member.access.write_only {
            return self.skip();
        }
        if let Some(object) = wanted.as_object() {
            let unset = object.info().new_object();
            let actual = actual.and_then(Slot::as_object).unwrap_or(&*unset);
            return if member.is_link { self.reference(object, actual) } else { self.object(object, actual) };
        }
        if let Some(list) = wanted.as_list() {
            let items = actual.and_then(Slot::as_list);
            // The engine sends only the address of a collection.
            if member.rel.is_some() && items.is_none_or(|items| items.count() == 0) {
                return self.skip();
            }
            if !equal_items(member, list, items) {
                self.report(items.map(list_text), Some(list_text(list)));
            }
            return;
        }
        let (before, after) = (actual.and_then(text), text(wanted));
        if !equal_values(member, wanted, actual) {
            self.report(before, after);
        }
    }

    /// A reference with an ID is compared by the ID. Otherwise, all its fields count.
    fn reference(&mut self, wanted: &dyn Object, actual: &dyn Object) {
        match (id(wanted), id(actual)) {
            (Some(wanted), actual) => {
                if actual.as_ref() != Some(&wanted) {
                    self.path.push(ID);
                    self.report(actual, Some(wanted));
                    self.path.pop();
                }
            }
            (None, Some(_)) if is_bare(actual) => self.skip(),
            (None, _) => self.object(wanted, actual),
        }
    }

    fn skip(&mut self) {
        self.result.not_compared.push(self.path.join("."));
    }

    fn report(&mut self, before: Option<String>, after: Option<String>) {
        let difference = Difference { path: self.path.join("."), before, after };
        self.result.found.push(FoundDifference { difference, index: self.index, access: self.access });
    }
}

fn equal_values(member: &Member, wanted: &dyn Slot, actual: Option<&dyn Slot>) -> bool {
    if let Some(mut wanted) = wanted.texts() {
        let mut actual = actual.and_then(Slot::texts).unwrap_or_default();
        return match member.comparison {
            Comparison::InOrder => wanted == actual,
            Comparison::Contains => wanted.iter().all(|text| actual.contains(text)),
            _ => {
                wanted.sort();
                actual.sort();
                wanted == actual
            }
        };
    }
    let Some(actual) = actual else {
        // The engine leaves out empty texts.
        return wanted.text().is_some_and(|text| text.is_empty());
    };
    let mebibytes = |slot: &dyn Slot| Some(slot.text()?.parse::<i64>().ok()?.div_euclid(1 << 20));
    match member.comparison {
        Comparison::WholeMebibytes => mebibytes(wanted).is_some_and(|value| Some(value) == mebibytes(actual)),
        _ => actual.equals(wanted),
    }
}

fn equal_items(member: &Member, wanted: &dyn Objects, actual: Option<&dyn Objects>) -> bool {
    let count = actual.map_or(0, Objects::count);
    if wanted.count() > count || (member.comparison != Comparison::Contains && wanted.count() != count) {
        return false;
    }
    let fits = |one: usize, other: usize| {
        let pair = wanted.object(one).zip(actual.and_then(|actual| actual.object(other)));
        pair.is_some_and(|(wanted, actual)| {
            let mut walk = Walk { path: vec![""], index: 0, access: Access::default(), result: Compared::default() };
            if member.is_link {
                walk.reference(wanted, actual)
            } else {
                walk.object(wanted, actual)
            };
            walk.result.found.is_empty()
        })
    };
    if member.comparison == Comparison::InOrder {
        return (0..wanted.count()).all(|index| fits(index, index));
    }
    let mut taken = vec![None; count];
    (0..wanted.count()).all(|one| assign(one, &fits, &mut taken, &mut vec![false; count]))
}

/// Finds an item for a wanted one. If it is taken by another wanted item, that one must find another item.
fn assign(
    wanted: usize,
    fits: &dyn Fn(usize, usize) -> bool,
    taken: &mut Vec<Option<usize>>,
    tried: &mut Vec<bool>,
) -> bool {
    for item in 0..taken.len() {
        if tried.get(item).copied().unwrap_or(true) || !fits(wanted, item) {
            continue;
        }
        if let Some(tried) = tried.get_mut(item) {
            *tried = true;
        }
        let other = taken.get(item).copied().flatten();
        if other.is_none_or(|other| assign(other, fits, taken, tried)) {
            if let Some(taken) = taken.get_mut(item) {
                *taken = Some(wanted);
            }
            return true;
        }
    }
    false
}

/// The value for people, with secrets masked.
fn text(slot: &dyn Slot) -> Option<String> {
    match slot.texts() {
        Some(texts) => Some(format!("[{}]", texts.join(", "))),
        None => slot.as_object().map(object_text).or_else(|| slot.as_list().map(list_text)).or_else(|| slot.text()),
    }
}

fn object_text(object: &dyn Object) -> String {
    let fields = members(object).filter(|(member, slot)| slot.is_set() && member.name != HREF);
    let shown = fields.map(|(member, slot)| {
        let value = if member.is_secret { MASK.to_owned() } else { text(slot).unwrap_or_default() };
        format!("{}: {value}", member.name)
    });
    format!("{{{}}}", shown.collect::<Vec<_>>().join(", "))
}

fn list_text(list: &dyn Objects) -> String {
    let items = (0..list.count()).filter_map(|index| list.object(index));
    format!("[{}]", items.map(object_text).collect::<Vec<_>>().join(", "))
}

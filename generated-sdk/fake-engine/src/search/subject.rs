//! Objects and the objects that they refer to, as searches see them.

use std::any::Any;
use std::borrow::Cow;

use ovirt_sdk::object::{self, Object, Slot};
use ovirt_sdk::types::{CpuTopology, DateTime, NetworkUsage, TransportType, Version};

use crate::fields::text_ref;

/// A value of an object.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    /// A text or the text of an enum.
    Text(String),
    /// A number.
    Number(f64),
    /// `true` or `false`.
    Flag(bool),
    /// Milliseconds since 1970.
    Date(i64),
}

impl Value {
    pub(super) fn to_text(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Flag(flag) => Cow::Borrowed(if *flag { "true" } else { "false" }),
            Self::Date(date) => Cow::Owned(date.to_string()),
        }
    }

    pub(super) fn to_number(&self) -> Option<f64> {
        match self {
            Self::Text(text) => text.parse().ok(),
            Self::Number(number) => Some(*number),
            Self::Flag(_) | Self::Date(_) => None,
        }
    }

    pub(super) fn to_flag(&self) -> Option<bool> {
        match self {
            Self::Flag(flag) => Some(*flag),
            Self::Text(text) => text.parse().ok(),
            Self::Number(_) | Self::Date(_) => None,
        }
    }

    pub(super) fn to_date(&self) -> Option<i64> {
        match self {
            Self::Date(date) => Some(*date),
            _ => None,
        }
    }
}

/// Something that can be searched.
pub(crate) trait Subject {
    /// All values to which a path leads.
    fn values(&self, path: &str) -> Vec<Value>;

    /// The only value to which a path leads, if it is a text that needs no copy. `None` says nothing.
    fn text(&self, _path: &str) -> Option<&str> {
        None
    }
}

/// Finds the objects to which other objects refer. Each searched object causes several calls.
pub(crate) trait Source {
    /// The object of a type with an identifier.
    fn object(&self, kind: &str, id: &str) -> Option<&dyn Object>;

    /// The items of a sub-collection of an object.
    fn items(&self, _owner: &dyn Object, _member: &str) -> Vec<&dyn Object> {
        Vec::new()
    }

    /// The objects of a type whose field refers to an object; see [`referred`].
    fn referring(&self, _kind: &str, _member: &str, _id: &str) -> Vec<&dyn Object> {
        Vec::new()
    }

    /// A note about an object that the API doesn't show, such as the correlation ID of a job.
    fn hidden(&self, _owner: &dyn Object, _name: &str) -> Vec<Value> {
        Vec::new()
    }
}

/// Whether a field of an object refers to the object with an identifier, or has it as an item.
pub(crate) fn refers(object: &dyn Object, member: &str, id: &str) -> bool {
    referred(object, member).any(|referred| referred == id)
}

/// The identifiers of the objects to which a field of an object refers, or which it has as items.
pub(crate) fn referred<'o>(object: &'o dyn Object, member: &str) -> impl Iterator<Item = &'o str> + use<'o> {
    let slot = object::member(object, member);
    let items = slot.and_then(Slot::as_list).into_iter();
    let items = items.flat_map(|list| (0..list.count()).filter_map(move |index| list.object(index)));
    slot.and_then(Slot::as_object).into_iter().chain(items).filter_map(identifier)
}

/// An object of the API and the source of the objects that it refers to.
#[derive(Clone, Copy)]
pub(crate) struct ObjectSubject<'s> {
    pub(crate) object: &'s dyn Object,
    pub(crate) source: &'s dyn Source,
}

/// The longest chain of references; a longer one is a cycle.
const LONGEST_CHAIN: usize = 64;

impl Subject for ObjectSubject<'_> {
    fn values(&self, path: &str) -> Vec<Value> {
        // Most fields are those of the object itself.
        if let Some(slot) = object::member(self.object, path) {
            return values(slot);
        }
        let mut objects = vec![self.object];
        let mut steps = path.split('/').peekable();
        while let Some(step) = steps.next() {
            if steps.peek().is_none() {
                return self.last(&objects, step);
            }
            objects = objects.into_iter().flat_map(|object| self.step(object, step)).collect();
        }
        Vec::new()
    }
}

impl<'s> ObjectSubject<'s> {
    /// The text to which a path leads: in a field of the object, or of an object to which a field refers.
    pub(crate) fn text_of(&self, path: &str) -> Option<&'s str> {
        let Some((step, field)) = path.split_once('/') else { return text_ref(self.object, path) };
        let referred = object::member(self.object, step)?.as_object()?;
        text_ref(self.whole(referred, field), field)
    }

    /// The objects to which one step leads.
    fn step(&self, object: &'s dyn Object, step: &str) -> Vec<&'s dyn Object> {
        if let Some((kind, member)) = step.strip_prefix('<').and_then(|step| step.split_once(':')) {
            return identifier(object).map_or_else(Vec::new, |id| self.source.referring(kind, member, id));
        }
        if let Some(member) = step.strip_prefix('^') {
            return self.chain(object, member);
        }
        match step.strip_suffix(']').and_then(|step| step.split_once('[')) {
            Some((member, name)) => {
                let named = |item: &&dyn Object| text_ref(*item, "name") == Some(name);
                self.held(object, member).into_iter().filter(named).collect()
            }
            None => self.held(object, step),
        }
    }

    /// The object or the items in a field, or the ones that it refers to.
    fn held(&self, object: &'s dyn Object, member: &str) -> Vec<&'s dyn Object> {
        let object = self.whole(object, member);
        let slot = object::member(object, member);
        if let Some(held) = slot.and_then(Slot::as_object) {
            return vec![held];
        }
        match slot.and_then(Slot::as_list).filter(|list| list.count() > 0) {
            Some(list) => (0..list.count()).filter_map(|index| list.object(index)).collect(),
            None => self.source.items(object, member),
        }
    }

    /// The object, the object to which a field refers, and so on.
    fn chain(&self, object: &'s dyn Object, member: &str) -> Vec<&'s dyn Object> {
        let next = |object: &&'s dyn Object| self.held(*object, member).into_iter().next();
        std::iter::successors(Some(object), next).take(LONGEST_CHAIN).collect()
    }

    /// The object with a field: this one, or the one that it is a reference to.
    fn whole(&self, object: &'s dyn Object, member: &str) -> &'s dyn Object {
        let searched = std::ptr::addr_eq(object, self.object);
        if searched || object::member(object, member).is_some_and(Slot::is_set) {
            return object;
        }
        identifier(object).and_then(|id| self.source.object(object.info().name, id)).unwrap_or(object)
    }

    /// The values to which the last step leads.
    fn last(&self, objects: &[&'s dyn Object], step: &str) -> Vec<Value> {
        if let Some(text) = step.strip_prefix('=') {
            return vec![Value::Text(text.to_owned())];
        }
        if step == "count()" {
            return u32::try_from(objects.len()).map(|count| Value::Number(count.into())).into_iter().collect();
        }
        if let Some(name) = step.strip_prefix('@') {
            return objects.iter().flat_map(|object| self.source.hidden(*object, name)).collect();
        }
        let (member, looked_for) = step.split_once('~').map_or((step, None), |(member, text)| (member, Some(text)));
        let slots = objects.iter().filter_map(|object| object::member(self.whole(*object, member), member));
        let values = slots.flat_map(values);
        match looked_for {
            Some(text) => vec![Value::Flag(values.into_iter().any(|value| value.to_text() == text))],
            None => values.collect(),
        }
    }
}

/// The `id` of an object.
fn identifier(object: &dyn Object) -> Option<&str> {
    text_ref(object, "id")
}

/// The values of a field.
fn values(slot: &dyn Slot) -> Vec<Value> {
    let any: &dyn Any = slot;
    if let Some(texts) = any.downcast_ref::<Option<Vec<String>>>() {
        return texts.iter().flatten().cloned().map(Value::Text).collect();
    }
    if let Some(usages) = any.downcast_ref::<Option<Vec<NetworkUsage>>>() {
        return usages.iter().flatten().map(|usage| Value::Text(usage.to_string())).collect();
    }
    if let Some(types) = any.downcast_ref::<Option<Vec<TransportType>>>() {
        return types.iter().flatten().map(|kind| Value::Text(kind.to_string())).collect();
    }
    value(slot, any).into_iter().collect()
}

/// The value of a scalar field.
fn value(slot: &dyn Slot, any: &dyn Any) -> Option<Value> {
    if let Some(flag) = any.downcast_ref::<Option<bool>>() {
        return flag.map(Value::Flag);
    }
    if let Some(number) = any.downcast_ref::<Option<i64>>() {
        // Searched numbers are small enough for `f64`.
        #[expect(clippy::cast_precision_loss)]
        return number.map(|number| Value::Number(number as f64));
    }
    if let Some(number) = any.downcast_ref::<Option<f64>>() {
        return number.map(Value::Number);
    }
    if let Some(date) = any.downcast_ref::<Option<DateTime>>() {
        return date.map(|date| Value::Date(date.unix_millis()));
    }
    if let Some(object) = slot.as_object() {
        let object: &dyn Any = object;
        let version = object.downcast_ref::<Version>().and_then(version);
        return version.or_else(|| object.downcast_ref::<CpuTopology>().map(processors));
    }
    slot.text().map(Value::Text)
}

/// The engine's form of a version with two parts: `4.7`.
fn version(version: &Version) -> Option<Value> {
    Some(Value::Text(format!("{}.{}", version.major?, version.minor?)))
}

/// The number of processors; unset parts count as 1.
fn processors(topology: &CpuTopology) -> Value {
    let parts = [topology.sockets, topology.cores, topology.threads];
    #[expect(clippy::cast_precision_loss)]
    Value::Number(parts.into_iter().map(|part| part.unwrap_or(1) as f64).product())
}

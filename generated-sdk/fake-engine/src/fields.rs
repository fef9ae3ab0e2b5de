//! Fields that many types have, read and set by name.

use std::any::Any;
use std::convert::Infallible;

use ovirt_sdk::object::{Kind, Object, Slot, member, member_mut};
use ovirt_sdk::unstable;

/// The placeholder for secrets. A few fields show it if the secret is set.
pub(crate) const HIDDEN_SECRET: &str = "******";

/// The identifier of an object, unless it is unset or empty.
pub(crate) fn id_of(object: &dyn Object) -> Option<String> {
    text_ref(object, "id").filter(|id| !id.is_empty()).map(str::to_owned)
}

/// The value of a text field, without a copy.
pub(crate) fn text_ref<'o>(object: &'o dyn Object, name: &str) -> Option<&'o str> {
    unstable::member::<String>(object, name).map(String::as_str)
}

/// The text form of a field.
pub(crate) fn text(object: &dyn Object, name: &str) -> Option<String> {
    member(object, name).and_then(|slot| slot.text())
}

/// Sets a text field; does nothing if the type doesn't have it.
pub(crate) fn set_text(object: &mut dyn Object, name: &str, text: impl Into<String>) {
    let slot: Option<&mut dyn Any> = member_mut(object, name).map(|slot| slot as _);
    if let Some(field) = slot.and_then(<dyn Any>::downcast_mut::<Option<String>>) {
        *field = Some(text.into());
    }
}

/// Calls a function with each object in a field: the object itself, or the items of a list.
pub(crate) fn for_each_object(slot: &mut dyn Slot, mut apply: impl FnMut(&mut dyn Object)) {
    let Ok(()) = try_for_each_object(slot, |object| {
        apply(object);
        Ok::<_, Infallible>(())
    });
}

/// Like [`for_each_object`], until the function fails.
pub(crate) fn try_for_each_object<E>(
    slot: &mut dyn Slot,
    mut apply: impl FnMut(&mut dyn Object) -> Result<(), E>,
) -> Result<(), E> {
    match slot.kind() {
        Kind::Object(_) => slot.make_object().map_or(Ok(()), apply),
        Kind::List(_) => {
            let Some(list) = slot.make_list() else { return Ok(()) };
            (0..list.count()).try_for_each(|index| list.object_mut(index).map_or(Ok(()), &mut apply))
        }
        _ => Ok(()),
    }
}

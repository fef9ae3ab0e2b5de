//! Types for which the engine has no search fields.

use std::borrow::Cow;

use crate::search::entity::{BY_NAME, Content, Entity, Field, Relations};
use ovirt_sdk::object::{Kind, ScalarKind, StructInfo};

/// An entity with all scalar fields of a type.
pub(super) fn entity(info: &'static StructInfo) -> Entity {
    let object = info.new_object();
    let fields = info.members.iter().enumerate().filter_map(|(index, member)| {
        let Kind::Value(item) = object.slot(index)?.kind() else { return None };
        let (content, relations) = match item {
            ScalarKind::Boolean => (Content::Flag, Relations::Equal),
            ScalarKind::Integer | ScalarKind::Decimal => (Content::Decimal, Relations::All),
            ScalarKind::Date => (Content::Date, Relations::Time),
            // Texts and enums.
            _ => (Content::Text, Relations::Equal),
        };
        (!member.is_secret).then(|| Field::new(member.name, member.name, content, relations))
    });
    Entity { name: info.name, fields: Cow::Owned(fields.collect()), references: &[], order: BY_NAME, loose: true }
}

//! The key `roles` of `model.yaml` → [`Role`].

use super::mapping::{Mapping, NodeReader};
use crate::diagnostics::Position;
use crate::syntax::{Role, RoleKind};

pub(super) fn read(mut mapping: Mapping<'_>) -> Vec<Role> {
    let roles = RoleKind::ALL.into_iter().filter_map(|kind| {
        let position = mapping.key_position(kind.as_str());
        let role = mapping.optional(kind.as_str(), NodeReader::map)?;
        read_role(kind, position, role)
    });
    let roles = roles.collect();
    mapping.finish();
    roles
}

fn read_role(kind: RoleKind, position: Position, mut mapping: Mapping<'_>) -> Option<Role> {
    let ty = mapping.required("type", NodeReader::name);
    let mut complete = true;
    let mut fields = Vec::new();
    for field in kind.fields() {
        let name = match field.required {
            true => mapping.required(field.key, NodeReader::name),
            false => mapping.optional(field.key, NodeReader::name),
        };
        complete &= name.is_some() || !field.required;
        fields.extend(name.map(|name| (field.key, name)));
    }
    let mut states = Vec::new();
    for key in kind.states() {
        states.extend(mapping.optional(key.key, NodeReader::names).map(|names| (*key, names)));
    }
    let search = if kind.has_search() { mapping.optional("search", NodeReader::name) } else { None };
    mapping.finish();
    let ty = ty.filter(|_| complete)?;
    Some(Role { kind, position, ty, fields, states, search })
}

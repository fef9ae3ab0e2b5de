//! The states of a field, which waiters and roles list.

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::model::{BaseType, Model, Type};
use crate::name::Name;
use crate::syntax::Positioned;

/// Whether the file of a struct, or of the type of its field, is damaged: then its states may be incomplete.
pub(super) fn is_damaged(model: &Model, ty: &Type, field: &Name, problems: &Diagnostics) -> bool {
    let field = ty.as_struct().and_then(|it| it.fields.iter().find(|it| it.name == *field));
    let states = field.and_then(|field| match field.ty.base {
        BaseType::Enum(id) | BaseType::Struct(id) => Some(model.ty(id).position.file),
        _ => None,
    });
    [Some(ty.position.file), states].into_iter().flatten().any(|file| problems.is_damaged(file))
}

/// Describes a state that is not a value of its field.
pub(super) fn unknown(
    state: &Positioned<Name>,
    message: impl Into<String>,
    label: impl Into<String>,
    known: &[&str],
) -> Diagnostic {
    Diagnostic::at(state.position, message, label)
        .suggest(state.value.as_str(), known.iter().copied())
        .help(format!("valid states are: {}", known.join(", ")))
}

//! Paths of fields that do not exist.

use crate::diagnostics::{Diagnostic, Diagnostics};
use crate::model::{Model, NoField, TypeId, dotted};
use crate::name::Name;
use crate::syntax::Positioned;

/// Reports a path with a name that is not a field. Fields of a damaged file may be missing because of its mistake.
pub(super) fn unknown(
    model: &Model,
    start: TypeId,
    path: &Positioned<Vec<Name>>,
    NoField { of, name }: NoField<'_>,
    problems: &Diagnostics,
) {
    if of.is_some_and(|of| problems.is_damaged(model.ty(of).position.file)) {
        return;
    }
    let message = format!("`{}` is not the path of a field of `{}`", dotted(&path.value), model.ty(start).name);
    let fields = of.and_then(|of| model.ty(of).as_struct()).map(|it| it.fields.as_slice()).unwrap_or_default();
    let known = fields.iter().map(|field| field.name.as_str());
    let problem = Diagnostic::at(path.position, message, format!("`{name}` is not a field here"));
    problems.push_derived(problem.suggest(name.as_str(), known));
}

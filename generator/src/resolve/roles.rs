//! Resolves the types with a role in the SDK.

use super::resolver::Resolver;
use crate::diagnostics::Diagnostic;
use crate::model::{BaseType, Role};
use crate::syntax::{self, Positioned, TypeName};

impl Resolver<'_> {
    pub(super) fn roles(&self) -> Vec<Role> {
        self.from.api.roles.iter().filter_map(|role| self.role(role)).collect()
    }

    fn role(&self, role: &syntax::Role) -> Option<Role> {
        let name = TypeName { name: role.ty.value.clone(), list: false };
        let ty = self.type_ref(&Positioned { value: name, position: role.ty.position })?;
        let found = match ty.base {
            BaseType::Struct(id) if self.source_struct(id).is_some_and(|it| !it.is_abstract) => Some(id),
            _ => None,
        };
        if found.is_none() {
            let message = format!("`{}` can't have the role `{}`", role.ty.value, role.kind.as_str());
            self.problems.push(Diagnostic::at(role.ty.position, message, "not a struct with values"));
        }
        Some(Role { ty: found?, declared: role.clone() })
    }
}

//! Resolves names to types and services.

use std::collections::BTreeMap;

use crate::diagnostics::{Diagnostic, Diagnostics, Position};
use crate::load::{SERVICES, TYPES, item_path};
use crate::model::{BaseType, Primitive, ServiceId, TypeId, TypeRef};
use crate::name::Name;
use crate::syntax::{self, Positioned, TypeName};
use crate::wire::Plurals;

/// The declared types and services by name.
pub(super) struct Resolver<'s> {
    pub(super) from: &'s syntax::Model,
    pub(super) types: BTreeMap<Name, TypeId>,
    pub(super) services: BTreeMap<Name, ServiceId>,
    pub(super) plurals: Plurals<'s>,
    pub(super) problems: &'s Diagnostics,
}

impl<'s> Resolver<'s> {
    pub(super) fn service(&self, name: &Positioned<Name>) -> Option<ServiceId> {
        let found = self.services.get(&name.value).copied();
        if found.is_none() && !self.is_unreadable(SERVICES, &name.value, name.position) {
            let message = format!("unknown service `{}`", name.value);
            let problem = Diagnostic::at(name.position, message, "not declared in `services/`")
                .suggest(name.value.as_str(), self.services.keys().map(Name::as_str));
            self.problems.push(problem);
        }
        found
    }

    pub(super) fn source(&self, id: TypeId) -> Option<&'s syntax::Type> {
        self.from.types.get(id.0)
    }

    pub(super) fn source_struct(&self, id: TypeId) -> Option<&'s syntax::Struct> {
        match &self.source(id)?.kind {
            syntax::TypeKind::Struct(it) => Some(it),
            syntax::TypeKind::Enum(_) => None,
        }
    }

    /// Whether something unknown is declared in a file that has mistakes. Then what refers to it is incomplete too.
    fn is_unreadable(&self, folder: &str, name: &Name, position: Position) -> bool {
        let found = self.from.unreadable.contains(&item_path(folder, name.as_str()));
        if found {
            self.problems.damage(position.file);
        }
        found
    }

    fn unknown_type(&self, name: &Name, position: Position) {
        if self.is_unreadable(TYPES, name, position) {
            return;
        }
        let known = self.types.keys().map(Name::as_str).chain(Primitive::ALL.map(Primitive::as_str));
        let message = format!("unknown type `{name}`");
        let problem = Diagnostic::at(position, message, "not declared in `types/`").suggest(name.as_str(), known);
        self.problems.push(problem);
    }

    pub(super) fn type_ref(&self, name: &Positioned<TypeName>) -> Option<TypeRef> {
        let list = name.value.list;
        let primitive = Primitive::ALL.into_iter().find(|primitive| name.value.name == *primitive.as_str());
        if let Some(primitive) = primitive {
            return Some(TypeRef { base: BaseType::Primitive(primitive), list });
        }
        let Some(id) = self.types.get(&name.value.name).copied() else {
            self.unknown_type(&name.value.name, name.position);
            return None;
        };
        let is_struct = self.source_struct(id).is_some();
        Some(TypeRef { base: if is_struct { BaseType::Struct(id) } else { BaseType::Enum(id) }, list })
    }

    /// The struct that a type extends. Reports an invalid one if `report` is set.
    pub(super) fn base(&self, id: TypeId, report: bool) -> Option<TypeId> {
        let extends = self.source_struct(id)?.extends.as_ref()?;
        let base = self.types.get(&extends.value).copied();
        match base {
            Some(base) if self.source_struct(base).is_some() => Some(base),
            Some(_) if report => {
                let message = format!("`{}` is an enum and can't be extended", extends.value);
                self.problems.push(Diagnostic::at(extends.position, message, "not a struct"));
                None
            }
            None if report => {
                self.unknown_type(&extends.value, extends.position);
                None
            }
            _ => None,
        }
    }

    /// A struct and its ancestors, farthest first. A cycle is cut, and reported for its first struct if `report` is
    /// set.
    pub(super) fn family(&self, id: TypeId, report: bool) -> Vec<TypeId> {
        let mut family = vec![id];
        let mut last = id;
        while let Some(base) = self.base(last, report && last == id) {
            if let Some(at) = family.iter().position(|known| *known == base) {
                let cycle = family.get(at..).unwrap_or_default();
                if report && cycle.iter().min() == Some(&id) {
                    self.report_cycle(cycle);
                }
                break;
            }
            family.push(base);
            last = base;
        }
        family.reverse();
        family
    }

    fn report_cycle(&self, cycle: &[TypeId]) {
        let extends = |id: &TypeId| self.source_struct(*id).and_then(|it| it.extends.as_ref());
        let mut positions = cycle.iter().filter_map(extends);
        let names: Vec<&str> = cycle
            .iter()
            .chain(cycle.first())
            .filter_map(|id| self.source(*id))
            .map(|ty| ty.name.value.as_str())
            .collect();
        if let Some(first) = positions.next() {
            let message = format!("a struct can't extend itself: {}", names.join(" → "));
            let problem = Diagnostic::at(first.position, message, "the cycle starts here");
            self.problems
                .push(positions.fold(problem, |problem, at| problem.context(at.position, "and continues here")));
        }
    }

    /// The tag of the items of a list: the tag of their struct, or the singular of the list's name.
    pub(super) fn item_tag(&self, ty: TypeRef, name: &Name) -> String {
        match ty.base {
            BaseType::Struct(item) => self.tag_of(item),
            _ => self.plurals.singular(name.as_str()),
        }
    }

    fn tag_of(&self, id: TypeId) -> String {
        let own = self.source_struct(id).and_then(|it| it.tag.as_ref()).map(|tag| tag.value.clone());
        own.or_else(|| self.source(id).map(|ty| ty.name.value.to_string())).unwrap_or_default()
    }

    /// Returns the value of a quirk, or else the one that the rule gives. Reports a quirk that equals the rule.
    pub(super) fn apply(&self, quirk: &Option<Positioned<String>>, key: &str, rule: String) -> String {
        match quirk {
            Some(quirk) if quirk.value == rule => {
                let message = format!("redundant quirk: `{rule}` is the regular {key}");
                let problem = Diagnostic::at(quirk.position, message, "same as the rule").help("remove the quirk");
                self.problems.push_derived(problem);
                rule
            }
            Some(quirk) => quirk.value.clone(),
            None => rule,
        }
    }
}

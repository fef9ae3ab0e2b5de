//! Resolves types and their fields.

use std::collections::BTreeSet;

use super::resolver::Resolver;
use crate::diagnostics::Diagnostic;
use crate::model::{
    Access, BaseType, Field, Following, OneOf, Primitive, Struct, Type, TypeId, TypeKind, TypeRef, Value,
};
use crate::name::Name;
use crate::syntax::{self, Docs, Positioned};
use crate::wire::{HREF, XML_ATTRIBUTES};

impl Resolver<'_> {
    pub(super) fn ty(&self, id: TypeId, own: &[Vec<Field>]) -> Option<Type> {
        let source = self.source(id)?;
        let kind = match &source.kind {
            syntax::TypeKind::Struct(it) => TypeKind::Struct(self.whole_struct(id, &source.name.value, it, own)),
            syntax::TypeKind::Enum(values) => {
                let value = |value: &syntax::Value| Value {
                    name: value.name.value.clone(),
                    position: value.name.position,
                    docs: value.docs.clone(),
                };
                let mut values: Vec<Value> = values.iter().map(value).collect();
                values.sort_by(|a, b| a.name.cmp(&b.name));
                TypeKind::Enum(values)
            }
        };
        Some(Type {
            name: source.name.value.clone(),
            position: source.name.position,
            builtin: source.builtin,
            docs: source.docs.clone(),
            kind,
        })
    }

    fn whole_struct(&self, id: TypeId, name: &Name, source: &syntax::Struct, own: &[Vec<Field>]) -> Struct {
        let family = self.family(id, true);
        let tag = self.apply(&source.tag, "tag", name.as_str().to_owned());
        let plural_tag = self.apply(&source.plural_tag, "plural_tag", self.plurals.plural(&tag));
        self.check_field_lists(&family, source);
        self.check_resource(id, &family);
        let (mut fields, mut links_at, mut references) = (Vec::new(), None, Vec::new());
        for ancestor in &family {
            let Some(it) = self.source_struct(*ancestor) else { continue };
            fields.extend(own.get(ancestor.0).into_iter().flatten().cloned());
            references.extend(it.references.iter().map(|reference| reference.value.clone()));
            if it.resource && links_at.is_none() {
                fields.push(self.href(*ancestor));
                links_at = Some(fields.len());
            }
        }
        for field in &mut fields {
            let is_in = |names: &[Positioned<Name>]| names.iter().any(|name| name.value == field.name);
            field.access = Access {
                read_only: is_in(&source.read_only),
                create_only: is_in(&source.create_only),
                write_only: is_in(&source.write_only),
            };
        }
        let attributes_after = fields.iter().skip(links_at.unwrap_or_default()).filter(|it| it.xml_attribute).count();
        fields.sort_by_key(|field| (!field.xml_attribute, field.xml_attribute.then(|| field.name.clone())));
        let position = |name: &Positioned<Name>| fields.iter().position(|field| field.name == name.value);
        let one_of = source.one_of.iter().map(|group| OneOf {
            name: group.name.value.clone(),
            position: group.name.position,
            // A field that is listed twice is reported.
            fields: group.fields.iter().filter_map(position).collect::<BTreeSet<_>>().into_iter().collect(),
        });
        Struct {
            base: self.base(id, false),
            is_abstract: source.is_abstract,
            references,
            tag,
            plural_tag,
            one_of: one_of.collect(),
            fields,
            links_at: links_at.map(|at| at + attributes_after),
            other_rels: Vec::new(),
        }
    }

    /// The fields that a struct declares, in the engine's order: attributes, then links, each sorted by name.
    pub(super) fn own_fields(&self, id: TypeId) -> Vec<Field> {
        let Some(source) = self.source_struct(id) else { return Vec::new() };
        let rank = |field: &&syntax::Field| {
            let first = source.order.iter().position(|name| name.value == field.name.value);
            (first.unwrap_or(usize::MAX), field.link, field.name.value.clone())
        };
        let mut sorted: Vec<&syntax::Field> = source.fields.iter().collect();
        sorted.sort_by_key(rank);
        sorted.into_iter().filter_map(|field| self.field(id, field)).collect()
    }

    fn field(&self, owner: TypeId, source: &syntax::Field) -> Option<Field> {
        let ty = self.type_ref(&source.ty)?;
        let name = &source.name.value;
        if *name == *HREF {
            let problem = Diagnostic::at(source.name.position, format!("`{HREF}` can't be declared"), "reserved name")
                .help("all structs that are marked with `resource`, or extend one that is, have it");
            self.problems.push(problem);
            return None;
        }
        let tag = self.apply(&source.tag, "tag", name.as_str().to_owned());
        let item_tag = ty.list.then(|| self.apply(&source.item_tag, "item_tag", self.item_tag(ty, name)));
        let linked_list = source.link && ty.list;
        let rel = linked_list.then(|| self.apply(&source.rel, "rel", name.joined()));
        if !linked_list && let Some(rel) = &source.rel {
            let problem =
                Diagnostic::at(rel.position, "only lists under `links` have a rel", "the engine writes no link for it");
            self.problems.push(problem);
        }
        if !ty.list
            && let Some(item) = &source.item_tag
        {
            let message = format!("`{name}` is not a list and has no items");
            self.problems.push(Diagnostic::at(item.position, message, "not a list"));
        }
        Some(Field {
            name: name.clone(),
            position: source.name.position,
            owner: Some(owner),
            ty,
            link: source.link,
            following: Following::Never,
            secret: source.secret,
            access: Access::default(),
            compare: source.compare.clone(),
            docs: source.docs.clone(),
            xml_attribute: XML_ATTRIBUTES.contains(&name.as_str()),
            tag,
            item_tag,
            rel,
        })
    }

    fn href(&self, owner: TypeId) -> Field {
        let position = self.source(owner).map(|ty| ty.name.position);
        Field {
            name: Name::new(HREF).unwrap_or_default(),
            position: position.unwrap_or_default(),
            owner: None,
            ty: TypeRef { base: BaseType::Primitive(Primitive::String), list: false },
            link: false,
            following: Following::Never,
            secret: false,
            access: Access::default(),
            compare: None,
            docs: Docs { summary: Some("Path of the object, as sent by the engine.".to_owned()), ..Docs::default() },
            tag: HREF.to_owned(),
            item_tag: None,
            rel: None,
            xml_attribute: true,
        }
    }
}

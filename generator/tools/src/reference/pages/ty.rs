//! The page of a type.

use serde::Serialize;

use super::{Contents, Docs, Piece, Site};
use crate::reference::links::{Place, Scope};
use crate::reference::uses::Call;
use ovirt_sdk_generator::model::{Member, Struct, TypeId, TypeKind, Value};
use ovirt_sdk_generator::names::TypeNames;

/// The page of a type.
#[derive(Debug, Serialize)]
pub(in crate::reference) struct TypePage {
    name: String,
    /// Its Rust name.
    rust: String,
    /// What it is, in words.
    kind: &'static str,
    docs: Docs,
    /// What it extends, the farthest first.
    bases: Vec<Piece>,
    extended_by: Vec<Piece>,
    /// Tags of one and of several.
    tags: Option<(String, String)>,
    /// Constructors of references.
    constructors: Vec<Constructor>,
    attributes: Vec<MemberPart>,
    links: Vec<MemberPart>,
    values: Vec<ValuePart>,
    uses: UsesPart,
    contents: Vec<Contents>,
}

/// `Vm::with_name(…)`.
#[derive(Debug, Serialize)]
struct Constructor {
    text: String,
    member: Piece,
}

/// A member of a struct.
#[derive(Debug, Serialize)]
struct MemberPart {
    name: String,
    docs: Docs,
    ty: Vec<Piece>,
    /// The Rust field or, for a trait, the method, where it has another name.
    rust: Option<String>,
    /// The struct that it is inherited from.
    from: Option<Piece>,
    /// How the XML has it.
    xml: String,
    rel: Option<String>,
    secret: bool,
}

/// A value of an enum.
#[derive(Debug, Serialize)]
struct ValuePart {
    name: String,
    variant: String,
    docs: Docs,
}

/// Who refers to the type.
#[derive(Debug, Serialize)]
struct UsesPart {
    members: Vec<Piece>,
    sent: Vec<Piece>,
    returned: Vec<Piece>,
}

impl<'m> Site<'m> {
    /// The page of a type.
    pub(in crate::reference) fn ty(&self, id: TypeId) -> TypePage {
        let (ty, own) = (self.model.ty(id), self.names.of(id));
        let scope = Scope::new(Place::Type(id));
        let mut page = TypePage {
            name: ty.name.to_string(),
            rust: own.ident.to_string(),
            kind: "enum",
            docs: self.docs(&ty.docs, scope),
            bases: self.bases(id),
            extended_by: self.uses.types.get(&id).into_iter().flatten().map(|id| self.type_name(*id)).collect(),
            tags: None,
            constructors: Vec::new(),
            attributes: Vec::new(),
            links: Vec::new(),
            values: Vec::new(),
            uses: self.uses_of(id),
            contents: Vec::new(),
        };
        match &ty.kind {
            TypeKind::Enum(values) => {
                let mut contents = Contents::new("Values", "Values");
                for value in values {
                    contents.entry(&value.name, value.docs.deprecated.is_some());
                }
                page.contents.push(contents);
                page.values =
                    values.iter().zip(&own.variants).map(|(value, variant)| self.value(id, value, variant)).collect();
            }
            TypeKind::Struct(it) => self.fill_struct(&mut page, id, it, own),
        }
        page.contents.push(Contents::new("Used by", "Uses"));
        page
    }

    fn fill_struct(&self, page: &mut TypePage, id: TypeId, it: &'m Struct, own: &TypeNames) {
        page.kind = if it.is_abstract { "abstract struct" } else { "struct" };
        page.tags = (!it.is_abstract).then(|| (it.tag.clone(), it.plural_tag.clone()));
        page.constructors = it
            .references
            .iter()
            .filter(|_| !it.is_abstract)
            .map(|name| Constructor {
                text: format!("{}::with_{name}(…)", own.ident),
                member: Piece::link(name.as_str(), self.links.member(id, name)),
            })
            .collect();
        let mut members: Vec<_> = it.members.iter().zip(&own.members).collect();
        members.sort_by_key(|(member, _)| &member.name);
        let (mut attributes, mut links) = (Contents::new("Attributes", "Attributes"), Contents::new("Links", "Links"));
        for (member, names) in members {
            let rust = if it.is_abstract { names.getter.to_string() } else { names.field.to_string() };
            let part = self.member(id, member, rust);
            let (parts, contents) =
                if member.link { (&mut page.links, &mut links) } else { (&mut page.attributes, &mut attributes) };
            contents.entry(&member.name, member.docs.deprecated.is_some());
            parts.push(part);
        }
        page.contents.extend([attributes, links].into_iter().filter(|part| !part.items.is_empty()));
    }

    /// What a type extends, the farthest first.
    fn bases(&self, id: TypeId) -> Vec<Piece> {
        let parent = |id: &TypeId| self.model.ty(*id).as_struct().and_then(|it| it.base);
        let mut bases: Vec<TypeId> = std::iter::successors(parent(&id), parent).collect();
        bases.reverse();
        bases.into_iter().map(|id| self.type_name(id)).collect()
    }

    fn member(&self, id: TypeId, member: &'m Member, rust: String) -> MemberPart {
        let scope = Scope::new(Place::Type(id)).item(member.name.as_str(), Some(member.ty.base));
        MemberPart {
            name: member.name.to_string(),
            docs: self.docs(&member.docs, scope),
            ty: self.rust_type(member.ty),
            rust: (rust != *member.name.as_str()).then_some(rust),
            from: self.declared_by(id, member).filter(|owner| *owner != id).map(|owner| self.type_name(owner)),
            xml: match (&member.item_tag, member.xml_attribute) {
                (_, true) => format!("{}=\"…\"", member.tag),
                (Some(item), false) => format!("<{}><{item}>", member.tag),
                (None, false) => format!("<{}>", member.tag),
            },
            rel: member.rel.clone(),
            secret: member.secret,
        }
    }

    /// The struct that declares a member.
    fn declared_by(&self, id: TypeId, member: &Member) -> Option<TypeId> {
        let parent = |id: &TypeId| self.model.ty(*id).as_struct().and_then(|it| it.base);
        std::iter::successors(Some(id), parent).find(|id| self.model.is_own(*id, member))
    }

    fn value(&self, id: TypeId, value: &'m Value, variant: &proc_macro2::Ident) -> ValuePart {
        let scope = Scope::new(Place::Type(id)).item(value.name.as_str(), None);
        ValuePart {
            name: value.name.to_string(),
            variant: format!("{}::{variant}", self.names.of(id).ident),
            docs: self.docs(&value.docs, scope),
        }
    }

    fn uses_of(&self, id: TypeId) -> UsesPart {
        let members = self.uses.members.get(&id).into_iter().flatten();
        let calls = |calls: Option<&Vec<Call<'m>>>| -> Vec<Piece> {
            let link = |(service, method): &Call<'m>| {
                let text = format!("{}.{method}", self.model.service(*service).name);
                Piece::link(text, self.links.method(*service, method))
            };
            calls.into_iter().flatten().map(link).collect()
        };
        UsesPart {
            members: members
                .map(|(owner, name)| {
                    let text = format!("{}.{name}", self.model.ty(*owner).name);
                    Piece::link(text, self.links.member(*owner, name))
                })
                .collect(),
            sent: calls(self.uses.sent.get(&id)),
            returned: calls(self.uses.returned.get(&id)),
        }
    }
}

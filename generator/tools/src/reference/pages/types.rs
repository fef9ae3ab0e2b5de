//! A type.

use serde::Serialize;

use super::searches::SearchPart;
use super::{Contents, Piece, RenderedDocs, Site};
use crate::reference::links::{Scope, TextOwner};
use crate::reference::uses::Call;
use ovirt_sdk_generator::model::{Access, Field, Following, OneOf, Struct, TypeId, TypeKind, Value};
use ovirt_sdk_generator::names::{OneOfNames, TypeNames};

/// A type.
#[derive(Debug, Serialize)]
pub(in crate::reference) struct TypePage {
    name: String,
    /// Rust name.
    rust: String,
    /// Kind of the type.
    kind: &'static str,
    docs: RenderedDocs,
    /// The structs that it extends, farthest first.
    bases: Vec<Piece>,
    extended_by: Vec<Piece>,
    /// Tags of an object and of a collection.
    tags: Option<(String, String)>,
    /// Constructors of references.
    constructors: Vec<Constructor>,
    /// Groups of fields of which at most one is set.
    one_of: Vec<Group>,
    attributes: Vec<FieldPart>,
    links: Vec<FieldPart>,
    values: Vec<ValuePart>,
    searches: Vec<SearchPart>,
    uses: UsesPart,
    contents: Vec<Contents>,
}

/// `Vm::with_name(…)`.
#[derive(Debug, Serialize)]
struct Constructor {
    text: String,
    field: Piece,
}

/// `target()`: fields of which at most one is set.
#[derive(Debug, Serialize)]
struct Group {
    text: String,
    fields: Vec<Piece>,
}

/// A field of a struct.
#[derive(Debug, Serialize)]
struct FieldPart {
    name: String,
    docs: RenderedDocs,
    ty: Vec<Piece>,
    /// Name of the Rust field, or of the method of a trait, if different.
    rust: Option<String>,
    /// The struct that it is inherited from.
    from: Option<Piece>,
    /// XML form.
    xml: String,
    rel: Option<String>,
    /// The constant of a link that can be followed.
    link: Option<String>,
    /// Why some objects lack it.
    absent: Option<String>,
    secret: bool,
    /// When the engine reads and returns the field, in words.
    access: Vec<&'static str>,
}

/// A value of an enum.
#[derive(Debug, Serialize)]
struct ValuePart {
    name: String,
    variant: String,
    docs: RenderedDocs,
}

/// References to the type.
#[derive(Debug, Serialize)]
struct UsesPart {
    fields: Vec<Piece>,
    sent: Vec<Piece>,
    returned: Vec<Piece>,
}

impl<'m> Site<'m> {
    /// A type.
    pub(in crate::reference) fn ty(&self, id: TypeId) -> TypePage {
        let (ty, own) = (self.model.ty(id), self.names.type_names(id));
        let scope = Scope::new(TextOwner::Type(id));
        let mut page = TypePage {
            name: ty.name.to_string(),
            rust: own.ident.to_string(),
            kind: "enum",
            docs: self.docs(&ty.docs, scope),
            bases: self.bases(id),
            extended_by: self.uses.types.get(&id).into_iter().flatten().map(|id| self.type_name(*id)).collect(),
            tags: None,
            constructors: Vec::new(),
            one_of: Vec::new(),
            attributes: Vec::new(),
            links: Vec::new(),
            values: Vec::new(),
            searches: self.searches(id),
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
        if !page.searches.is_empty() {
            page.contents.push(Contents::new("Searches", "Searches"));
        }
        page.contents.push(Contents::new("Used by", "Uses"));
        page
    }

    fn group(&self, id: TypeId, it: &Struct, group: &OneOf, names: &OneOfNames) -> Group {
        let piece = |field: &Field| Piece::link(field.name.as_str(), self.links.field(id, &field.name));
        Group { text: format!("{}()", names.method), fields: it.fields_of(group).map(piece).collect() }
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
                field: Piece::link(name.as_str(), self.links.field(id, name)),
            })
            .collect();
        let groups = it.one_of.iter().zip(&own.one_of);
        page.one_of = groups.map(|(group, names)| self.group(id, it, group, names)).collect();
        let mut fields: Vec<_> = it.fields.iter().zip(&own.fields).collect();
        fields.sort_by_key(|(field, _)| &field.name);
        let (mut attributes, mut links) = (Contents::new("Attributes", "Attributes"), Contents::new("Links", "Links"));
        for (field, names) in fields {
            let rust = if it.is_abstract { names.getter.to_string() } else { names.field.to_string() };
            let link = format!("{}::{}", own.ident, names.link);
            let part = self.field(id, field, rust, link);
            let (parts, contents) =
                if field.link { (&mut page.links, &mut links) } else { (&mut page.attributes, &mut attributes) };
            contents.entry(&field.name, field.docs.deprecated.is_some());
            parts.push(part);
        }
        page.contents.extend([attributes, links].into_iter().filter(|part| !part.items.is_empty()));
    }

    /// The structs that a type extends, farthest first.
    fn bases(&self, id: TypeId) -> Vec<Piece> {
        let parent = |id: &TypeId| self.model.ty(*id).as_struct().and_then(|it| it.base);
        let mut bases: Vec<TypeId> = std::iter::successors(parent(&id), parent).collect();
        bases.reverse();
        bases.into_iter().map(|id| self.type_name(id)).collect()
    }

    fn field(&self, id: TypeId, field: &'m Field, rust: String, link: String) -> FieldPart {
        let scope = Scope::new(TextOwner::Type(id)).item(field.name.as_str(), Some(field.ty.base));
        FieldPart {
            name: field.name.to_string(),
            docs: self.docs(&field.docs, scope),
            ty: self.rust_type(field.ty),
            rust: (rust != *field.name.as_str()).then_some(rust),
            from: self.declared_by(id, field).filter(|owner| *owner != id).map(|owner| self.type_name(owner)),
            xml: match (&field.item_tag, field.xml_attribute) {
                (_, true) => format!("{}=\"…\"", field.tag),
                (Some(item), false) => format!("<{}><{item}>", field.tag),
                (None, false) => format!("<{}>", field.tag),
            },
            rel: field.rel.clone(),
            link: (field.following != Following::Never).then_some(link),
            absent: match &field.following {
                Following::Sometimes(reason) => Some(reason.clone()),
                _ => None,
            },
            secret: field.secret,
            access: access(field),
        }
    }

    /// The struct that declares a field.
    fn declared_by(&self, id: TypeId, field: &Field) -> Option<TypeId> {
        let parent = |id: &TypeId| self.model.ty(*id).as_struct().and_then(|it| it.base);
        std::iter::successors(Some(id), parent).find(|id| self.model.is_own(*id, field))
    }

    fn value(&self, id: TypeId, value: &'m Value, variant: &proc_macro2::Ident) -> ValuePart {
        let scope = Scope::new(TextOwner::Type(id)).item(value.name.as_str(), None);
        ValuePart {
            name: value.name.to_string(),
            variant: format!("{}::{variant}", self.names.type_names(id).ident),
            docs: self.docs(&value.docs, scope),
        }
    }

    fn uses_of(&self, id: TypeId) -> UsesPart {
        let fields = self.uses.fields.get(&id).into_iter().flatten();
        let calls = |calls: Option<&Vec<Call<'m>>>| -> Vec<Piece> {
            let link = |(service, method): &Call<'m>| {
                let text = format!("{}.{method}", self.model.service(*service).name);
                Piece::link(text, self.links.method(*service, method))
            };
            calls.into_iter().flatten().map(link).collect()
        };
        UsesPart {
            fields: fields
                .map(|(owner, name)| {
                    let text = format!("{}.{name}", self.model.ty(*owner).name);
                    Piece::link(text, self.links.field(*owner, name))
                })
                .collect(),
            sent: calls(self.uses.sent.get(&id)),
            returned: calls(self.uses.returned.get(&id)),
        }
    }
}

/// When the engine reads and returns a field, in words.
fn access(field: &Field) -> Vec<&'static str> {
    let Access { read_only, create_only, write_only } = field.access;
    let facts = [(read_only, "read-only"), (create_only, "fixed at creation"), (write_only, "write-only")];
    facts.into_iter().filter_map(|(is, text)| is.then_some(text)).collect()
}

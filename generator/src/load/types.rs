//! A file of `types/` → [`Type`].

use super::fields::{Entry, Fields, Reader};
use crate::diagnostics::Diagnostic;
use crate::syntax::{Member, Struct, Type, TypeKind, Value};
use crate::yaml::{Kind, Node};

pub(super) fn read(mut fields: Fields<'_>, stem: &str) -> Option<Type> {
    let name = match (fields.has("struct"), fields.has("enum")) {
        (true, false) => fields.optional("struct", Reader::name),
        (false, true) => fields.optional("enum", Reader::name),
        (both, _) => {
            let label = if both { "both at once" } else { "neither `struct` nor `enum`" };
            let problem = Diagnostic::at(fields.place(), "a type is a `struct` or an `enum`", label)
                .help(format!("begin the file with `struct: {stem}` or `enum: {stem}`"));
            fields.reader().problems.push(problem);
            None
        }
    }?;
    if name.value != *stem {
        let message = format!("the file of `{}` has another name", name.value);
        let problem = Diagnostic::at(name.place, message, format!("the file is called {stem}.yaml"))
            .help(format!("rename the file to {}.yaml, or the type to `{stem}`", name.value));
        fields.reader().problems.push(problem);
    }
    let docs = fields.docs();
    let builtin = fields.optional("builtin", Reader::flag).unwrap_or_default();
    let kind = if fields.has("struct") { read_struct(fields) } else { read_enum(fields) };
    Some(Type { name, builtin, docs, kind })
}

fn read_struct(mut fields: Fields<'_>) -> TypeKind {
    fields.optional("struct", Reader::name);
    let extends = fields.optional("extends", Reader::name);
    let is_abstract = fields.optional("abstract", Reader::flag).unwrap_or_default();
    let resource = fields.optional("resource", Reader::flag).unwrap_or_default();
    let references = fields.optional("references", Reader::names).unwrap_or_default();
    let found_by = fields.optional("found_by", Reader::name);
    let order = fields.optional("order", Reader::names).unwrap_or_default();
    let tag = fields.optional("tag", Reader::wire_name);
    let plural_tag = fields.optional("plural_tag", Reader::wire_name);
    fields.reason(&["tag", "plural_tag", "order"]);
    let attributes = fields.optional("attributes", Reader::entries).unwrap_or_default();
    let links = fields.optional("links", Reader::entries).unwrap_or_default();
    let reader = fields.finish();
    for link in &links {
        if let Some(first) = attributes.iter().find(|attribute| attribute.name.value == link.name.value) {
            reader.repeated(link.name.value.as_str(), link.name.place, first.name.place);
        }
    }
    let attributes = attributes.into_iter().filter_map(|entry| read_member(reader, entry, false));
    let links = links.into_iter().filter_map(|entry| read_member(reader, entry, true));
    let members = attributes.chain(links).collect();
    TypeKind::Struct(Box::new(Struct {
        extends,
        is_abstract,
        resource,
        references,
        found_by,
        order,
        tag,
        plural_tag,
        members,
    }))
}

fn read_member<'a>(reader: Reader<'a>, entry: Entry<'a>, link: bool) -> Option<Member> {
    let mut fields = reader.map(entry.node)?;
    let ty = fields.required("type", Reader::type_name);
    let secret = fields.optional("secret", Reader::flag).unwrap_or_default();
    let docs = fields.docs();
    let tag = fields.optional("tag", Reader::wire_name);
    let item_tag = fields.optional("item_tag", Reader::wire_name);
    let rel = fields.optional("rel", Reader::wire_name);
    fields.reason(&["tag", "item_tag", "rel"]);
    fields.finish();
    Some(Member { name: entry.name, ty: ty?, link, secret, docs, tag, item_tag, rel })
}

fn read_values<'a>(reader: Reader<'a>, node: &'a Node) -> Option<Vec<Entry<'a>>> {
    let values = reader.entries(node)?;
    if matches!(&node.kind, Kind::Map(entries) if entries.is_empty()) {
        let problem = Diagnostic::at(reader.place(node), "an enum without values", "at least one is needed");
        reader.problems.push(problem);
    }
    Some(values)
}

fn read_enum(mut fields: Fields<'_>) -> TypeKind {
    fields.optional("enum", Reader::name);
    let values = fields.required("values", read_values).unwrap_or_default();
    let reader = fields.finish();
    let value = |entry: Entry<'_>| {
        let mut fields = reader.map(entry.node)?;
        let docs = fields.docs();
        fields.finish();
        Some(Value { name: entry.name, docs })
    };
    TypeKind::Enum(values.into_iter().filter_map(value).collect())
}

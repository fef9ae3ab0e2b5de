//! A file of `types/` → [`Type`].

use super::mapping::{Mapping, NamedEntry, NodeReader};
use crate::diagnostics::Diagnostic;
use crate::syntax::{Comparison, Field, Follow, FollowException, OneOf, Positioned, Struct, Type, TypeKind, Value};
use crate::yaml::{Kind, Node};

pub(super) fn read(mut mapping: Mapping<'_>, stem: &str) -> Option<Type> {
    let name = match (mapping.has("struct"), mapping.has("enum")) {
        (true, false) => mapping.optional("struct", NodeReader::name),
        (false, true) => mapping.optional("enum", NodeReader::name),
        (both, _) => {
            let label = if both { "has both keys" } else { "has neither key" };
            let problem = Diagnostic::at(mapping.position(), "a type is either a `struct` or an `enum`", label)
                .help(format!("start the file with `struct: {stem}` or `enum: {stem}`"));
            mapping.reader().problems.push(problem);
            None
        }
    }?;
    if name.value != *stem {
        let message = format!("the file name does not match `{}`", name.value);
        let problem = Diagnostic::at(name.position, message, format!("the file is named `{stem}.yaml`"))
            .help(format!("rename the file to `{}.yaml`, or the type to `{stem}`", name.value));
        mapping.reader().problems.push(problem);
    }
    let docs = mapping.docs();
    let builtin = mapping.optional("builtin", NodeReader::flag).unwrap_or_default();
    let kind = if mapping.has("struct") { read_struct(mapping) } else { read_enum(mapping) };
    Some(Type { name, builtin, docs, kind })
}

fn read_struct(mut mapping: Mapping<'_>) -> TypeKind {
    mapping.optional("struct", NodeReader::name);
    let extends = mapping.optional("extends", NodeReader::name);
    let is_abstract = mapping.optional("abstract", NodeReader::flag).unwrap_or_default();
    let resource = mapping.optional("resource", NodeReader::flag).unwrap_or_default();
    let references = mapping.optional("references", NodeReader::names).unwrap_or_default();
    let order = mapping.optional("order", NodeReader::names).unwrap_or_default();
    let read_only = mapping.optional("read_only", NodeReader::names).unwrap_or_default();
    let create_only = mapping.optional("create_only", NodeReader::names).unwrap_or_default();
    let write_only = mapping.optional("write_only", NodeReader::names).unwrap_or_default();
    let one_of = mapping.optional("one_of", NodeReader::entries).unwrap_or_default();
    let follow = mapping.optional("follow", NodeReader::map).map(read_follow).unwrap_or_default();
    let tag = mapping.optional("tag", NodeReader::wire_name);
    let plural_tag = mapping.optional("plural_tag", NodeReader::wire_name);
    mapping.reason(&["tag", "plural_tag", "order"]);
    let attributes = mapping.optional("attributes", NodeReader::entries).unwrap_or_default();
    let links = mapping.optional("links", NodeReader::entries).unwrap_or_default();
    let reader = mapping.finish();
    for link in &links {
        if let Some(first) = attributes.iter().find(|attribute| attribute.name.value == link.name.value) {
            reader.repeated(link.name.value.as_str(), link.name.position, first.name.position);
        }
    }
    let attributes = attributes.into_iter().filter_map(|entry| read_field(reader, entry, false));
    let links = links.into_iter().filter_map(|entry| read_field(reader, entry, true));
    let fields = attributes.chain(links).collect();
    let one_of =
        one_of.into_iter().filter_map(|group| Some(OneOf { name: group.name, fields: reader.names(group.node)? }));
    let one_of = one_of.collect();
    let it = Struct {
        extends,
        is_abstract,
        resource,
        references,
        order,
        read_only,
        create_only,
        write_only,
        one_of,
        follow,
        tag,
        plural_tag,
        fields,
    };
    TypeKind::Struct(Box::new(it))
}

fn read_follow(mut mapping: Mapping<'_>) -> Follow {
    let always = mapping.optional("always", NodeReader::names).unwrap_or_default();
    let sometimes = mapping.optional("sometimes", read_exceptions).unwrap_or_default();
    let never = mapping.optional("never", read_exceptions).unwrap_or_default();
    mapping.finish();
    Follow { always, sometimes, never }
}

/// Links with reasons.
fn read_exceptions<'a>(reader: NodeReader<'a>, node: &'a Node) -> Option<Vec<FollowException>> {
    let exceptions = reader.entries(node)?.into_iter();
    let read = |entry: NamedEntry<'a>| Some(FollowException { link: entry.name, reason: reader.text(entry.node)? });
    Some(exceptions.filter_map(read).collect())
}

fn read_field<'a>(reader: NodeReader<'a>, entry: NamedEntry<'a>, link: bool) -> Option<Field> {
    let mut mapping = reader.map(entry.node)?;
    let ty = mapping.required("type", NodeReader::type_name);
    let secret = mapping.optional("secret", NodeReader::flag).unwrap_or_default();
    let compare = mapping.optional("compare", read_comparison);
    let docs = mapping.docs();
    let tag = mapping.optional("tag", NodeReader::wire_name);
    let item_tag = mapping.optional("item_tag", NodeReader::wire_name);
    let rel = mapping.optional("rel", NodeReader::wire_name);
    mapping.reason(&["tag", "item_tag", "rel", "compare"]);
    mapping.finish();
    Some(Field { name: entry.name, ty: ty?, link, secret, compare, docs, tag, item_tag, rel })
}

fn read_comparison<'a>(reader: NodeReader<'a>, node: &'a Node) -> Option<Positioned<Comparison>> {
    let text = reader.positioned_text(node)?;
    if let Some(found) = Comparison::ALL.into_iter().find(|it| it.as_str() == text.value) {
        return Some(Positioned { value: found, position: text.position });
    }
    let known = Comparison::ALL.map(Comparison::as_str);
    let message = format!("`{}` is not a way to compare values", text.value);
    let problem = Diagnostic::at(text.position, message, "unknown")
        .help(format!("the ways are `{}`", known.join("`, `")))
        .suggest(&text.value, known);
    reader.problems.push(problem);
    None
}

fn read_values<'a>(reader: NodeReader<'a>, node: &'a Node) -> Option<Vec<NamedEntry<'a>>> {
    let values = reader.entries(node)?;
    if matches!(&node.kind, Kind::Map(entries) if entries.is_empty()) {
        let problem = Diagnostic::at(reader.position(node), "an enum without values", "needs at least one value");
        reader.problems.push(problem);
    }
    Some(values)
}

fn read_enum(mut mapping: Mapping<'_>) -> TypeKind {
    mapping.optional("enum", NodeReader::name);
    mapping.reason(&[]);
    let values = mapping.required("values", read_values).unwrap_or_default();
    let reader = mapping.finish();
    let value = |entry: NamedEntry<'_>| {
        let mut mapping = reader.map(entry.node)?;
        let docs = mapping.docs();
        mapping.reason(&[]);
        mapping.finish();
        Some(Value { name: entry.name, docs })
    };
    TypeKind::Enum(values.into_iter().filter_map(value).collect())
}

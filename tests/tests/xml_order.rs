//! Written documents have the names and the order of the model, for every struct. Engines validate documents against a
//! schema in which the order of elements is fixed. This test derives the order from the model and reads no tables of the
//! SDK, so that it also runs without the schema of an engine.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail so")]

use ovirt_sdk::registry;
use ovirt_sdk::xml::{DecodeOptions, Document, EncodeOptions};
use ovirt_sdk_generator::model::{BaseType, Field, Model, Primitive, Struct, TypeKind};
use ovirt_sdk_generator::{LoadedModel, MODEL};
use ovirt_sdk_tests::models;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Something that stands within the root element.
#[derive(Clone, Debug, PartialEq)]
enum Part {
    Attribute(String),
    Link(String),
    /// The tag of an element, and the tag of what it contains, if it is a list.
    Element(String, Option<String>),
}

#[test]
fn every_struct_is_written_in_the_order_of_the_model() {
    let root = models::repository();
    let LoadedModel { model, .. } = ovirt_sdk_generator::load_model(&root.join(MODEL), &root).expect("the model loads");
    let (mut checked, mut with_links) = (0, 0);
    for (_, ty) in model.types() {
        let Some(it) = ty.as_struct().filter(|it| !it.is_abstract) else { continue };
        // Some tags are those of several structs. A document with such a tag is read as one of them.
        if registry::by_tag(&it.tag).is_none_or(|found| found.info().name != ty.name.as_str()) {
            continue;
        }
        let expected = parts(it);
        let written = rewrite(&document(&model, it));
        assert_eq!(read(&written), expected, "{}: {written}", ty.name);
        checked += 1;
        with_links += usize::from(expected.iter().any(|part| matches!(part, Part::Link(_))));
    }
    assert!(checked > 150 && with_links > 20, "only {checked} structs, {with_links} with links");
}

/// The parts of a document with all fields, in the order of the model.
fn parts(it: &Struct) -> Vec<Part> {
    let links = it.fields.iter().filter_map(|field| field.rel.clone()).map(Part::Link);
    let mut links = it.links_at.map(|at| (at, links.collect::<Vec<_>>()));
    let mut parts = Vec::new();
    for (index, field) in it.fields.iter().enumerate() {
        if let Some((_, links)) = links.take_if(|(at, _)| *at == index) {
            parts.extend(links);
        }
        parts.push(match field.xml_attribute {
            true => Part::Attribute(field.tag.clone()),
            false => Part::Element(field.tag.clone(), field.item_tag.clone()),
        });
    }
    parts.extend(links.map(|(_, links)| links).unwrap_or_default());
    parts
}

/// A document with all fields, in the reverse order.
fn document(model: &Model, it: &Struct) -> String {
    let tag = &it.tag;
    let (mut attributes, mut children) = (String::new(), String::new());
    for field in it.fields.iter().rev() {
        let value = value(model, field);
        if field.xml_attribute {
            attributes.push_str(&format!(" {}=\"{value}\"", field.tag));
            continue;
        }
        let value = field.item_tag.as_ref().map_or(value.clone(), |item| format!("<{item}>{value}</{item}>"));
        children.push_str(&format!("<{0}>{value}</{0}>", field.tag));
        if let Some(rel) = field.rel.as_ref().filter(|_| it.links_at.is_some()) {
            children.push_str(&format!("<link rel=\"{rel}\" href=\"/api/{rel}\"/>"));
        }
    }
    format!("<{tag}{attributes}>{children}</{tag}>")
}

/// A value of the type of a field, or of the items of its list.
fn value(model: &Model, field: &Field) -> String {
    let text = match field.ty.base {
        BaseType::Primitive(Primitive::Boolean) => "true",
        BaseType::Primitive(Primitive::Date) => "2026-01-02T03:04:05.000+01:00",
        BaseType::Primitive(Primitive::Decimal) => "1.5",
        BaseType::Primitive(Primitive::Integer) => "7",
        BaseType::Primitive(Primitive::String) => "text",
        BaseType::Struct(_) => "",
        BaseType::Enum(id) => match &model.ty(id).kind {
            TypeKind::Enum(values) => values.first().map(|value| value.name.as_str()).unwrap_or_default(),
            TypeKind::Struct(_) => panic!("{} is not an enum", model.ty(id).name),
        },
    };
    text.to_owned()
}

/// Reads a document and writes it again.
fn rewrite(text: &str) -> String {
    let document = Document::read(text.as_bytes(), &DecodeOptions::new().strict(true)).expect(text);
    document.write(&EncodeOptions::new().indent(false)).expect(text)
}

/// The parts of a document.
fn read(text: &str) -> Vec<Part> {
    let mut reader = Reader::from_str(text);
    let (mut parts, mut depth) = (Vec::new(), 0);
    loop {
        match reader.read_event().expect(text) {
            Event::Start(start) => {
                note(&mut parts, depth, &start);
                depth += 1;
            }
            Event::Empty(start) => note(&mut parts, depth, &start),
            Event::End(_) => depth -= 1,
            Event::Eof => return parts,
            _ => {}
        }
    }
}

fn note(parts: &mut Vec<Part>, depth: usize, start: &BytesStart<'_>) {
    let tag = start.name().as_ref().to_owned();
    let attributes: Vec<(String, String)> = start
        .attributes()
        .flatten()
        .map(|attribute| {
            let name = attribute.key.as_ref().to_owned();
            (name, attribute.value.clone().into_owned())
        })
        .collect();
    match depth {
        0 => parts.extend(attributes.into_iter().map(|(name, _)| Part::Attribute(name))),
        1 if tag == "link" => {
            let rel = attributes.into_iter().find(|(name, _)| name == "rel").map(|(_, rel)| rel);
            parts.push(Part::Link(rel.expect("a link has a rel")));
        }
        1 => parts.push(Part::Element(tag, None)),
        _ => {
            if let Some(Part::Element(_, item @ None)) = parts.last_mut().filter(|_| depth == 2) {
                *item = Some(tag);
            }
        }
    }
}

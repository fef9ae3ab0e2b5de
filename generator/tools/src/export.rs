//! [`Model`] → JSON in the format of upstream's published model, plus wire names and texts.

mod object;
mod searches;

use serde::Serialize;
use serde_json::{Map, Value as Json};

use object::Object;

use ovirt_sdk_generator::model::{
    Access, Field, Following, Locator, Method, Model, OneOf, Parameter, Segment, Service, Struct, Type, TypeKind,
    dotted,
};
use ovirt_sdk_generator::syntax::{StateRole, Waiter};

/// Exports a model as JSON.
pub fn export(model: &Model) -> Result<String, serde_json::Error> {
    let (builtin, types): (Vec<_>, Vec<_>) = model.types.iter().partition(|ty| ty.builtin);
    let root = model.root.map(|id| model.service(id).name.as_str());
    let mut text = serde_json::to_string_pretty(&Api {
        model: &model.title,
        version: &model.version,
        root,
        types: types.into_iter().map(|ty| type_json(model, ty)).collect(),
        builtin_types: builtin.into_iter().map(|ty| type_json(model, ty)).collect(),
        services: model.services.iter().map(|service| service_json(model, service)).collect(),
        searches: model.searches.iter().map(|search| searches::search_json(model, search)).collect(),
        search_values: model.search_values.iter().map(searches::values_json).collect(),
    })?;
    text.push('\n');
    Ok(text)
}

#[derive(Serialize)]
struct Api<'m> {
    model: &'m str,
    version: &'m str,
    root: Option<&'m str>,
    types: Vec<Json>,
    builtin_types: Vec<Json>,
    services: Vec<Json>,
    searches: Vec<Json>,
    search_values: Vec<Json>,
}

fn type_json(model: &Model, ty: &Type) -> Json {
    let object = Object::default().text("name", ty.name.as_str());
    match &ty.kind {
        TypeKind::Struct(it) => {
            let own = |link: bool| own_fields(model, ty, it, link);
            let base = it.base.map(|base| model.ty(base).name.as_str());
            object
                .text("kind", "struct")
                .maybe("base", base)
                .docs(&ty.docs)
                .text("tag", &it.tag)
                .text("plural_tag", &it.plural_tag)
                .list("attributes", own(false))
                .list("links", own(true))
                .some("read_only", accessible(it, |access| access.read_only))
                .some("create_only", accessible(it, |access| access.create_only))
                .some("write_only", accessible(it, |access| access.write_only))
                .object("one_of", one_of(it))
                .object("follow", follow(it))
                .list("other_rels", it.other_rels.iter().map(|rel| Json::from(rel.as_str())))
                .done()
        }
        TypeKind::Enum(values) => {
            let value = |value: &ovirt_sdk_generator::model::Value| {
                Object::default().text("name", value.name.as_str()).docs(&value.docs).done()
            };
            object.text("kind", "enum").docs(&ty.docs).list("values", values.iter().map(value)).done()
        }
    }
}

/// The names of the fields to which the engine gives a kind of access, including inherited ones.
fn accessible(it: &Struct, is: fn(Access) -> bool) -> impl Iterator<Item = Json> {
    it.fields.iter().filter(move |field| is(field.access)).map(|field| Json::from(field.name.as_str()))
}

/// The groups with the names of their fields.
fn one_of(it: &Struct) -> Object {
    let fields = |group: &OneOf| it.fields_of(group).map(|field| Json::from(field.name.as_str())).collect::<Vec<_>>();
    it.one_of.iter().fold(Object::default(), |object, group| object.list(group.name.as_str(), fields(group)))
}

/// The links that the engine can follow, including inherited ones.
fn follow(it: &Struct) -> Object {
    let (mut always, mut sometimes) = (Vec::new(), Object::default());
    for field in &it.fields {
        let name = field.name.as_str();
        match &field.following {
            Following::Never => {}
            Following::Sometimes(reason) => sometimes = sometimes.text(name, reason),
            Following::Always => always.push(Json::from(name)),
        }
    }
    Object::default().some("always", always).object("sometimes", sometimes)
}

fn own_fields(model: &Model, ty: &Type, it: &Struct, link: bool) -> Vec<Json> {
    let mut own: Vec<&Field> = it
        .fields
        .iter()
        .filter(|field| field.owner.is_some_and(|owner| model.ty(owner).name == ty.name))
        .filter(|field| field.link == link)
        .collect();
    own.sort_by(|a, b| a.name.cmp(&b.name));
    let json = |field: &&Field| {
        Object::default()
            .text("name", field.name.as_str())
            .text("type", &model.type_text(field.ty))
            .docs(&field.docs)
            .flag("secret", field.secret)
            .maybe("compare", field.compare.as_ref().map(|compare| compare.value.as_str()))
            .flag("xml_attribute", field.xml_attribute)
            .text("tag", &field.tag)
            .maybe("item_tag", field.item_tag.as_deref())
            .maybe("rel", field.rel.as_deref())
            .done()
    };
    own.iter().map(json).collect()
}

fn service_json(model: &Model, service: &Service) -> Json {
    let methods = service.methods.iter().flat_map(|method| {
        let signatures = method.signatures.iter().map(|signature| method_json(model, signature, Some(method)));
        std::iter::once(method_json(model, method, None)).chain(signatures)
    });
    Object::default()
        .text("name", service.name.as_str())
        .maybe("area", service.area.as_deref())
        .maybe("module", service.module.as_deref())
        .maybe("base", service.base.map(|base| model.service(base).name.as_str()))
        .docs(&service.docs)
        .list("methods", methods)
        .list("locators", service.locators.iter().map(|locator| locator_json(model, locator)))
        .maybe("found_by", service.found_by.as_ref().map(|path| dotted(&path.value)).as_deref())
        .maybe("id_search", service.id_search.as_ref().map(|field| field.value.as_str()))
        .some("waiters", service.waiters.iter().map(waiter_json))
        .done()
}

fn waiter_json(waiter: &Waiter) -> Json {
    let addresses = waiter.addresses.as_ref().map(|addresses| {
        Object::default()
            .text("list", addresses.list.value.as_str())
            .text("address", &dotted(&addresses.address.value))
            .text("network", &dotted(&addresses.network.value))
            .text("missing", &addresses.missing)
            .done()
    });
    let mut object = Object::default()
        .text("name", waiter.name.value.as_str())
        .docs(&waiter.docs)
        .text("unmet", &waiter.unmet)
        .text("field", waiter.field.value.as_str())
        .number("typical", Some(waiter.typical))
        .number("grace", waiter.grace)
        .number("settle", waiter.settle)
        .list("sources", waiter.sources.iter().map(|source| Json::from(source.as_str())));
    for role in StateRole::ALL {
        let states = waiter.states_with(role).into_iter().map(|state| Json::from(state.as_str()));
        object = object.some(role.as_str(), states);
    }
    if let Some(addresses) = addresses {
        object.0.insert("addresses".to_owned(), addresses);
    }
    object.done()
}

fn method_json(model: &Model, method: &Method, base: Option<&Method>) -> Json {
    Object::default()
        .text("name", method.name.as_str())
        .maybe("signature_of", base.map(|base| base.name.as_str()))
        .docs(&method.docs)
        .maybe("example", method.example.as_ref().map(|example| example.value.as_str()))
        .maybe("segment", method.segment.as_deref())
        .maybe("answer", method.returns_action.then_some("action"))
        .some("already", method.already.iter().map(|text| Json::from(text.as_str())))
        .list("parameters", method.parameters.iter().map(|parameter| parameter_json(model, parameter)))
        .done()
}

fn parameter_json(model: &Model, parameter: &Parameter) -> Json {
    let mut fields = Map::new();
    for (paths, text) in [(&parameter.mandatory, "mandatory"), (&parameter.optional, "optional")] {
        for path in paths {
            let above = path.rsplit_once('.').map_or("", |(above, _)| above);
            for (index, name) in path.split('|').enumerate() {
                let is_nested = index > 0 && !above.is_empty();
                let path = if is_nested { format!("{above}.{name}") } else { name.to_owned() };
                put_field(&mut fields, &path, text);
            }
        }
    }
    let mut object = Object::default()
        .text("name", parameter.name.as_str())
        .text("type", &model.type_text(parameter.ty))
        .text("direction", parameter.direction.as_str())
        .flag("secret", parameter.secret)
        .docs(&parameter.docs)
        .text("tag", &parameter.tag);
    if !fields.is_empty() {
        object.0.insert("fields".to_owned(), Json::Object(fields));
    }
    object.done()
}

/// Inserts `a.b.c` as nested objects.
fn put_field(fields: &mut Map<String, Json>, path: &str, text: &str) {
    match path.split_once('.') {
        None => {
            fields.insert(path.to_owned(), Json::from(text));
        }
        Some((head, rest)) => {
            let inner = fields.entry(head).or_insert_with(|| Json::Object(Map::new()));
            if let Json::Object(inner) = inner {
                put_field(inner, rest, text);
            }
        }
    }
}

fn locator_json(model: &Model, locator: &Locator) -> Json {
    let object = Object::default()
        .text("name", locator.name.as_str())
        .text("service", model.service(locator.service).name.as_str())
        .docs(&locator.docs);
    match &locator.segment {
        Segment::Text(segment) => object.text("segment", segment),
        Segment::Parameter(name) => object.text("parameter", name.as_str()),
    }
    .done()
}

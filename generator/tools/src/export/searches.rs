//! Searches as JSON.

use ovirt_sdk_generator::model::{Model, Search, SearchField, SearchReference, SearchValues};
use serde_json::Value as Json;

use super::object::Object;

pub(super) fn search_json(model: &Model, search: &Search) -> Json {
    let types = search.types.iter().map(|ty| Json::from(model.ty(*ty).name.as_str()));
    let services = search.services.iter().map(|service| Json::from(model.service(*service).name.as_str()));
    let order = search.order.iter().map(|order| {
        let object = Object::default().text("path", &order.path.value).text("kind", order.kind.as_str());
        object.flag("descending", order.descending).done()
    });
    Object::default()
        .text("name", search.name.as_str())
        .text("text", &search.text)
        .docs(&search.docs)
        .list("types", types)
        .some("services", services)
        .flag("by_reference", search.by_reference)
        .list("order", order)
        .maybe("pages", search.pages.as_ref().map(|pages| pages.value.as_str()))
        .list("fields", search.fields.iter().map(|field| field_json(model, field)))
        .some("references", search.references.iter().map(|reference| reference_json(model, reference)))
        .done()
}

fn field_json(model: &Model, field: &SearchField) -> Json {
    let unit = u32::try_from(field.unit).ok().filter(|unit| *unit != 1);
    Object::default()
        .text("name", field.name.as_str())
        .text("text", &field.text)
        .docs(&field.docs)
        .text("path", &field.path.value)
        .text("kind", field.kind.as_str())
        .text("relations", field.relations.as_str())
        .number("unit", unit)
        .maybe("values", field.values.map(|id| model.search_values(id).name.as_str()))
        .done()
}

fn reference_json(model: &Model, reference: &SearchReference) -> Json {
    Object::default()
        .text("name", reference.name.as_str())
        .text("text", &reference.text)
        .docs(&reference.docs)
        .text("path", &reference.path.value)
        .text("search", model.search(reference.search).name.as_str())
        .done()
}

pub(super) fn values_json(values: &SearchValues) -> Json {
    let value = |value: &ovirt_sdk_generator::syntax::SearchValue| {
        Object::default().text("name", &value.name).maybe("api", value.api.as_deref()).done()
    };
    Object::default().text("name", values.name.as_str()).list("values", values.values.iter().map(value)).done()
}

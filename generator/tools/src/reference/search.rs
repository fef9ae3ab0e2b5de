//! The search index. It is a script because pages from `file:` URLs can load nothing else.

use serde::Serialize;

use super::mark::MARK;
use super::text::plain;
use ovirt_sdk_generator::model::{Model, TypeKind};
use ovirt_sdk_generator::names::Names;
use ovirt_sdk_generator::syntax::Docs;

/// Name, text, and 1 if the item is deprecated.
type Item<'m> = (&'m str, String, u8);

/// Name, kind, Rust name, base, text, 1 if deprecated, fields or values.
type TypeRow<'m> = (&'m str, &'static str, String, &'m str, String, u8, Vec<Item<'m>>);

/// Name, text, 1 if deprecated, parameters.
type MethodRow<'m> = (&'m str, String, u8, Vec<Item<'m>>);

/// Name, Rust name, base, text, 1 if deprecated, methods, locators.
type ServiceRow<'m> = (&'m str, String, &'m str, String, u8, Vec<MethodRow<'m>>, Vec<Item<'m>>);

#[derive(Serialize)]
struct Index<'m> {
    types: Vec<TypeRow<'m>>,
    services: Vec<ServiceRow<'m>>,
    /// Summaries of parameters that have none of their own.
    parameters: Vec<(&'m str, String)>,
}

/// Renders the script with the index.
pub(super) fn script(model: &Model, names: &Names) -> Result<String, serde_json::Error> {
    let index = Index {
        types: types(model, names),
        services: services(model, names),
        parameters: model.parameters.iter().map(|(name, text)| (name.as_str(), plain(text))).collect(),
    };
    // JSON is valid JavaScript.
    let json = serde_json::to_string(&index)?;
    Ok(format!("// {}\nwindow.referenceIndex = {json};\n", MARK))
}

fn item<'m>(name: &'m ovirt_sdk_generator::name::Name, docs: &Docs) -> Item<'m> {
    (name.as_str(), text(docs), deprecated(docs))
}

fn text(docs: &Docs) -> String {
    docs.summary.as_deref().map(plain).unwrap_or_default()
}

fn deprecated(docs: &Docs) -> u8 {
    u8::from(docs.deprecated.is_some())
}

fn types<'m>(model: &'m Model, names: &Names) -> Vec<TypeRow<'m>> {
    let row = |(id, ty): (_, &'m ovirt_sdk_generator::model::Type)| {
        let (kind, base, items) = match &ty.kind {
            TypeKind::Enum(values) => {
                ("enum", "", values.iter().map(|value| item(&value.name, &value.docs)).collect::<Vec<_>>())
            }
            TypeKind::Struct(it) => {
                let own = it.fields.iter().filter(|field| model.is_own(id, field));
                let base = it.base.map(|base| model.ty(base).name.as_str()).unwrap_or_default();
                ("struct", base, own.map(|field| item(&field.name, &field.docs)).collect())
            }
        };
        let rust = names.type_names(id).ident.to_string();
        (ty.name.as_str(), kind, rust, base, text(&ty.docs), deprecated(&ty.docs), items)
    };
    model.types().map(row).collect()
}

fn services<'m>(model: &'m Model, names: &Names) -> Vec<ServiceRow<'m>> {
    let row = |(id, service): (_, &'m ovirt_sdk_generator::model::Service)| {
        let methods = service.methods.iter().map(|method| {
            let parameters = method.all_parameters().into_iter();
            let parameters = parameters.map(|parameter| item(&parameter.name, &parameter.docs));
            (method.name.as_str(), text(&method.docs), deprecated(&method.docs), parameters.collect())
        });
        let locators = service.locators.iter().map(|locator| item(&locator.name, &locator.docs));
        let base = service.base.map(|base| model.service(base).name.as_str()).unwrap_or_default();
        let rust = names.service_names(id).ident.to_string();
        let docs = &service.docs;
        (service.name.as_str(), rust, base, text(docs), deprecated(docs), methods.collect(), locators.collect())
    };
    model.services().map(row).collect()
}

//! `API.md`: types and services at a glance, with Tera since it is no Rust.

use serde::Serialize;
use tera::{Context, Tera};

use super::docs;
use crate::model::{Model, TypeKind};
use crate::names::Names;

const TEMPLATE: &str = include_str!("overview.md.tera");

#[derive(Serialize)]
struct TypeRow<'m> {
    name: &'m str,
    rust: String,
    members: usize,
    summary: String,
}

#[derive(Serialize)]
struct ServiceRow<'m> {
    name: &'m str,
    area: String,
    methods: String,
    summary: String,
}

/// The text of the file.
pub(super) fn render(model: &Model, names: &Names) -> Result<String, tera::Error> {
    let (mut structs, mut enums) = (Vec::new(), Vec::new());
    for (id, ty) in model.types() {
        let (list, members) = match &ty.kind {
            TypeKind::Struct(it) => (&mut structs, it.members.len()),
            TypeKind::Enum(values) => (&mut enums, values.len()),
        };
        list.push(TypeRow {
            name: ty.name.as_str(),
            rust: names.of(id).ident.to_string(),
            members,
            summary: docs::cell(ty.docs.summary.as_deref().unwrap_or_default()),
        });
    }
    let services: Vec<ServiceRow<'_>> = model
        .services
        .iter()
        .map(|service| ServiceRow {
            name: service.name.as_str(),
            area: docs::cell(service.area.as_deref().unwrap_or_default()),
            methods: service.methods.iter().map(|method| format!("`{}`", method.name)).collect::<Vec<_>>().join(" "),
            summary: docs::cell(service.docs.summary.as_deref().unwrap_or_default()),
        })
        .collect();
    let mut context = Context::new();
    context.insert("command", super::COMMAND);
    context.insert("title", &model.title);
    context.insert("version", &model.version);
    context.insert("structs", &structs);
    context.insert("enums", &enums);
    context.insert("services", &services);
    let mut tera = Tera::default();
    tera.add_raw_template("overview.md", TEMPLATE)?;
    tera.render("overview.md", &context)
}

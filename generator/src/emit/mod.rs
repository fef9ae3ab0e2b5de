//! [`Model`] and [`Names`] → the text of all generated files.

mod action;
mod docs;
mod enums;
mod expressions;
mod modules;
mod overview;
mod requests;
mod roles;
mod routes;
mod rust_types;
mod searches;
mod services;
mod structs;
mod tags;
mod traits;
mod waiters;

use proc_macro2::TokenStream;

use crate::files::{FAKE_ENGINE, Files, GENERATED, OVERVIEW};
use crate::model::{Model, TypeKind};
use crate::names::Names;

/// A file that could not be emitted. This is a bug in the generator, not in the model.
#[derive(Debug)]
pub struct EmitError {
    /// The file.
    pub path: String,
    /// The cause.
    pub cause: String,
}

impl std::fmt::Display for EmitError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "can't generate `{}`: {}\nnote: this is a bug in the generator", self.path, self.cause)
    }
}

impl std::error::Error for EmitError {}

/// Emits all files.
pub fn emit(model: &Model, names: &Names) -> Result<Files, EmitError> {
    let mut files = Files::new();
    let mut rust = |path: String, source: &str, tokens: TokenStream| -> Result<(), EmitError> {
        let text = crate::format::format(source, tokens).map_err(|cause| EmitError { path: path.clone(), cause })?;
        files.insert(path, text);
        Ok(())
    };
    for (id, ty) in model.types() {
        let own = names.type_names(id);
        let tokens = match &ty.kind {
            TypeKind::Struct(it) if it.is_abstract => traits::emit(model, names, ty, it, own),
            TypeKind::Struct(it) => structs::emit(model, names, ty, it, own),
            TypeKind::Enum(values) => enums::emit(ty, values, own),
        };
        let source = format!("model/types/{}.yaml", ty.name);
        rust(format!("{GENERATED}/types/{}.rs", own.module), &source, tokens)?;
    }
    let located = model.located();
    for (id, service) in model.services() {
        let own = names.service_names(id);
        let source = format!("model/services/{}.yaml", service.name);
        rust(
            format!("{GENERATED}/services/{}.rs", own.module),
            &source,
            services::emit(model, names, id, own, located.get(&id)),
        )?;
        if let Some(tokens) = requests::of_service(model, names, service, own) {
            rust(format!("{GENERATED}/requests/{}.rs", own.module), &source, tokens)?;
        }
    }
    let mut modules_with_waiters = Vec::new();
    for (id, service) in model.services() {
        let Some(tokens) = waiters::emit(model, names, id) else { continue };
        let module = &names.service_names(id).module;
        let source = format!("model/services/{}.yaml", service.name);
        rust(format!("{GENERATED}/waiters/{module}.rs"), &source, tokens)?;
        modules_with_waiters.push(module);
    }
    rust(format!("{GENERATED}/waiters/mod.rs"), "model/services", modules::waiters(&modules_with_waiters))?;
    for (id, search) in model.searches() {
        let source = format!("model/searches/{}.yaml", search.name);
        let module = &names.search_names(id).module;
        rust(format!("{GENERATED}/search/{module}.rs"), &source, searches::emit(model, names, id))?;
    }
    rust(format!("{GENERATED}/search/mod.rs"), "model/searches", searches::modules(model, names))?;
    rust(format!("{GENERATED}/search/values.rs"), "model/search_values.yaml", searches::values(model))?;
    rust(format!("{FAKE_ENGINE}/search.rs"), "model/searches", searches::tables(model, names))?;
    rust(format!("{GENERATED}/services/mod.rs"), "model/services", modules::services(model, names))?;
    rust(format!("{GENERATED}/requests/mod.rs"), "model/services", requests::shared(model, names))?;
    rust(format!("{GENERATED}/types/mod.rs"), "model/types", modules::types(model, names))?;
    rust(format!("{GENERATED}/mod.rs"), "model", modules::root())?;
    rust(format!("{GENERATED}/wire.rs"), "model/model.yaml", modules::wire(model))?;
    rust(format!("{GENERATED}/faults.rs"), "model/faults.yaml", modules::faults(model))?;
    rust(format!("{GENERATED}/roles.rs"), "model/model.yaml", roles::emit(model, names))?;
    rust(format!("{GENERATED}/action.rs"), "model/services", action::emit(model, names))?;
    rust(format!("{GENERATED}/registry.rs"), "model/types", modules::registry(model, names))?;
    rust(format!("{FAKE_ENGINE}/routes.rs"), "model/services", routes::emit(model, names))?;
    files.insert(OVERVIEW.to_owned(), overview::render(model, names));
    Ok(files)
}

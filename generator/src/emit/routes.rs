//! Emits the routes of the fake engine: methods, parameters and object type of each service.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::rust_types::{Prelude, RustType};
use crate::model::{Method, Model, Parameter, Service, ServiceId};
use crate::names::Names;
use crate::syntax::Direction;

/// `routes.rs`: a row for each service.
pub(super) fn emit(model: &Model, names: &Names) -> TokenStream {
    let services = model.services().map(|(id, service)| row(model, names, id, service));
    quote! {
        use crate::routes;
        #[allow(unused_imports, reason = "a model can have no structs")]
        use ovirt_sdk::types;

        /// All services of the model, sorted by name.
        pub(crate) static SERVICES: &[routes::Service] = &[#(#services),*];
    }
}

fn row(model: &Model, names: &Names, id: ServiceId, service: &Service) -> TokenStream {
    let name = service.name.as_str();
    let methods: Vec<&Method> = model.all_methods(id).collect();
    let object = model.object_of(id).map(|id| &names.type_names(id).ident).into_iter();
    let methods = methods.iter().map(|method| method_row(model, names, method));
    quote!(routes::service!(#name #(, types::#object)*; #(#methods)*))
}

fn method_row(model: &Model, names: &Names, method: &Method) -> TokenStream {
    let (name, verb) = (method.name.as_str(), format_ident!("{}", super::services::constructor(method.verb)));
    let segment = method.segment.iter();
    let answer = method.returns_action.then(|| quote!(=> action));
    let parameters = method.all_parameters().into_iter().map(|parameter| parameter_row(model, names, parameter));
    let mandatory = mandatory_paths(method);
    let mandatory = (!mandatory.is_empty()).then(|| quote!(needs [#(#mandatory),*])).into_iter();
    let signatures = method.signatures.iter().map(mandatory_paths).map(|paths| quote!(| [#(#paths),*]));
    quote!(#name #verb #(at #segment)* #answer [#(#parameters),*] #(#mandatory)* #(#signatures)*;)
}

/// The mandatory parameters and fields of a method, as dotted paths that begin with the name of the parameter.
fn mandatory_paths(method: &Method) -> Vec<String> {
    let paths = |parameter: &Parameter| {
        let name = parameter.name.to_string();
        let fields: Vec<String> = parameter.mandatory.iter().map(|path| format!("{name}.{path}")).collect();
        parameter.required.then(|| name.clone()).into_iter().chain(fields).collect::<Vec<String>>()
    };
    method.parameters.iter().flat_map(paths).collect()
}

fn parameter_row(model: &Model, names: &Names, parameter: &Parameter) -> TokenStream {
    let tag = &parameter.tag;
    let item = parameter.item_tag.iter();
    let direction = match parameter.direction {
        Direction::In => quote!(in),
        Direction::Out => quote!(out),
        Direction::InOut => quote!(inout),
    };
    let stored = RustType::new(model, names, &Prelude::new([]), parameter.ty).stored;
    quote!(#direction #tag #(/ #item)*: #stored)
}

//! Emits requests: those of a service, and those that methods share because they have the same common parameters.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::docs;
use super::expressions::option;
use super::rust_types::{Prelude, RustType, Shape};
use crate::model::{Method, Model, Parameter, Service, Verb};
use crate::name::Name;
use crate::names::{MethodNames, Names, ServiceNames, SharedRequestNames};

/// The type that stands for the parameters of a request.
fn parameters_ident(ident: &Ident) -> Ident {
    format_ident!("{ident}Parameters")
}

/// A request: an alias, and a type that stands for its parameters. Its setters belong to the alias.
fn declaration(text: &TokenStream, ident: &Ident, generics: &TokenStream, value: &TokenStream) -> TokenStream {
    let parameters = parameters_ident(ident);
    quote! {
        #text
        pub type #ident #generics = request::MethodRequest<#parameters, #value>;
        #[doc(hidden)]
        pub enum #parameters {}
    }
}

/// The requests of a service, if it has any that no other method shares.
pub(super) fn of_service(model: &Model, names: &Names, service: &Service, own: &ServiceNames) -> Option<TokenStream> {
    let methods = service.methods.iter().zip(&own.methods).filter(|(_, of)| !of.shares_request);
    let methods: Vec<(&Method, &MethodNames)> = methods.collect();
    let prelude = Prelude::new(methods.iter().map(|(_, of)| &of.request));
    let requests = methods.iter().map(|(method, of)| request(model, names, &prelude, own, method, of));
    let requests: Vec<TokenStream> = requests.collect();
    (!requests.is_empty()).then(|| {
        quote! {
            use crate::request;
            #[allow(unused_imports, reason = "not all requests use all of them")]
            use crate::{link, search, types};

            #(#requests)*
        }
    })
}

/// The request of one method: its type, and a setter for each of its parameters.
fn request(
    model: &Model,
    names: &Names,
    prelude: &Prelude<'_>,
    own: &ServiceNames,
    method: &Method,
    of: &MethodNames,
) -> TokenStream {
    let ident = &of.request;
    let called = format!("{}::{}", own.ident, of.ident);
    let text = docs::fixed(&format!("The request of [`{called}`](crate::services::{called})."));
    let answer = Answer::new(model, names, prelude, method);
    let value = &answer.value;
    let setters = method.request_parameters().into_iter().filter_map(|(index, parameter)| {
        Some(setter(model, names, prelude, method, parameter, &of.parameters.get(index)?.setter, value))
    });
    let declaration = declaration(&text, ident, &quote!(), value);
    let parameters: Vec<&Parameter> = method.request_parameters().into_iter().map(|(_, it)| it).collect();
    let pages = pages(model, &parameters, ident);
    quote! {
        #declaration
        impl #ident {
            #(#setters)*
        }
        #pages
    }
}

fn setter(
    model: &Model,
    names: &Names,
    prelude: &Prelude<'_>,
    method: &Method,
    parameter: &Parameter,
    setter: &proc_macro2::Ident,
    answer: &TokenStream,
) -> TokenStream {
    let rust = RustType::new(model, names, prelude, parameter.ty);
    let mut docs_of = parameter.docs.clone();
    if docs_of.summary.is_none() {
        docs_of.summary = model.parameters.get(&parameter.name).cloned();
    }
    let text = docs::full(&docs_of, &format!("The `{}` parameter.", parameter.name));
    let (tag, item_tag, ty) = (&parameter.tag, parameter.item_tag.as_ref(), &rust.value);
    if model.is_search(method, &parameter.name) {
        return search_setter(&text, setter, tag, answer);
    }
    if model.follow.as_ref() == Some(&parameter.name) && method.is_in_query(parameter) {
        return follow_setter(&text, setter, tag, &quote!(link::Query<#answer>));
    }
    let (argument, value) = rust.argument(prelude);
    let set = match rust.shape {
        _ if method.is_in_query(parameter) => quote!(set_query::<#ty>(#tag, #value)),
        Shape::Struct => quote!(set_object(#tag, &#value)),
        Shape::List => quote!(set_list(#tag, #item_tag, &#value)),
        Shape::Values => quote!(set_values::<#ty>(#tag, #item_tag, #value)),
        _ => quote!(set::<#ty>(#tag, #value)),
    };
    quote! {
        #text
        pub fn #setter(self, value: #argument) -> Self {
            Self(self.0.#set)
        }
    }
}

/// The setter of a search for the items of an answer.
fn search_setter(text: &TokenStream, setter: &proc_macro2::Ident, tag: &str, answer: &TokenStream) -> TokenStream {
    quote! {
        #text
        pub fn #setter(self, value: impl search::Query<#answer>) -> Self {
            Self(self.0.set_search(#tag, value.into_search()))
        }
    }
}

/// The setter of the links to follow from an answer.
fn follow_setter(text: &TokenStream, setter: &proc_macro2::Ident, tag: &str, query: &TokenStream) -> TokenStream {
    quote! {
        #text
        pub fn #setter(self, value: impl #query) -> Self {
            Self(self.0.set_follow(#tag, value.into_follow()))
        }
    }
}

/// Marks the parameters of a request with which a list can be read in pages.
fn pages(model: &Model, parameters: &[&Parameter], ident: &Ident) -> Option<TokenStream> {
    let tag = |name: &Option<Name>| {
        let name = name.as_ref()?;
        parameters.iter().find(|parameter| parameter.name == *name).map(|parameter| &parameter.tag)
    };
    let (search, limit) = (tag(&model.search)?, tag(&model.limit)?);
    let parameters = parameters_ident(ident);
    Some(quote!(request::paged!(#parameters #search #limit);))
}

/// `requests/mod.rs`: a module for each service with own requests, and the shared requests.
pub(super) fn shared(model: &Model, names: &Names) -> TokenStream {
    let prelude = Prelude::new(names.shared_requests.iter().map(|of| &of.ident));
    let modules = model.services().filter_map(|(id, _)| {
        let own = names.service_names(id);
        let module = &own.module;
        let text = docs::fixed(&format!("Requests of [`{0}`](crate::services::{0}).", own.ident));
        own.methods.iter().any(|of| !of.shares_request).then(|| quote!(#text pub mod #module;))
    });
    let sets = model.common_parameters().requests();
    let requests = sets.iter().zip(&names.shared_requests);
    let requests = requests.map(|(parameters, of)| shared_request(model, names, &prelude, parameters, of));
    quote! {
        #![allow(missing_debug_implementations, reason = "there are no values of parameters")]

        #[allow(unused_imports, reason = "a model can have no methods")]
        use crate::{request, search, types};

        #(#modules)*
        #(#requests)*
    }
}

fn shared_request(
    model: &Model,
    names: &Names,
    prelude: &Prelude<'_>,
    parameters: &[&Parameter],
    of: &SharedRequestNames,
) -> TokenStream {
    let ident = &of.ident;
    let shown: Vec<String> = parameters.iter().map(|parameter| format!("`{}`", parameter.name)).collect();
    let text = docs::fixed(&match shown.split_last() {
        None => "A request that has no parameters and returns a `T`.".to_owned(),
        Some((last, [])) => format!("A request that has the parameter {last} and returns a `T`."),
        Some((last, others)) => {
            format!("A request that has the parameters {} and {last}, and returns a `T`.", others.join(", "))
        }
    });
    let setters = parameters.iter().zip(&of.setters).map(|(parameter, setter)| {
        let rust = RustType::new(model, names, prelude, parameter.ty);
        let summary = model.parameters.get(&parameter.name).cloned();
        let summary = crate::syntax::Docs { summary, ..Default::default() };
        let text = docs::full(&summary, &format!("The `{}` parameter.", parameter.name));
        let (argument, value) = rust.argument(prelude);
        let (tag, ty) = (&parameter.tag, &rust.value);
        if model.search.as_ref() == Some(&parameter.name) {
            return search_setter(&text, setter, tag, &quote!(T));
        }
        if model.follow.as_ref() == Some(&parameter.name) {
            // A service can have the module `link`.
            return follow_setter(&text, setter, tag, &quote!(crate::link::Query<T>));
        }
        quote! {
            #text
            pub fn #setter(self, value: #argument) -> Self {
                Self(self.0.set_common::<#ty>(#tag, #value))
            }
        }
    });
    let declaration = declaration(&text, ident, &quote!(<T>), &quote!(T));
    let pages = pages(model, parameters, ident);
    quote! {
        #declaration
        impl<T> #ident<T> {
            #(#setters)*
        }
        #pages
    }
}

/// What a method returns.
pub(super) struct Answer {
    /// What `send` returns.
    value: TokenStream,
    /// How the result of an action is read from its `<action>`.
    output: Option<TokenStream>,
}

impl Answer {
    pub(super) fn new(model: &Model, names: &Names, prelude: &Prelude<'_>, method: &Method) -> Self {
        let status = Self { value: quote!(request::ActionStatus), output: None };
        let Some(out) = method.result() else { return status };
        let RustType { shape, value, stored, .. } = RustType::new(model, names, prelude, out.ty);
        match (method.verb, shape) {
            (Verb::Action, Shape::Struct) => Self { output: Some(quote!(request::ActionObject<#value>)), value },
            (Verb::Action, _) => {
                let output = Some(quote!(request::ActionOutput<#stored>));
                let option = prelude.option();
                // A response can lack the result. Lists are then empty.
                let value = match shape {
                    Shape::List | Shape::Values => stored,
                    _ => quote!(#option<#stored>),
                };
                Self { value, output }
            }
            _ if method.returns_action => status,
            (_, Shape::List) => Self { value: stored, output: None },
            _ => Self { value, output: None },
        }
    }

    /// The type of a shared request with this answer.
    pub(super) fn request(&self, request: &TokenStream) -> TokenStream {
        let value = &self.value;
        quote!(#request<#value>)
    }

    /// The call that tells the request which element of the response holds the result of an action.
    pub(super) fn returning(&self, method: &Method) -> Option<TokenStream> {
        let (output, out) = (self.output.as_ref()?, method.result()?);
        let (tag, item_tag) = (&out.tag, option(out.item_tag.as_ref()));
        Some(quote!(.returning::<#output>(#tag, #item_tag)))
    }
}

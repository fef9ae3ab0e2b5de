//! Emits a service: its handle, and a request for each method.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::docs;
use super::rust_types::{Prelude, RustType, Shape};
use crate::model::{Located, Locator, Method, Model, Parameter, Segment, Service, ServiceId, Verb};
use crate::names::{LocatorNames, MethodNames, Names, ServiceNames};

/// The inputs of emitting a service.
struct Context<'m> {
    model: &'m Model,
    names: &'m Names,
    prelude: Prelude<'m>,
}

/// `located` is set for the main service of the objects of a type.
pub(super) fn emit(
    model: &Model,
    names: &Names,
    id: ServiceId,
    own: &ServiceNames,
    located: Option<&Located>,
) -> TokenStream {
    let service = model.service(id);
    let idents = std::iter::once(&own.ident).chain(own.methods.iter().map(|method| &method.request));
    let context = Context { model, names, prelude: Prelude::new(idents) };
    let ident = &own.ident;
    let text = docs::full(&service.docs, &format!("The `{}` service.", service.name));
    let methods = model.methods_of(id).into_iter().filter_map(|(owner, index)| {
        let method = model.service(owner).methods.get(index)?;
        Some(context.method(method, names.service_names(owner).methods.get(index)?))
    });
    let locators = model.locators_of(id).into_iter().filter_map(|(owner, index)| {
        let locator = model.service(owner).locators.get(index)?;
        Some(context.locator(locator, names.service_names(owner).locators.get(index)?))
    });
    let requests = service.methods.iter().zip(&own.methods).map(|(method, of)| context.request(own, method, of));
    let row = context.service_row(id, service);
    let lookup = context.lookup(id, own);
    let located = located.map(|located| context.located(own, located));
    quote! {
        #[allow(unused_imports, reason = "not all services use all of them")]
        use crate::{request, service, types};

        #text
        #[derive(Clone, Debug)]
        pub struct #ident(pub(super) service::Location);
        impl #ident {
            #(#methods)*
            #(#locators)*
        }
        service::service!(#ident; #row);
        #lookup
        #located
        #(#requests)*
    }
}

impl Context<'_> {
    /// The handle's method that creates a request.
    fn method(&self, method: &Method, of: &MethodNames) -> TokenStream {
        let request = &of.request;
        let request = quote!(super::#request);
        let (ident, verb) = (&of.ident, format_ident!("{}", constructor(method.verb)));
        let text = self.method_docs(method);
        let segment = method.segment.iter();
        let result = action_result(method);
        match method.body() {
            Some((index, parameter)) => {
                let argument = of.parameters.get(index).map(|names| &names.argument);
                let rust = RustType::new(self.model, self.names, &self.prelude, parameter.ty);
                let ty = if rust.shape == Shape::List { &rust.stored } else { &rust.value };
                let into = self.prelude.conversion();
                quote! {
                    #text
                    pub fn #ident(&self, #argument: impl #into<#ty>) -> #request {
                        #request(request::TypedRequest::#verb(&self.0, &#argument.into()))
                    }
                }
            }
            None => quote! {
                #text
                pub fn #ident(&self) -> #request {
                    #request(request::TypedRequest::#verb(&self.0 #(, #segment)*) #result)
                }
            },
        }
    }

    fn locator(&self, locator: &Locator, of: &LocatorNames) -> TokenStream {
        let ident = &of.ident;
        let target = &self.names.service_names(locator.service).ident;
        let fallback = match &locator.docs.rust_name {
            Some(_) => format!("The `{}` locator.", locator.name),
            None => format!("The `{}` service.", self.model.service(locator.service).name),
        };
        let text = docs::full(&locator.docs, &fallback);
        match &locator.segment {
            Segment::Text(segment) => quote! {
                #text
                pub fn #ident(&self) -> super::#target {
                    super::#target(self.0.child(#segment))
                }
            },
            Segment::Parameter(_) => {
                let name = &of.parameter;
                let Some(ty) = self.model.object_of(locator.service) else {
                    let text_like = self.prelude.reference();
                    return quote! {
                        #text
                        pub fn #ident(&self, #name: impl #text_like<str>) -> super::#target {
                            super::#target(self.0.object(#name.as_ref()))
                        }
                    };
                };
                let ty = &self.names.type_names(ty).ident;
                quote! {
                    #text
                    pub fn #ident<Form>(&self, #name: impl service::ObjectId<types::#ty, Form>) -> super::#target {
                        super::#target(self.0.object_by_id(&#name))
                    }
                }
            }
        }
    }

    /// The request type of a method, with setters for its parameters.
    fn request(&self, own: &ServiceNames, method: &Method, of: &MethodNames) -> TokenStream {
        let (ident, service, called) = (&of.request, &own.ident, &of.ident);
        let response = self.response_type(method);
        let setters = method.all_parameters().into_iter().zip(&of.parameters).filter_map(|(parameter, names)| {
            let is_body = method.body().is_some_and(|(_, body)| body.name == parameter.name);
            (parameter.direction.is_in() && !is_body).then(|| self.parameter(method, parameter, &names.setter))
        });
        let setters: Vec<TokenStream> = setters.collect();
        let setters = (!setters.is_empty()).then(|| quote!(impl #ident { #(#setters)* }));
        quote! {
            request::request!(#ident: #response; #service::#called);
            #setters
        }
    }

    fn parameter(&self, method: &Method, parameter: &Parameter, setter: &proc_macro2::Ident) -> TokenStream {
        let RustType { shape, value, stored, .. } = RustType::new(self.model, self.names, &self.prelude, parameter.ty);
        let mut docs_of = parameter.docs.clone();
        if docs_of.summary.is_none() {
            docs_of.summary = self.model.parameters.get(&parameter.name).cloned();
        }
        let text = docs::full(&docs_of, &format!("The `{}` parameter.", parameter.name));
        let (into, tag) = (self.prelude.conversion(), &parameter.tag);
        let item_tag = parameter.item_tag.as_ref();
        let (argument, set) = match shape {
            _ if method.is_in_query(parameter) => {
                (quote!(impl #into<#value>), quote!(set_query::<#value>(#tag, value.into())))
            }
            Shape::Struct => (quote!(impl #into<#value>), quote!(set_object(#tag, &value.into()))),
            Shape::List => (quote!(impl #into<#stored>), quote!(set_list(#tag, #item_tag, &value.into()))),
            Shape::Values => {
                let iterable = self.prelude.iterable();
                let argument = quote!(impl #iterable<Item = impl #into<#value>>);
                (argument, quote!(set_values::<#value>(#tag, #item_tag, value)))
            }
            _ => (quote!(impl #into<#value>), quote!(set::<#value>(#tag, value.into()))),
        };
        quote! {
            #text
            pub fn #setter(self, value: #argument) -> Self {
                Self(self.0.#set)
            }
        }
    }

    /// The type that the response is decoded into.
    fn response_type(&self, method: &Method) -> TokenStream {
        let Some(out) = method.result() else { return quote!(request::ActionStatus) };
        let RustType { shape, value, stored, .. } = RustType::new(self.model, self.names, &self.prelude, out.ty);
        match (method.verb, shape) {
            (Verb::Action, Shape::Struct) => quote!(request::ActionObject<#value>),
            (Verb::Action, _) => quote!(request::ActionOutput<#stored>),
            _ if method.returns_action => quote!(request::ActionStatus),
            (_, Shape::List) => stored,
            _ => value,
        }
    }

    fn method_docs(&self, method: &Method) -> TokenStream {
        let mut all = method.docs.clone();
        let mut details = all.details.take().map(|text| text.trim_end().to_owned()).unwrap_or_default();
        let needs = |method: &Method| {
            let (_, body) = method.body()?;
            (!body.mandatory.is_empty()).then(|| {
                let fields: Vec<String> =
                    body.mandatory.iter().map(|field| format!("`{}`", field.replace('|', "` or `"))).collect();
                format!("Required: {}.", fields.join(", "))
            })
        };
        let mut add = |text: &str| {
            if !details.is_empty() {
                details.push_str("\n\n");
            }
            details.push_str(text);
        };
        if let Some(needs) = needs(method) {
            add(&docs::wrap(&needs));
        }
        let signatures: Vec<String> = method
            .signatures
            .iter()
            .map(|signature| {
                let summary = signature.docs.summary.clone().unwrap_or_default();
                let name = signature.name.words().collect::<Vec<_>>().join(" ");
                docs::item(&format!("*{name}*: {summary} {}", needs(signature).unwrap_or_default()))
            })
            .collect();
        if !signatures.is_empty() {
            add(&signatures.join("\n"));
        }
        all.details = (!details.is_empty()).then_some(details);
        let text = docs::full(&all, &format!("The `{}` method.", method.name));
        let example = method.example.iter().map(|example| docs::example(&example.value));
        quote!(#text #(#example)*)
    }

    /// The service's entry in the table of services.
    fn service_row(&self, id: ServiceId, service: &Service) -> TokenStream {
        let name = service.name.as_str();
        let (mut children, mut object) = (Vec::new(), quote!(()));
        for locator in self.model.all_locators(id) {
            let target = &self.names.service_names(locator.service).ident;
            match &locator.segment {
                Segment::Text(segment) => children.push(quote!((#segment, super::#target))),
                Segment::Parameter(_) => object = quote!((super::#target)),
            }
        }
        quote!(#name, [#(#children),*], #object)
    }

    /// The statement that a service is the main one for the objects of a type.
    fn located(&self, own: &ServiceNames, located: &Located) -> TokenStream {
        let (service, ty) = (&own.ident, &self.names.type_names(located.ty).ident);
        let collection = located.collection.iter();
        let creates = located.creates.then(|| quote!(; create));
        quote!(service::located!(types::#ty => #service #(, #collection)* #creates);)
    }

    /// The methods that find objects, if a field identifies the objects of the collection.
    fn lookup(&self, id: ServiceId, own: &ServiceNames) -> Option<TokenStream> {
        let found = self.model.lookup(id)?;
        let field = found.text();
        let search = match found.search {
            Some(parameter) => {
                let tag = &parameter.tag;
                quote!(Some(#tag))
            }
            None => quote!(None),
        };
        let create = found.creates.then(|| quote!(find_or_create));
        let (service, ident) = (&own.ident, &self.names.type_names(found.item).ident);
        Some(quote!(crate::find::named!(#service; types::#ident; #field, #search; #create);))
    }
}

/// The call that tells the request which element of the response holds the result of an action.
fn action_result(method: &Method) -> Option<TokenStream> {
    let out = method.result()?;
    let tag = &out.tag;
    let set = match &out.item_tag {
        Some(item_tag) => quote!(.out_list(#tag, #item_tag)),
        None => quote!(.out(#tag)),
    };
    (method.verb == Verb::Action).then_some(set)
}

/// The name of the request's constructor.
pub(super) fn constructor(verb: Verb) -> &'static str {
    match verb {
        Verb::Add => "add",
        Verb::Get => "get",
        Verb::List => "list",
        Verb::Update => "update",
        Verb::Remove => "remove",
        Verb::Action => "action",
    }
}

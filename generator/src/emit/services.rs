//! Emits the handle of a service.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::docs;
use super::expressions::option;
use super::requests::Answer;
use super::rust_types::{Prelude, RustType, Shape};
use crate::model::{Located, Locator, Method, Model, Parameter, Segment, Service, ServiceId, Verb};
use crate::names::{LocatorNames, MethodNames, Names, ServiceNames};
use crate::syntax::Docs;

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
    let context = Context { model, names, prelude: Prelude::new([&own.ident]) };
    let ident = &own.ident;
    let text = docs::full(&service.docs, &format!("The `{}` service.", service.name));
    let methods = model.methods_of(id).into_iter().filter_map(|(owner, index)| {
        let method = model.service(owner).methods.get(index)?;
        let of = names.service_names(owner);
        Some(context.method(method, &of.module, of.methods.get(index)?))
    });
    let locators = model.locators_of(id).into_iter().filter_map(|(owner, index)| {
        let locator = model.service(owner).locators.get(index)?;
        Some(context.locator(locator, names.service_names(owner).locators.get(index)?))
    });
    let row = context.service_row(id, service);
    let lookup = context.lookup(id, own);
    let located = located.map(|located| context.located(own, located));
    quote! {
        #[allow(unused_imports, reason = "not all services use all of them")]
        use crate::{request, requests, service, types};

        #text
        #[derive(Clone)]
        pub struct #ident(pub(super) service::Location);
        impl #ident {
            #(#methods)*
            #(#locators)*
        }
        service::service!(#ident; #row);
        #lookup
        #located
    }
}

impl Context<'_> {
    /// The handle's method that creates a request.
    fn method(&self, method: &Method, module: &Ident, of: &MethodNames) -> TokenStream {
        let (ident, request) = (&of.ident, &of.request);
        let request = if of.shares_request { quote!(requests::#request) } else { quote!(requests::#module::#request) };
        let answer = Answer::new(self.model, self.names, &self.prelude, method);
        let ty = if of.shares_request { answer.request(&request) } else { request.clone() };
        let verb = format_ident!("{}", constructor(method.verb));
        let text = self.method_docs(method, of.shares_request);
        let (segment, returning) = (method.segment.iter(), answer.returning(method));
        let (argument, body) = match method.body() {
            Some((index, parameter)) => {
                let argument = of.parameters.get(index).map(|names| &names.argument);
                let (ty, value) = self.body(parameter, argument);
                (quote!(, #argument: #ty), quote!(, &#value))
            }
            None => Default::default(),
        };
        quote! {
            #text
            pub fn #ident(&self #argument) -> #ty {
                request::#verb(&self.0 #body #(, #segment)*) #returning
            }
        }
    }

    /// The type of the argument for a body, and its conversion.
    fn body(&self, parameter: &Parameter, argument: Option<&Ident>) -> (TokenStream, TokenStream) {
        let rust = RustType::new(self.model, self.names, &self.prelude, parameter.ty);
        let ty = if rust.shape == Shape::List { &rust.stored } else { &rust.value };
        let into = self.prelude.conversion();
        (quote!(impl #into<#ty>), self.prelude.call_into(quote!(#argument)))
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

    fn method_docs(&self, method: &Method, shares_request: bool) -> TokenStream {
        let mut all = method.docs.clone();
        let mut details = all.details.take().map(|text| text.trim_end().to_owned()).unwrap_or_default();
        let needs = |method: &Method| {
            let (_, body) = method.body()?;
            (!body.mandatory.is_empty()).then(|| {
                let fields: Vec<String> = body.mandatory.iter().map(|field| alternatives(field)).collect();
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
        if shares_request {
            let parameters = method.request_parameters().into_iter();
            let notes: Vec<String> = parameters.filter_map(|(_, parameter)| parameter_note(parameter)).collect();
            if !notes.is_empty() {
                add(&format!("Parameters:\n\n{}", notes.join("\n")));
            }
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

    /// The service of an object in a collection.
    fn object_service(&self, id: ServiceId) -> Option<&Ident> {
        let mut locators = self.model.all_locators(id);
        let object = locators.find(|locator| matches!(locator.segment, Segment::Parameter(_)))?;
        Some(&self.names.service_names(object.service).ident)
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
        let search = option(found.search.map(|parameter| &parameter.tag));
        let create = found.creates.then(|| quote!(find_or_create));
        let (service, ident) = (&own.ident, &self.names.type_names(found.item).ident);
        let ensure = found.ensures.map(|ensures| {
            let pending = option(ensures.pending.map(|parameter| &parameter.tag));
            quote!(crate::ensure::ensured!(#service; types::#ident; #field, #search; #pending);)
        });
        let object = self.object_service(id).map(|object| quote!(=> super::#object));
        Some(quote! {
            crate::find::named!(#service #object; types::#ident; #field, #search; #create);
            #ensure
        })
    }
}

/// A path whose last name can be alternatives: `cluster.id|name` becomes "`cluster.id` or `cluster.name`".
fn alternatives(path: &str) -> String {
    let (above, last) = path.rsplit_once('.').map_or(("", path), |(above, last)| (above, last));
    let dot = if above.is_empty() { "" } else { "." };
    let paths: Vec<String> = last.split('|').map(|name| format!("`{above}{dot}{name}`")).collect();
    paths.join(" or ")
}

/// What a method says about a parameter whose setter has the text that is common to all methods.
fn parameter_note(parameter: &Parameter) -> Option<String> {
    let Docs { summary, since, deprecated, .. } = &parameter.docs;
    let since = since.as_ref().map(|since| match summary {
        Some(_) => format!("Since {since}."),
        None => format!("since {since}."),
    });
    let deprecated = deprecated
        .as_ref()
        .map(|deprecated| format!("**Deprecated.** {}", deprecated.note.as_deref().unwrap_or_default()));
    let notes: Vec<String> = summary.clone().into_iter().chain(since).chain(deprecated).collect();
    (!notes.is_empty()).then(|| docs::item(&format!("`{}`: {}", parameter.name, notes.join(" "))))
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

//! The public items of the generated sources, each as one line.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Fields, ImplItem, Item, Meta, TraitItem};

use super::description::{ApiItem, PublicApi};
use super::modules::{Modules, is_public};
use super::print::compact;

/// Collects the public items of all modules.
pub(super) fn collect(modules: &Modules) -> PublicApi {
    let mut api = PublicApi::default();
    for (module, items) in &modules.items {
        for item in items {
            Collector { modules, module, api: &mut api }.item(item);
        }
    }
    api
}

struct Collector<'a> {
    modules: &'a Modules,
    module: &'a [String],
    api: &'a mut PublicApi,
}

impl Collector<'_> {
    /// The public path of an item that the module declares.
    fn path_of(&self, name: &syn::Ident) -> Option<String> {
        let path: Vec<String> = self.module.iter().cloned().chain([name.to_string()]).collect();
        self.modules.public.get(&path).map(|path| path.join("::"))
    }

    fn add(&mut self, owner: &str, name: Option<&str>, key: String, attributes: &[Attribute], text: &TokenStream) {
        let text = format!("{}{}", shown_attributes(attributes), self.shown(text));
        let (owner, name) = (owner.to_owned(), name.map(str::to_owned));
        let is_deprecated = has(attributes, "deprecated");
        self.api.items.insert(key, ApiItem { owner, name, text, is_deprecated });
    }

    /// Tokens as text, with names as users of the crate write them.
    fn shown(&self, tokens: &TokenStream) -> String {
        let public = self.module.first().map(String::as_str).unwrap_or_default();
        compact(tokens.clone()).replace("super::", &format!("{public}::")).replace("crate::", "")
    }

    fn item(&mut self, item: &Item) {
        match item {
            Item::Struct(it) => {
                let Some(path) = self.path_of(&it.ident) else { return };
                let generics = &it.generics;
                let kind = match &it.fields {
                    Fields::Named(_) => quote!({ .. }),
                    Fields::Unnamed(_) => quote!((..)),
                    Fields::Unit => quote!(;),
                };
                let name = raw(&path);
                self.add(&path, None, path.clone(), &it.attrs, &quote!(struct #name #generics #kind));
                self.derives(&path, &it.attrs);
                for (index, field) in it.fields.iter().enumerate().filter(|(_, field)| is_public(&field.vis)) {
                    let name = field.ident.as_ref().map_or_else(|| index.to_string(), ToString::to_string);
                    let ty = &field.ty;
                    let member = raw(&format!("{path}.{name}"));
                    let key = format!("{path}.{name}");
                    self.add(&path, Some(&name), key, &field.attrs, &quote!(field #member: #ty));
                }
            }
            Item::Enum(it) => {
                let Some(path) = self.path_of(&it.ident) else { return };
                let name = raw(&path);
                self.add(&path, None, path.clone(), &it.attrs, &quote!(enum #name));
                self.derives(&path, &it.attrs);
                for variant in &it.variants {
                    let (name, fields) = (variant.ident.to_string(), &variant.fields);
                    let member = raw(&format!("{path}::{name}"));
                    let key = format!("{path}::{name}");
                    self.add(&path, Some(&name), key, &variant.attrs, &quote!(variant #member #fields));
                }
            }
            Item::Trait(it) => {
                let Some(path) = self.path_of(&it.ident) else { return };
                let (name, generics, bounds) = (raw(&path), &it.generics, &it.supertraits);
                self.add(&path, None, path.clone(), &it.attrs, &quote!(trait #name #generics: #bounds));
                for member in &it.items {
                    self.trait_item(&path, member);
                }
            }
            Item::Const(it) => self.plain(&it.ident, &it.attrs, |name| {
                let ty = &it.ty;
                quote!(const #name: #ty)
            }),
            Item::Static(it) => self.plain(&it.ident, &it.attrs, |name| {
                let ty = &it.ty;
                quote!(static #name: #ty)
            }),
            // An alias can have methods, such as the setters of a request. Hand-written signatures use aliases that are
            // only public in the crate.
            Item::Type(it) => {
                let path =
                    self.path_of(&it.ident).unwrap_or_else(|| format!("{}::{}", self.module.join("::"), it.ident));
                let (name, generics, ty) = (raw(&path), &it.generics, &it.ty);
                self.add(&path, None, path.clone(), &it.attrs, &quote!(type #name #generics = #ty));
            }
            Item::Fn(it) => self.plain(&it.sig.ident, &it.attrs, |name| signature(&it.sig, name)),
            Item::Impl(it) => self.implementation(it),
            _ => {}
        }
    }

    fn plain(&mut self, ident: &syn::Ident, attributes: &[Attribute], text: impl Fn(&TokenStream) -> TokenStream) {
        if let Some(path) = self.path_of(ident) {
            let owner = path.rsplit_once("::").map(|(owner, _)| owner.to_owned()).unwrap_or_default();
            self.add(&owner, Some(&ident.to_string()), path.clone(), attributes, &text(&raw(&path)));
        }
    }

    fn derives(&mut self, path: &str, attributes: &[Attribute]) {
        for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("derive")) {
            // What can't be parsed does not compile either.
            let _ = attribute.parse_nested_meta(|derived| {
                let (name, derived) = (raw(path), derived.path);
                self.add(
                    path,
                    None,
                    format!("impl {} for {path}", compact(derived.to_token_stream())),
                    &[],
                    &quote!(impl #derived for #name),
                );
                Ok(())
            });
        }
    }

    fn trait_item(&mut self, path: &str, item: &TraitItem) {
        let (name, attributes, text) = match item {
            TraitItem::Fn(it) => {
                let member = raw(&format!("{path}::{}", it.sig.ident));
                let required = it.default.is_none().then(|| quote!(required));
                let signature = signature(&it.sig, &member);
                (it.sig.ident.to_string(), &it.attrs, quote!(#required #signature))
            }
            TraitItem::Const(it) => {
                let (member, ty) = (raw(&format!("{path}::{}", it.ident)), &it.ty);
                let required = it.default.is_none().then(|| quote!(required));
                (it.ident.to_string(), &it.attrs, quote!(#required const #member: #ty))
            }
            TraitItem::Type(it) => {
                let (member, bounds) = (raw(&format!("{path}::{}", it.ident)), &it.bounds);
                let required = it.default.is_none().then(|| quote!(required));
                (it.ident.to_string(), &it.attrs, quote!(#required type #member: #bounds))
            }
            _ => return,
        };
        self.add(path, Some(&name), format!("{path}::{name}"), attributes, &text);
    }

    fn implementation(&mut self, it: &syn::ItemImpl) {
        let syn::Type::Path(ty) = it.self_ty.as_ref() else { return };
        let path: Vec<String> = ty.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let Some(path) = self.modules.public_path(self.module, &path) else { return };
        let path = path.join("::");
        let generics = &it.generics;
        let Some((implemented, _)) = &it.trait_ else {
            for member in &it.items {
                self.inherent(&path, member);
            }
            return;
        };
        // Users can't name these traits.
        if implemented.segments.iter().any(|segment| segment.ident == "sealed") {
            return;
        }
        let (name, clause) = (raw(&path), &generics.where_clause);
        let types = it.items.iter().filter_map(|member| match member {
            ImplItem::Type(it) if !is_hidden(&it.attrs) => {
                let (ident, ty) = (&it.ident, &it.ty);
                Some(quote!(type #ident = #ty;))
            }
            _ => None,
        });
        let types: TokenStream = types.collect();
        let types = (!types.is_empty()).then(|| quote!({ #types }));
        let parameters = (!generics.params.is_empty()).then(|| generics.to_token_stream());
        let text = quote!(impl #parameters #implemented for #name #clause #types);
        let key = format!("impl {} for {path}", self.shown(&implemented.to_token_stream()));
        self.add(&path, None, key, &it.attrs, &text);
    }

    fn inherent(&mut self, path: &str, item: &ImplItem) {
        let (visibility, name, attributes) = match item {
            ImplItem::Fn(it) => (&it.vis, &it.sig.ident, &it.attrs),
            ImplItem::Const(it) => (&it.vis, &it.ident, &it.attrs),
            ImplItem::Type(it) => (&it.vis, &it.ident, &it.attrs),
            _ => return,
        };
        if !is_public(visibility) {
            return;
        }
        let name = name.to_string();
        let member = raw(&format!("{path}::{name}"));
        let text = match item {
            ImplItem::Fn(it) => signature(&it.sig, &member),
            ImplItem::Const(it) => {
                let ty = &it.ty;
                quote!(const #member: #ty)
            }
            _ => quote!(type #member),
        };
        self.add(path, Some(&name), format!("{path}::{name}"), attributes, &text);
    }
}

/// A path as one token stream.
fn raw(path: &str) -> TokenStream {
    path.parse().unwrap_or_default()
}

/// A signature without the names of its arguments, which callers do not write.
fn signature(signature: &syn::Signature, name: &TokenStream) -> TokenStream {
    let syn::Signature { constness, asyncness, generics, inputs, output, .. } = signature;
    let inputs = inputs.iter().map(|input| match input {
        // `mut self` is `self` for callers.
        syn::FnArg::Receiver(it) => {
            let tokens = it.to_token_stream().into_iter();
            tokens.skip_while(|token| token.to_string() == "mut").collect()
        }
        syn::FnArg::Typed(it) => it.ty.to_token_stream(),
    });
    let (parameters, clause) = (&generics.params, &generics.where_clause);
    let parameters = (!parameters.is_empty()).then(|| quote!(<#parameters>));
    quote!(#constness #asyncness fn #name #parameters (#(#inputs),*) #output #clause)
}

fn has(attributes: &[Attribute], name: &str) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident(name))
}

/// Whether the documentation does not show an item.
fn is_hidden(attributes: &[Attribute]) -> bool {
    let is_hidden = |it: &syn::MetaList| it.path.is_ident("doc") && it.tokens.to_string() == "hidden";
    attributes.iter().any(|attribute| attribute.meta.require_list().is_ok_and(is_hidden))
}

/// The attributes that matter to users.
fn shown_attributes(attributes: &[Attribute]) -> String {
    let shown =
        |attribute: &&Attribute| ["cfg", "non_exhaustive", "repr"].iter().any(|name| attribute.path().is_ident(name));
    let text = |attribute: &Attribute| match &attribute.meta {
        Meta::Path(_) | Meta::List(_) | Meta::NameValue(_) => format!("{} ", compact(attribute.to_token_stream())),
    };
    attributes.iter().filter(shown).map(text).collect()
}

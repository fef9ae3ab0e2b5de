//! A method of a service, with its parameters and signatures.

use std::collections::BTreeSet;

use serde::Serialize;

use super::calls::Http;
use super::{Piece, RenderedDocs, Site};
use crate::reference::links::{Scope, TextOwner, parameter_anchor};
use ovirt_sdk_generator::model::{BaseType, Method, Parameter, ServiceId, TypeRef};
use ovirt_sdk_generator::names::MethodNames;
use ovirt_sdk_generator::syntax::Direction;

/// A method.
#[derive(Debug, Serialize)]
pub(super) struct MethodPart {
    name: String,
    docs: RenderedDocs,
    /// The service that it is inherited from.
    from: Option<Piece>,
    http: Http,
    rust: Vec<Vec<Piece>>,
    /// Rust type of the request.
    request: String,
    /// Example code.
    example: Option<String>,
    parameters: Vec<ParameterPart>,
    signatures: Vec<SignaturePart>,
}

/// A parameter of a method.
#[derive(Debug, Serialize)]
struct ParameterPart {
    anchor: String,
    name: String,
    docs: RenderedDocs,
    ty: Vec<Piece>,
    direction: &'static str,
    /// Part of the request or response that contains it.
    part: &'static str,
    /// Name in the request or response, if different.
    tag: Option<String>,
    /// Argument or setter in Rust.
    rust: Option<String>,
    /// Whether the value is secret.
    secret: bool,
    mandatory: Vec<Piece>,
    optional: Vec<Piece>,
}

/// A signature of a method: another set of parameters for the same request.
#[derive(Debug, Serialize)]
struct SignaturePart {
    title: String,
    docs: RenderedDocs,
    /// Parameters, if they differ from those of the method.
    parameters: Vec<Piece>,
    /// Documentation of parameters that only the signature has.
    notes: Vec<Note>,
}

/// The documentation of a parameter of a signature.
#[derive(Debug, Serialize)]
struct Note {
    parameter: Piece,
    docs: RenderedDocs,
    mandatory: Vec<Piece>,
    optional: Vec<Piece>,
}

impl<'m> Site<'m> {
    /// Renders a method for the page of a service, which may inherit it.
    pub(super) fn method(
        &self,
        page: ServiceId,
        owner: ServiceId,
        method: &'m Method,
        rust_names: &MethodNames,
    ) -> MethodPart {
        let scope = Scope::new(TextOwner::Method(page, method));
        let parameters = method.all_parameters().into_iter().zip(&rust_names.parameters);
        MethodPart {
            name: method.name.to_string(),
            docs: self.docs(&method.docs, scope.item(method.name.as_str(), None)),
            from: (owner != page).then(|| self.service_name(owner)),
            http: self.http(page, method),
            rust: self.rust(page, method, rust_names),
            request: rust_names.request.to_string(),
            example: method.example.as_ref().map(|example| example.value.trim_end().to_owned()),
            parameters: parameters
                .map(|(parameter, names)| {
                    let anchor = parameter_anchor(&method.name, &parameter.name);
                    let is_body = method.body().is_some_and(|(_, body)| body.name == parameter.name);
                    let shared = self.model.parameters.get(&parameter.name);
                    let scope = scope.item(&anchor, Some(parameter.ty.base));
                    let part = message_part(method, parameter, is_body);
                    ParameterPart {
                        name: parameter.name.to_string(),
                        docs: self.docs_or(&parameter.docs, shared, scope),
                        ty: self.rust_type(parameter.ty),
                        direction: match parameter.direction {
                            Direction::In => "in",
                            Direction::Out => "out",
                            Direction::InOut => "in and out",
                        },
                        part,
                        tag: (!is_body && parameter.tag != *parameter.name.as_str()).then(|| parameter.tag.clone()),
                        rust: rust_form(parameter, is_body, names),
                        secret: parameter.secret,
                        mandatory: self.fields(parameter.ty, &parameter.mandatory),
                        optional: self.fields(parameter.ty, &parameter.optional),
                        anchor,
                    }
                })
                .collect(),
            signatures: method.signatures.iter().map(|signature| self.signature(page, method, signature)).collect(),
        }
    }

    fn signature(&self, page: ServiceId, method: &'m Method, signature: &Method) -> SignaturePart {
        let scope = Scope::new(TextOwner::Method(page, method));
        let link = |parameter: &Parameter| {
            let href = self.links.parameter(page, &method.name, &parameter.name);
            Piece::link(parameter.name.as_str(), href)
        };
        let is_documented = |parameter: &&Parameter| {
            let docs = &parameter.docs;
            docs.summary.is_some()
                || docs.details.is_some()
                || !parameter.mandatory.is_empty()
                || !parameter.optional.is_empty()
        };
        let names = |parameters: &[Parameter]| {
            parameters.iter().map(|parameter| parameter.name.clone()).collect::<BTreeSet<_>>()
        };
        let differs = names(&signature.parameters) != names(&method.parameters);
        SignaturePart {
            title: signature.name.words().collect::<Vec<_>>().join(" "),
            docs: self.docs(&signature.docs, scope),
            parameters: if differs { signature.parameters.iter().map(link).collect() } else { Vec::new() },
            notes: signature
                .parameters
                .iter()
                .filter(is_documented)
                .map(|parameter| Note {
                    parameter: link(parameter),
                    docs: self.docs(&parameter.docs, scope.item("", Some(parameter.ty.base))),
                    mandatory: self.fields(parameter.ty, &parameter.mandatory),
                    optional: self.fields(parameter.ty, &parameter.optional),
                })
                .collect(),
        }
    }

    /// Renders dotted paths below a type, as links if they resolve.
    fn fields(&self, ty: TypeRef, paths: &[String]) -> Vec<Piece> {
        let field = |path: &String| {
            let first = path.split('|').next().unwrap_or(path);
            let names: Vec<&str> = first.split('.').collect();
            let href = match ty.base {
                BaseType::Struct(id) => self.links.below_type(id, &names),
                _ => None,
            };
            Piece { href, ..Piece::text(path.replace('|', " or ")) }
        };
        paths.iter().map(field).collect()
    }
}

/// The part of the request or response that contains a parameter.
fn message_part(method: &Method, parameter: &Parameter, is_body: bool) -> &'static str {
    match parameter.direction {
        Direction::Out => "response",
        Direction::InOut if is_body => "request and response body",
        _ if method.is_in_query(parameter) => "query",
        _ => "action",
    }
}

fn rust_form(
    parameter: &Parameter,
    is_body: bool,
    names: &ovirt_sdk_generator::names::ParameterNames,
) -> Option<String> {
    match parameter.direction {
        Direction::Out => None,
        _ if is_body => Some(format!("argument {}", names.argument)),
        _ => Some(format!(".{}(…)", names.setter)),
    }
}

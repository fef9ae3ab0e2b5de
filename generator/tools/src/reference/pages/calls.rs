//! Calls as HTTP and as Rust.

use serde::Serialize;

use super::{Piece, Site, length};
use crate::reference::service_paths::ServicePath;
use ovirt_sdk_generator::model::{BaseType, Method, Parameter, Primitive, ServiceId, TypeKind, TypeRef, Verb};
use ovirt_sdk_generator::names::MethodNames;

/// Maximum length of a line of Rust.
const WIDTH: usize = 84;

/// Indentation of the lines after the first.
const INDENT: &str = "    ";

/// Maximum number of parameters in the example of a call.
const SHOWN: usize = 2;

/// An HTTP request.
#[derive(Debug, Serialize)]
pub(super) struct Http {
    verb: &'static str,
    path: Vec<Piece>,
    query: Vec<Piece>,
    body: Vec<Piece>,
    response: Vec<Piece>,
}

impl<'m> Site<'m> {
    /// Renders a path. Each segment links to its service.
    pub(super) fn path_pieces(&self, path: &ServicePath) -> Vec<Piece> {
        let steps = path.iter().enumerate().flat_map(|(at, step)| {
            let (segment, is_value) = step.segment(self.model);
            let href = self.links.service(step.to);
            let piece = match is_value {
                true => Piece::link(format!("{{{}}}", numbered(&segment, self.uses_before(path, at))), href).variable(),
                false => Piece::link(segment, href),
            };
            [Piece::text("/").breaking(), piece]
        });
        let path: Vec<Piece> = steps.collect();
        if path.is_empty() { vec![Piece::text("/")] } else { path }
    }

    /// Renders a path as a chain of calls. Each call links to its service.
    pub(super) fn chain(&self, path: &ServicePath) -> Vec<Piece> {
        let root = self.model.root.map(|root| self.links.service(root));
        let mut chain =
            vec![Piece::text("connection."), Piece { href: root, ..Piece::text("system") }, Piece::text("()")];
        for (at, step) in path.iter().enumerate() {
            let Some(names) = step.names(self.names) else { continue };
            let (segment, is_value) = step.segment(self.model);
            chain.push(Piece::text(".").breaking());
            chain.push(Piece::link(names.ident.to_string(), self.links.service(step.to)));
            if is_value {
                chain.push(Piece::text("("));
                chain.push(Piece::text(numbered(&segment, self.uses_before(path, at))).variable());
                chain.push(Piece::text(")"));
            } else {
                chain.push(Piece::text("()"));
            }
        }
        chain
    }

    /// How often a placeholder occurs earlier on the path.
    fn uses_before(&self, path: &ServicePath, at: usize) -> usize {
        let segment = path.get(at).map(|step| step.segment(self.model));
        path.iter().take(at).filter(|step| Some(step.segment(self.model)) == segment).count()
    }

    /// Renders a method as HTTP, for the page of a service.
    pub(super) fn http(&self, page: ServiceId, method: &Method) -> Http {
        let mut path = match self.paths.shortest(page) {
            Some(path) => self.path_pieces(path),
            None => vec![Piece::text("…")],
        };
        if let Some(segment) = &method.segment {
            if path.last().is_none_or(|last| last.text != "/") {
                path.push(Piece::text("/").breaking());
            }
            path.push(Piece::text(segment.as_str()));
        }
        let body = method.body().map(|(_, parameter)| parameter);
        let others = self.inputs(method);
        let (query, fields): (Vec<_>, Vec<_>) =
            others.into_iter().partition(|(_, parameter)| method.is_in_query(parameter));
        let link = |text: String, parameter: &Parameter| {
            Piece::link(text, self.links.parameter(page, &method.name, &parameter.name))
        };
        let mut document = body.map(|body| self.document(body.ty)).unwrap_or_default();
        if document.is_empty() && (method.verb == Verb::Action || !fields.is_empty()) {
            document.push(Piece::text("<action>"));
            for (at, (_, parameter)) in fields.iter().enumerate() {
                document.push(Piece::text(if at == 0 { " with " } else { ", " }));
                document.push(link(format!("<{}>", parameter.tag), parameter));
            }
        }
        Http {
            verb: match method.verb {
                Verb::Add | Verb::Action => "POST",
                Verb::Get | Verb::List => "GET",
                Verb::Update => "PUT",
                Verb::Remove => "DELETE",
            },
            path,
            query: query.iter().map(|(_, parameter)| link(parameter.tag.clone(), parameter)).collect(),
            body: document,
            response: self.http_response(page, method),
        }
    }

    fn http_response(&self, page: ServiceId, method: &Method) -> Vec<Piece> {
        match (method.verb, method.result()) {
            (Verb::Action, Some(out)) => {
                let href = self.links.parameter(page, &method.name, &out.name);
                vec![Piece::text("<action>"), Piece::text(" with "), Piece::link(format!("<{}>", out.tag), href)]
            }
            (Verb::Action, None) => vec![Piece::text("<action>")],
            (_, Some(_)) if method.returns_action => vec![Piece::text("<action>")],
            (_, Some(out)) => self.document(out.ty),
            (_, None) => Vec::new(),
        }
    }

    /// The document that contains a value.
    fn document(&self, ty: TypeRef) -> Vec<Piece> {
        let BaseType::Struct(id) = ty.base else { return Vec::new() };
        let Some(it) = self.model.ty(id).as_struct() else { return Vec::new() };
        let one = Piece::link(format!("<{}>", it.tag), self.links.ty(id));
        if ty.list { vec![Piece::text(format!("<{}>", it.plural_tag)), Piece::text(" of "), one] } else { vec![one] }
    }

    /// The parameters that are sent, other than the body, with their indexes.
    fn inputs<'a>(&self, method: &'a Method) -> Vec<(usize, &'a Parameter)> {
        let body = method.body().map(|(at, _)| at);
        let all = method.all_parameters().into_iter().enumerate();
        all.filter(|(at, parameter)| Some(*at) != body && parameter.direction.is_in()).collect()
    }

    /// Renders a method as lines of Rust, for the page of a service.
    pub(super) fn rust(&self, page: ServiceId, method: &'m Method, rust_names: &MethodNames) -> Vec<Vec<Piece>> {
        let mut call = Vec::new();
        if let Some((name, ty)) = self.rust_result(method, rust_names) {
            call.push(Piece::text(format!("let {name}: ")));
            call.extend(ty);
            call.push(Piece::text(" = "));
        }
        match self.paths.shortest(page) {
            Some(path) => call.extend(self.chain(path)),
            None => call.push(Piece::text("service")),
        }
        call.push(Piece::text(".").breaking());
        call.push(Piece::link(rust_names.ident.to_string(), self.links.method(page, &method.name)));
        let argument =
            method.body().and_then(|(at, _)| rust_names.parameters.get(at)).map(|names| names.argument.to_string());
        call.push(Piece::text(format!("({})", argument.unwrap_or_default())));
        let setters: Vec<Vec<Piece>> = self
            .shown(method)
            .into_iter()
            .filter_map(|(at, parameter)| {
                let names = rust_names.parameters.get(at)?;
                let href = self.links.parameter(page, &method.name, &parameter.name);
                let mut setter = vec![Piece::text("."), Piece::link(names.setter.to_string(), href), Piece::text("(")];
                setter.push(self.sample(parameter, &names.argument.to_string()));
                setter.push(Piece::text(")"));
                Some(setter)
            })
            .collect();
        let sending = vec![Piece::text(".send().await?;")];
        let whole = length(&call) + setters.iter().map(|setter| length(setter)).sum::<usize>() + length(&sending);
        if whole <= WIDTH {
            return vec![call.into_iter().chain(setters.into_iter().flatten()).chain(sending).collect()];
        }
        let mut lines = broken(call);
        lines.extend(setters.into_iter().chain([sending]).map(|line| [vec![Piece::text(INDENT)], line].concat()));
        lines
    }

    /// Name and type of the variable for the result of a call.
    fn rust_result(&self, method: &Method, rust_names: &MethodNames) -> Option<(String, Vec<Piece>)> {
        if method.returns_action {
            return None;
        }
        let at = method.parameters.iter().position(|parameter| parameter.direction.is_out())?;
        let (parameter, names) = (method.parameters.get(at)?, rust_names.parameters.get(at)?);
        Some((names.argument.to_string(), self.rust_type(parameter.ty)))
    }

    /// The parameters in the example of a call. The search query is preferred, then parameters that not all methods
    /// have.
    fn shown<'a>(&self, method: &'a Method) -> Vec<(usize, &'a Parameter)> {
        let mut inputs = self.inputs(method);
        inputs.retain(|(_, parameter)| parameter.docs.deprecated.is_none());
        let rank = |parameter: &Parameter| match (self.model.search.as_ref(), parameter) {
            (Some(search), parameter) if *search == parameter.name => 0,
            (_, parameter) if self.model.parameters.contains_key(&parameter.name) => 2,
            _ => 1,
        };
        inputs.sort_by_key(|(at, parameter)| (rank(parameter), *at));
        inputs.truncate(SHOWN);
        inputs.sort_by_key(|(at, _)| *at);
        inputs
    }

    fn sample(&self, parameter: &Parameter, argument: &str) -> Piece {
        if parameter.ty.list {
            return Piece::text(argument).variable();
        }
        match parameter.ty.base {
            BaseType::Primitive(Primitive::Boolean) => Piece::text("true"),
            BaseType::Primitive(Primitive::Integer) => Piece::text("10"),
            BaseType::Primitive(Primitive::Decimal) => Piece::text("1.5"),
            BaseType::Primitive(Primitive::String) => Piece::text("\"…\""),
            BaseType::Primitive(Primitive::Date) | BaseType::Struct(_) => Piece::text(argument).variable(),
            BaseType::Enum(id) => {
                let rust_names = self.names.type_names(id);
                match (&self.model.ty(id).kind, rust_names.variants.first()) {
                    (TypeKind::Enum(_), Some(first)) => {
                        Piece::link(format!("{}::{first}", rust_names.ident), self.links.ty(id))
                    }
                    _ => Piece::text(argument).variable(),
                }
            }
        }
    }
}

/// Wraps a line that is too long. Continuation lines are indented.
fn broken(line: Vec<Piece>) -> Vec<Vec<Piece>> {
    let mut parts: Vec<Vec<Piece>> = vec![Vec::new()];
    for piece in line {
        match parts.last_mut() {
            Some(last) if !piece.breaks => last.push(piece),
            _ => parts.push(vec![piece]),
        }
    }
    let mut lines: Vec<Vec<Piece>> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(last) if length(last) + length(&part) <= WIDTH => last.extend(part),
            Some(_) => lines.push([vec![Piece::text(INDENT)], part].concat()),
            None => lines.push(part),
        }
    }
    lines
}

/// `vm_id`, or `vm_id_2` for the second placeholder with this name.
fn numbered(name: &str, before: usize) -> String {
    if before == 0 { name.to_owned() } else { format!("{name}_{}", before + 1) }
}

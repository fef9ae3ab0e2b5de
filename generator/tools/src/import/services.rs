//! Java's service interfaces → facts: methods, their signatures, parameters and input details, and locators.

use super::case;
use super::document::{Map, Value};
use super::java::{Declaration, DeclarationKind, Expression, Method, Token, Unit};
use super::reader::{FactReader, PACKAGE};
use ovirt_sdk_generator::name::Name;

impl FactReader<'_> {
    pub(super) fn service_document(&mut self, unit: &Unit, declaration: &Declaration) -> Option<(Name, Map)> {
        self.only(&declaration.modifiers, &["Service", "Root", "Area", "Deprecated"], "a service");
        let name = self.service_name(&declaration.name)?;
        let mut document = Map::default();
        document.set("service", Value::Text(name.to_string()));
        let areas = declaration.modifiers.annotations.iter().filter(|it| it.name.text == "Area");
        for area in areas {
            match area.values.as_slice() {
                [value] => document.set("area", Value::Text(value.clone())),
                _ => self.report(&area.name, "a service has only one area".to_owned(), "not a single string"),
            }
        }
        if let Some(module) = unit.package.strip_prefix(PACKAGE).and_then(|rest| rest.strip_prefix('.')) {
            document.set("module", Value::Text(module.to_owned()));
        }
        match declaration.extends.as_slice() {
            [] => {}
            [base] => {
                if let Some(base) = self.service_name(base) {
                    document.set("extends", Value::Text(base.to_string()));
                }
            }
            [_, second, ..] => {
                self.report(second, "a service extends only one other service".to_owned(), "second service")
            }
        }
        self.docs(&declaration.modifiers, &mut document);
        let (mut methods, mut locators) = (Map::default(), Map::default());
        for inner in &declaration.inner {
            if let Some((name, method)) = self.method(inner) {
                self.once(&mut methods, &inner.name, &name, method);
            }
        }
        for method in &declaration.methods {
            if let Some((name, locator)) = self.locator(method) {
                self.once(&mut locators, &method.name, &name, locator);
            }
        }
        for (key, section) in [("methods", methods), ("locators", locators)] {
            if !section.is_empty() {
                document.set(key, Value::Map(section));
            }
        }
        Some((name, document))
    }

    fn method(&mut self, declaration: &Declaration) -> Option<(Name, Map)> {
        let name = self.method_name(declaration)?;
        let mut document = Map::default();
        self.docs(&declaration.modifiers, &mut document);
        let mut parameters = Map::default();
        for base in &declaration.extends {
            match self.mixin(&base.text) {
                Some((file, mixin)) => self.within(file, |reader| {
                    reader.nothing_inner(mixin, "a mixin");
                    reader.parameters(mixin, &mut parameters);
                }),
                None => {
                    let label = "a method can extend only mixins; only a signature extends a method";
                    self.report(base, format!("`{}` is not a mixin", base.text), label);
                }
            }
        }
        self.parameters(declaration, &mut parameters);
        let inherited = parameters.clone();
        self.details(declaration, &mut parameters);
        let mut signatures = Map::default();
        for inner in &declaration.inner {
            if let Some((name, signature)) = self.signature(declaration, &inherited, inner) {
                self.once(&mut signatures, &inner.name, &name, signature);
            }
        }
        for (key, section) in [("parameters", parameters), ("signatures", signatures)] {
            if !section.is_empty() {
                document.set(key, Value::Map(section));
            }
        }
        Some((name, document))
    }

    fn method_name(&self, declaration: &Declaration) -> Option<Name> {
        self.only(&declaration.modifiers, &["Deprecated"], "a method");
        if declaration.kind != DeclarationKind::Interface {
            let label = "methods are declared as inner interfaces";
            self.report(&declaration.name, format!("`{}` is not a method", declaration.name.text), label);
            return None;
        }
        self.name(&declaration.name)
    }

    /// A signature inherits the parameters of its method, but only their type and direction.
    fn signature(&mut self, method: &Declaration, inherited: &Map, declaration: &Declaration) -> Option<(Name, Map)> {
        let name = self.method_name(declaration)?;
        self.nothing_inner(declaration, "a signature");
        match declaration.extends.as_slice() {
            [base] if base.text == method.name.text => {}
            _ => {
                let message = format!("the signature `{}` does not extend its method", declaration.name.text);
                self.report(&declaration.name, message, format!("must extend `{}`", method.name.text));
            }
        }
        let mut document = Map::default();
        self.docs(&declaration.modifiers, &mut document);
        let mut parameters = Map::default();
        for (parameter, base) in inherited.maps() {
            let mut kept = Map::default();
            for key in ["type", "direction"] {
                if let Some(value) = base.get(key) {
                    kept.set(key, value.clone());
                }
            }
            parameters.set(parameter, Value::Map(kept));
        }
        self.parameters(declaration, &mut parameters);
        self.details(declaration, &mut parameters);
        if !parameters.is_empty() {
            document.set("parameters", Value::Map(parameters));
        }
        Some((name, document))
    }

    fn parameters(&mut self, declaration: &Declaration, parameters: &mut Map) {
        for method in declaration.methods.iter().filter(|it| it.body.is_none()) {
            self.only(&method.modifiers, &["In", "Out", "Deprecated"], "a parameter");
            let direction = match (method.modifiers.has("In"), method.modifiers.has("Out")) {
                (true, true) => Some("inout"),
                (true, false) => None,
                (false, true) => Some("out"),
                (false, false) => {
                    let message = format!("the parameter `{}` has no direction", method.name.text);
                    self.report(&method.name, message, "needs `@In` or `@Out`");
                    continue;
                }
            };
            if let Some((_, argument)) = method.parameters.first() {
                self.report(argument, "a parameter can't have parameters".to_owned(), "not supported");
            }
            let (Some(name), Some(ty)) = (self.name(&method.name), self.type_value(&method.ty)) else { continue };
            let mut parameter = Map::default();
            parameter.set("type", ty);
            if let Some(direction) = direction {
                parameter.set("direction", Value::Text(direction.to_owned()));
            }
            self.docs(&method.modifiers, &mut parameter);
            parameters.set(name.as_str(), Value::Map(parameter));
        }
    }

    /// Reads the mandatory and optional fields from the input details of a method.
    fn details(&mut self, declaration: &Declaration, parameters: &mut Map) {
        let mut fields = Fields::default();
        for method in &declaration.methods {
            let Some(body) = &method.body else { continue };
            self.only(&method.modifiers, &["InputDetail", "Deprecated"], "the input details of a method");
            if !method.modifiers.has("InputDetail") {
                self.note(&method.name, 0, "no `@InputDetail`; ignored, as in the published model");
                continue;
            }
            for statement in body {
                if let Some((path, mandatory)) = self.statement(&method.name, statement)
                    && let Some((first, rest)) = path.names.split_first()
                {
                    if !parameters.has(first.1.as_str()) {
                        let label = "not declared by the method";
                        self.report(first.0, format!("`{}` is not a parameter", first.1), label);
                    }
                    let last = path.alternative.map(|other| match path.names.last() {
                        Some((_, name)) => format!("{name}|{other}"),
                        None => other.to_string(),
                    });
                    let mut names: Vec<&str> =
                        std::iter::once(first).chain(rest).map(|(_, name)| name.as_str()).collect();
                    if let (Some(last), Some(name)) = (&last, names.last_mut()) {
                        *name = last;
                    }
                    fields.put(&names, mandatory);
                }
            }
        }
        for (parameter, inner) in fields.0 {
            let Some(parameter) = parameters.map_mut(&parameter) else { continue };
            let inner = match inner {
                Field::Inner(inner) => inner,
                Field::Mandatory(mandatory) => {
                    if mandatory {
                        parameter.set("required", Value::Flag(true));
                    }
                    continue;
                }
            };
            for (key, mandatory) in [("mandatory", true), ("optional", false)] {
                let mut paths = Vec::new();
                inner.paths(mandatory, "", &mut paths);
                if !paths.is_empty() {
                    parameter.set(key, Value::List(paths));
                }
            }
        }
    }

    /// Reads `mandatory(…)`, `optional(…)`, or `or(…)` of two of them. Of alternatives that are optional, the first is
    /// kept, as in the published model.
    fn statement<'e>(&self, method: &Token, statement: &'e Expression) -> Option<(FieldPath<'e>, bool)> {
        if let Expression::Call { target: None, name, arguments } = statement {
            match (name.text.as_str(), arguments.as_slice()) {
                ("mandatory", [path]) => {
                    return self.path(path).map(|names| (FieldPath { names, alternative: None }, true));
                }
                ("optional", [path]) => {
                    return self.path(path).map(|names| (FieldPath { names, alternative: None }, false));
                }
                ("or", [first, second, ..]) => {
                    let (mut path, mandatory) = self.statement(method, first)?;
                    if mandatory && let Some((other, _)) = self.statement(method, second) {
                        path.alternative = other.names.last().map(|(_, name)| name.clone());
                    }
                    return Some((path, mandatory));
                }
                _ => {
                    let help = "known statements: `mandatory(…)`, `optional(…)` and `or(…)`".to_owned();
                    self.report_help(name, format!("unknown statement `{}`", name.text), "unknown statement", help);
                }
            }
            return None;
        }
        self.report(method, "unsupported expression in the input details".to_owned(), "in this method");
        None
    }

    /// Reads a path such as `vm().nics()[COLLECTION].name()`.
    fn path<'e>(&self, expression: &'e Expression) -> Option<Vec<(&'e Token, Name)>> {
        match expression {
            Expression::Item(list) => self.path(list),
            Expression::Call { target, name, arguments } => {
                let mut path = match target {
                    Some(target) => self.path(target)?,
                    None => Vec::new(),
                };
                if !arguments.is_empty() {
                    self.report(name, format!("`{}` is not a field", name.text), "has arguments");
                    return None;
                }
                path.push((name, self.name(name)?));
                Some(path)
            }
        }
    }

    fn locator(&mut self, method: &Method) -> Option<(Name, Map)> {
        self.only(&method.modifiers, &["Service", "Deprecated"], "a locator");
        if !method.modifiers.has("Service") || method.body.is_some() || method.ty.list {
            let label = "a locator has `@Service` and returns one service";
            self.report(&method.name, format!("`{}` is not a locator", method.name.text), label);
            return None;
        }
        let name = self.name(&method.name)?;
        let service = self.service_name(&method.ty.name)?;
        let mut locator = Map::default();
        locator.set("service", Value::Text(service.to_string()));
        match method.parameters.as_slice() {
            [] => {}
            [(ty, parameter)] if ty.name.text == "String" && !ty.list => {
                let parameter = case::from_camel_case(&parameter.text)?;
                locator.set("parameter", Value::Text(parameter.to_string()));
            }
            [(_, parameter), ..] => {
                self.report(parameter, "a locator has at most one identifier".to_owned(), "not a single string");
            }
        }
        self.docs(&method.modifiers, &mut locator);
        Some((name, locator))
    }
}

/// The path to a field, and another last name that can stand in its place.
struct FieldPath<'e> {
    names: Vec<(&'e Token, Name)>,
    alternative: Option<Name>,
}

/// Nested fields, in the order in which they were first named.
#[derive(Default)]
struct Fields(Vec<(String, Field)>);

enum Field {
    Mandatory(bool),
    Inner(Fields),
}

impl Fields {
    fn put(&mut self, path: &[&str], mandatory: bool) {
        let Some((first, rest)) = path.split_first() else { return };
        let at = self.0.iter().position(|(name, _)| name == first).unwrap_or_else(|| {
            self.0.push(((*first).to_owned(), Field::Mandatory(mandatory)));
            self.0.len() - 1
        });
        let Some((_, field)) = self.0.get_mut(at) else { return };
        match field {
            Field::Inner(inner) => inner.put(rest, mandatory),
            Field::Mandatory(_) if !rest.is_empty() => {
                let mut inner = Self::default();
                inner.put(rest, mandatory);
                *field = Field::Inner(inner);
            }
            Field::Mandatory(old) => *old = mandatory,
        }
    }

    fn paths(&self, wanted: bool, prefix: &str, found: &mut Vec<String>) {
        for (name, field) in &self.0 {
            match field {
                Field::Mandatory(mandatory) if *mandatory == wanted => found.push(format!("{prefix}{name}")),
                Field::Mandatory(_) => {}
                Field::Inner(inner) => inner.paths(wanted, &format!("{prefix}{name}."), found),
            }
        }
    }
}

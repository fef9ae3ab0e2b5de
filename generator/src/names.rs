//! All Rust names, computed before anything is emitted.

mod namespace;
mod searches;

use std::collections::{BTreeMap, BTreeSet};

use heck::ToUpperCamelCase;
use proc_macro2::{Ident, Span};

use crate::diagnostics::{Diagnostic, Diagnostics, Position};
use crate::model::{
    CommonParameters, Field, Method, Model, OneOf, Parameter, REMOVED, SearchId, Segment, ServiceId, Struct, Type,
    TypeId, TypeKind,
};
use crate::name::Name;
use crate::syntax::{Docs, RoleKind};
use namespace::Namespace;
pub use searches::{SearchNames, constant_name};

/// Rust keywords.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod",
    "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super", "trait", "true",
    "try", "type", "typeof", "union", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Fields that the SDK adds to each struct.
const SDK_FIELDS: &[&str] = &["unknown"];

/// Methods of each struct that a setter would shadow: the SDK's own and those of implemented traits.
const SDK_METHODS: &[&str] = &[
    "new",
    "unknown",
    "clone",
    "clone_from",
    "default",
    "eq",
    "ne",
    "fmt",
    "into",
    "try_into",
    "from",
    "try_from",
    "borrow",
    "borrow_mut",
    "to_owned",
    "type_id",
];

/// Constants of each struct that the constant of a link would shadow.
const SDK_CONSTANTS: &[&str] = &["INFO"];

/// Other names in the SDK's module `types`.
const SDK_TYPES: &[&str] = &["Self", "List", "DateTime", "ParseDateTimeError", "Unknown", "Link"];

/// The parent module of all type modules. No module in it gets the same name.
const TYPES: &str = "types";

/// The parent module of all service modules.
const SERVICES: &str = "services";

/// The parent module of the modules with the requests of a service.
const REQUESTS: &str = "requests";

/// Variants that the SDK adds to each enum, and names that can't be variants.
const SDK_VARIANTS: &[&str] = &["Unknown", "Self"];

/// Methods of each service handle: the SDK's own and those of implemented traits.
const SDK_SERVICE_METHODS: &[&str] =
    &["new", "path", "clone", "clone_from", "fmt", "into", "try_into", "find", "find_all", "find_or_create", "ensure"];

/// Methods of each request: the SDK's own and those of implemented traits.
const SDK_REQUEST_METHODS: &[&str] = &[
    "new",
    "send",
    "send_reply",
    "send_blocking",
    "send_reply_blocking",
    "send_operation",
    "send_operation_blocking",
    "retry_conflicts",
    "inspect",
    "header",
    "query",
    "timeout",
    "correlation_id",
    "clone",
    "clone_from",
    "fmt",
    "into",
    "try_into",
    "items",
    "pages",
    "pages_blocking",
];

/// The Rust names of a model.
#[derive(Debug)]
pub struct Names {
    types: BTreeMap<TypeId, TypeNames>,
    services: BTreeMap<ServiceId, ServiceNames>,
    /// The requests that methods share, in the model's order.
    pub shared_requests: Vec<SharedRequestNames>,
    searches: BTreeMap<SearchId, SearchNames>,
}

/// The Rust names of a request that methods share.
#[derive(Debug)]
pub struct SharedRequestNames {
    /// Request: `FollowMaxRequest`.
    pub ident: Ident,
    /// Setters of its parameters, in the model's order.
    pub setters: Vec<Ident>,
}

/// The Rust names of a service.
#[derive(Debug)]
pub struct ServiceNames {
    /// Handle: `VmsService`.
    pub ident: Ident,
    /// Module: `vms`.
    pub module: Ident,
    /// Methods that it declares, in the model's order.
    pub methods: Vec<MethodNames>,
    /// Locators that it declares, in the model's order.
    pub locators: Vec<LocatorNames>,
    /// Waiters that it declares, in the model's order: `wait_until_up`.
    pub waiters: Vec<Ident>,
}

/// The Rust names of a locator.
#[derive(Debug)]
pub struct LocatorNames {
    /// Method of the handle: `vm`.
    pub ident: Ident,
    /// Argument for the path segment: `id`.
    pub parameter: Ident,
}

/// The Rust names of a method.
#[derive(Debug)]
pub struct MethodNames {
    /// Method of the handle: `add`.
    pub ident: Ident,
    /// Request: `VmsAdd`, or a shared one: `FollowRequest`.
    pub request: Ident,
    /// Whether other methods use the same request.
    pub shares_request: bool,
    /// Parameters, in the model's order.
    pub parameters: Vec<ParameterNames>,
}

/// The Rust names of a parameter.
#[derive(Debug)]
pub struct ParameterNames {
    /// Argument of the method, for a body: `vm`.
    pub argument: Ident,
    /// Setter of the request: `clone_`.
    pub setter: Ident,
}

/// The Rust names of a type.
#[derive(Debug)]
pub struct TypeNames {
    /// Type: `CpuTopology`.
    pub ident: Ident,
    /// Module: `cpu_topology`.
    pub module: Ident,
    /// Fields, in the model's order.
    pub fields: Vec<FieldNames>,
    /// Variants, in the model's order.
    pub variants: Vec<Ident>,
    /// Groups of fields of which at most one is set, in the model's order.
    pub one_of: Vec<OneOfNames>,
}

/// The Rust names of fields of which at most one is set.
#[derive(Debug)]
pub struct OneOfNames {
    /// Enum: `PermissionTarget`.
    pub ident: Ident,
    /// Method that returns it: `target`.
    pub method: Ident,
    /// Variants, in the order of the fields.
    pub variants: Vec<Ident>,
}

/// The Rust names of a field.
#[derive(Debug)]
pub struct FieldNames {
    /// Field: `type_`.
    pub field: Ident,
    /// Setter: `type_`.
    pub setter: Ident,
    /// Accessor that fails if the field is unset: `try_type`.
    pub accessor: Ident,
    /// Getter in the trait of an abstract struct: `get_type`.
    pub getter: Ident,
    /// Constant of the link, if it can be followed: `NICS`.
    pub link: Ident,
}

impl Names {
    /// Returns the names of a type.
    pub fn type_names(&self, id: TypeId) -> &TypeNames {
        #[expect(clippy::indexing_slicing, reason = "every type of the model is named")]
        &self.types[&id]
    }

    /// Returns the names of a service.
    pub fn service_names(&self, id: ServiceId) -> &ServiceNames {
        #[expect(clippy::indexing_slicing, reason = "every service of the model is named")]
        &self.services[&id]
    }
}

/// Computes all names. Reports collisions, and other Rust names in the model that avoid none.
pub fn name(model: &Model, problems: &Diagnostics) -> Names {
    let names = Namer { model, problems, ignored: None }.names();
    for (position, name) in rust_names(model) {
        let without = Diagnostics::default();
        Namer { model, problems: &without, ignored: Some(position) }.names();
        if without.is_empty() {
            let message = format!("the Rust name `{name}` is unnecessary");
            let problem = Diagnostic::at(position, message, "the name of the item is free");
            problems.push_derived(problem.help("remove `rust_name` and its reason"));
        }
    }
    names
}

/// The other Rust names in a model.
fn rust_names(model: &Model) -> Vec<(Position, &Name)> {
    let mut docs: Vec<&Docs> = Vec::new();
    for (id, ty) in model.types() {
        docs.push(&ty.docs);
        match &ty.kind {
            TypeKind::Struct(it) => {
                docs.extend(it.fields.iter().filter(|field| model.is_own(id, field)).map(|field| &field.docs));
            }
            TypeKind::Enum(values) => docs.extend(values.iter().map(|value| &value.docs)),
        }
    }
    docs.extend(model.search_docs());
    for service in &model.services {
        docs.push(&service.docs);
        docs.extend(service.locators.iter().map(|locator| &locator.docs));
        docs.extend(service.waiters.iter().map(|waiter| &waiter.docs));
        for method in &service.methods {
            docs.push(&method.docs);
            docs.extend(method.all_parameters().into_iter().map(|parameter| &parameter.docs));
        }
    }
    docs.into_iter().filter_map(|docs| docs.rust_name.as_ref().map(|name| (name.position, &name.value))).collect()
}

/// The name under which the SDK knows the type with a role.
pub fn role_ident(role: RoleKind) -> Ident {
    ident(&role.as_str().to_upper_camel_case())
}

/// The method of a waiter.
pub fn waiter_name(waiter: &str) -> String {
    format!("wait_until_{waiter}")
}

/// Computes names.
struct Namer<'m> {
    model: &'m Model,
    problems: &'m Diagnostics,
    /// The other Rust name to ignore, to find out what it is good for.
    ignored: Option<Position>,
}

impl<'m> Namer<'m> {
    /// The name from which the Rust names of an item are derived.
    fn base<'n>(&self, name: &'n Name, docs: &'n Docs) -> &'n str {
        let is_ignored = docs.rust_name.as_ref().is_some_and(|rust| Some(rust.position) == self.ignored);
        if is_ignored { name.as_str() } else { docs.rust_name(name).as_str() }
    }

    fn namespace(&self, what: &'static str) -> Namespace<'m> {
        Namespace::new(what, self.problems)
    }

    fn names(&self) -> Names {
        let mut idents = self.namespace("type");
        idents.reserve(SDK_TYPES);
        let mut modules = self.namespace("module");
        let types = self.model.types().map(|(id, ty)| {
            let base = self.base(&ty.name, &ty.docs);
            let mut methods = self.namespace("method");
            let names = TypeNames {
                ident: idents.add(base.to_upper_camel_case(), ty.position, &ty.name),
                module: modules.add(module_name(base, &[TYPES]), ty.position, &ty.name),
                fields: ty.as_struct().map(|it| self.fields(id, it, &mut methods)).unwrap_or_default(),
                variants: self.variants(ty),
                one_of: Vec::new(),
            };
            (id, names, methods)
        });
        let types: Vec<_> = types.collect();
        // After all types, which have the plain names.
        let types = types.into_iter().map(|(id, names, mut methods)| {
            let it = self.model.ty(id).as_struct();
            let one_of = it.into_iter().flat_map(|it| it.one_of.iter().map(move |group| (it, group)));
            let one_of = one_of.map(|(it, group)| self.one_of(it, group, &names.ident, &mut idents, &mut methods));
            let one_of = one_of.collect();
            (id, TypeNames { one_of, ..names })
        });
        let types = types.collect();
        let common = self.model.common_parameters();
        let mut requests = self.namespace("request");
        let shared_requests = common.requests();
        let shared_requests = shared_requests.iter().map(|parameters| self.shared_request(parameters, &mut requests));
        let shared_requests = shared_requests.collect();
        Names { types, services: self.services(&common), shared_requests, searches: self.searches() }
    }

    /// Names a request that methods share after its parameters.
    fn shared_request(&self, parameters: &[&Parameter], requests: &mut Namespace<'_>) -> SharedRequestNames {
        let text = shared_request_name(parameters);
        let ident = match parameters {
            [] => ident(&text),
            [first, ..] => {
                let names: Vec<&str> = parameters.iter().map(|parameter| parameter.name.as_str()).collect();
                requests.add(text, first.position, names.join(", "))
            }
        };
        let mut setters = self.namespace("method");
        let setters = parameters.iter().map(|parameter| self.setter(parameter, &mut setters)).collect();
        SharedRequestNames { ident, setters }
    }

    fn setter(&self, parameter: &Parameter, setters: &mut Namespace<'_>) -> Ident {
        let base = self.base(&parameter.name, &parameter.docs);
        setters.add(escape_reserved(base, SDK_REQUEST_METHODS), parameter.position, &parameter.name)
    }

    fn services(&self, common: &CommonParameters<'_>) -> BTreeMap<ServiceId, ServiceNames> {
        let mut idents = self.namespace("type");
        let mut modules = self.namespace("module");
        let names = self.model.services().map(|(id, service)| {
            let base = self.base(&service.name, &service.docs);
            let camel = base.to_upper_camel_case();
            let ident = idents.add(format!("{camel}Service"), service.position, &service.name);
            let module = modules.add(module_name(base, &[SERVICES, REQUESTS]), service.position, &service.name);
            let (methods, locators, waiters) = self.handle(id, &camel, &mut idents, common);
            (id, ServiceNames { ident, module, methods, locators, waiters })
        });
        names.collect()
    }

    /// Names the methods, locators and waiters of a service. All become methods of its handle, together with the inherited
    /// ones.
    fn handle(
        &self,
        id: ServiceId,
        camel: &str,
        idents: &mut Namespace<'_>,
        common: &CommonParameters<'_>,
    ) -> (Vec<MethodNames>, Vec<LocatorNames>, Vec<Ident>) {
        let model = self.model;
        let service = model.service(id);
        let mut handle_methods = self.namespace("method");
        let (mut methods, mut locators, mut waiters) = (Vec::new(), Vec::new(), Vec::new());
        for (owner, index) in model.methods_of(id) {
            let Some(method) = model.service(owner).methods.get(index) else { continue };
            let base = self.base(&method.name, &method.docs);
            let ident = escape_reserved(base, SDK_SERVICE_METHODS);
            let ident = handle_methods.add_inherited(ident, method.position, &method.name, owner == id);
            if owner == id {
                let shared = common.of(method).map(|parameters| self::ident(&shared_request_name(&parameters)));
                let shares_request = shared.is_some();
                let request = shared.unwrap_or_else(|| {
                    let request = format!("{camel}{}", base.to_upper_camel_case());
                    idents.add(request, method.position, format!("{}.{}", service.name, method.name))
                });
                methods.push(MethodNames { ident, request, shares_request, parameters: self.parameters(method) });
            }
        }
        for (owner, index) in model.locators_of(id) {
            let Some(locator) = model.service(owner).locators.get(index) else { continue };
            let ident = escape_reserved(self.base(&locator.name, &locator.docs), SDK_SERVICE_METHODS);
            let ident = handle_methods.add_inherited(ident, locator.position, &locator.name, owner == id);
            if owner == id {
                let parameter = match &locator.segment {
                    Segment::Parameter(name) => escape_keyword(name.as_str()),
                    Segment::Text(_) => ident.to_string(),
                };
                locators.push(LocatorNames { ident, parameter: self::ident(&parameter) });
            }
        }
        if model.waits_for_removal(id) {
            handle_methods.reserve(&[waiter_name(REMOVED).as_str()]);
        }
        for (owner, index) in model.waiters_of(id) {
            let Some(waiter) = model.service(owner).waiters.get(index) else { continue };
            let name = waiter_name(self.base(&waiter.name.value, &waiter.docs));
            let ident = handle_methods.add_inherited(name, waiter.name.position, &waiter.name.value, owner == id);
            if owner == id {
                waiters.push(ident);
            }
        }
        (methods, locators, waiters)
    }

    fn parameters(&self, method: &Method) -> Vec<ParameterNames> {
        let mut setters = self.namespace("method");
        let names = method.all_parameters().into_iter().map(|parameter| {
            let base = self.base(&parameter.name, &parameter.docs);
            ParameterNames { argument: ident(&escape_keyword(base)), setter: self.setter(parameter, &mut setters) }
        });
        names.collect()
    }

    fn fields(&self, id: TypeId, it: &Struct, methods: &mut Namespace<'_>) -> Vec<FieldNames> {
        let mut fields = self.namespace("field");
        let constructors: Vec<String> = it.references.iter().map(|name| format!("with_{name}")).collect();
        let taken: Vec<&str> = SDK_METHODS.iter().copied().chain(constructors.iter().map(String::as_str)).collect();
        // A field that hides an inherited one is already reported and does not collide again.
        let mut seen = BTreeSet::new();
        let names = it.fields.iter().map(|field| {
            let base = self.base(&field.name, &field.docs);
            let fresh = seen.insert(field.name.as_str());
            let is_own = self.model.is_own(id, field);
            let add = |namespace: &mut Namespace<'_>, text: String| {
                if fresh { namespace.add_inherited(text, field.position, &field.name, is_own) } else { ident(&text) }
            };
            FieldNames {
                field: add(&mut fields, escape_reserved(base, SDK_FIELDS)),
                setter: add(methods, escape_reserved(base, &taken)),
                accessor: add(methods, escape_reserved(&format!("try_{base}"), &taken)),
                getter: ident(&format!("get_{base}")),
                link: ident(&escape_reserved(&constant_name(base), SDK_CONSTANTS)),
            }
        });
        names.collect()
    }

    fn one_of(
        &self,
        it: &Struct,
        group: &OneOf,
        owner: &Ident,
        idents: &mut Namespace<'_>,
        methods: &mut Namespace<'_>,
    ) -> OneOfNames {
        let (name, position) = (group.name.as_str(), group.position);
        let mut variants = self.namespace("variant");
        let variant = |field: &Field| {
            let text = variant_name(self.base(&field.name, &field.docs));
            variants.add(text, position, &field.name)
        };
        OneOfNames {
            ident: idents.add(format!("{owner}{}", name.to_upper_camel_case()), position, &group.name),
            method: methods.add(escape_reserved(name, SDK_METHODS), position, &group.name),
            variants: it.fields_of(group).map(variant).collect(),
        }
    }

    fn variants(&self, ty: &Type) -> Vec<Ident> {
        let TypeKind::Enum(values) = &ty.kind else { return Vec::new() };
        let mut variants = self.namespace("variant");
        let name = |value: &crate::model::Value| {
            let text = variant_name(self.base(&value.name, &value.docs));
            variants.add(text, value.position, &value.name)
        };
        values.iter().map(name).collect()
    }
}

/// Names a variant, differently from those that the SDK adds.
fn variant_name(name: &str) -> String {
    let text = name.to_upper_camel_case();
    if SDK_VARIANTS.contains(&text.as_str()) { format!("{text}Value") } else { text }
}

/// `FollowMaxRequest`.
fn shared_request_name(parameters: &[&Parameter]) -> String {
    let names = parameters.iter().map(|parameter| parameter.name.as_str().to_upper_camel_case());
    format!("{}Request", names.collect::<String>())
}

/// Names a module, differently from its possible parents.
fn module_name(name: &str, parents: &[&str]) -> String {
    escape_reserved(name, parents)
}

/// Appends an underscore to a name that is a keyword or taken by the SDK.
fn escape_reserved(name: &str, taken: &[&str]) -> String {
    if taken.contains(&name) { format!("{name}_") } else { escape_keyword(name) }
}

/// Appends an underscore to a keyword.
fn escape_keyword(name: &str) -> String {
    if KEYWORDS.contains(&name) { format!("{name}_") } else { name.to_owned() }
}

fn ident(text: &str) -> Ident {
    Ident::new(text, Span::call_site())
}

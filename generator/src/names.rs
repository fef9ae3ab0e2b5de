//! All Rust names, computed before anything is emitted.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToUpperCamelCase;
use proc_macro2::{Ident, Span};

use crate::diagnostics::{Diagnostic, Diagnostics, Position};
use crate::model::{Method, Model, Segment, ServiceId, Struct, Type, TypeId, TypeKind};
use crate::name::Name;

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

/// Other names in the SDK's module `types`.
const SDK_TYPES: &[&str] = &["Self", "List", "DateTime", "ParseDateTimeError", "Unknown", "Link"];

/// The parent module of all type modules. No module in it gets the same name.
const TYPES: &str = "types";

/// The parent module of all service modules.
const SERVICES: &str = "services";

/// Variants that the SDK adds to each enum, and names that can't be variants.
const SDK_VARIANTS: &[&str] = &["Unknown", "Self"];

/// Methods of each service handle: the SDK's own and those of implemented traits.
const SDK_SERVICE_METHODS: &[&str] =
    &["new", "path", "clone", "clone_from", "fmt", "into", "try_into", "find", "find_all", "find_or_create"];

/// Methods of each request: the SDK's own and those of implemented traits.
const SDK_REQUEST_METHODS: &[&str] = &[
    "new",
    "send",
    "send_reply",
    "send_blocking",
    "send_reply_blocking",
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
];

/// The Rust names of a model.
#[derive(Debug)]
pub struct Names {
    types: BTreeMap<TypeId, TypeNames>,
    services: BTreeMap<ServiceId, ServiceNames>,
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
    /// Request: `VmsAdd`.
    pub request: Ident,
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

/// Computes all names and reports collisions.
pub fn name(model: &Model, problems: &Diagnostics) -> Names {
    let mut idents = Namespace::new("type", problems);
    idents.reserve(SDK_TYPES);
    let mut modules = Namespace::new("module", problems);
    let types = model.types().map(|(id, ty)| {
        let names = TypeNames {
            ident: idents.add(ty.name.as_str().to_upper_camel_case(), ty.position, &ty.name),
            module: modules.add(module_name(ty.name.as_str(), TYPES), ty.position, &ty.name),
            fields: ty.as_struct().map(|it| field_names(model, id, it, problems)).unwrap_or_default(),
            variants: variant_names(ty, problems),
        };
        (id, names)
    });
    let types = types.collect();
    Names { types, services: name_services(model, problems) }
}

fn name_services(model: &Model, problems: &Diagnostics) -> BTreeMap<ServiceId, ServiceNames> {
    let mut idents = Namespace::new("type", problems);
    let mut modules = Namespace::new("module", problems);
    let names = model.services().map(|(id, service)| {
        let camel = service.name.as_str().to_upper_camel_case();
        let ident = idents.add(format!("{camel}Service"), service.position, &service.name);
        let module = modules.add(module_name(service.name.as_str(), SERVICES), service.position, &service.name);
        let (methods, locators) = handle_names(model, id, &camel, &mut idents, problems);
        (id, ServiceNames { ident, module, methods, locators })
    });
    names.collect()
}

/// Names the methods and locators of a service. Both become methods of its handle, together with the inherited ones.
fn handle_names(
    model: &Model,
    id: ServiceId,
    camel: &str,
    idents: &mut Namespace<'_>,
    problems: &Diagnostics,
) -> (Vec<MethodNames>, Vec<LocatorNames>) {
    let service = model.service(id);
    let mut handle_methods = Namespace::new("method", problems);
    let method_name = |name: &Name| escape_reserved(name.as_str(), SDK_SERVICE_METHODS);
    let (mut methods, mut locators) = (Vec::new(), Vec::new());
    for (owner, index) in model.methods_of(id) {
        let Some(method) = model.service(owner).methods.get(index) else { continue };
        let ident = handle_methods.add_inherited(method_name(&method.name), method.position, &method.name, owner == id);
        if owner == id {
            let request = format!("{camel}{}", method.name.as_str().to_upper_camel_case());
            let shown = format!("{}.{}", service.name, method.name);
            let request = idents.add(request, method.position, shown);
            methods.push(MethodNames { ident, request, parameters: parameter_names(method, problems) });
        }
    }
    for (owner, index) in model.locators_of(id) {
        let Some(locator) = model.service(owner).locators.get(index) else { continue };
        let ident =
            handle_methods.add_inherited(method_name(&locator.name), locator.position, &locator.name, owner == id);
        if owner == id {
            let parameter = match &locator.segment {
                Segment::Parameter(name) => escape_reserved(name.as_str(), &[]),
                Segment::Text(_) => ident.to_string(),
            };
            locators.push(LocatorNames { ident, parameter: self::ident(&parameter) });
        }
    }
    (methods, locators)
}

fn parameter_names(method: &Method, problems: &Diagnostics) -> Vec<ParameterNames> {
    let mut setters = Namespace::new("method", problems);
    let names = method.all_parameters().into_iter().map(|parameter| {
        let name = parameter.name.as_str();
        ParameterNames {
            argument: ident(&escape_keyword(name)),
            setter: setters.add(escape_reserved(name, SDK_REQUEST_METHODS), parameter.position, &parameter.name),
        }
    });
    names.collect()
}

fn field_names(model: &Model, id: TypeId, it: &Struct, problems: &Diagnostics) -> Vec<FieldNames> {
    let mut fields = Namespace::new("field", problems);
    let mut methods = Namespace::new("method", problems);
    let references = it.references.iter().map(|name| format!("with_{name}"));
    let constructors: BTreeSet<String> = references.collect();
    // A field that hides an inherited one is already reported and does not collide again.
    let mut seen = BTreeSet::new();
    let fields = it.fields.iter().map(|field| {
        let name = field.name.as_str();
        let fresh = seen.insert(name.to_owned());
        let is_own = model.is_own(id, field);
        let add = |namespace: &mut Namespace<'_>, text: String| {
            if fresh { namespace.add_inherited(text, field.position, &field.name, is_own) } else { ident(&text) }
        };
        let field = escape_reserved(name, SDK_FIELDS);
        let reserved = |method: &str| SDK_METHODS.contains(&method) || constructors.contains(method);
        let setter = if reserved(name) { format!("{name}_") } else { escape_keyword(name) };
        let accessor = format!("try_{name}");
        let accessor = if reserved(&accessor) { format!("{accessor}_") } else { accessor };
        FieldNames {
            field: add(&mut fields, field),
            setter: add(&mut methods, setter),
            accessor: add(&mut methods, accessor),
            getter: ident(&format!("get_{name}")),
        }
    });
    fields.collect()
}

fn variant_names(ty: &Type, problems: &Diagnostics) -> Vec<Ident> {
    let TypeKind::Enum(values) = &ty.kind else { return Vec::new() };
    let mut variants = Namespace::new("variant", problems);
    let name = |value: &crate::model::Value| {
        let text = value.name.as_str().to_upper_camel_case();
        let text = if SDK_VARIANTS.contains(&text.as_str()) { format!("{text}Value") } else { text };
        variants.add(text, value.position, &value.name)
    };
    values.iter().map(name).collect()
}

/// Names a module, differently from its parent.
fn module_name(name: &str, parent: &str) -> String {
    escape_reserved(name, &[parent])
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

/// Names that must differ from each other.
struct Namespace<'p> {
    what: &'static str,
    /// Position, model name and whether it is declared here, by Rust name. `None` if the SDK has taken the name.
    taken: BTreeMap<String, Option<(Position, String, bool)>>,
    problems: &'p Diagnostics,
}

impl<'p> Namespace<'p> {
    fn new(what: &'static str, problems: &'p Diagnostics) -> Self {
        Self { what, taken: BTreeMap::new(), problems }
    }

    fn reserve(&mut self, names: &[&str]) {
        self.taken.extend(names.iter().map(|name| ((*name).to_owned(), None)));
    }

    fn add(&mut self, text: String, position: Position, name: impl ToString) -> Ident {
        self.add_inherited(text, position, name, true)
    }

    /// Like [`add`](Self::add). Collisions between inherited items are reported where they are declared.
    fn add_inherited(&mut self, text: String, position: Position, name: impl ToString, is_own: bool) -> Ident {
        let name = name.to_string();
        match self.taken.get(&text) {
            Some(Some((_, _, first_is_own))) if !(is_own || *first_is_own) => {}
            // The loader or the checks already reported two items with the same name.
            Some(Some((_, other, _))) if *other == name => {}
            Some(Some((first, other, _))) => {
                let message = format!("`{name}` and `{other}` have the same Rust {} name `{text}`", self.what);
                let problem = Diagnostic::at(position, message, "second use").context(*first, "first use");
                self.problems.push_derived(problem.help("rename one of them"));
            }
            Some(None) => {
                let message = format!("`{name}` has the Rust {} name `{text}`, which the SDK uses itself", self.what);
                self.problems.push_derived(Diagnostic::at(position, message, "name in use").help("rename it"));
            }
            None => {
                self.taken.insert(text.clone(), Some((position, name, is_own)));
            }
        }
        ident(&text)
    }
}

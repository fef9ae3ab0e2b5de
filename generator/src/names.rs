//! Every Rust name, computed before anything is emitted. Emitters decide nothing.

use std::collections::{BTreeMap, BTreeSet};

use heck::ToUpperCamelCase;
use proc_macro2::{Ident, Span};

use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::model::{Method, Model, Segment, ServiceId, Struct, Type, TypeId, TypeKind};
use crate::name::Name;

/// Rust's own words, which can't be names.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod",
    "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super", "trait", "true",
    "try", "type", "typeof", "union", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Fields that the SDK adds to every struct.
const SDK_FIELDS: &[&str] = &["unknown"];

/// Methods that every struct has: the SDK's own, and those of the traits it implements, which a setter would hide.
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

/// Names beside the types of the model in the SDK's `types`.
const SDK_TYPES: &[&str] = &["Self", "List", "DateTime", "ParseDateTimeError", "Unknown", "Link"];

/// The module around those of the types: one in it should not be called the same.
const TYPES: &str = "types";

/// As [`TYPES`], around those of the services.
const SERVICES: &str = "services";

/// Variants that the SDK adds to every enum, and the ones that can't be.
const SDK_VARIANTS: &[&str] = &["Unknown", "Self"];

/// Methods that every service handle has, and those of the traits it implements.
const SDK_SERVICE_METHODS: &[&str] =
    &["new", "path", "clone", "clone_from", "fmt", "into", "try_into", "find", "find_all", "find_or_create"];

/// Methods that every request has.
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
    /// The handle: `VmsService`.
    pub ident: Ident,
    /// Its module: `vms`.
    pub module: Ident,
    /// Its own methods, in the order of the model.
    pub methods: Vec<MethodNames>,
    /// Its own locators, in the order of the model.
    pub locators: Vec<LocatorNames>,
}

/// The Rust names of a locator.
#[derive(Debug)]
pub struct LocatorNames {
    /// The method of the handle: `vm`.
    pub ident: Ident,
    /// What stands in the path, as an argument: `id`.
    pub parameter: Ident,
}

/// The Rust names of a method.
#[derive(Debug)]
pub struct MethodNames {
    /// The method of the handle: `add`.
    pub ident: Ident,
    /// The request: `VmsAdd`.
    pub request: Ident,
    /// The parameters, in the order of the model: as an argument and as the setter of the request.
    pub parameters: Vec<ParameterNames>,
}

/// The Rust names of a parameter.
#[derive(Debug)]
pub struct ParameterNames {
    /// The argument of the method, for a body: `vm`.
    pub argument: Ident,
    /// The setter of the request: `clone_`.
    pub setter: Ident,
}

/// The Rust names of a type.
#[derive(Debug)]
pub struct TypeNames {
    /// The type: `CpuTopology`.
    pub ident: Ident,
    /// Its module: `cpu_topology`.
    pub module: Ident,
    /// Its members, in the order of the model.
    pub members: Vec<MemberNames>,
    /// Its values, in the order of the model.
    pub variants: Vec<Ident>,
}

/// The Rust names of a member.
#[derive(Debug)]
pub struct MemberNames {
    /// The field: `type_`.
    pub field: Ident,
    /// The setter: `type_`.
    pub setter: Ident,
    /// The accessor that fails when the member is absent: `try_type`.
    pub accessor: Ident,
    /// The method of the trait of an abstract struct: `get_type`.
    pub getter: Ident,
}

impl Names {
    /// The names of a type.
    pub fn of(&self, id: TypeId) -> &TypeNames {
        #[expect(clippy::indexing_slicing, reason = "every type of the model is named")]
        &self.types[&id]
    }

    /// The names of a service.
    pub fn of_service(&self, id: ServiceId) -> &ServiceNames {
        #[expect(clippy::indexing_slicing, reason = "every service of the model is named")]
        &self.services[&id]
    }
}

/// Names everything, and reports what would be called the same.
pub fn name(model: &Model, problems: &Diagnostics) -> Names {
    let mut idents = Scope::new("type", problems);
    idents.reserve(SDK_TYPES);
    let mut modules = Scope::new("module", problems);
    let types = model.types().map(|(id, ty)| {
        let names = TypeNames {
            ident: idents.add(ty.name.as_str().to_upper_camel_case(), ty.place, &ty.name),
            module: modules.add(module_name(ty.name.as_str(), TYPES), ty.place, &ty.name),
            members: ty.as_struct().map(|it| member_names(model, id, it, problems)).unwrap_or_default(),
            variants: variant_names(ty, problems),
        };
        (id, names)
    });
    let types = types.collect();
    Names { types, services: service_names(model, problems) }
}

fn service_names(model: &Model, problems: &Diagnostics) -> BTreeMap<ServiceId, ServiceNames> {
    let mut idents = Scope::new("type", problems);
    let mut modules = Scope::new("module", problems);
    let names = model.services().map(|(id, service)| {
        let camel = service.name.as_str().to_upper_camel_case();
        let ident = idents.add(format!("{camel}Service"), service.place, &service.name);
        let module = modules.add(module_name(service.name.as_str(), SERVICES), service.place, &service.name);
        let (methods, locators) = handle_names(model, id, &camel, &mut idents, problems);
        (id, ServiceNames { ident, module, methods, locators })
    });
    names.collect()
}

/// The names of the methods and locators of a service, which are all methods of its handle: the inherited ones too.
fn handle_names(
    model: &Model,
    id: ServiceId,
    camel: &str,
    idents: &mut Scope<'_>,
    problems: &Diagnostics,
) -> (Vec<MethodNames>, Vec<LocatorNames>) {
    let service = model.service(id);
    let mut scope = Scope::new("method", problems);
    let free = |name: &Name| freed(name.as_str(), SDK_SERVICE_METHODS);
    let (mut methods, mut locators) = (Vec::new(), Vec::new());
    for (owner, index) in model.methods_of(id) {
        let Some(method) = model.service(owner).methods.get(index) else { continue };
        let ident = scope.add_inherited(free(&method.name), method.place, &method.name, owner == id);
        if owner == id {
            let request = format!("{camel}{}", method.name.as_str().to_upper_camel_case());
            let shown = format!("{}.{}", service.name, method.name);
            let request = idents.add(request, method.place, shown);
            methods.push(MethodNames { ident, request, parameters: parameter_names(method, problems) });
        }
    }
    for (owner, index) in model.locators_of(id) {
        let Some(locator) = model.service(owner).locators.get(index) else { continue };
        let ident = scope.add_inherited(free(&locator.name), locator.place, &locator.name, owner == id);
        if owner == id {
            let parameter = match &locator.segment {
                Segment::Parameter(name) => freed(name.as_str(), &[]),
                Segment::Text(_) => ident.to_string(),
            };
            locators.push(LocatorNames { ident, parameter: self::ident(&parameter) });
        }
    }
    (methods, locators)
}

fn parameter_names(method: &Method, problems: &Diagnostics) -> Vec<ParameterNames> {
    let mut setters = Scope::new("method", problems);
    let names = method.all_parameters().into_iter().map(|parameter| {
        let name = parameter.name.as_str();
        ParameterNames {
            argument: ident(&unkeyworded(name)),
            setter: setters.add(freed(name, SDK_REQUEST_METHODS), parameter.place, &parameter.name),
        }
    });
    names.collect()
}

fn member_names(model: &Model, id: TypeId, it: &Struct, problems: &Diagnostics) -> Vec<MemberNames> {
    let mut fields = Scope::new("field", problems);
    let mut methods = Scope::new("method", problems);
    let references = it.references.iter().map(|name| format!("with_{name}"));
    let constructors: BTreeSet<String> = references.collect();
    // A member that hides an inherited one has been reported; it has no name of its own.
    let mut seen = BTreeSet::new();
    let members = it.members.iter().map(|member| {
        let name = member.name.as_str();
        let fresh = seen.insert(name.to_owned());
        let is_own = model.is_own(id, member);
        let add = |scope: &mut Scope<'_>, text: String| {
            if fresh { scope.add_inherited(text, member.place, &member.name, is_own) } else { ident(&text) }
        };
        let field = if SDK_FIELDS.contains(&name) { format!("{name}_") } else { unkeyworded(name) };
        let reserved = |method: &str| SDK_METHODS.contains(&method) || constructors.contains(method);
        let setter = if reserved(name) { format!("{name}_") } else { unkeyworded(name) };
        let accessor = format!("try_{name}");
        let accessor = if reserved(&accessor) { format!("{accessor}_") } else { accessor };
        MemberNames {
            field: add(&mut fields, field),
            setter: add(&mut methods, setter),
            accessor: add(&mut methods, accessor),
            getter: ident(&format!("get_{name}")),
        }
    });
    members.collect()
}

fn variant_names(ty: &Type, problems: &Diagnostics) -> Vec<Ident> {
    let TypeKind::Enum(values) = &ty.kind else { return Vec::new() };
    let mut variants = Scope::new("variant", problems);
    let name = |value: &crate::model::Value| {
        let text = value.name.as_str().to_upper_camel_case();
        let text = if SDK_VARIANTS.contains(&text.as_str()) { format!("{text}Value") } else { text };
        variants.add(text, value.place, &value.name)
    };
    values.iter().map(name).collect()
}

fn module_name(name: &str, around: &str) -> String {
    if name == around { format!("{name}_") } else { unkeyworded(name) }
}

/// A name that is none of those that the SDK has taken, and no keyword.
fn freed(name: &str, taken: &[&str]) -> String {
    if taken.contains(&name) { format!("{name}_") } else { unkeyworded(name) }
}

fn unkeyworded(name: &str) -> String {
    if KEYWORDS.contains(&name) { format!("{name}_") } else { name.to_owned() }
}

/// An identifier; raw where the text is a keyword after all, which no caller lets happen.
fn ident(text: &str) -> Ident {
    Ident::new(text, Span::call_site())
}

/// Names that live beside each other.
struct Scope<'p> {
    what: &'static str,
    /// Who has a name, and whether it is no inherited member; `None` for the SDK.
    taken: BTreeMap<String, Option<(Place, String, bool)>>,
    problems: &'p Diagnostics,
}

impl<'p> Scope<'p> {
    fn new(what: &'static str, problems: &'p Diagnostics) -> Self {
        Self { what, taken: BTreeMap::new(), problems }
    }

    fn reserve(&mut self, names: &[&str]) {
        self.taken.extend(names.iter().map(|name| ((*name).to_owned(), None)));
    }

    fn add(&mut self, text: String, place: Place, name: impl ToString) -> Ident {
        self.add_inherited(text, place, name, true)
    }

    /// As [`add`](Self::add); what clashes among inherited members is reported where they are from.
    fn add_inherited(&mut self, text: String, place: Place, name: impl ToString, is_own: bool) -> Ident {
        let name = name.to_string();
        match self.taken.get(&text) {
            Some(Some((_, _, first_is_own))) if !(is_own || *first_is_own) => {}
            // Two things of one name have been reported: by the loader or by the checks.
            Some(Some((_, other, _))) if *other == name => {}
            Some(Some((first, other, _))) => {
                let message = format!("`{name}` and `{other}` become the same Rust {} `{text}`", self.what);
                let problem = Diagnostic::at(place, message, "the second").context(*first, "the first");
                self.problems.push(problem.help("rename one of them: the generator doesn't choose for you"));
            }
            Some(None) => {
                let message = format!("`{name}` becomes the Rust {} `{text}`, which the SDK has already", self.what);
                self.problems.push(Diagnostic::at(place, message, "taken").help("rename it"));
            }
            None => {
                self.taken.insert(text.clone(), Some((place, name, is_own)));
            }
        }
        ident(&text)
    }
}

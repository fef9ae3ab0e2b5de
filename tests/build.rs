//! Generates code for the tests: calls of every method of every service (tests/services/table.rs), every waiter
//! (tests/jobs/table.rs), every `ensure` (tests/jobs/ensure_table.rs), and the program in README.md (tests/client/readme.rs).

#![allow(clippy::expect_used, clippy::panic, reason = "a failure here is a failed test")]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use ovirt_sdk_generator::model::{BaseType, Model, Parameter, Primitive, Segment, ServiceId, TypeKind, TypeRef, Verb};
use ovirt_sdk_generator::names::Names;
use ovirt_sdk_generator::syntax::Direction;
use ovirt_sdk_generator::{LoadedModel, MODEL};

#[path = "build/ensures.rs"]
mod ensures;
#[path = "build/waiters.rs"]
mod waiters;

/// An integer as users write it. As an `i32`, it would be 0.
const INTEGER: &str = "4 << 30";

fn main() {
    let root = Path::new("..");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=../{MODEL}");
    let LoadedModel { model, names, .. } =
        ovirt_sdk_generator::load_model(&root.join(MODEL), root).unwrap_or_else(|error| panic!("{error}"));
    let folder = std::env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    let write = |name: &str, text: String| {
        std::fs::write(Path::new(&folder).join(name), text).expect("can't write the file");
    };
    write("requests.rs", calls(&model, &names));
    write("waiters.rs", waiters::calls(&model, &service_paths(&model, &names)));
    write("ensures.rs", ensures::calls(&model, &names));
    write("setters.rs", setters(&model, &names));
    println!("cargo::rerun-if-changed=../README.md");
    let readme = std::fs::read_to_string(root.join("README.md")).expect("can't read README.md");
    write("readme.rs", program(&readme).expect("README.md has no program that connects to an engine"));
}

/// Returns the program in the README that connects to an engine.
fn program(readme: &str) -> Option<String> {
    let blocks = readme.split("```rust").skip(1).filter_map(|rest| rest.split_once('\n')?.1.split("```").next());
    blocks.into_iter().find(|block| block.contains("fn main") && block.contains("https://engine.")).map(str::to_owned)
}

/// The locators from the root to a service, and the method calls that follow them.
#[derive(Clone, Default)]
struct ServicePath {
    locators: Vec<String>,
    calls: String,
}

/// Returns functions that call every method and pass its request to `tests/services/table.rs`.
fn calls(model: &Model, names: &Names) -> String {
    let paths = service_paths(model, names);
    let mut out = String::from("pub(crate) fn all(connection: &Connection, recorder: &mut Recorder) {\n");
    for (_, service) in model.services() {
        let _ = writeln!(out, "    call_{}(connection, recorder);", service.name);
    }
    out.push_str("}\n");
    for (id, service) in model.services() {
        let own = names.service_names(id);
        let _ = writeln!(out, "fn call_{}(connection: &Connection, recorder: &mut Recorder) {{", service.name);
        let (locators, handle) = match paths.get(&id) {
            Some(path) => (format!("Some(&{:?})", path.locators), format!("connection.system(){}", path.calls)),
            // No locator leads to this service.
            None => ("None".to_owned(), format!("services::{}::at(connection.system().location().clone())", own.ident)),
        };
        let _ = writeln!(out, "    let handle = {handle};");
        let _ = writeln!(
            out,
            "    recorder.service::<services::{}>({:?}, {locators}, &handle);",
            own.ident,
            service.name.as_str()
        );
        for (owner, index) in model.methods_of(id) {
            let (method, rust_names) =
                match (model.service(owner).methods.get(index), names.service_names(owner).methods.get(index)) {
                    (Some(method), Some(rust_names)) => (method, rust_names),
                    _ => panic!("a method of {} has no name", service.name),
                };
            let is_body = |parameter: &Parameter| {
                matches!(method.verb, Verb::Add | Verb::Update) && parameter.direction == Direction::InOut
            };
            let body = method.parameters.iter().find(|parameter| is_body(parameter));
            let body = body.map(|body| sample(model, names, body.ty)).unwrap_or_default();
            let mut request = format!("handle.{}({body})", rust_names.ident);
            for (parameter, rust_names) in method.all_parameters().into_iter().zip(&rust_names.parameters) {
                if parameter.direction != Direction::Out && !is_body(parameter) {
                    let _ = write!(request, ".{}({})", rust_names.setter, sample(model, names, parameter.ty));
                }
            }
            let owner = model.service(owner).name.as_str();
            let _ = writeln!(out, "    recorder.method({owner:?}, {:?}, {request}.inspect());", method.name.as_str());
        }
        out.push_str("}\n");
    }
    out
}

/// Returns a function that sets every integer field of every struct.
fn setters(model: &Model, names: &Names) -> String {
    let mut out = String::from("pub(crate) fn all(check: &mut dyn FnMut(&str, Vec<i64>)) {\n");
    for (id, ty) in model.types() {
        let Some(it) = ty.as_struct().filter(|it| !it.is_abstract) else { continue };
        let own = names.type_names(id);
        for (field, of) in it.fields.iter().zip(&own.fields) {
            if field.ty.base != BaseType::Primitive(Primitive::Integer) {
                continue;
            }
            let (value, found) = match field.ty.list {
                true => (format!("[{INTEGER}]"), "unwrap()"),
                false => (INTEGER.to_owned(), "into_iter().collect()"),
            };
            let (ident, setter, stored) = (&own.ident, &of.setter, &of.field);
            let object = format!("types::{ident}::new().{setter}({value})");
            let _ = writeln!(out, "    check(\"{}.{}\", {object}.{stored}.{found});", ty.name, field.name);
        }
    }
    out.push_str("}\n");
    out
}

/// Returns the shortest path to each service.
fn service_paths(model: &Model, names: &Names) -> BTreeMap<ServiceId, ServicePath> {
    let mut found = BTreeMap::new();
    let mut next: Vec<(ServiceId, ServicePath)> =
        model.root.map(|root| (root, ServicePath::default())).into_iter().collect();
    while !next.is_empty() {
        for (id, path) in std::mem::take(&mut next) {
            if found.contains_key(&id) {
                continue;
            }
            for (owner, index) in model.locators_of(id) {
                let (Some(locator), Some(rust_names)) =
                    (model.service(owner).locators.get(index), names.service_names(owner).locators.get(index))
                else {
                    panic!("a locator of {} has no name", model.service(id).name)
                };
                let mut path = path.clone();
                path.locators.push(locator.name.to_string());
                let argument = if matches!(locator.segment, Segment::Parameter(_)) { "ID" } else { "" };
                let _ = write!(path.calls, ".{}({argument})", rust_names.ident);
                next.push((locator.service, path));
            }
            found.insert(id, path);
        }
    }
    found
}

/// Returns an expression for a sample value. The constants are defined by the test.
fn sample(model: &Model, names: &Names, ty: TypeRef) -> String {
    let one = match ty.base {
        BaseType::Primitive(Primitive::Boolean) => "true".to_owned(),
        BaseType::Primitive(Primitive::Integer) => INTEGER.to_owned(),
        BaseType::Primitive(Primitive::String) => "TEXT".to_owned(),
        BaseType::Primitive(other) => panic!("no sample of type {}", other.as_str()),
        BaseType::Enum(id) => match &model.ty(id).kind {
            TypeKind::Enum(values) => format!("{:?}", values.first().expect("an enum without values").name.as_str()),
            TypeKind::Struct(_) => panic!("{} is not an enum", model.ty(id).name),
        },
        BaseType::Struct(id) => format!("types::{}::new()", names.type_names(id).ident),
    };
    if ty.list { format!("[{one}, {one}]") } else { one }
}

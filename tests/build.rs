//! Writes Rust that calls every method of every service, for the test that compares what they send with the rules; and
//! takes the programs of README.md out of it, for the test that runs them.

#![allow(clippy::expect_used, clippy::panic, reason = "what fails here is a failed test")]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use ovirt_sdk_generator::model::{BaseType, Model, Parameter, Primitive, Segment, ServiceId, TypeKind, TypeRef, Verb};
use ovirt_sdk_generator::names::Names;
use ovirt_sdk_generator::syntax::Direction;
use ovirt_sdk_generator::{MODEL, Read};

fn main() {
    let root = Path::new("..");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../{MODEL}");
    let Read { model, names, .. } =
        ovirt_sdk_generator::read(&root.join(MODEL), root).unwrap_or_else(|error| panic!("{error}"));
    let folder = std::env::var("OUT_DIR").expect("cargo tells where output goes");
    let write = |name: &str, text: String| {
        std::fs::write(Path::new(&folder).join(name), text).expect("the file can be written");
    };
    write("requests.rs", text(&model, &names));
    println!("cargo::rerun-if-changed=../README.md");
    let readme = std::fs::read_to_string(root.join("README.md")).expect("there is a README");
    write("readme.rs", program(&readme).expect("the README has a program that connects to an engine"));
}

/// The program of the README that connects to an engine, as it stands there.
fn program(readme: &str) -> Option<String> {
    let blocks = readme.split("```rust").skip(1).filter_map(|rest| rest.split_once('\n')?.1.split("```").next());
    blocks.into_iter().find(|block| block.contains("fn main") && block.contains("https://engine.")).map(str::to_owned)
}

/// A way to a service: the names of the locators, and the calls that go through them.
#[derive(Clone, Default)]
struct Way {
    names: Vec<String>,
    calls: String,
}

fn text(model: &Model, names: &Names) -> String {
    let ways = ways(model, names);
    let mut out = String::from("pub(crate) fn all(connection: &Connection, made: &mut Made) {\n");
    for (_, service) in model.services() {
        let _ = writeln!(out, "    call_{}(connection, made);", service.name);
    }
    out.push_str("}\n");
    for (id, service) in model.services() {
        let own = names.of_service(id);
        let _ = writeln!(out, "fn call_{}(connection: &Connection, made: &mut Made) {{", service.name);
        let (way, start) = match ways.get(&id) {
            Some(way) => (format!("Some(&{:?})", way.names), format!("connection.system(){}", way.calls)),
            // No locator leads to it; its methods are there nevertheless.
            None => ("None".to_owned(), format!("services::{}::at(connection.system().location().clone())", own.ident)),
        };
        let _ = writeln!(out, "    let handle = {start};");
        let _ =
            writeln!(out, "    made.service::<services::{}>({:?}, {way}, &handle);", own.ident, service.name.as_str());
        for (owner, index) in model.methods_of(id) {
            let (method, of) =
                match (model.service(owner).methods.get(index), names.of_service(owner).methods.get(index)) {
                    (Some(method), Some(of)) => (method, of),
                    _ => panic!("a method of {} has no name", service.name),
                };
            let is_body = |parameter: &Parameter| {
                matches!(method.verb, Verb::Add | Verb::Update) && parameter.direction == Direction::InOut
            };
            let body = method.parameters.iter().find(|parameter| is_body(parameter));
            let body = body.map(|body| sample(model, names, body.ty)).unwrap_or_default();
            let mut request = format!("handle.{}({body})", of.ident);
            for (parameter, of) in method.all_parameters().into_iter().zip(&of.parameters) {
                if parameter.direction != Direction::Out && !is_body(parameter) {
                    let _ = write!(request, ".{}({})", of.setter, sample(model, names, parameter.ty));
                }
            }
            let owner = model.service(owner).name.as_str();
            let _ = writeln!(out, "    made.method({owner:?}, {:?}, {request}.inspect());", method.name.as_str());
        }
        out.push_str("}\n");
    }
    out
}

/// The shortest way to each service.
fn ways(model: &Model, names: &Names) -> BTreeMap<ServiceId, Way> {
    let mut found = BTreeMap::new();
    let mut next: Vec<(ServiceId, Way)> = model.root.map(|root| (root, Way::default())).into_iter().collect();
    while !next.is_empty() {
        for (id, way) in std::mem::take(&mut next) {
            if found.contains_key(&id) {
                continue;
            }
            for (owner, index) in model.locators_of(id) {
                let (Some(locator), Some(of)) =
                    (model.service(owner).locators.get(index), names.of_service(owner).locators.get(index))
                else {
                    panic!("a locator of {} has no name", model.service(id).name)
                };
                let mut way = way.clone();
                way.names.push(locator.name.to_string());
                let argument = if matches!(locator.segment, Segment::Parameter(_)) { "ID" } else { "" };
                let _ = write!(way.calls, ".{}({argument})", of.ident);
                next.push((locator.service, way));
            }
            found.insert(id, way);
        }
    }
    found
}

/// A value for a parameter, as an expression; the constants are those of the test.
fn sample(model: &Model, names: &Names, ty: TypeRef) -> String {
    let one = match ty.base {
        BaseType::Primitive(Primitive::Boolean) => "true".to_owned(),
        BaseType::Primitive(Primitive::Integer) => "INTEGER".to_owned(),
        BaseType::Primitive(Primitive::String) => "TEXT".to_owned(),
        BaseType::Primitive(other) => panic!("there is no sample of {}", other.as_str()),
        BaseType::Enum(id) => match &model.ty(id).kind {
            TypeKind::Enum(values) => format!("{:?}", values.first().expect("an enum has values").name.as_str()),
            TypeKind::Struct(_) => panic!("{} is no enum", model.ty(id).name),
        },
        BaseType::Struct(id) => format!("types::{}::new()", names.of(id).ident),
    };
    if ty.list { format!("[{one}, {one}]") } else { one }
}

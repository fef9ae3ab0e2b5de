//! Compares the request of every method of every service with the rules of the API. The test derives the expected
//! requests from the exported model; the generated methods build the actual ones.

use std::collections::{BTreeMap, BTreeSet};

use ovirt_sdk::http::Method;
use ovirt_sdk::service::Service;
use ovirt_sdk::{Connection, Credentials, Error, Inspected};
use ovirt_sdk_tests::models;
use quick_xml::events::Event;
use serde_json::Value as Json;

const ID: &str = "a b";
const TEXT: &str = "x & <ü>";
const INTEGER: i64 = 4 << 30;

#[rustfmt::skip]
#[allow(clippy::all, reason = "generated code")]
mod calls {
    use ovirt_sdk::{Connection, service::Service, services, types};

    use super::{ID, Recorder, TEXT};

    include!(concat!(env!("OUT_DIR"), "/requests.rs"));
}

/// Collects the requests of the generated methods.
pub(crate) struct Recorder {
    connection: Connection,
    services: Vec<RecordedService>,
}

struct RecordedService {
    name: &'static str,
    /// The locators from the root to the service; `None` if no locator leads to it.
    locators: Option<Vec<&'static str>>,
    /// The path in the debug output of the handle.
    path: String,
    methods: Vec<RecordedMethod>,
}

struct RecordedMethod {
    /// The service that declares the method: this one or a base.
    declared_by: &'static str,
    name: &'static str,
    request: Inspected,
}

impl Recorder {
    /// Records a service. The methods that follow belong to it.
    fn service<S: Service>(&mut self, name: &'static str, locators: Option<&[&'static str]>, handle: &S) {
        let debug = format!("{handle:?}");
        let path = debug.split('"').nth(1).unwrap().to_owned();
        if locators.is_some() {
            let by_path: S = self.connection.service(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(format!("{by_path:?}"), debug);
        }
        assert_eq!(S::info().name, name);
        let locators = locators.map(<[_]>::to_vec);
        self.services.push(RecordedService { name, locators, path, methods: Vec::new() });
    }

    fn method(&mut self, declared_by: &'static str, name: &'static str, request: Result<Inspected, Error>) {
        let service = self.services.last_mut().unwrap();
        let request = request.unwrap_or_else(|error| panic!("{}.{name}: {error}", service.name));
        service.methods.push(RecordedMethod { declared_by, name, request });
    }
}

/// The exported model, by name.
struct Api {
    types: BTreeMap<String, Json>,
    services: BTreeMap<String, Json>,
}

impl Api {
    fn read() -> Self {
        let read = models::read(&models::repository()).unwrap_or_else(|error| panic!("{error}"));
        let json = ovirt_sdk_generator_tools::export::export(&read.model).unwrap();
        let json: Json = serde_json::from_str(&json).unwrap();
        let by_name = |key: &str| json[key].as_array().unwrap().iter().map(|it| (text(it, "name"), it.clone()));
        Self {
            types: by_name("types").chain(by_name("builtin_types")).collect(),
            services: by_name("services").collect(),
        }
    }

    /// Returns a service and its bases, starting with the root of the hierarchy.
    fn with_bases(&self, service: &str) -> Vec<&Json> {
        let service = &self.services[service];
        let mut services = match service["base"].as_str() {
            Some(base) => self.with_bases(base),
            None => Vec::new(),
        };
        services.push(service);
        services
    }

    /// Follows locators from the root. Returns the name of the service and its path.
    fn resolve(&self, locators: &[&str]) -> (String, String) {
        let (mut service, mut segments) = ("system".to_owned(), Vec::new());
        for name in locators {
            let services = self.with_bases(&service);
            let mut locators = services.iter().flat_map(|service| list(service, "locators"));
            let locator = locators.rfind(|locator| locator["name"] == *name).unwrap();
            segments.push(match locator["parameter"].as_str() {
                Some(_) => "a%20b".to_owned(),
                None => name.replace('_', ""),
            });
            service = text(locator, "service");
        }
        (service, segments.join("/"))
    }

    /// Returns the parameters of a method and of its signatures.
    fn parameters(&self, service: &str, method: &str) -> BTreeMap<String, Json> {
        let methods = list(&self.services[service], "methods").iter();
        let signatures = methods.filter(|it| it["name"] == method || it["signature_of"] == method);
        signatures.flat_map(|it| list(it, "parameters")).map(|it| (text(it, "name"), it.clone())).collect()
    }

    /// Returns the element of a sample value, as [`outline`] represents it.
    fn element(&self, tag: &str, ty: &str) -> (String, String) {
        let content = match ty.strip_suffix("[]") {
            Some(item) => format!("<{0}><{0}>", text(&self.types[item], "tag")),
            None => self.scalar(ty).unwrap_or_default(),
        };
        (tag.to_owned(), content)
    }

    /// Returns the text of a sample value; `None` for structs and lists.
    fn scalar(&self, ty: &str) -> Option<String> {
        match ty {
            "boolean" => Some("true".to_owned()),
            "integer" => Some(INTEGER.to_string()),
            "string" => Some(TEXT.to_owned()),
            list if list.ends_with("[]") => None,
            ty => Some(text(list(&self.types[ty], "values").first()?, "name")),
        }
    }
}

fn text(json: &Json, key: &str) -> String {
    json[key].as_str().unwrap_or_else(|| panic!("no {key} in {json}")).to_owned()
}

fn list<'j>(json: &'j Json, key: &str) -> &'j [Json] {
    json[key].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// Returns the root element of a document, and each child with its text or the start tags of its descendants.
fn outline(xml: &str) -> (String, Vec<(String, String)>) {
    let mut reader = quick_xml::Reader::from_str(xml);
    reader.config_mut().expand_empty_elements = true;
    let (mut depth, mut root, mut children) = (0, String::new(), Vec::<(String, String)>::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                let tag = start.name().as_ref().to_owned();
                match depth {
                    0 => root = tag,
                    1 => children.push((tag, String::new())),
                    _ => children.last_mut().unwrap().1.push_str(&format!("<{tag}>")),
                }
                depth += 1;
            }
            Event::End(_) => depth -= 1,
            Event::Text(text) => children.last_mut().unwrap().1.push_str(&text),
            Event::GeneralRef(entity) => {
                let character = match &*entity {
                    "amp" => "&",
                    "lt" => "<",
                    "gt" => ">",
                    other => panic!("{other}"),
                };
                children.last_mut().unwrap().1.push_str(character);
            }
            Event::Eof => return (root, children),
            other => panic!("{other:?}"),
        }
    }
}

/// Calls every generated method.
fn record_all() -> Recorder {
    let url = "https://engine.example.com/ovirt-engine/api";
    let connection = Connection::builder(url).credentials(Credentials::token("t")).build().unwrap();
    let mut recorder = Recorder { connection: connection.clone(), services: Vec::new() };
    calls::all(&connection, &mut recorder);
    recorder
}

#[test]
fn paths_of_all_services() {
    let (api, recorder) = (Api::read(), record_all());
    assert_eq!(recorder.services.len(), 290);
    let mut unreachable = Vec::new();
    for service in &recorder.services {
        match &service.locators {
            Some(locators) => assert_eq!((service.name.to_owned(), service.path.clone()), api.resolve(locators)),
            None => unreachable.push(service.name),
        }
    }
    let expected =
        "area copyable external_provider follow measurable moveable template_disk template_disks vm_disk vm_disks";
    assert_eq!(unreachable.join(" "), expected);
}

#[test]
fn requests_of_all_methods() {
    let (api, recorder) = (Api::read(), record_all());
    let mut declared = BTreeSet::new();
    let mut count = 0;
    for service in &recorder.services {
        let names = |json: &&Json| {
            let methods = list(json, "methods").iter().filter(|method| method["signature_of"].is_null());
            methods.map(|method| text(method, "name")).collect::<Vec<_>>()
        };
        let expected: BTreeSet<String> = api.with_bases(service.name).iter().flat_map(names).collect();
        let recorded: BTreeSet<String> = service.methods.iter().map(|method| method.name.to_owned()).collect();
        assert_eq!(recorded, expected, "{}", service.name);
        for method in &service.methods {
            check(&api, service, method);
            declared.insert((method.declared_by, method.name));
            count += 1;
        }
    }
    assert_eq!(declared.len(), 637);
    assert!(count > 637, "services have inherited methods");
}

fn check(api: &Api, service: &RecordedService, method: &RecordedMethod) {
    let RecordedMethod { declared_by, name, request } = method;
    let context = format!("{}.{name}", service.name);
    let parameters = api.parameters(declared_by, name);
    let verb = match *name {
        "add" => Method::Post,
        "get" | "list" => Method::Get,
        "update" => Method::Put,
        "remove" => Method::Delete,
        _ => Method::Post,
    };
    let is_action = !["add", "get", "list", "update", "remove"].contains(name);
    assert_eq!(request.method, verb, "{context}");
    let mut path = vec!["/ovirt-engine/api".to_owned()];
    path.extend((!service.path.is_empty()).then(|| service.path.clone()));
    path.extend(is_action.then(|| name.replace('_', "")));
    assert_eq!(request.path.trim_end_matches('/'), path.join("/"), "{context}");

    let (mut query, mut elements, mut body) = (Vec::new(), Vec::new(), None);
    for (parameter_name, parameter) in &parameters {
        let (ty, direction) = (text(parameter, "type"), text(parameter, "direction"));
        match (is_action, direction.as_str(), *name) {
            (_, "out", _) => {}
            (true, ..) => elements.push(api.element(parameter_name, &ty)),
            (false, "inout", "add" | "update") => {
                let (item, key) = ty.strip_suffix("[]").map_or((ty.as_str(), "tag"), |item| (item, "plural_tag"));
                assert_eq!(body.replace(text(&api.types[item], key)), None, "{context}");
            }
            _ => match api.scalar(&ty) {
                Some(value) => query.push((parameter_name.clone(), value)),
                // Structs and lists can't be query parameters. They are sent in an `<action>`.
                None => elements.push(api.element(parameter_name, &ty)),
            },
        }
    }
    assert_eq!(request.query, query, "{context}");
    match &request.body {
        None => assert!(body.is_none() && elements.is_empty() && !is_action, "{context}"),
        Some(document) => {
            let (root, children) = outline(document);
            match body {
                Some(tag) => assert_eq!(root, tag, "{context}"),
                None => assert_eq!((root.as_str(), children), ("action", elements), "{context}"),
            }
        }
    }
}

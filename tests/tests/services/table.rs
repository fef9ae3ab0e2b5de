//! Every method of every service, compared with the rules: the expectations are worked out here from the exported
//! model, the requests are made by the generated methods.

use std::collections::{BTreeMap, BTreeSet};

use ovirt_sdk::pipeline::Method;
use ovirt_sdk::service::Service;
use ovirt_sdk::{Connection, Credentials, Error, Inspected};
use ovirt_sdk_tests::models;
use quick_xml::events::Event;
use serde_json::Value as Json;

const ID: &str = "a b";
const TEXT: &str = "x & <ü>";
const INTEGER: i64 = 7;

#[rustfmt::skip]
#[allow(clippy::all, reason = "it is written by a program")]
mod calls {
    use ovirt_sdk::{Connection, service::Service, services, types};

    use super::{ID, INTEGER, Made, TEXT};

    include!(concat!(env!("OUT_DIR"), "/requests.rs"));
}

/// What the generated methods made.
pub(crate) struct Made {
    connection: Connection,
    services: Vec<Row>,
}

struct Row {
    name: &'static str,
    way: Option<Vec<&'static str>>,
    /// As the handle shows it.
    path: String,
    methods: Vec<(&'static str, &'static str, Inspected)>,
}

impl Made {
    fn service<S: Service>(&mut self, name: &'static str, way: Option<&[&'static str]>, handle: &S) {
        let shown = format!("{handle:?}");
        let path = shown.split('"').nth(1).unwrap().to_owned();
        if way.is_some() {
            let by_path: S = self.connection.service(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(format!("{by_path:?}"), shown);
        }
        assert_eq!(S::INFO.name, name);
        self.services.push(Row { name, way: way.map(<[_]>::to_vec), path, methods: Vec::new() });
    }

    fn method(&mut self, owner: &'static str, name: &'static str, inspected: Result<Inspected, Error>) {
        let row = self.services.last_mut().unwrap();
        let inspected = inspected.unwrap_or_else(|error| panic!("{}.{name}: {error}", row.name));
        row.methods.push((owner, name, inspected));
    }
}

/// The exported model.
struct Api {
    types: BTreeMap<String, Json>,
    services: BTreeMap<String, Json>,
}

impl Api {
    fn read() -> Self {
        let read = models::read(&models::repository()).unwrap_or_else(|error| panic!("{error}"));
        let json = ovirt_sdk_generator::export::export(&read.model).unwrap();
        let json: Json = serde_json::from_str(&json).unwrap();
        let by_name = |key: &str| json[key].as_array().unwrap().iter().map(|it| (text(it, "name"), it.clone()));
        Self {
            types: by_name("types").chain(by_name("builtin_types")).collect(),
            services: by_name("services").collect(),
        }
    }

    /// A service and its bases, from the deepest on.
    fn family(&self, service: &str) -> Vec<&Json> {
        let service = &self.services[service];
        let mut family = match service["base"].as_str() {
            Some(base) => self.family(base),
            None => Vec::new(),
        };
        family.push(service);
        family
    }

    /// The path of a service: words of names without separators, identifiers encoded.
    fn path(&self, way: &[&str]) -> (String, String) {
        let (mut service, mut segments) = ("system".to_owned(), Vec::new());
        for name in way {
            let family = self.family(&service);
            let mut locators = family.iter().flat_map(|service| list(service, "locators"));
            let locator = locators.rfind(|locator| locator["name"] == *name).unwrap();
            segments.push(match locator["parameter"].as_str() {
                Some(_) => "a%20b".to_owned(),
                None => name.replace('_', ""),
            });
            service = text(locator, "service");
        }
        (service, segments.join("/"))
    }

    /// The parameters of a method and of its signatures.
    fn parameters(&self, owner: &str, method: &str) -> BTreeMap<String, Json> {
        let methods = list(&self.services[owner], "methods").iter();
        let these = methods.filter(|it| it["name"] == method || it["signature_of"] == method);
        these.flat_map(|it| list(it, "parameters")).map(|it| (text(it, "name"), it.clone())).collect()
    }

    /// The elements of a sample value: its tag, and the tags inside, or its text.
    fn element(&self, tag: &str, ty: &str) -> (String, String) {
        let content = match ty.strip_suffix("[]") {
            Some(item) => format!("<{0}><{0}>", text(&self.types[item], "tag")),
            None => self.scalar(ty).unwrap_or_default(),
        };
        (tag.to_owned(), content)
    }

    /// A sample of what is no struct and no list.
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

/// The root of a document, and its children with their text, or the tags in them.
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

fn made() -> Made {
    let url = "https://engine.example.com/ovirt-engine/api";
    let connection = Connection::builder(url).credentials(Credentials::token("t")).build().unwrap();
    let mut made = Made { connection: connection.clone(), services: Vec::new() };
    calls::all(&connection, &mut made);
    made
}

#[test]
fn every_service_is_where_the_rules_say() {
    let (api, made) = (Api::read(), made());
    assert_eq!(made.services.len(), 290);
    let mut unreachable = Vec::new();
    for row in &made.services {
        match &row.way {
            Some(way) => assert_eq!((row.name.to_owned(), row.path.clone()), api.path(way)),
            None => unreachable.push(row.name),
        }
    }
    let expected =
        "area copyable external_provider follow measurable moveable template_disk template_disks vm_disk vm_disks";
    assert_eq!(unreachable.join(" "), expected);
}

#[test]
fn every_method_sends_what_the_rules_say() {
    let (api, made) = (Api::read(), made());
    let mut own = BTreeSet::new();
    let mut count = 0;
    for row in &made.services {
        let family = api.family(row.name);
        let names = |json: &&Json| {
            let methods = list(json, "methods").iter().filter(|method| method["signature_of"].is_null());
            methods.map(|method| text(method, "name")).collect::<Vec<_>>()
        };
        let expected: BTreeSet<String> = family.iter().flat_map(names).collect();
        let found: BTreeSet<String> = row.methods.iter().map(|(_, name, _)| (*name).to_owned()).collect();
        assert_eq!(found, expected, "{}", row.name);
        for (owner, name, inspected) in &row.methods {
            check(&api, row, owner, name, inspected);
            own.insert((*owner, *name));
            count += 1;
        }
    }
    assert_eq!(own.len(), 637);
    assert!(count > 637, "inherited methods are there too");
}

fn check(api: &Api, row: &Row, owner: &str, name: &str, inspected: &Inspected) {
    let what = format!("{}.{name}", row.name);
    let parameters = api.parameters(owner, name);
    let verb = match name {
        "add" => Method::Post,
        "get" | "list" => Method::Get,
        "update" => Method::Put,
        "remove" => Method::Delete,
        _ => Method::Post,
    };
    let is_action = !["add", "get", "list", "update", "remove"].contains(&name);
    assert_eq!(inspected.method, verb, "{what}");
    let mut path = vec!["/ovirt-engine/api".to_owned()];
    path.extend((!row.path.is_empty()).then(|| row.path.clone()));
    path.extend(is_action.then(|| name.replace('_', "")));
    let inspected_path = inspected.path.trim_end_matches('/');
    assert_eq!(inspected_path, path.join("/"), "{what}");

    let (mut query, mut members, mut body) = (Vec::new(), Vec::new(), None);
    for (name_of, parameter) in &parameters {
        let (ty, direction) = (text(parameter, "type"), text(parameter, "direction"));
        match (is_action, direction.as_str(), name) {
            (_, "out", _) => {}
            (true, ..) => members.push(api.element(name_of, &ty)),
            (false, "inout", "add" | "update") => {
                let (item, key) = ty.strip_suffix("[]").map_or((ty.as_str(), "tag"), |item| (item, "plural_tag"));
                assert_eq!(body.replace(text(&api.types[item], key)), None, "{what}");
            }
            _ => match api.scalar(&ty) {
                Some(value) => query.push((name_of.clone(), value)),
                // What does not fit into a query goes into an `<action>`.
                None => members.push(api.element(name_of, &ty)),
            },
        }
    }
    assert_eq!(inspected.query, query, "{what}");
    match &inspected.body {
        None => assert!(body.is_none() && members.is_empty() && !is_action, "{what}"),
        Some(document) => {
            let (root, children) = outline(document);
            match body {
                Some(tag) => assert_eq!(root, tag, "{what}"),
                None => assert_eq!((root.as_str(), children), ("action", members), "{what}"),
            }
        }
    }
}

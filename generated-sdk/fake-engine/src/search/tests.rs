//! The language as a whole: what is found among objects.

mod dates;
mod hostile;
mod objects;

use std::collections::HashMap;

use super::{Entity, Query, Subject, SyntaxError, Value};
use ovirt_sdk::registry;
use ovirt_sdk::types::DateTime;

/// A Friday.
fn now() -> i64 {
    date("2026-11-27T15:30:00Z")
}

fn date(text: &str) -> i64 {
    text.parse::<DateTime>().unwrap().unix_seconds() * 1000
}

fn entity(name: &str) -> std::borrow::Cow<'static, Entity> {
    crate::entities::of_type(registry::structs().iter().find(|info| info.name == name).unwrap())
}

fn parse(entity_name: &str, text: &str) -> Result<Query, SyntaxError> {
    super::parse(&entity(entity_name), text, now())
}

/// An object whose values are told by the paths of the tables.
#[derive(Debug, Default)]
struct Fake(HashMap<&'static str, Vec<Value>>);

impl Subject for Fake {
    fn values(&self, path: &str) -> Vec<Value> {
        self.0.get(path).cloned().unwrap_or_default()
    }
}

impl Subject for &Fake {
    fn values(&self, path: &str) -> Vec<Value> {
        Fake::values(self, path)
    }
}

impl Fake {
    fn vm(name: &'static str) -> Self {
        Self::default().text("name", name)
    }

    fn with(mut self, path: &'static str, values: impl IntoIterator<Item = Value>) -> Self {
        self.0.insert(path, values.into_iter().collect());
        self
    }

    fn text(self, path: &'static str, text: &str) -> Self {
        self.with(path, [Value::Text(text.to_owned())])
    }

    fn number(self, path: &'static str, number: f64) -> Self {
        self.with(path, [Value::Number(number)])
    }

    fn name(&self) -> &str {
        match self.0.get("name").map(Vec::as_slice) {
            Some([Value::Text(name)]) => name,
            _ => "",
        }
    }
}

fn texts(texts: &[&str]) -> Vec<Value> {
    texts.iter().map(|text| Value::Text((*text).to_owned())).collect()
}

fn machines() -> Vec<Fake> {
    vec![
        Fake::vm("web2")
            .text("status", "up")
            .text("cluster/name", "Default")
            .text("comment", "front end")
            .text("host/name", "host_a")
            .number("memory", 2_147_483_648.0)
            .with("tags/name", texts(&["production", "eu"]))
            .with("tags/^parent/name", texts(&["production", "eu", "world", "root"])),
        Fake::vm("Web1")
            .text("status", "powering_up")
            .text("cluster/name", "Default")
            .number("memory", 1_073_741_824.0)
            .text("quota/name", "small"),
        Fake::vm("db")
            .text("status", "down")
            .text("cluster/name", "data base")
            .text("os/type", "rhel_9x64")
            .number("memory", 8_589_934_592.0),
        Fake::vm("100%_sure").text("status", "migrating").text("cluster/name", "Other"),
    ]
}

fn found(search: &str) -> Vec<String> {
    let query = parse("vm", search).unwrap_or_else(|error| panic!("{search}: {error}"));
    query.select(machines(), false, None).iter().map(|vm| vm.name().to_owned()).collect()
}

#[track_caller]
fn finds(search: &str, expected: &[&str]) {
    assert_eq!(found(search), expected, "{search}");
}

#[track_caller]
fn fails(entity: &str, search: &str, message: &str) {
    let error = parse(entity, search).expect_err(search);
    assert_eq!(error.to_string(), message, "{search}");
    assert_eq!(error.fault(), None, "{search}");
}

const ALL: &[&str] = &["100%_sure", "db", "Web1", "web2"];

#[test]
fn a_search_without_conditions_finds_everything_by_name() {
    finds("", ALL);
    finds("   ", ALL);
}

#[test]
fn texts_are_compared_in_any_case() {
    finds("name=web1", &["Web1"]);
    finds("NAME = WEB1", &["Web1"]);
    finds("name=web", &[]);
    finds("name=\"web1\"", &["Web1"]);
    finds("cluster=\"data base\"", &["db"]);
    finds("cluster=data", &[]);
    let query = parse("vm", "name=web1").unwrap();
    assert!(!query.matches(&Fake::vm("Web1"), true));
    assert!(query.matches(&Fake::vm("web1"), true));
}

#[test]
fn a_star_is_the_only_wildcard() {
    finds("name=web*", &["Web1", "web2"]);
    finds("name=*e*", &["100%_sure", "Web1", "web2"]);
    finds("on_host=host_*", &["web2"]);
    finds("on_host=hos_*", &[]);
    finds("name=100%*", &["100%_sure"]);
    finds("name=1%", &[]);
    finds("name=\"w*1\"", &["Web1"]);
}

#[test]
fn a_negation_also_finds_objects_without_a_value() {
    finds("name!=web*", &["100%_sure", "db"]);
    finds("comment!=\"front end\"", &["100%_sure", "db", "Web1"]);
    finds("comment!=x", ALL);
}

#[test]
fn states_have_the_names_of_the_engine() {
    finds("status=up", &["web2"]);
    finds("status=Up", &["web2"]);
    finds("status=PoweringUp", &["Web1"]);
    // Not those of the API.
    fails("vm", "status=powering_up", "INVALID_CONDITION_VALUE at character 8: `powering_up` is no value of `status`");
    finds("status=MigratingFrom", &["100%_sure"]);
    finds("status=migratingto", &["100%_sure"]);
    finds("status!=down", &["100%_sure", "Web1", "web2"]);
    fails("vm", "status=purple", "INVALID_CONDITION_VALUE at character 8: `purple` is no value of `status`");
    fails("vm", "status=u*", "INVALID_CONDITION_VALUE at character 8: `u*` is no value of `status`");
}

#[test]
fn memory_is_counted_in_megabytes() {
    finds("memory=1024", &["Web1"]);
    finds("memory!=1024", &["100%_sure", "db", "web2"]);
    finds("memory>1024", &["db", "web2"]);
    finds("memory>=1024", &["db", "Web1", "web2"]);
    finds("memory<2048", &["Web1"]);
    finds("memory <= 2048", &["Web1", "web2"]);
    fails("vm", "memory>2GB", "INVALID_CONDITION_VALUE at character 8: `2GB` is no value of `memory`");
    fails("vm", "memory>99999999999", "INVALID_CONDITION_VALUE at character 8: `99999999999` is no value of `memory`");
}

#[test]
fn and_binds_stronger_than_or_and_adjacent_conditions_are_joined_last() {
    finds("name=db or name=web1 and status=up", &["db"]);
    finds("name=web1 and status=up or name=db", &["db"]);
    finds("name=db OR name=web1 oR name=web2", &["db", "Web1", "web2"]);
    finds("name=db or name=web* status=up", &["web2"]);
    finds("status=up name=db or name=web*", &["web2"]);
    finds("name=web* AND memory<2048", &["Web1"]);
    finds("name=\"db\"or name=\"web1\"", &["db", "Web1"]);
}

#[test]
fn parentheses_are_not_supported() {
    finds("(name=db)", &[]);
    finds("name=(db)", &[]);
    finds("name==db", &[]);
}

#[test]
fn free_text_searches_all_texts() {
    finds("front", &["web2"]);
    finds("FRONT", &["web2"]);
    finds("\"front end\"", &["web2"]);
    finds("default", &["Web1", "web2"]);
    finds("f*t", &["Web1", "web2"]);
    finds("default and status=up", &["web2"]);
    finds("status=up default", &["web2"]);
    finds("status=down or default", &["db", "Web1", "web2"]);
    finds("prod", &["web2"]);
    finds("small", &["Web1"]);
    // States, operating systems and the tags above are no texts.
    finds("powering", &[]);
    finds("rhel", &[]);
    finds("world", &[]);
    finds("names", &[]);
    fails(
        "vm",
        "web server",
        "FREE_TEXT_ALLOWED_ONCE_PER_OBJ at character 5: `server` is a second free text, and a `vm` can be searched for one",
    );
}

#[test]
fn unknown_words_are_free_text() {
    finds("purple=up", &[]);
    finds("cluster.name=Default", &[]);
    fails(
        "vm",
        "purple = up",
        "FREE_TEXT_ALLOWED_ONCE_PER_OBJ at character 8: `=` is a second free text, and a `vm` can be searched for one",
    );
}

#[test]
fn a_tag_includes_its_children() {
    finds("tag=production", &["web2"]);
    finds("tag=world", &["web2"]);
    finds("tag=prod*", &["web2"]);
    finds("tag=nowhere", &[]);
    // Each tag is a row of its own, and one of them differs.
    finds("tag!=eu", ALL);
}

#[test]
fn some_texts_have_no_wildcards() {
    finds("os=rhel_9x64", &["db"]);
    finds("os=RHEL_9x64", &[]);
    finds("quota=small", &["Web1"]);
    finds("quota=sm*", &[]);
    finds("quota=null", &["100%_sure", "db", "web2"]);
    finds("quota!=null", &["Web1"]);
    finds("quota=\"\"", &["100%_sure", "db", "web2"]);
}

#[test]
fn identifiers_are_checked_by_the_database() {
    let id = "5b2f6a9e-0c1d-4f7e-9a3b-112233445566";
    let vm = Fake::vm("a").text("id", id);
    for text in [id, "5B2F6A9E-0C1D-4F7E-9A3B-112233445566", "{5b2f6a9e0c1d4f7e9a3b112233445566}"] {
        assert!(parse("vm", &format!("id={text}")).unwrap().matches(&vm, false), "{text}");
    }
    assert!(!parse("vm", "id=null").unwrap().matches(&vm, false));
    let error = parse("vm", "id=123").unwrap_err();
    assert_eq!(error.fault(), Some("ERROR: invalid input syntax for type uuid: \"123\""));
    let error = parse("disk", "size>big").unwrap_err();
    assert_eq!(error.fault(), Some("ERROR: invalid input syntax for type bigint: \"big\""));
    let error = parse("template", "sealed=maybe").unwrap_err();
    assert_eq!(error.fault(), Some("ERROR: invalid input syntax for type boolean: \"maybe\""));
}

#[test]
fn results_are_sorted() {
    finds("sortby name", ALL);
    finds("sortby name asc", ALL);
    finds("sortby name desc", &["web2", "Web1", "db", "100%_sure"]);
    finds("name=web* sortby memory desc", &["web2", "Web1"]);
    // What has no value comes first.
    finds("sortby memory", &["100%_sure", "Web1", "web2", "db"]);
    finds("sortby memory desc", &["db", "web2", "Web1", "100%_sure"]);
    // In the engine's order of states, not by their names.
    finds("SORTBY status ASC", &["db", "web2", "Web1", "100%_sure"]);
    // Equals by name.
    finds("sortby cluster", &["db", "Web1", "web2", "100%_sure"]);
}

#[test]
fn sorting_is_stable() {
    let query = parse("vm", "sortby cluster").unwrap();
    let twins: Vec<Fake> = (0..50).map(|n| Fake::vm("same").number("n", f64::from(n))).collect();
    let order: Vec<_> = query.select(twins, false, None).iter().map(|vm| vm.values("n")).collect();
    assert_eq!(order, (0..50).map(|n| vec![Value::Number(f64::from(n))]).collect::<Vec<_>>());
}

#[test]
fn pages_have_the_maximum_length() {
    let page = |search: &str, max| {
        let found = parse("vm", search).unwrap().select(machines(), false, max);
        found.iter().map(|vm| vm.name().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(page("page 1", Some(3)), ["100%_sure", "db", "Web1"]);
    assert_eq!(page("page 2", Some(3)), ["web2"]);
    assert_eq!(page("page 3", Some(3)), [""; 0]);
    assert_eq!(page("page 1", None), ALL);
    assert_eq!(page("page 2", None), [""; 0]);
    assert_eq!(page("", Some(1)), ["100%_sure"]);
    assert_eq!(page("", Some(0)), [""; 0]);
    assert_eq!(page("name=web* and status=up sortby name page 1", Some(10)), ["web2"]);
    assert_eq!(page("sortby name desc page 2", Some(2)), ["db", "100%_sure"]);
    assert_eq!(page("name=*e*   PAGE   2  ", Some(2)), ["web2"]);
    // No number of 32 bits: the first page.
    assert_eq!(page("page 99999999999999999999", Some(3)), ["100%_sure", "db", "Web1"]);
    assert_eq!(parse("vm", "page 0").unwrap_err().fault(), Some("ERROR: OFFSET must not be negative"));
}

#[test]
fn lists_are_negated_as_a_whole() {
    let disk = Fake::default().with("<disk_attachment:disk/vm/name", texts(&["web1", "db"]));
    for (search, expected) in [
        ("vm_names=web1", true),
        ("vm_names=WEB1", true),
        ("vm_names!=web1", false),
        ("vm_names!=web2", true),
        ("vm_names=web*", false),
        ("web", true),
    ] {
        assert_eq!(parse("disk", search).unwrap().matches(&disk, false), expected, "{search}");
    }
}

#[test]
fn an_account_with_an_at_sign_includes_the_directory() {
    let user = Fake::default().text("principal", "admin").text("user_name", "admin@internal-authz");
    for (search, expected) in [
        ("usrname=admin", true),
        ("usrname=admin@internal*", true),
        ("usrname=admin@internal", false),
        ("usrname=adm*", true),
        ("type=user", false),
    ] {
        assert_eq!(parse("user", search).unwrap().matches(&user, false), expected, "{search}");
    }
}

#[test]
fn related_objects_can_be_searched() {
    let vm = Fake::vm("a").text("host/name", "h1").text("host/status", "up").text("host/comment", "rack 7");
    let vm = vm.with("<event:vm/severity", texts(&["normal", "error"]));
    for (search, expected) in [
        ("host.name=h1", true),
        ("Hosts.name = h1", true),
        ("HOST . NAME=h*", true),
        ("hosts.status=up and events.severity>warning", true),
        ("event.severity=alert", false),
        ("host=rack", true),
        ("host=rack and a", true),
        ("hosts != rack", true),
        ("users.name=mary", false),
        ("users.name!=mary", true),
    ] {
        assert_eq!(parse("vm", search).unwrap().matches(&vm, false), expected, "{search}");
    }
    fails("vm", "host.purple=1", "INVALID_CONDITION_FILED at character 6: a `host` has no such field");
    fails("vm", "hosted-engine", "INVALID_POST_CROSS_REF_OBJ at character 5: expected `.`, `=` or `!=` after `host`");
    fails("vm", "host", "invalid search text at character 5: the text ends where `.`, `=` or `!=` is missing");
    fails(
        "vm",
        "host=a and hosts=b",
        "FREE_TEXT_ALLOWED_ONCE_PER_OBJ at character 18: `b` is a second free text, and a `host` can be searched for one",
    );
}

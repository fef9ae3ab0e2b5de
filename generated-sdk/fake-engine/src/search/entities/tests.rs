use std::collections::HashSet;

use crate::search::entity::{Content, Entity};
use ovirt_sdk::object::{self, Kind, ScalarKind, StructInfo};
use ovirt_sdk::registry;

const SEARCHED: [&str; 20] = [
    "vm",
    "host",
    "template",
    "instance_type",
    "vm_pool",
    "cluster",
    "data_center",
    "storage_domain",
    "disk",
    "gluster_volume",
    "quota",
    "network",
    "vnic_profile",
    "external_host_provider",
    "open_stack_image_provider",
    "open_stack_network_provider",
    "user",
    "group",
    "event",
    "job",
];

fn info(name: &str) -> &'static StructInfo {
    registry::structs().iter().find(|info| info.name == name).unwrap_or_else(|| panic!("no struct is called {name}"))
}

fn kind(info: &StructInfo, member: &str) -> Kind {
    let object = info.new_object();
    object::member(&*object, member).unwrap_or_else(|| panic!("{} has no member {member}", info.name)).kind()
}

/// The struct that one step leads to.
fn step(from: &'static StructInfo, step: &str) -> &'static StructInfo {
    if let Some((name, member)) = step.strip_prefix('<').and_then(|step| step.split_once(':')) {
        let referring = info(name);
        match kind(referring, member) {
            Kind::Object(to) | Kind::List(to) => assert_eq!(to.name, from.name, "{step}"),
            other => panic!("{step} is {other:?}"),
        }
        return referring;
    }
    if let Some(member) = step.strip_prefix('^') {
        assert!(matches!(kind(from, member), Kind::Object(to) if to.name == from.name), "{step}");
        return from;
    }
    match kind(from, step.split('[').next().unwrap()) {
        Kind::Object(to) | Kind::List(to) => to,
        other => panic!("{step} of {} is {other:?}", from.name),
    }
}

/// The type of the field at the end of a path; `None` if the path ends otherwise.
fn leaf(from: &'static StructInfo, path: &str) -> Option<Kind> {
    let (steps, last) = path.rsplit_once('/').unwrap_or(("", path));
    let holder = steps.split('/').filter(|step| !step.is_empty()).fold(from, step);
    match last {
        "count()" => None,
        last if last.starts_with(['=', '@']) => None,
        last => Some(kind(holder, last.split('~').next().unwrap())),
    }
}

fn check(info: &'static StructInfo, entity: &Entity) {
    let mut names = HashSet::new();
    for field in entity.fields.iter() {
        assert!(names.insert(field.name), "{} is twice in {}", field.name, entity.name);
        let Some(kind) = leaf(info, field.path) else { continue };
        let fits = match (field.content, kind) {
            (
                Content::Choice(_),
                Kind::Value(ScalarKind::Enum { .. } | ScalarKind::Boolean) | Kind::Values(ScalarKind::Enum { .. }),
            ) => true,
            (Content::Flag, Kind::Value(ScalarKind::Boolean) | Kind::Values(_)) => true,
            (Content::Day | Content::Date, Kind::Value(ScalarKind::Date)) => true,
            (
                Content::Integer | Content::Size | Content::Decimal,
                Kind::Value(ScalarKind::Integer | ScalarKind::Decimal),
            ) => true,
            (Content::Integer, Kind::Object(info)) => info.name == "cpu_topology",
            (Content::Span, Kind::Value(ScalarKind::Decimal)) => true,
            (Content::Text | Content::Exact, Kind::Object(info)) => info.name == "version",
            (content, Kind::Value(ScalarKind::Text | ScalarKind::Enum { .. })) => {
                content.is_free_text() || matches!(content, Content::Part | Content::Exact | Content::Identifier)
            }
            _ => false,
        };
        assert!(fits, "{} of {} is {kind:?}", field.name, entity.name);
        if let (
            Content::Choice(of),
            Kind::Value(ScalarKind::Enum { texts, .. }) | Kind::Values(ScalarKind::Enum { texts, .. }),
        ) = (field.content, kind)
        {
            let texts = texts();
            for known in of.texts() {
                assert!(texts.contains(&known), "{known} is no value of {}", field.name);
            }
            let missing: Vec<_> = texts.iter().filter(|text| of.find(text).is_none()).collect();
            let unknown_to_engine = ["aarch64", "loongarch64", "cluster_default", "mixed"];
            assert!(missing.iter().all(|text| unknown_to_engine.contains(text)), "{}: {missing:?}", field.name);
        }
    }
    for order in entity.order {
        leaf(info, order.path);
    }
}

#[test]
fn every_path_leads_to_a_field_of_the_right_kind() {
    for name in SEARCHED {
        let info = info(name);
        let entity = Entity::of_type(info);
        assert!(!entity.loose, "{name} has no fields of the engine");
        // The engine's own templates of instance types refer to virtual machines as templates do.
        let root = if name == "instance_type" { self::info("template") } else { info };
        check(root, &entity);
        for reference in entity.references {
            let steps = reference.path.split('/').filter(|step| !step.is_empty());
            check(steps.fold(root, step), reference.entity);
        }
    }
    check(info("user"), Entity::directory_user());
    check(info("group"), Entity::directory_group());
}

#[test]
fn types_without_search_fields_are_searched_by_their_fields() {
    let entity = Entity::of_type(info("affinity_label"));
    assert!(entity.loose);
    assert!(entity.fields.iter().any(|field| field.name == "read_only"));
    let hidden = Entity::of_type(info("storage_connection"));
    assert!(hidden.fields.iter().all(|field| field.name != "password"));
    for info in registry::structs() {
        assert!(!Entity::of_type(info).name.is_empty());
    }
}

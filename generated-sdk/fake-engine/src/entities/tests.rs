use ovirt_sdk::object::StructInfo;
use ovirt_sdk::registry;

use super::{of_service, of_type};
use crate::generated::routes::SERVICES;
use crate::generated::search::BY_SERVICE;

fn info(name: &str) -> &'static StructInfo {
    registry::structs().iter().find(|info| info.name == name).unwrap_or_else(|| panic!("no struct is called {name}"))
}

#[test]
fn types_are_searched_by_the_fields_of_the_engine() {
    for (ty, entity) in [("vm", "vm"), ("instance_type", "template"), ("open_stack_image_provider", "provider")] {
        let found = of_type(info(ty));
        assert!(!found.loose);
        assert_eq!(found.name, entity);
    }
}

#[test]
fn types_without_search_fields_are_searched_by_their_fields() {
    let entity = of_type(info("affinity_label"));
    assert!(entity.loose);
    assert!(entity.fields.iter().any(|field| field.name == "read_only"));
    let hidden = of_type(info("storage_connection"));
    assert!(hidden.fields.iter().all(|field| field.name != "password"));
    for info in registry::structs() {
        assert!(!of_type(info).name.is_empty());
    }
}

#[test]
fn collections_can_have_other_fields_than_their_type() {
    assert_eq!(of_service("domain_users").map(|entity| entity.name), Some("aduser"));
    assert!(of_service("users").is_none());
    for (service, _) in BY_SERVICE {
        assert!(SERVICES.iter().any(|known| known.name == *service), "{service}");
    }
}

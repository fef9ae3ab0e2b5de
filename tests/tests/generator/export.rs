//! Export of the model as JSON.

use ovirt_sdk_generator_tools::export::export;
use ovirt_sdk_tests::models;
use serde_json::Value;

fn json(root: &std::path::Path) -> String {
    export(&models::read(root).unwrap_or_else(|error| panic!("{error}")).model).unwrap()
}

#[test]
fn small() {
    insta::assert_snapshot!(json(&models::fixtures_folder().join("services")));
}

#[test]
fn builtin_types_are_separate() {
    insta::assert_snapshot!(json(&models::fixtures_folder().join("builtin")));
}

#[test]
fn the_real_model_is_complete() {
    let api: Value = serde_json::from_str(&json(&models::repository())).unwrap();
    let list = |value: &Value, key: &str| value[key].as_array().cloned().unwrap_or_default();
    let all = |items: &[Value], key: &str| items.iter().flat_map(|item| list(item, key)).collect::<Vec<_>>();
    let types = list(&api, "types");
    let of_kind = |kind: &str| types.iter().filter(|ty| ty["kind"] == kind).count();
    assert_eq!((types.len(), of_kind("struct"), of_kind("enum")), (332, 217, 115));
    let items = (all(&types, "attributes").len(), all(&types, "links").len(), all(&types, "values").len());
    assert_eq!(items, (892, 349, 598));
    let services = list(&api, "services");
    let methods = all(&services, "methods");
    let signatures = methods.iter().filter(|method| method.get("signature_of").is_some()).count();
    assert_eq!((services.len(), methods.len(), signatures), (290, 686, 49));
    assert_eq!((all(&methods, "parameters").len(), all(&services, "locators").len()), (1467, 318));
    assert_eq!(list(&api, "builtin_types").len(), 2);
}

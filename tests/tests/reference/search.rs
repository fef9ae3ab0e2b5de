//! Tests of the search index.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::links::anchors;
use crate::{SITE, read};

fn index() -> Value {
    let script = &SITE["search-index.js"];
    let (_, json) = script.split_once("window.referenceIndex = ").expect("the script sets the index");
    serde_json::from_str(json.trim_end().trim_end_matches(';')).expect("the index is JSON")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn list(value: &Value) -> &[Value] {
    value.as_array().expect("a list")
}

/// The URLs of search results, built like in the script.
fn urls(index: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for ty in list(&index["types"]) {
        let page = format!("types/{}.html", text(&ty[0]));
        found.extend(list(&ty[6]).iter().map(|item| (page.clone(), text(&item[0]).to_owned())));
        found.push((page, "Content".to_owned()));
    }
    for service in list(&index["services"]) {
        let page = format!("services/{}.html", text(&service[0]));
        for method in list(&service[5]) {
            let name = text(&method[0]);
            found.push((page.clone(), name.to_owned()));
            let parameters = list(&method[3]).iter();
            found.extend(parameters.map(|item| (page.clone(), format!("{name}-{}", text(&item[0])))));
        }
        found.extend(list(&service[6]).iter().map(|item| (page.clone(), text(&item[0]).to_owned())));
        found.push((page, "Content".to_owned()));
    }
    found
}

#[test]
fn results_lead_to_existing_anchors() {
    let anchors = anchors(&SITE);
    for (page, anchor) in urls(&index()) {
        assert!(anchors[page.as_str()].contains(anchor.as_str()), "{page}#{anchor}");
    }
}

#[test]
fn the_index_contains_every_item() {
    let read = read();
    let known: BTreeSet<(String, String)> = urls(&index()).into_iter().collect();
    let has =
        |page: String, anchor: String| assert!(known.contains(&(page.clone(), anchor.clone())), "{page}#{anchor}");
    for (id, ty) in read.model.types() {
        let page = format!("types/{}.html", ty.name);
        has(page.clone(), "Content".to_owned());
        for field in ty.as_struct().map(|it| it.fields.as_slice()).unwrap_or_default() {
            if read.model.is_own(id, field) {
                has(page.clone(), field.name.to_string());
            }
        }
    }
    for service in &read.model.services {
        let page = format!("services/{}.html", service.name);
        has(page.clone(), "Content".to_owned());
        for method in &service.methods {
            has(page.clone(), method.name.to_string());
            for parameter in method.all_parameters() {
                has(page.clone(), format!("{}-{}", method.name, parameter.name));
            }
        }
        for locator in &service.locators {
            has(page.clone(), locator.name.to_string());
        }
    }
}

#[test]
fn texts_in_the_index_are_plain() {
    let index = index();
    let vm = list(&index["types"]).iter().find(|ty| text(&ty[0]) == "vm").expect("no such type");
    assert_eq!(text(&vm[2]), "Vm");
    assert_eq!(text(&vm[3]), "vm_base");
    assert!(!SITE["search-index.js"].replace("`cargo xtask reference`", "").contains('`'));
}

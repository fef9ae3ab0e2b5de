//! Tests that the pages contain what the model declares.

use ovirt_sdk_generator::model::{BaseType, Segment, TypeKind};

use crate::html::{part, text};
use crate::{SITE, read, site_of};

fn page(path: &str) -> &'static str {
    SITE.get(path).unwrap_or_else(|| panic!("there is no {path}"))
}

#[test]
fn a_method_shows_path_parameters_and_rust() {
    let page = page("services/vms.html");
    let add = part(page, "add");
    let call = text(add);
    assert!(call.contains("POST /vms\n"), "{call}");
    assert!(call.contains(
        "connection.system().vms().add(vm)\n    .clone_(true)\n    .clone_permissions(true)\n    .send().await?;"
    ));
    assert!(call.contains("let vm: Vm = "));
    for parameter in ["auto_pinning_policy", "clone", "clone_permissions", "filter", "seal", "vm"] {
        part(page, &format!("add-{parameter}"));
    }
    let policy = text(part(page, "add-auto_pinning_policy"));
    for expected in ["AutoPinningPolicy", "Since 4.4.", "Deprecated.", "in · query", ".auto_pinning_policy(…)"] {
        assert!(policy.contains(expected), "{expected}: {policy}");
    }
    let body = text(part(page, "add-vm"));
    assert!(body.contains("in and out · request and response body"), "{body}");
    for expected in ["from snapshot", "Mandatory", "snapshots.id"] {
        assert!(call.contains(expected), "{expected}");
    }
}

#[test]
fn an_action_shows_the_elements_of_its_document() {
    let start = text(part(page("services/vm.html"), "start"));
    assert!(start.contains("POST /vms/{vm_id}/start\n"), "{start}");
    assert!(start.contains("<action> with "), "{start}");
    assert!(start.contains("connection.system().vms().vm(vm_id).start()"), "{start}");
    let response = text(part(page("services/hosts.html"), "list"));
    assert!(response.contains("<hosts> of <host>"), "{response}");
    assert!(response.contains("List<Host>"), "{response}");
}

#[test]
fn every_type_has_a_page_with_all_its_members_or_values() {
    let read = read();
    for (id, ty) in read.model.types() {
        let page = page(&format!("types/{}.html", ty.name));
        assert!(page.contains(&format!("ovirt_sdk::types::{}", read.names.type_names(id).ident)), "{}", ty.name);
        match &ty.kind {
            TypeKind::Enum(values) => {
                for (value, variant) in values.iter().zip(&read.names.type_names(id).variants) {
                    let value = text(part(page, value.name.as_str()));
                    assert!(value.contains(&format!("::{variant}")), "{}: {value}", ty.name);
                }
            }
            TypeKind::Struct(it) => {
                for field in &it.fields {
                    let shown = text(part(page, field.name.as_str()));
                    let tag = if field.xml_attribute { format!("{}=", field.tag) } else { format!("<{}>", field.tag) };
                    assert!(shown.contains(&tag), "{}: {shown}", ty.name);
                    let since = field.docs.since.as_ref().map(|since| format!("Since {since}."));
                    assert!(since.is_none_or(|since| shown.contains(&since)), "{}: {shown}", ty.name);
                    assert_eq!(field.docs.deprecated.is_some(), shown.contains("Deprecated."), "{}: {shown}", ty.name);
                }
                if let Some(base) = it.base {
                    assert!(page.contains(&format!("../types/{}.html", read.model.ty(base).name)), "{}", ty.name);
                }
            }
        }
    }
}

#[test]
fn every_service_has_a_page_with_all_methods_and_locators() {
    let read = read();
    assert_eq!(read.model.services.len(), 290);
    for (id, service) in read.model.services() {
        let page = page(&format!("services/{}.html", service.name));
        assert!(page.contains(&format!("ovirt_sdk::services::{}", read.names.service_names(id).ident)));
        for (owner, at) in read.model.methods_of(id) {
            let (method, rust_names) =
                (&read.model.service(owner).methods[at], &read.names.service_names(owner).methods[at]);
            let shown = text(part(page, method.name.as_str()));
            assert!(shown.contains(&format!(".{}(", rust_names.ident)), "{}: {shown}", service.name);
            assert!(shown.contains(&rust_names.request.to_string()), "{}: {shown}", service.name);
            for (parameter, names) in method.all_parameters().into_iter().zip(&rust_names.parameters) {
                let shown = text(part(page, &format!("{}-{}", method.name, parameter.name)));
                for field in parameter.mandatory.iter().chain(&parameter.optional) {
                    assert!(shown.contains(&field.replace('|', " or ")), "{}: {shown}", service.name);
                }
                let is_body = method.body().is_some_and(|(_, body)| body.name == parameter.name);
                let form =
                    if is_body { format!("argument {}", names.argument) } else { format!(".{}(…)", names.setter) };
                assert_eq!(parameter.direction.is_in(), shown.contains(&form), "{}: {shown}", service.name);
            }
            if let Some(example) = &method.example {
                let first = example.value.trim().lines().next().unwrap();
                assert!(shown.contains(first), "{}: {first}", service.name);
            }
            for signature in &method.signatures {
                let title = signature.name.words().collect::<Vec<_>>().join(" ");
                assert!(shown.contains(&title), "{}: {title}", service.name);
            }
        }
        for (owner, at) in read.model.locators_of(id) {
            let (locator, rust_names) =
                (&read.model.service(owner).locators[at], &read.names.service_names(owner).locators[at]);
            let shown = text(part(page, locator.name.as_str()));
            let segment = match &locator.segment {
                Segment::Text(text) => format!("/{text}\n"),
                Segment::Parameter(name) => format!("/{{{name}}}"),
            };
            assert!(shown.contains(&format!(".{}(", rust_names.ident)), "{}: {shown}", service.name);
            assert!(shown.contains(&segment) || shown.contains(segment.trim_end()), "{}: {shown}", service.name);
        }
    }
}

#[test]
fn a_type_lists_its_uses() {
    let read = read();
    let uses = |base: BaseType, shown: String, href: String| {
        let (BaseType::Struct(id) | BaseType::Enum(id)) = base else { return };
        let name = &read.model.ty(id).name;
        let link = format!("<a href=\"../{href}\"><code>{shown}</code></a>");
        let page = page(&format!("types/{name}.html"));
        assert!(page.split_once("id=\"Uses\"").unwrap().1.contains(&link), "{name} does not list {shown}");
    };
    for (id, ty) in read.model.types() {
        for field in ty.as_struct().map(|it| it.fields.as_slice()).unwrap_or_default() {
            if read.model.is_own(id, field) {
                let (owner, name) = (&ty.name, &field.name);
                uses(field.ty.base, format!("{owner}.{name}"), format!("types/{owner}.html#{name}"));
            }
        }
    }
    for service in &read.model.services {
        for method in &service.methods {
            for parameter in method.all_parameters() {
                let (owner, name) = (&service.name, &method.name);
                uses(parameter.ty.base, format!("{owner}.{name}"), format!("services/{owner}.html#{name}"));
            }
        }
    }
}

#[test]
fn services_without_a_path_say_so() {
    let read = read();
    let is_noted = |html: &str| html.contains("No locator leads to this service");
    let without: Vec<&str> = read
        .model
        .services
        .iter()
        .map(|service| service.name.as_str())
        .filter(|name| is_noted(page(&format!("services/{name}.html"))))
        .collect();
    let expected = [
        "area",
        "copyable",
        "external_provider",
        "follow",
        "measurable",
        "moveable",
        "template_disk",
        "template_disks",
        "vm_disk",
        "vm_disks",
    ];
    assert_eq!(without, expected);
    for name in without {
        let tree = page("tree.html").split_once("id=\"Unreached\"").unwrap().1;
        assert!(tree.contains(&format!("services/{name}.html")), "{name}");
    }
}

#[test]
fn a_service_shows_all_paths_that_lead_to_it() {
    let statistics = page("services/statistics.html");
    let paths = text(statistics.split_once("id=\"Paths\"").unwrap().1);
    for path in [
        "/hosts/{host_id}/statistics",
        "/vms/{vm_id}/nics/{nic_id}/statistics",
        "/jobs/{job_id}/steps/{step_id}/statistics",
    ] {
        assert!(paths.contains(&format!("{path}\n")), "{path}: {paths}");
    }
    assert!(paths.contains("connection.system().vms().vm(vm_id).nics().nic(nic_id).statistics()"), "{paths}");
    let tree = text(page("tree.html"));
    assert!(tree.contains("/vms/{vm_id}/nics/{nic_id}/statistics"));
    assert!(tree.contains("All 422 paths"));
}

#[test]
fn cycles_of_services_end() {
    let site = site_of(&[
        ("services/system.yaml", "service: system\nlocators:\n  steps: { service: steps }\n"),
        ("services/steps.yaml", "service: steps\nlocators:\n  step: { service: step, parameter: id }\n"),
        ("services/step.yaml", "service: step\nlocators:\n  steps: { service: steps }\n"),
    ]);
    let step = text(&site["services/step.html"]);
    assert!(step.contains("leads back to a service above"), "{step}");
    assert!(text(&site["tree.html"]).contains("repeats at steps"));
    assert!(!site["tree.html"].contains("/steps/{step_id}/steps"));
}

#[test]
fn the_start_page_lists_areas_and_types() {
    let read = read();
    let start = page("index.html");
    for area in ["Gluster", "Infrastructure", "Network", "SLA", "Storage", "Virtualization", "Everything else"] {
        assert!(start.contains(&format!(">{area} <span")), "{area}");
    }
    for service in &read.model.services {
        assert!(start.contains(&format!("href=\"services/{}.html\"", service.name)), "{}", service.name);
    }
    for ty in &read.model.types {
        assert!(start.contains(&format!("href=\"types/{}.html\"", ty.name)), "{}", ty.name);
    }
}

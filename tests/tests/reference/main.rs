//! Tests of the site written by `cargo xtask reference`.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "tests"
)]

mod browser;
mod folder;
mod html;
mod links;
mod pages;
mod search;
mod style;
mod texts;

use std::sync::LazyLock;

use ovirt_sdk_generator::LoadedModel;
use ovirt_sdk_generator::files::Files;
use ovirt_sdk_generator_tools::reference;
use ovirt_sdk_tests::models;

/// The site of the repository's model.
static SITE: LazyLock<Files> = LazyLock::new(|| site(&read()));

/// Loads the repository's model.
fn read() -> LoadedModel {
    models::read(&models::repository()).unwrap_or_else(|error| panic!("{error}"))
}

fn site(read: &LoadedModel) -> Files {
    reference::render(read).unwrap_or_else(|error| panic!("{error}"))
}

/// Renders the site of a model with these files. Adds `model.yaml` and a root service if they are missing.
fn site_of(files: &[(&str, &str)]) -> Files {
    let has = |path: &str| files.iter().any(|(other, _)| *other == path);
    let mut all = files.to_vec();
    let added = [("model.yaml", models::API), ("services/system.yaml", models::SYSTEM)];
    all.extend(added.into_iter().filter(|(path, _)| !has(path)));
    let workspace = models::new_workspace(&all);
    site(&models::read(workspace.path()).unwrap_or_else(|error| panic!("{error}")))
}

/// The HTML pages of a site.
fn pages(files: &Files) -> impl Iterator<Item = (&str, &str)> {
    files.iter().filter(|(path, _)| path.ends_with(".html")).map(|(path, text)| (path.as_str(), text.as_str()))
}

#[test]
fn rendering_is_deterministic() {
    assert!(site(&read()) == *SITE);
}

#[test]
fn every_fixture_has_a_valid_site() {
    let fixtures = models::fixtures();
    assert!(!fixtures.is_empty());
    for fixture in fixtures {
        let read = models::read(&models::fixtures_folder().join(&fixture)).unwrap_or_else(|error| panic!("{error}"));
        let site = site(&read);
        assert!(links::dangling(&site).is_empty(), "{fixture}: {:#?}", links::dangling(&site));
        for (page, text) in pages(&site) {
            assert_eq!(html::nesting(text), None, "{fixture}: {page}");
        }
    }
}

//! Tests of the site in headless Chromium, from `file:` URLs. They are skipped if Chromium is not installed.

use std::path::Path;

use ovirt_sdk_generator_tools::reference;
use ovirt_sdk_tests::browser::{browser, document, outcome};
use serde_json::json;
use tempfile::TempDir;

use crate::SITE;
use crate::html::text;

/// Writes a copy of the site, with code appended to its script.
fn copy(added: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut files = SITE.clone();
    files.get_mut("reference.js").unwrap().push_str(added);
    reference::write(folder.path(), &files).unwrap();
    folder
}

fn address(folder: &Path, page: &str) -> String {
    format!("file://{}/{page}", folder.display())
}

/// The URLs and texts of search results.
fn results(document: &str) -> Vec<(String, String)> {
    let (_, list) = document.split_once("id=\"Results\"").expect("there is a list");
    let (list, _) = list.split_once("</ul>").expect("it has an end");
    let result = |item: &str| {
        let (_, rest) = item.split_once("href=\"").expect("a result is a link");
        let (href, rest) = rest.split_once('"').expect("an address has an end");
        (href.to_owned(), text(rest.split_once('>').unwrap().1))
    };
    list.split("<li ").skip(1).map(result).collect()
}

#[test]
fn the_search_finds_snapshots() {
    let Some(browser) = browser() else { return };
    let folder = copy("");
    let document = document(&browser, 1280, &address(folder.path(), "index.html#search=snapshot"));
    let results = results(&document);
    let found: Vec<&str> = results.iter().map(|(href, _)| href.as_str()).collect();
    assert_eq!(found[..2], ["types/snapshot.html", "services/snapshot.html"], "exact names come first");
    assert!(results[0].1.starts_with("snapshot struct"), "{}", results[0].1);
    for expected in ["types/backup.html#snapshot", "services/snapshots.html", "services/vm.html#preview_snapshot"] {
        assert!(found.contains(&expected), "{expected}: {found:#?}");
    }
    for href in found {
        assert!(SITE.contains_key(href.split('#').next().unwrap()), "{href}");
    }
    assert!(document.contains("aria-expanded=\"true\""));
    assert!(!document.contains("Search failed"));
}

/// Types queries and keys, and writes the results into the document.
const PROBE: &str = r#"
window.addEventListener("load", async () => {
  const input = document.getElementById("Search");
  const list = document.getElementById("Results");
  const pause = () => new Promise((resolve) => setTimeout(resolve, 50));
  const key = (target, key) => target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  const chosen = () => list.querySelector("[aria-selected=true]")?.id ?? null;
  const outcome = { found: {} };
  window.addEventListener("click", (event) => {
    outcome.followed = event.target.closest("a")?.getAttribute("href");
    event.preventDefault();
  }, true);
  const type = async (query) => {
    input.value = query;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    for (let turn = 0; turn < 100 && document.querySelector(".panel").hidden; turn += 1) await pause();
    await pause();
  };
  for (const query of QUERIES) {
    await type(query);
    outcome.found[query] = [...list.querySelectorAll("a")].map((link) => link.getAttribute("href").replace("../", ""));
  }
  await type("nothing of this kind");
  outcome.nothing = document.getElementById("Found").textContent;
  key(input, "Escape");
  outcome.closed = document.querySelector(".panel").hidden;
  input.blur();
  outcome.taken = !key(document.body, "/");
  outcome.focused = document.activeElement === input;
  await type("vm_status");
  outcome.chosen = [chosen()];
  for (const name of ["ArrowDown", "ArrowDown", "ArrowUp", "ArrowUp"]) {
    key(input, name);
    outcome.chosen.push(chosen());
  }
  outcome.last = list.lastElementChild.id;
  key(input, "ArrowDown");
  outcome.named = input.getAttribute("aria-activedescendant");
  key(input, "Enter");
  document.documentElement.dataset.outcome = encodeURIComponent(JSON.stringify(outcome));
});
"#;

#[test]
fn the_search_handles_names_words_and_keys() {
    // A query, its first result, and another result.
    let expectations = [
        ("vm_status", "types/vm_status.html", "types/vm.html#status"),
        ("VmStatus", "types/vm_status.html", ""),
        ("VmsService", "services/vms.html", ""),
        ("vm.memory", "types/vm.html#memory", ""),
        ("vms.add", "services/vms.html#add", "services/vms.html#add-clone"),
        ("clone permissions", "", "services/vms.html#add-clone_permissions"),
        ("image_locked", "", "types/vm_status.html#image_locked"),
        ("resuming suspension", "", "types/vm_status.html#restoring_state"),
        ("diskattachments", "", "services/vm.html#disk_attachments"),
        ("  SNAPSHOT ", "types/snapshot.html", ""),
    ];
    let Some(browser) = browser() else { return };
    let queries: Vec<&str> = expectations.iter().map(|(query, ..)| *query).collect();
    let folder = copy(&PROBE.replace("QUERIES", &json!(queries).to_string()));
    let outcome = outcome(&document(&browser, 1280, &address(folder.path(), "types/vm.html")));
    for (query, first, another) in expectations {
        let found: Vec<&str> =
            outcome["found"][query].as_array().unwrap().iter().map(|href| href.as_str().unwrap()).collect();
        if !first.is_empty() {
            assert_eq!(found.first(), Some(&first), "{query}: {found:#?}");
        }
        assert!(another.is_empty() || found.contains(&another), "{query}: no {another} in {found:#?}");
    }
    assert_eq!(outcome["nothing"], "No results");
    assert_eq!(outcome["closed"], true);
    assert_eq!((&outcome["taken"], &outcome["focused"]), (&json!(true), &json!(true)), "the key `/`");
    let last = &outcome["last"];
    assert_eq!(outcome["chosen"], json!([null, "Result-0", "Result-1", "Result-0", last]), "the arrows");
    assert_eq!(outcome["named"], "Result-0");
    assert_eq!(outcome["followed"], "../types/vm_status.html", "the key Enter");
}

/// Sends the width of the content to the parent page.
const MEASURE: &str = r#"
window.addEventListener("load", () => {
  const page = document.documentElement;
  parent.postMessage([location.pathname, page.scrollWidth, page.clientWidth], "*");
});
"#;

#[test]
fn pages_fit_a_phone() {
    let Some(browser) = browser() else { return };
    let folder = copy(MEASURE);
    // The largest pages and those with the longest names.
    let mut pages: Vec<&String> = SITE.keys().filter(|path| path.ends_with(".html")).collect();
    pages.sort_by_key(|path| std::cmp::Reverse(SITE[*path].len()));
    let mut chosen: Vec<&String> = pages.iter().take(12).copied().collect();
    pages.sort_by_key(|path| std::cmp::Reverse(path.len()));
    chosen.extend(pages.iter().take(12));
    let first = "index.html".to_owned();
    // A page that is too wide, to test the test.
    let wide = "wide.html".to_owned();
    let widened = SITE[&first].replace("<h1>", "<h1 style=\"width: 900px\">");
    std::fs::write(folder.path().join(&wide), widened).unwrap();
    chosen.extend([&first, &wide]);
    let frames: String =
        chosen.iter().map(|page| format!("<iframe width=\"390\" height=\"700\" src=\"{page}\"></iframe>\n")).collect();
    let harness = format!(
        "<!doctype html>\n<script>\nconst outcome = [];\n\
         addEventListener(\"message\", (event) => {{ outcome.push(event.data); \
         document.documentElement.dataset.outcome = encodeURIComponent(JSON.stringify(outcome)); }});\n</script>\n{frames}"
    );
    std::fs::write(folder.path().join("harness.html"), harness).unwrap();
    let outcome = outcome(&document(&browser, 1280, &address(folder.path(), "harness.html")));
    let measured = outcome.as_array().unwrap();
    assert_eq!(measured.len(), chosen.len(), "{measured:?}");
    for page in measured {
        let is_too_wide = page[1].as_u64() > page[2].as_u64();
        let expected = page[0].as_str().unwrap().ends_with(&wide);
        assert_eq!(is_too_wide, expected, "path, width of the content, width of the window: {page}");
        assert!(page[2].as_u64().is_some_and(|width| width > 300 && width <= 390), "{page}");
    }
}

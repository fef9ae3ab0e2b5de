//! Tests that all links resolve, and that pages load nothing from other sites.

use std::collections::{BTreeMap, BTreeSet};

use ovirt_sdk_generator::files::Files;

use crate::html::{nesting, tags};
use crate::{SITE, pages};

/// Resolves a URL on a page to a file.
fn resolved(page: &str, path: &str) -> String {
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            ".." => drop(parts.pop().unwrap_or_else(|| panic!("{path} on {page} leaves the site"))),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The anchors of each page. Fails on duplicates.
pub(crate) fn anchors(files: &Files) -> BTreeMap<&str, BTreeSet<&str>> {
    let of_page = |(page, html)| {
        let mut ids = BTreeSet::new();
        for id in tags(html).iter().filter_map(|tag| tag.get("id")) {
            assert!(ids.insert(id), "{page} has the id {id} twice");
        }
        (page, ids)
    };
    pages(files).map(of_page).collect()
}

/// Returns the links that don't resolve.
pub(crate) fn dangling(files: &Files) -> Vec<String> {
    let anchors = anchors(files);
    let mut dangling = Vec::new();
    for (page, html) in pages(files) {
        for tag in tags(html) {
            let Some(address) = tag.get("href").or_else(|| tag.get("src")) else { continue };
            if address.starts_with("https://") || address.starts_with("http://") {
                continue;
            }
            if address == "data:," && tag.get("rel") == Some("icon") {
                continue;
            }
            let (path, anchor) = address.split_once('#').map_or((address, None), |(path, id)| (path, Some(id)));
            let file = if path.is_empty() { page.to_owned() } else { resolved(page, path) };
            let is_there = match anchor {
                Some(anchor) => anchors.get(file.as_str()).is_some_and(|ids| ids.contains(anchor)),
                None => files.contains_key(&file),
            };
            if !is_there {
                dangling.push(format!("{page}: {address}"));
            }
        }
    }
    dangling
}

#[test]
fn every_link_and_every_anchor_resolves() {
    let links: usize = pages(&SITE).map(|(_, html)| html.matches("href=\"").count()).sum();
    assert!(links > 30_000, "there are only {links} links");
    let dangling = dangling(&SITE);
    assert!(dangling.is_empty(), "{} links lead nowhere: {:#?}", dangling.len(), &dangling[..dangling.len().min(20)]);
}

#[test]
fn dangling_links_are_found() {
    let mut files = SITE.clone();
    files.remove("types/vm_status.html");
    assert!(!dangling(&files).is_empty());
    let page = files.get_mut("services/vms.html").unwrap();
    *page = page.replace("id=\"add-clone\"", "id=\"add-other\"");
    assert!(dangling(&files).iter().any(|link| link.ends_with("#add-clone")));
}

#[test]
fn tags_are_nested_correctly() {
    for (page, html) in pages(&SITE) {
        assert_eq!(nesting(html), None, "{page}");
    }
}

#[test]
fn pages_load_nothing_from_other_sites() {
    for (page, html) in pages(&SITE) {
        for tag in tags(html).iter().filter(|tag| !tag.is_end) {
            let loads =
                matches!(tag.name, "audio" | "embed" | "iframe" | "img" | "object" | "source" | "video" | "base");
            assert!(!loads, "{page} has <{}>", tag.name);
            assert_eq!(tag.get("style"), None, "{page}");
            if tag.name != "a" {
                for address in [tag.get("href"), tag.get("src")].into_iter().flatten() {
                    assert!(!address.contains("//"), "{page} loads {address}");
                }
            }
        }
    }
    let style = &SITE["reference.css"];
    assert!(!style.contains("url(") && !style.contains("@import"));
    let script = &SITE["reference.js"];
    for means in ["fetch(", "XMLHttpRequest", "import(", "WebSocket", "http:", "https:"] {
        assert!(!script.contains(means), "the script has {means}");
    }
}

#[test]
fn pages_are_accessible() {
    for (page, html) in pages(&SITE) {
        let tags = tags(html);
        let count = |name: &str| tags.iter().filter(|tag| tag.name == name && !tag.is_end).count();
        assert_eq!((count("main"), count("h1"), count("title"), count("header")), (1, 1, 1, 1), "{page}");
        assert!(html.contains("<html lang=\"en\">"), "{page}");
        assert!(html.contains("<a class=\"skip\" href=\"#Content\">"), "{page}");
        assert!(html.contains("<meta name=\"viewport\""), "{page}");
        let mut level = 1;
        for heading in tags.iter().filter(|tag| !tag.is_end && tag.name.len() == 2 && tag.name.starts_with('h')) {
            let Some(next) = heading.name[1..].parse::<u8>().ok() else { continue };
            assert!(next <= level + 1, "{page} has a heading of level {next} after one of level {level}");
            level = next;
        }
        for nav in tags.iter().filter(|tag| tag.name == "nav" && !tag.is_end) {
            assert!(nav.get("aria-label").is_some(), "{page} has a <nav> without a name");
        }
    }
    let titles: BTreeSet<&str> =
        pages(&SITE).map(|(_, html)| html.split_once("<title>").unwrap().1.split_once("</title>").unwrap().0).collect();
    assert_eq!(titles.len(), pages(&SITE).count(), "two pages have the same title");
}

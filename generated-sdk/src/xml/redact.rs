//! Masking secret elements in documents.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use crate::object::{self, Kind};
use crate::registry;
use crate::secret::MASK;

/// The secret elements.
struct SecretTags {
    /// Tags that are secret everywhere.
    anywhere: BTreeSet<&'static str>,
    /// Tags that are secret only within certain elements.
    within: BTreeSet<(&'static str, &'static str)>,
}

fn secrets() -> &'static SecretTags {
    static SECRETS: OnceLock<SecretTags> = OnceLock::new();
    SECRETS.get_or_init(|| {
        let mut open: BTreeSet<&str> = BTreeSet::new();
        let mut owners: BTreeMap<&str, Vec<&'static str>> = BTreeMap::new();
        for info in registry::structs() {
            owners.entry(info.name).or_default().push(info.tag);
            for (member, slot) in object::members(&*info.new_object()) {
                if !member.is_secret {
                    open.insert(member.tag);
                }
                match slot.kind() {
                    Kind::Object(inner) => owners.entry(inner.name).or_default().push(member.tag),
                    Kind::List(inner) => owners.entry(inner.name).or_default().extend(member.item_tag),
                    Kind::Value(_) | Kind::Values(_) => {}
                }
            }
        }
        let mut secrets = SecretTags { anywhere: BTreeSet::new(), within: BTreeSet::new() };
        for info in registry::structs() {
            for member in info.members.iter().filter(|member| member.is_secret) {
                if open.contains(member.tag) {
                    let owners = owners.get(info.name).into_iter().flatten();
                    secrets.within.extend(owners.map(|owner| (*owner, member.tag)));
                } else {
                    secrets.anywhere.insert(member.tag);
                }
            }
        }
        secrets
    })
}

impl SecretTags {
    fn contains(&self, parent: Option<&str>, tag: &str) -> bool {
        self.anywhere.contains(tag) || parent.is_some_and(|parent| self.within.contains(&(parent, tag)))
    }
}

/// Replaces the content of secret elements with `***`. Text that is not XML is unchanged.
pub(crate) fn redacted(text: &str) -> String {
    let secrets = secrets();
    let mut shown = String::with_capacity(text.len());
    let mut open: Vec<&str> = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let (before, markup) = rest.split_at_checked(start).unwrap_or((rest, ""));
        shown.push_str(before);
        let end = end_of(markup);
        let (tag, after) = markup.split_at_checked(end).unwrap_or((markup, ""));
        shown.push_str(tag);
        rest = after;
        let Some(inside) = tag.strip_prefix('<') else { break };
        if inside.starts_with(['!', '?']) {
            continue;
        }
        if inside.starts_with('/') {
            open.pop();
            continue;
        }
        let name = inside.split(|c: char| c.is_whitespace() || c == '/' || c == '>').next().unwrap_or_default();
        if tag.ends_with("/>") {
            continue;
        }
        if !secrets.contains(open.last().copied(), name) {
            open.push(name);
            continue;
        }
        shown.push_str(MASK);
        // Without an end tag, all that follows may be the secret.
        rest = end_tag(rest, name).unwrap_or_default();
        open.push(name);
    }
    shown.push_str(rest);
    shown
}

/// The URL with the values of secret query parameters masked. The whole query of a login is omitted.
pub(crate) fn redacted_url(url: &::url::Url, login: bool) -> String {
    let whole = url.as_str();
    match whole.split_once('?') {
        Some((before, query)) if !login => format!("{before}?{}", redacted_query(query)),
        Some((before, _)) => before.to_owned(),
        None => whole.to_owned(),
    }
}

/// A percent-encoded query with the values of secret parameters masked.
pub(crate) fn redacted_query(query: &str) -> String {
    let secrets = secrets();
    let shown = query.split('&').map(|parameter| match parameter.split_once('=') {
        Some((name, _)) if secrets.contains(None, name) => format!("{name}={MASK}"),
        _ => parameter.to_owned(),
    });
    shown.collect::<Vec<_>>().join("&")
}

/// Returns the text from the end tag of an element on; `None` if there is none. Tags in CDATA sections do not count.
fn end_tag<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    const SECTION: &str = "<![CDATA[";
    let mut rest = text;
    loop {
        let close = rest.find(&format!("</{name}"))?;
        match rest.find(SECTION).filter(|section| *section < close) {
            None => return rest.get(close..),
            Some(section) => rest = rest.get(section..)?.split_once("]]>")?.1,
        }
    }
}

/// Returns the length of the markup at the beginning of a text.
fn end_of(markup: &str) -> usize {
    let closed_by = |end: &str| markup.find(end).map(|at| at + end.len());
    let end = match () {
        () if markup.starts_with("<!--") => closed_by("-->"),
        () if markup.starts_with("<![CDATA[") => closed_by("]]>"),
        () => {
            let mut quote = None;
            let end = markup.char_indices().find(|(_, c)| match (quote, c) {
                (None, '>') => true,
                (None, '"' | '\'') => {
                    quote = Some(*c);
                    false
                }
                (Some(open), c) if open == *c => {
                    quote = None;
                    false
                }
                _ => false,
            });
            end.map(|(at, _)| at + 1)
        }
    };
    end.unwrap_or(markup.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_secret_member_is_blanked() {
        for info in registry::structs() {
            for member in info.members.iter().filter(|member| member.is_secret) {
                let document = format!("<{0}><{1} a='>'>hunter2</{1}><id>7</id></{0}>", info.tag, member.tag);
                let shown = redacted(&document);
                assert!(!shown.contains("hunter2") && shown.contains("<id>7</id>"), "{shown}");
            }
        }
    }

    #[test]
    fn other_members_stay() {
        let open = "<statistic><values><value><datum>3</datum></value></values><name>a</name></statistic>";
        assert_eq!(redacted(open), open);
        let action =
            "<action><root_password>x</root_password><ticket><value>y</value><expiry>1</expiry></ticket></action>";
        let blank = action.replace(">x<", ">***<").replace(">y<", ">***<");
        assert_eq!(redacted(action), blank);
        assert_eq!(redacted("<a><password>x<![CDATA[<y>]]></password><b/></a>"), "<a><password>***</password><b/></a>");
        let tricky = "<a><password><![CDATA[x</password>y]]>z</password></a>";
        assert_eq!(redacted(tricky), "<a><password>***</password></a>");
        assert_eq!(redacted("<a><password>x"), "<a><password>***");
        assert_eq!(redacted("<a><password/><b>x</b></a>"), "<a><password/><b>x</b></a>");
        assert_eq!(redacted("no xml"), "no xml");
        assert_eq!(redacted("<"), "<");
    }
}

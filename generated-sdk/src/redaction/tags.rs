//! The tags of secret values.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use crate::generated::wire;
use crate::object::{self, Kind};
use crate::registry;

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
        let mut add = |tag: &'static str, owners: &[&'static str]| {
            if open.contains(tag) {
                secrets.within.extend(owners.iter().map(|owner| (*owner, tag)));
            } else {
                secrets.anywhere.insert(tag);
            }
        };
        for info in registry::structs() {
            let owners = owners.get(info.name).map(Vec::as_slice).unwrap_or_default();
            info.members.iter().filter(|member| member.is_secret).for_each(|member| add(member.tag, owners));
        }
        wire::SECRET_PARAMETERS.iter().for_each(|tag| add(tag, &[registry::action().tag]));
        secrets
    })
}

/// A name without its prefix.
fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// Whether an element is secret. A prefix of its name is ignored.
pub(super) fn is_secret(parent: Option<&str>, tag: &str) -> bool {
    let (secrets, tag) = (secrets(), local(tag));
    secrets.anywhere.contains(tag) || parent.is_some_and(|parent| secrets.within.contains(&(local(parent), tag)))
}

/// Whether the value of a key in JSON or a query is secret. Documents of JSON don't name their outermost object.
pub(super) fn is_secret_key(parent: Option<&str>, key: &str) -> bool {
    match parent {
        Some(_) => is_secret(parent, key),
        None => is_secret(None, key) || secrets().within.iter().any(|(_, tag)| *tag == local(key)),
    }
}

/// Whether a parameter or result of an action is secret.
pub(crate) fn is_secret_parameter(tag: &str) -> bool {
    is_secret(Some(registry::action().tag), tag)
}

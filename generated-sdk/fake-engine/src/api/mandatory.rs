//! Mandatory parameters and fields, as the model declares them.
//!
//! The engine checks them before anything else and names only the first one that is missing. Of a method with
//! signatures, it checks them only if a resource [says so](super::Registry::match_signatures).

use ovirt_sdk::object::{Object, Slot, member};
use ovirt_sdk::request::Verb;

use super::fault::Fault;
use super::registry::{Argument, Registry};
use crate::routes::{Method, Service};

const REASON: &str = "Input validation failed.";

/// Fails if a mandatory parameter or field of a request is missing.
pub(super) fn check(
    registry: &Registry,
    service: &Service,
    method: &Method,
    bodies: &[Box<dyn Object>],
    arguments: &[Argument],
) -> Result<(), Fault> {
    let has_signatures = !method.signatures.is_empty();
    if has_signatures && !registry.matches_signatures(service.name, method.name) {
        return Ok(());
    }
    let is_sent = |path: &str| match method.verb {
        Verb::Action => has_argument(arguments, path),
        _ => bodies.first().is_none_or(|body| has_below(&**body, path)),
    };
    if let Some(missing) = method.mandatory.iter().find(|path| !is_sent(path)) {
        return Err(Fault::new(400, REASON, describe(missing)));
    }
    let is_matched = |signature: &&[&str]| signature.iter().all(|path| is_sent(path));
    if has_signatures && !method.signatures.iter().any(is_matched) {
        let detail = "No matching signature found, make sure that mandatory attributes are provided.";
        return Err(Fault::new(400, REASON, detail));
    }
    Ok(())
}

/// Fails if arguments of an action are missing that a resource [declares](Registry::require_arguments).
pub(super) fn check_arguments(
    registry: &Registry,
    service: &Service,
    method: &Method,
    arguments: &[Argument],
) -> Result<(), Fault> {
    let Some(required) = registry.arguments_of(service.name, method.name) else { return Ok(()) };
    let missing: Vec<&str> = required.paths.iter().copied().filter(|path| !has_argument(arguments, path)).collect();
    if missing.is_empty() { Ok(()) } else { Err(Fault::incomplete("Action", &missing, required.java_name)) }
}

/// The engine's message about a missing path. Its last name can be two alternatives: `cluster.id|name`.
fn describe(path: &str) -> String {
    let (above, last) = path.rsplit_once('.').map_or(("", path), |(above, last)| (above, last));
    let whole = |name: &str| if above.is_empty() { name.to_owned() } else { format!("{above}.{name}") };
    match last.split_once('|') {
        Some((first, second)) => {
            let (first, second) = (whole(first), whole(second));
            format!("Parameters '{first}' or '{second}' are mandatory but both were not provided.")
        }
        None => format!("Parameter '{path}' is mandatory but was not provided."),
    }
}

/// Whether an action has an argument, or a field of it. The path begins with the tag of the argument.
fn has_argument(arguments: &[Argument], path: &str) -> bool {
    let (tag, rest) = path.split_once('.').map_or((path, None), |(tag, rest)| (tag, Some(rest)));
    let argument = arguments.iter().find(|(member, slot)| member.tag == tag && slot.is_set());
    argument.is_some_and(|(_, slot)| rest.is_none_or(|rest| slot_has(&**slot, rest)))
}

/// Whether the object in a body has a field. The path begins with the name of the parameter.
fn has_below(body: &dyn Object, path: &str) -> bool {
    path.split_once('.').is_none_or(|(_, rest)| has(body, rest))
}

fn has(object: &dyn Object, path: &str) -> bool {
    let (step, rest) = path.split_once('.').map_or((path, None), |(step, rest)| (step, Some(rest)));
    step.split('|').any(|name| {
        let slot = member(object, name).filter(|slot| slot.is_set());
        slot.is_some_and(|slot| match rest {
            Some(rest) => slot_has(slot, rest),
            None => slot.as_list().is_none_or(|list| list.count() > 0),
        })
    })
}

/// Whether the object in a slot has a field; of a list, the first item.
fn slot_has(slot: &dyn Slot, path: &str) -> bool {
    let first = slot.as_list().and_then(|list| list.object(0));
    slot.as_object().or(first).is_some_and(|object| has(object, path))
}

#[cfg(test)]
mod tests {
    use ovirt_sdk::types::{Cluster, DataCenter, Permit, Role};

    use super::*;

    #[test]
    fn fields_are_found_by_their_paths() {
        let cluster = Cluster::new().name("a").data_center(DataCenter::with_name("b"));
        for (path, expected) in [
            ("cluster.name", true),
            ("cluster.description", false),
            ("cluster.data_center.id|name", true),
            ("cluster.data_center.id", false),
            ("cluster.cpu.type", false),
        ] {
            assert_eq!(has_below(&cluster, path), expected, "{path}");
        }
        let role = |permits| Role::new().permits(permits);
        assert!(!has_below(&role(vec![]), "role.permits.id"));
        assert!(!has_below(&role(vec![Permit::with_name("a")]), "role.permits.id"));
        assert!(has_below(&role(vec![Permit::with_id("1"), Permit::with_name("a")]), "role.permits.id"));
        assert!(!has_below(&role(vec![]), "role.permits"));
    }

    #[test]
    fn alternatives_are_named_as_by_the_engine() {
        assert_eq!(describe("fence_type"), "Parameter 'fence_type' is mandatory but was not provided.");
        assert_eq!(
            describe("cluster.data_center.id|name"),
            "Parameters 'cluster.data_center.id' or 'cluster.data_center.name' are mandatory but both were not provided."
        );
    }
}

//! The waiters of a service → [`Waiter`].

use super::mapping::{NamedEntry, NodeReader};
use crate::diagnostics::Diagnostic;
use crate::syntax::{Addresses, StateRole, Waiter, WaiterState};
use crate::yaml::Node;

/// The units of durations, in seconds.
const UNITS: [(&str, u32); 3] = [("s", 1), ("min", 60), ("h", 3600)];

pub(super) fn read_waiter<'a>(reader: NodeReader<'a>, entry: NamedEntry<'a>) -> Option<Waiter> {
    let mut mapping = reader.map(entry.node)?;
    let docs = mapping.docs();
    mapping.reason(&[]);
    let unmet = mapping.required("unmet", NodeReader::text);
    let field = mapping.required("field", NodeReader::name);
    let mut states = Vec::new();
    for role in StateRole::ALL {
        let read = match role {
            StateRole::Success => mapping.required(role.as_str(), NodeReader::names),
            _ => mapping.optional(role.as_str(), NodeReader::names),
        };
        states.extend(read.unwrap_or_default().into_iter().map(|state| WaiterState { state, role }));
    }
    let typical = mapping.required("typical", read_duration);
    let grace = mapping.optional("grace", read_duration);
    let settle = mapping.optional("settle", read_duration);
    let addresses = mapping.optional("addresses", read_addresses);
    let sources = mapping.required("sources", NodeReader::texts);
    mapping.finish();
    Some(Waiter {
        name: entry.name,
        docs,
        unmet: unmet?,
        field: field?,
        states,
        typical: typical?,
        grace,
        settle,
        addresses,
        sources: sources?,
    })
}

fn read_addresses<'a>(reader: NodeReader<'a>, node: &'a Node) -> Option<Addresses> {
    let mut mapping = reader.map(node)?;
    let list = mapping.required("list", NodeReader::name);
    let address = mapping.required("address", NodeReader::path);
    let network = mapping.required("network", NodeReader::path);
    let missing = mapping.required("missing", NodeReader::text);
    mapping.finish();
    Some(Addresses { list: list?, address: address?, network: network?, missing: missing? })
}

/// A duration such as `90 s`, `10 min` or `1 h`, in seconds.
fn read_duration<'a>(reader: NodeReader<'a>, node: &'a Node) -> Option<u32> {
    let text = reader.text(node)?;
    let seconds = text.split_once(' ').and_then(|(number, unit)| {
        let (_, seconds) = UNITS.into_iter().find(|(name, _)| *name == unit)?;
        number.parse::<u32>().ok()?.checked_mul(seconds).filter(|seconds| *seconds > 0)
    });
    if seconds.is_none() {
        let problem = Diagnostic::at(reader.position(node), format!("`{text}` is not a duration"), "invalid duration")
            .help("durations are a number greater than 0, a space and a unit, such as `90 s`, `10 min` or `1 h`");
        reader.problems.push(problem);
    }
    seconds
}

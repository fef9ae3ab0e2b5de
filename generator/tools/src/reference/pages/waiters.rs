//! The waiters of a service.

use serde::Serialize;

use super::{Piece, RenderedDocs, Site};
use crate::reference::links::{Scope, TextOwner};
use ovirt_sdk_generator::model::{REMOVAL, REMOVED, ServiceId, dotted};
use ovirt_sdk_generator::names::waiter_name;
use ovirt_sdk_generator::syntax::{Addresses, Docs, StateRole};

/// A waiter.
#[derive(Debug, Serialize)]
pub(super) struct WaiterPart {
    pub(super) anchor: String,
    docs: RenderedDocs,
    /// The service that it is inherited from.
    from: Option<Piece>,
    /// The field that contains the state; absent for removals.
    field: Option<Piece>,
    roles: Vec<RolePart>,
    /// The path of the addresses of which it needs one.
    addresses: Option<String>,
    sources: Vec<String>,
}

/// The states with one role.
#[derive(Debug, Serialize)]
struct RolePart {
    role: &'static str,
    states: Vec<String>,
}

impl Site<'_> {
    /// The waiters of a service, including inherited ones and the one for its removal.
    pub(super) fn waiters(&self, id: ServiceId) -> Vec<WaiterPart> {
        let Some(polling) = self.model.polling(id) else { return Vec::new() };
        let waiters = self.model.waiters_of(id).into_iter().filter_map(|(owner, at)| {
            let waiter = self.model.service(owner).waiters.get(at)?;
            let field = &waiter.field.value;
            let roles = StateRole::ALL.into_iter().map(|role| RolePart {
                role: role.as_str(),
                states: waiter.states_with(role).iter().map(ToString::to_string).collect(),
            });
            let scope = Scope::new(TextOwner::Service(id)).item(waiter.name.value.as_str(), None);
            let anchor = self.names.service_names(owner).waiters.get(at)?.to_string();
            Some(WaiterPart {
                docs: self.docs(&waiter.docs, scope),
                from: (owner != id).then(|| self.service_name(owner)),
                field: Some(Piece::link(field.as_str(), self.links.field(polling.item, field))),
                roles: roles.filter(|part| !part.states.is_empty()).collect(),
                addresses: waiter
                    .addresses
                    .as_ref()
                    .map(|Addresses { list, address, .. }| format!("{}.{}", list.value, dotted(&address.value))),
                sources: waiter.sources.clone(),
                anchor,
            })
        });
        let removal_docs = Docs { summary: Some(REMOVAL.to_owned()), ..Docs::default() };
        let removal = self.model.waits_for_removal(id).then(|| WaiterPart {
            anchor: waiter_name(REMOVED),
            docs: self.docs(&removal_docs, Scope::new(TextOwner::Service(id))),
            from: None,
            field: None,
            roles: Vec::new(),
            addresses: None,
            sources: Vec::new(),
        });
        waiters.chain(removal).collect()
    }
}

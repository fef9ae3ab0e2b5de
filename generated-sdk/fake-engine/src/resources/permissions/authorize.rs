//! The permissions that requests need.

use super::caller::Caller;
use super::conditions::{Alternatives, CONDITIONS};
use super::queries::{self, is_for_administrators, needs_visible_parent, reads_target};
use super::requirements::{Need, ROWS, Row, WITHOUT_PERMIT};
use super::visibility::Visibility;
use crate::api::{ApiRequest, ApiResponse, Call, Context, Fault, IsVisible, Target, pages};
use crate::routes::Method;
use ovirt_sdk::request::Verb;

/// The objects that a request can read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// Everything, as administrators do.
    Everything,
    /// The objects that the user sees.
    Filtered,
    /// Nothing: the user isn't an administrator and turned the filter off.
    Nothing,
}

impl Reading {
    /// Requests of administrators aren't filtered by default, those of others are. The parameter `filter` changes this.
    fn of_request(request: &ApiRequest, caller: &Caller<'_>) -> Self {
        match request.flag("filter") {
            Some(true) => Self::Filtered,
            Some(false) if caller.is_administrator() => Self::Everything,
            Some(false) => Self::Nothing,
            None if caller.is_administrator() => Self::Everything,
            None => Self::Filtered,
        }
    }
}

/// Checks whether the user may read what a method reads.
pub(super) fn check_reading(context: &Context<'_>, target: &Target, method: &Method) -> Result<(), Fault> {
    let service = target.service.name;
    let is_restricted = is_for_administrators(service, method, &target.address);
    let reads_object = reads_target(service, method);
    if !is_restricted && !reads_object && method.verb != Verb::List {
        return Ok(());
    }
    let caller = Caller::new(context.state, &context.request.user);
    match Reading::of_request(context.request, &caller) {
        Reading::Everything => Ok(()),
        Reading::Nothing => match (service, method.verb) {
            ("system", _) => Err(Fault::raw(pages::error(500, "Internal Server Error"))),
            ("system_option" | "cluster_level", Verb::Get) => Err(Fault::not_found()),
            ("cluster_levels", Verb::List) => Ok(()),
            _ => Err(insufficient_permissions()),
        },
        Reading::Filtered if is_restricted => Err(insufficient_permissions()),
        Reading::Filtered => match (service, method.verb) {
            ("quotas", Verb::List) => Err(Fault::raw(ApiResponse::empty(204))),
            (_, Verb::List) => {
                let is_visible = || target.parent.is_empty() || Visibility::new(caller.clone()).sees(&target.parent);
                if needs_visible_parent(service) && !is_visible() { Err(Fault::not_found()) } else { Ok(()) }
            }
            _ if target.path.is_empty() || Visibility::new(caller.clone()).sees(&target.path) => Ok(()),
            _ => Err(Fault::not_found()),
        },
    }
}

/// Whether the user sees the object at a path in a list; `None` if the user sees all.
pub(super) fn visibility<'c>(context: &Context<'c>) -> Option<IsVisible<'c>> {
    let caller = Caller::new(context.state, &context.request.user);
    match Reading::of_request(context.request, &caller) {
        Reading::Everything => None,
        Reading::Nothing => Some(Box::new(|_| false)),
        Reading::Filtered => {
            let visibility = Visibility::new(caller);
            Some(Box::new(move |path| visibility.sees(path)))
        }
    }
}

/// Whether a request reads only what the user sees.
pub(super) fn is_filtered(context: &Context<'_>, caller: &Caller<'_>) -> bool {
    Reading::of_request(context.request, caller) != Reading::Everything
}

/// Checks whether the user has the permits that a method needs.
pub(super) fn check_permits(call: &Call<'_>) -> Result<(), Fault> {
    if matches!(call.method.verb, Verb::Get | Verb::List) {
        return Ok(());
    }
    let key = queries::key(call.target.service.name, call.method.name);
    let caller = Caller::new(call.state, &call.request.user);
    let has = |need: &Need| need.object.as_deref().is_some_and(|object| caller.may(need.permit, object));
    let rows = ROWS.iter().filter(|(_, _, methods)| methods.contains(&key.as_str()));
    let rows: Vec<&Row> = rows.collect();
    let conditions = CONDITIONS.iter().find(|(method, _)| *method == key);
    let is_known = !rows.is_empty() || conditions.is_some() || WITHOUT_PERMIT.contains(&key.as_str());
    let alternatives: Vec<Alternatives> =
        conditions.map_or_else(|| Ok(Vec::new()), |(_, condition)| condition(call))?;
    let mut needs = rows.iter().filter_map(|(permit, on, _)| on.need(call, *permit));
    if is_known && needs.all(|need| has(&need)) && alternatives.iter().all(|group| group.iter().any(has)) {
        Ok(())
    } else {
        Err(Fault::forbidden("User is not authorized to perform this action."))
    }
}

/// 400: the query is for administrators only.
fn insufficient_permissions() -> Fault {
    Fault::operation(400, "query execution failed due to insufficient permissions.")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::routes::Service;
    use ovirt_sdk::service::{Service as _, ServiceInfo};
    use ovirt_sdk::unstable::Root;

    /// The services that can be reached from the root.
    fn reachable(info: &'static ServiceInfo, found: &mut BTreeSet<&'static str>) {
        if found.insert(info.name) {
            let objects = info.object().into_iter();
            info.children().map(|(_, child)| child).chain(objects).for_each(|child| reachable(child, found));
        }
    }

    #[test]
    fn every_method_that_changes_something_needs_a_permit() {
        let mut services = BTreeSet::new();
        reachable(Root::info(), &mut services);
        let mut missing = Vec::new();
        for service in services.iter().filter_map(|name| Service::named(name)) {
            for method in service.methods.iter().filter(|it| !matches!(it.verb, Verb::Get | Verb::List)) {
                let key = queries::key(service.name, method.name);
                let in_rows = ROWS.iter().any(|(_, _, methods)| methods.contains(&key.as_str()));
                let in_conditions = CONDITIONS.iter().any(|(method, _)| *method == key);
                if !in_rows && !in_conditions && !WITHOUT_PERMIT.contains(&key.as_str()) {
                    missing.push(key);
                }
            }
        }
        assert!(missing.is_empty(), "{missing:?}");
    }

    #[test]
    fn tables_name_methods_of_the_model() {
        let rows = ROWS.iter().flat_map(|(_, _, methods)| methods.iter());
        let conditions = CONDITIONS.iter().map(|(method, _)| method);
        for key in rows.chain(conditions).chain(WITHOUT_PERMIT) {
            let (service, method) = key.split_once('.').unwrap();
            let methods = Service::named(service).unwrap_or_else(|| panic!("{key}")).methods;
            assert!(methods.iter().any(|it| it.name == method), "{key}");
        }
    }
}

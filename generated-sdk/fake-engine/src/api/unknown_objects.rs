//! Responses to requests whose path leads to an object that doesn't exist.

use ovirt_sdk::request::Verb;

use super::declarations::UnknownObject;
use super::fault::Fault;
use super::pages;
use super::registry::Call;
use super::reply::Reply;
use super::response::ApiResponse;

/// Responds to a request that is about an object that doesn't exist; `None` if the method runs as usual.
pub(super) fn respond(call: &Call<'_>) -> Option<Result<Reply, Fault>> {
    let id = call.target.missing.as_deref()?;
    let response = match call.registry.unknown_object_of(call.target.service.name, call.method.name) {
        Some(UnknownObject::Handled) => return None,
        Some(UnknownObject::Completed) => Ok(Reply::Completed),
        Some(UnknownObject::Fault(status, detail)) => Err(Fault::operation(status, &detail.replace("{id}", id))),
        Some(UnknownObject::Exception) => Err(Fault::raw(pages::exception(&format!("no object {id}")))),
        Some(UnknownObject::EmptyFailure) => Err(Fault::raw(ApiResponse::empty(500))),
        None if call.method.verb == Verb::List => Ok(Reply::ComputedList(Vec::new())),
        Some(UnknownObject::NotFound) | None => Err(Fault::not_found()),
    };
    Some(response)
}

//! Reading and checking what a client sent, before a handler runs.

use ovirt_sdk::request::Verb;

use super::document;
use super::fault::Fault;
use super::references::resolve_names;
use super::registry::{Call, Context, Registry};
use super::request::ApiRequest;
use super::target::Target;
use crate::routes::Method;
use crate::state::State;

/// Reads the body of a request to a method and resolves the references by name in it.
///
/// Rules that hold for all resources, such as mandatory fields from the model, are checked here.
pub(crate) fn validate<'a>(
    state: &'a mut State,
    registry: &'a Registry,
    request: &'a ApiRequest,
    target: Target,
    method: &'static Method,
) -> Result<Call<'a>, Fault> {
    let (mut bodies, mut parameters) = (Vec::new(), Vec::new());
    match method.verb {
        Verb::Add | Verb::Update => bodies = document::read_objects(request, method)?,
        Verb::Action => parameters = document::read_action(request, method)?,
        Verb::Remove if !request.body.is_empty() => parameters = document::read_action(request, method)?,
        _ => {}
    }
    let context = Context { state, registry, request };
    for body in &mut bodies {
        resolve_names(&context, &target.path, &mut **body)?;
    }
    for (_, slot) in &mut parameters {
        if slot.as_object().is_some()
            && let Some(object) = slot.make_object()
        {
            resolve_names(&context, &target.path, object)?;
        }
    }
    Ok(Call { state, registry, request, target, method, bodies, parameters })
}

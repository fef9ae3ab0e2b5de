//! Reading and checking what a client sent, before a handler runs.

use ovirt_sdk::request::Verb;

use super::fault::Fault;
use super::references::resolve_names;
use super::registry::{Call, Context, Registry};
use super::request::ApiRequest;
use super::target::Target;
use super::{document, identifiers, mandatory};
use crate::path::last;
use crate::routes::Method;
use crate::state::State;

/// Reads the body of a request to a method, checks what the model requires and the identifiers in it, and resolves the
/// references by name.
pub(crate) fn validate<'a>(
    state: &'a mut State,
    registry: &'a Registry,
    request: &'a ApiRequest,
    target: Target,
    method: &'static Method,
) -> Result<Call<'a>, Fault> {
    let (mut bodies, mut parameters) = (Vec::new(), Vec::new());
    let usage =
        format!("{}/ovirt-engine/apidoc#services/{}/methods/{}", state.origin, target.service.name, method.name);
    match method.verb {
        Verb::Add | Verb::Update => bodies = document::read_objects(request, method, &usage)?,
        Verb::Action => parameters = document::read_action(request, method, &usage)?,
        Verb::Remove if !request.body.is_empty() => parameters = document::read_action(request, method, &usage)?,
        _ => {}
    }
    mandatory::check(registry, target.service, method, &bodies, &parameters)?;
    mandatory::check_arguments(registry, target.service, method, &parameters)?;
    if target.missing.is_some() {
        return Ok(Call { state, registry, request, target, method, bodies, parameters, job_title: None });
    }
    bodies.iter_mut().try_for_each(|body| identifiers::check(&mut **body))?;
    parameters.iter_mut().try_for_each(|(_, slot)| identifiers::check_slot(&mut **slot))?;
    if let (Verb::Update, [body]) = (method.verb, bodies.as_mut_slice()) {
        identifiers::check_unchanged(&mut **body, last(&target.path))?;
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
    Ok(Call { state, registry, request, target, method, bodies, parameters, job_title: None })
}

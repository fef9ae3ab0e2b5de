//! The API: from a request to a response.
//!
//! The steps of a request, called by the [engine](crate::engine::Engine::handle): [`Context::route`] finds the
//! [`Target`], [`authorize_reading`] checks whether the user may see it, [`validate()`] reads the body into a [`Call`],
//! [`authorize_change`] checks whether the user may change something, [`apply()`] runs the handler of a resource or the
//! default of the verb, and [`render()`] makes the response from the [`Reply`].
//!
//! Resources [register](Registry) what is special about them; this module names none of them.

mod apply;
mod browse;
mod call;
mod commands;
mod declarations;
mod details;
pub(crate) mod document;
mod fault;
mod follow_paths;
mod hook_macros;
mod identifiers;
mod mandatory;
mod merge;
pub(crate) mod pages;
mod references;
mod registry;
mod render;
mod reply;
mod request;
mod response;
mod routing;
mod search_source;
mod target;
mod unknown_objects;
mod validate;

pub(crate) use apply::apply;
pub(crate) use browse::{Browsed, Content, browse};
pub(crate) use declarations::{Command, UnknownObject};
pub(crate) use fault::{Fault, capitalized, pascal_case};
pub(crate) use hook_macros::{on_effect, on_failure, on_signal};
pub(crate) use merge::merge;
pub(crate) use registry::{Call, Context, IsVisible, Reference, Registry};
pub(crate) use render::{action_status, render, render_failure};
pub(crate) use reply::Reply;
pub(crate) use request::ApiRequest;
pub(crate) use response::ApiResponse;
pub(crate) use target::Target;
pub(crate) use validate::validate;

use crate::routes::Method;

/// Checks whether the user may read what a method reads of its target, as the resource of permissions says.
pub(crate) fn authorize_reading(context: &Context<'_>, target: &Target, method: &Method) -> Result<(), Fault> {
    context.registry.check_reading(context, target, method)
}

/// Checks whether the user may make a change, as the resource of permissions says.
pub(crate) fn authorize_change(call: &Call<'_>) -> Result<(), Fault> {
    call.registry.check_change(call)
}

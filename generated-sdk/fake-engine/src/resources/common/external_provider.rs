//! External providers.

use crate::api::{Call, Fault, Reply};
use crate::resources::common::bean::Violations;
use crate::resources::common::names::is_plain;
use ovirt_sdk::object::member;

/// Adds a provider.
pub(crate) fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    check_name(call)?;
    let provider = call.take_body()?;
    call.add(provider)
}

/// Updates a provider.
pub(crate) fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    check_name(call)?;
    let change = call.take_body()?;
    call.update(&*change)
}

/// Fails if the name of the provider in a request is invalid.
pub(crate) fn check_name(call: &Call<'_>) -> Result<(), Fault> {
    let name = call.sent().and_then(|provider| member(provider, "name")?.text());
    let mut violations = Violations::default();
    if name.is_some_and(|name| name.is_empty() || !is_plain(&name)) {
        violations.add("provider.name", "Name must be formed of alphanumeric characters, numbers or \"-_\".");
    }
    violations.into_result()
}

/// Succeeds for providers with an HTTP or HTTPS URL.
pub(crate) fn test_connectivity(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let object = call.state.object(&path).ok_or_else(Fault::not_found)?;
    let url = member(object, "url").and_then(|slot| slot.text()).unwrap_or_default();
    if url.starts_with("http://") || url.starts_with("https://") {
        return Ok(Reply::Completed);
    }
    Err(Fault::conflict("Failed to communicate with the external provider, see log for additional details."))
}

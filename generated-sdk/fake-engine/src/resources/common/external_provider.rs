//! External providers.

use crate::api::{Call, Fault, Reply};

/// Succeeds for providers with an HTTP or HTTPS URL.
pub(crate) fn test_connectivity(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let object = call.state.object(&path).ok_or_else(Fault::not_found)?;
    let url = ovirt_sdk::object::member(object, "url").and_then(|slot| slot.text()).unwrap_or_default();
    if url.starts_with("http://") || url.starts_with("https://") {
        return Ok(Reply::Completed);
    }
    Err(Fault::conflict("Failed to communicate with the external provider, see log for additional details."))
}

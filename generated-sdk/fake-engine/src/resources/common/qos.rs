//! References to the QoS entries of data centers.

use crate::api::Fault;
use crate::resources::paths::{DATA_CENTERS, QOSS};
use crate::state::State;
use ovirt_sdk::types::Qos;

/// Says where the quality is that something refers to: in which data center.
pub(crate) fn locate(state: &State, qos: &mut Option<Box<Qos>>) -> Result<(), Fault> {
    let Some(wanted) = qos.as_deref_mut() else { return Ok(()) };
    let Some(id) = wanted.id.clone() else {
        // An empty element takes the quality away.
        return Ok(());
    };
    let place = state.paths(DATA_CENTERS).into_iter().map(|path| format!("{path}/{QOSS}/{id}"));
    let place = place
        .into_iter()
        .find(|path| state.contains(path))
        .ok_or_else(|| Fault::no_such(<Qos as ovirt_sdk::object::Struct>::INFO.name, &id))?;
    *wanted = Qos::with_id(id).href(place);
    Ok(())
}

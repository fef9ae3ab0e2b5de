//! QoS entries of data centers.

use crate::api::{Call, Fault, Registry, Reply};
use ovirt_sdk::types::Qos;

pub(super) fn register(registry: &mut Registry) {
    registry.on("qoss", "add", add);
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["name", "type"])?;
    let qos: Qos = call.body()?;
    let numbers = [qos.cpu_limit, qos.inbound_average, qos.max_iops, qos.max_throughput, qos.outbound_average];
    if numbers.into_iter().flatten().any(|number| number < 0) {
        return Err(Fault::bad("Cannot add QoS. QoS element cannot have negative values."));
    }
    call.add(Box::new(qos)).map_err(|fault| match fault.status {
        409 => Fault::conflict("Cannot add QoS. QoS element name already exists."),
        _ => fault,
    })
}

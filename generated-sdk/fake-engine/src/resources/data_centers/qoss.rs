//! QoS entries of data centers.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::{above, last};
use crate::resources::common::bean::Violations;
use crate::resources::common::fields::{fill_only, fill_unset};
use crate::resources::common::names;
use crate::state::State;
use ovirt_sdk::types::{DataCenter, Qos, QosType};

pub(super) fn register(registry: &mut Registry) {
    registry.on("qoss", "add", add);
    registry.on("qos", "update", update);
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const ACTION: &str = "add QoS";
    let sent: Qos = call.body()?;
    let data_center = call.parent();
    let mut qos = only_values_of_type(&sent);
    qos.data_center = Some(Box::new(DataCenter::with_id(last(&data_center))));
    check_values(&qos, ACTION)?;
    check_type_rules(&qos, ACTION)?;
    check_name(call.state, &qos, &call.path(), None, ACTION)?;
    call.store(Box::new(qos)).map(Reply::Created)
}

fn update(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const ACTION: &str = "edit QoS";
    let mut change: Qos = call.body()?;
    let path = call.path();
    let old = call.state.find::<Qos>(&path)?.clone();
    if change.data_center.as_ref().is_some_and(|it| it.id.is_some() && it.id.as_deref() != Some(last(above(&path, 2))))
    {
        return Err(Fault::invalid(ACTION, "Cannot change QoS data center."));
    }
    change.type_.clone_from(&old.type_);
    let change = only_values_of_type(&change);
    let mut merged = change.clone();
    fill_unset(&mut merged, &old, &[]);
    check_values(&merged, ACTION)?;
    check_type_rules(&merged, ACTION)?;
    check_name(call.state, &change, above(&path, 1), Some(&path), ACTION)?;
    call.change(&change)
}

/// Drops the values that don't belong to the type of an entry.
fn only_values_of_type(sent: &Qos) -> Qos {
    let values: &[&str] = match &sent.type_ {
        Some(QosType::Cpu) => &["cpu_limit"],
        Some(QosType::Storage) => &[
            "max_iops",
            "max_read_iops",
            "max_read_throughput",
            "max_throughput",
            "max_write_iops",
            "max_write_throughput",
        ],
        Some(QosType::Network) => {
            &["inbound_average", "inbound_burst", "inbound_peak", "outbound_average", "outbound_burst", "outbound_peak"]
        }
        _ => &["outbound_average_linkshare", "outbound_average_realtime", "outbound_average_upperlimit"],
    };
    let mut qos = Qos::new();
    fill_only(&mut qos, sent, &["id", "name", "description", "type"]);
    fill_only(&mut qos, sent, values);
    // -1 stands for no value.
    for value in [
        &mut qos.inbound_average,
        &mut qos.inbound_burst,
        &mut qos.inbound_peak,
        &mut qos.outbound_average,
        &mut qos.outbound_burst,
        &mut qos.outbound_peak,
    ] {
        *value = value.filter(|value| *value != -1);
    }
    qos
}

/// Checks the name and the ranges of numbers.
fn check_values(qos: &Qos, action: &str) -> Result<(), Fault> {
    let mut violations = Violations::default();
    let length = "QoS name length must be under 50 characters.";
    let characters = "QoS name must be formed of 'a-z', 'A-Z', '0-9', '_' or '-' characters";
    violations.check_name("qos.name", qos.name.as_deref(), 255, length, characters);
    let ranges: [(&str, Option<i64>, i64, i64); 13] = [
        ("qos.cpuLimit", qos.cpu_limit, 1, 100),
        ("qos.maxIops", qos.max_iops, 0, 1_000_000),
        ("qos.maxReadIops", qos.max_read_iops, 0, 1_000_000),
        ("qos.maxWriteIops", qos.max_write_iops, 0, 1_000_000),
        ("qos.maxThroughput", qos.max_throughput, 0, 1_000_000),
        ("qos.maxReadThroughput", qos.max_read_throughput, 0, 1_000_000),
        ("qos.maxWriteThroughput", qos.max_write_throughput, 0, 1_000_000),
        ("qos.inboundAverage", qos.inbound_average, 0, 17_179),
        ("qos.inboundPeak", qos.inbound_peak, 0, 34_359),
        ("qos.inboundBurst", qos.inbound_burst, 0, 10_240),
        ("qos.outboundAverage", qos.outbound_average, 0, 17_179),
        ("qos.outboundPeak", qos.outbound_peak, 0, 34_359),
        ("qos.outboundBurst", qos.outbound_burst, 0, 10_240),
    ];
    for (attribute, value, least, most) in ranges {
        if value.is_some_and(|value| !(least..=most).contains(&value)) {
            let message = format!("Cannot {action}. Values are out of range\n(Legal range is: {least}-{most}).");
            violations.add(attribute, message);
        }
    }
    violations.into_result()
}

/// Checks which values belong together.
fn check_type_rules(qos: &Qos, action: &str) -> Result<(), Fault> {
    let fail = |why: &str| Err(Fault::invalid(action, why));
    match &qos.type_ {
        Some(QosType::Cpu) if qos.cpu_limit.is_none() => fail("QoS element has missing values."),
        Some(QosType::Storage) => {
            let is_set = |value: Option<i64>| value.is_some_and(|value| value != 0);
            let conflicts = |total, read, write| is_set(total) && (is_set(read) || is_set(write));
            match conflicts(qos.max_throughput, qos.max_read_throughput, qos.max_write_throughput)
                || conflicts(qos.max_iops, qos.max_read_iops, qos.max_write_iops)
            {
                true => Err(Fault::bad(&format!(
                    "Cannot {action}.\nQoS have non-zero total value with non-zero read/write for either throughput or \
                     IOps or both."
                ))),
                false => Ok(()),
            }
        }
        Some(QosType::Network) => {
            let inbound = [qos.inbound_average, qos.inbound_peak, qos.inbound_burst];
            let outbound = [qos.outbound_average, qos.outbound_peak, qos.outbound_burst];
            let is_partial =
                |values: &[Option<i64>; 3]| values.iter().any(Option::is_some) && values.iter().any(Option::is_none);
            if is_partial(&inbound) || is_partial(&outbound) {
                return fail("All three values are needed in order to define QoS on each network directions.");
            }
            let is_low = |[average, peak, _]: [Option<i64>; 3]| peak < average;
            match is_low(inbound) || is_low(outbound) {
                true => fail("Peak cannot be set lower than Average."),
                false => Ok(()),
            }
        }
        Some(QosType::Hostnetwork) => {
            if qos.outbound_average_linkshare.is_none() {
                return fail("Weighted share must be specified to complete QoS configuration.");
            }
            match (qos.outbound_average_upperlimit, qos.outbound_average_realtime) {
                (Some(limit), Some(committed)) if limit < committed => {
                    fail("If both are provided, rate limit must not be lower than committed rate.")
                }
                _ => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

/// Names are unique among the entries of a type.
fn check_name(state: &State, qos: &Qos, collection: &str, own: Option<&str>, action: &str) -> Result<(), Fault> {
    let has_name = |other: &Qos| qos.name.is_some() && other.name == qos.name && other.type_ == qos.type_;
    match names::is_taken(state, collection, own, has_name) {
        true => Err(Fault::invalid(action, "QoS element name already exists.")),
        false => Ok(()),
    }
}

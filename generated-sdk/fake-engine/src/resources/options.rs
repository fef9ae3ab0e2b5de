//! What the engine is configured with, as far as clients ask for it.

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::cluster_level::MINORS;
use ovirt_sdk::types::{List, SystemOption, SystemOptionValue};

/// The version of values that hold for all levels.
const GENERAL: &str = "general";

/// Options with a value for everything.
const GENERAL_OPTIONS: &[(&str, &str)] = &[
    ("AuditLogAgingThreshold", "30"),
    ("DefaultGeneralTimeZone", "Etc/GMT"),
    ("DefaultMTU", "1500"),
    ("DefaultManagementNetwork", "ovirtmgmt"),
    ("DefaultWindowsTimeZone", "GMT Standard Time"),
    ("EnableMACAntiSpoofingFilterRules", "true"),
    ("HostPackagesUpdateTimeInHours", "24"),
    ("ImageTransferClientTicketValidityInSeconds", "3600"),
    ("JobCleanupRateInMinutes", "10"),
    ("MaxVmNameLength", "64"),
    ("MaxVmsInPool", "1000"),
    ("QuotaThresholdCluster", "80"),
    ("SANWipeAfterDelete", "false"),
    ("SpiceProxyDefault", ""),
    ("SupportedClusterLevels", "4.2,4.3,4.4,4.5,4.6,4.7"),
    ("UserSessionTimeOutInterval", "30"),
    ("VdsRefreshRate", "2"),
    ("VncKeyboardLayout", "en-us"),
];

const CPUS: &str = "{x86=512, ppc=384, s390x=384}";
const FEWER_CPUS: &str = "{x86=384, ppc=384, s390x=384}";
const PROPERTIES: &str = "sap_agent=^(true|false)$;sndbuf=^[0-9]+$";

/// Options with a value for each level, in the order of [`levels::MINORS`].
const LEVEL_OPTIONS: &[(&str, [&str; MINORS.len()])] = &[
    (
        "ClusterEmulatedMachines",
        [
            "[pc-i440fx-rhel7.5.0, pc-i440fx-2.9, pseries-rhel7.5.0, s390-ccw-virtio-2.6]",
            "[pc-i440fx-rhel7.6.0, pc-i440fx-2.12, pseries-rhel7.6.0-sxxm, s390-ccw-virtio-2.12]",
            "[pc-q35-rhel8.1.0, pc-q35-4.1, pc-i440fx-rhel7.6.0, pc-i440fx-2.12, pseries-rhel8.1.0, s390-ccw-virtio-2.12]",
            "[pc-q35-rhel8.3.0, pc-q35-4.1, pc-i440fx-rhel7.6.0, pc-i440fx-2.12, pseries-rhel8.3.0, s390-ccw-virtio-2.12]",
            "[pc-q35-rhel8.4.0, pc-q35-4.1, pc-i440fx-rhel7.6.0, pc-i440fx-2.12, pseries-rhel8.4.0, s390-ccw-virtio-2.12]",
            "[pc-q35-rhel8.6.0, pc-q35-4.1, pc-i440fx-rhel7.6.0, pc-i440fx-2.12, pseries-rhel8.4.0, s390-ccw-virtio-2.12]",
        ],
    ),
    ("MaxNumOfVmCpus", [FEWER_CPUS, FEWER_CPUS, FEWER_CPUS, CPUS, CPUS, CPUS]),
    ("MaxNumOfVmSockets", ["16"; MINORS.len()]),
    ("MaxNumOfCpuPerSocket", ["254"; MINORS.len()]),
    ("MaxNumOfThreadsPerCpu", ["8"; MINORS.len()]),
    ("PredefinedVMProperties", [PROPERTIES; MINORS.len()]),
    ("UserDefinedVMProperties", [""; MINORS.len()]),
    ("VM64BitMaxMemorySizeInMB", ["4194304", "4194304", "6291456", "6291456", "6291456", "6291456"]),
];

pub(super) fn register(registry: &mut Registry) {
    registry.on("system_option", "get", get);
}

fn get(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let name = call.id();
    let wanted = call.request.parameter("version").filter(|version| !version.is_empty());
    let values: List<SystemOptionValue> = values(&name)
        .ok_or_else(Fault::not_found)?
        .into_iter()
        .filter(|(version, _)| wanted.is_none_or(|wanted| wanted == version))
        .map(|(version, value)| SystemOptionValue::new().version(version).value(value))
        .collect();
    if values.is_empty() {
        return Err(Fault::not_found());
    }
    let option = SystemOption::with_id(name.as_str()).name(name.as_str());
    Ok(Reply::Computed(Box::new(option.values(values))))
}

/// The values of an option by the versions that they are for.
fn values(name: &str) -> Option<Vec<(String, &'static str)>> {
    if let Some((_, value)) = GENERAL_OPTIONS.iter().find(|(known, _)| *known == name) {
        return Some(vec![(GENERAL.to_owned(), *value)]);
    }
    let (_, values) = LEVEL_OPTIONS.iter().find(|(known, _)| *known == name)?;
    Some(MINORS.iter().zip(values).map(|(minor, value)| (format!("4.{minor}"), *value)).collect())
}

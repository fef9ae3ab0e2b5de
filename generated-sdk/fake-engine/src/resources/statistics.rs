//! Statistics. They are computed when they are read, and are the same at the same time.

use std::time::Duration;

use crate::api::Registry;
use crate::path::last;
use crate::resources::common::vm_status::is_running;
use crate::resources::common::{references, scheduler};
use crate::resources::paths::{DISK_ATTACHMENTS, VMS};
use crate::state::State;
use ovirt_sdk::object::{Object, Struct as _};
use ovirt_sdk::types::{
    Disk, Host, HostNic, HostStatus, Nic, NumaNode, Statistic, StatisticKind, StatisticUnit, Value, ValueType, Vm,
    VmStatus,
};

/// A statistic: its name, its identifier, which the engine computes from the name, and what it measures.
struct Row(&'static str, &'static str, &'static str, StatisticKind, ValueType, StatisticUnit);

macro_rules! rows {
    ($($name:literal $id:literal $text:literal $kind:ident $type:ident $unit:ident;)*) => {
        &[$(Row($name, $id, $text, StatisticKind::$kind, ValueType::$type, StatisticUnit::$unit)),*]
    };
}

const VM: &[Row] = rows! {
    "memory.installed" "5a89a1d2-32be-33f7-a0d1-f8b5bc974ff6" "Total memory configured" Gauge Integer Bytes;
    "memory.used" "b7499508-c1c3-32f0-8174-c1783e57bb08" "Memory used (agent)" Gauge Integer Bytes;
    "cpu.current.guest" "ef802239-b74a-329f-9955-be8fea6b50a4" "CPU used by guest" Gauge Decimal Percent;
    "cpu.current.hypervisor" "d849a55f-0049-36f8-ae65-face541473ac" "CPU overhead" Gauge Decimal Percent;
    "cpu.current.total" "2ec286fe-4bec-32f5-8d63-dba7bed58763" "Total CPU used" Gauge Decimal Percent;
    "migration.progress" "892b69a7-41ca-36b1-9a2e-ae5177ef21bb" "Migration Progress" Gauge Decimal Percent;
    "memory.buffered" "09e07489-64fd-32ab-8e4e-a2b61eed8d60" "Memory buffered (agent)" Gauge Integer Bytes;
    "memory.cached" "1b6244ee-8dbd-365d-8762-482ddc05ee11" "Memory cached (agent)" Gauge Integer Bytes;
    "memory.free" "5a0fba9d-33d7-3cbf-addd-ba462040c946" "Memory free (agent)" Gauge Integer Bytes;
    "memory.unused" "439422cf-02ca-307f-9745-2a86e87ed8e0" "Memory unused (agent)" Gauge Integer Bytes;
    "network.current.total" "d5e709a1-f0bc-3bb9-9f14-1c9cdec65c40" "Total network used" Gauge Decimal Percent;
    "disks.usage" "c5dd0086-d5f0-3abf-9628-4674abb3f5ac" "Disk usage, in bytes, per filesystem as JSON (agent)"
        Gauge String None;
    "elapsed.time" "57dfc947-ba36-3a51-a1ad-3800b6199ff5" "Elapsed VM runtime" Counter Integer Seconds;
    "cpu.usage.history" "bde6d1ed-e07b-3aa1-bfc4-463990f5921a"
        "List of CPU usage history, sorted by date from newest to oldest, at intervals of 30 seconds"
        Gauge Decimal Percent;
    "memory.usage.history" "e9ecc8dd-9320-37cf-ab1a-0003016f69e1"
        "List of memory usage history, sorted by date from newest to oldest, at intervals of 30 seconds"
        Gauge Decimal Percent;
    "network.usage.history" "dddb4e54-50dc-3e49-93d7-58c7ee51274b"
        "List of network usage history, sorted by date from newest to oldest, at intervals of 30 seconds"
        Gauge Decimal Percent;
};

const INTERFACE: &[Row] = rows! {
    "data.current.rx" "ecd0559f-e88f-3330-94b4-1f091b0ffdf7" "Receive data rate" Gauge Decimal BytesPerSecond;
    "data.current.tx" "2c6fe105-4913-3f90-9425-07ddfeca5417" "Transmit data rate" Gauge Decimal BytesPerSecond;
    "data.current.rx.bps" "87211eae-bb7c-382e-9e1b-378cf4505e2f" "Receive data rate" Gauge Decimal BitsPerSecond;
    "data.current.tx.bps" "939bae68-c68f-3e94-8960-766668395f86" "Transmit data rate" Gauge Decimal BitsPerSecond;
    "errors.total.rx" "50b8f057-7795-30bd-825a-1acadd37a9d7" "Total receive errors" Counter Integer None;
    "errors.total.tx" "7211a516-3e61-3c4e-be79-739424d13461" "Total transmit errors" Counter Integer None;
    "data.total.rx" "0b9ddd6a-fc1b-398a-9f95-7a863c753017" "Total received data" Counter Integer Bytes;
    "data.total.tx" "4d75baca-1fc9-3b19-b44f-6d32abda3888" "Total transmitted data" Counter Integer Bytes;
};

const DISK: &[Row] = rows! {
    "data.current.read" "33b9212b-f9cb-3fd0-b364-248fb61e1272" "Read data rate" Gauge Decimal BytesPerSecond;
    "data.current.read_ops" "467c9655-64a5-3abd-bff7-bdd69cfae38a" "Read data ops" Counter Decimal None;
    "data.current.write" "2f23addd-4ebd-3d82-a449-c28778bc33eb" "Write data rate" Gauge Decimal BytesPerSecond;
    "data.current.write_ops" "fc6ba9f6-199a-3c17-b989-489cecbe7b2f" "Write data ops" Counter Decimal None;
    "disk.read.latency" "3a7b3f72-d035-3bb9-b196-e86a4eb34993" "Read latency" Gauge Decimal Seconds;
    "disk.write.latency" "b1e75c7b-cea4-37d2-8459-f7d68efc69a3" "Write latency" Gauge Decimal Seconds;
    "disk.flush.latency" "9c17ad7b-9ef1-3e8d-ad0a-ff8bee3925f0" "Flush latency" Gauge Decimal Seconds;
};

const HOST: &[Row] = rows! {
    "memory.total" "7816602b-c05c-3db7-a4da-3769f7ad8896" "Total memory" Gauge Integer Bytes;
    "memory.used" "b7499508-c1c3-32f0-8174-c1783e57bb08" "Used memory" Gauge Integer Bytes;
    "memory.free" "5a0fba9d-33d7-3cbf-addd-ba462040c946" "Free memory" Gauge Integer Bytes;
    "memory.shared" "ffc0e1fd-fa34-3f85-9862-8a841c1658bc" "Shared memory" Gauge Integer Bytes;
    "swap.total" "c43847d7-3bc1-3aaf-b92c-902e64bbdb5b" "Total swap" Gauge Integer Bytes;
    "swap.free" "1a4c1c9b-f3cc-301e-82ce-47d4b9fb5a46" "Free swap" Gauge Integer Bytes;
    "swap.used" "27686b4e-ba8d-3576-bc70-d68cbd8a2ba9" "Used swap" Gauge Integer Bytes;
    "ksm.cpu.current" "f740b9ad-14a7-3f6c-9b80-efff44777169" "KSM CPU usage" Gauge Decimal Percent;
    "cpu.current.user" "a1fab379-66e2-3b1d-9914-81a9e79cb719" "User CPU usage" Gauge Decimal Percent;
    "cpu.current.system" "a98c1e11-078c-3593-a57e-4b12c1ce9815" "System CPU usage" Gauge Decimal Percent;
    "cpu.current.idle" "4ae97794-f56d-3f05-a9e7-8798887cd1ac" "Idle CPU usage" Gauge Decimal Percent;
    "cpu.load.avg.5m" "65860dae-c890-312e-9314-5c01f31225ab" "CPU 5 minute load average" Gauge Decimal Percent;
    "boot.time" "3ceb2072-a5a5-3b21-9bb2-e966471fd81c" "Boot time of the machine" Gauge Integer None;
};

const NUMA: &[Row] = rows! {
    "memory.total" "7816602b-c05c-3db7-a4da-3769f7ad8896" "Total memory" Gauge Integer Bytes;
    "memory.used" "b7499508-c1c3-32f0-8174-c1783e57bb08" "Used memory" Gauge Integer Bytes;
    "memory.free" "5a0fba9d-33d7-3cbf-addd-ba462040c946" "Free memory" Gauge Integer Bytes;
    "cpu.current.user" "a1fab379-66e2-3b1d-9914-81a9e79cb719" "User CPU usage" Gauge Decimal Percent;
    "cpu.current.system" "a98c1e11-078c-3593-a57e-4b12c1ce9815" "System CPU usage" Gauge Decimal Percent;
    "cpu.current.idle" "4ae97794-f56d-3f05-a9e7-8798887cd1ac" "Idle CPU usage" Gauge Decimal Percent;
};

/// How long values stay the same.
const INTERVAL: Duration = Duration::from_secs(15);
/// The most values of the history of a virtual machine, and the milliseconds between them.
const HISTORY: (i64, i64) = (10, 30_000);

pub(super) fn register(registry: &mut Registry) {
    registry.compute("statistics", |context, parent| compute(context.state, parent));
    registry.show_as_detail("host_nic", "statistics");
    registry.show_as_detail("vm", "statistics");
}

fn compute(state: &State, parent: &str) -> Vec<Box<dyn Object>> {
    let kind = state.object(parent).map(|object| object.info().name);
    match kind {
        Some(kind) if kind == Vm::INFO.name => vm(state, parent),
        Some(kind) if kind == Host::INFO.name => host(state, parent),
        Some(kind) if kind == Nic::INFO.name => nic(state, parent),
        Some(kind) if kind == HostNic::INFO.name => host_nic(state, parent),
        Some(kind) if kind == Disk::INFO.name => disk(state, parent),
        Some(kind) if kind == NumaNode::INFO.name => numa(state, parent),
        _ => Vec::new(),
    }
}

/// The statistics of a table. `values` returns the values of a name, and `adopt` sets the owner.
fn statistics(
    rows: &[Row],
    values: impl Fn(&str) -> Vec<Value>,
    adopt: impl Fn(&mut Statistic),
) -> Vec<Box<dyn Object>> {
    let statistic = |row: &Row| {
        let Row(name, id, text, kind, type_, unit) = row;
        let mut statistic = Statistic::with_id(*id)
            .name(*name)
            .description(*text)
            .kind(kind.clone())
            .type_(type_.clone())
            .unit(unit.clone())
            .values(values(name));
        adopt(&mut statistic);
        let statistic: Box<dyn Object> = Box::new(statistic);
        statistic
    };
    rows.iter().map(statistic).collect()
}

fn decimal(number: f64) -> Vec<Value> {
    vec![Value::new().datum(number)]
}

/// The value of an integer.
#[allow(clippy::cast_precision_loss, reason = "numbers of bytes are far below the limit of exact numbers")]
fn whole(number: i64) -> Vec<Value> {
    decimal(number as f64)
}

/// A number of hundredths.
#[allow(clippy::cast_precision_loss, reason = "the numbers are small")]
fn hundredths(number: i64) -> f64 {
    number as f64 / 100.0
}

/// A number from 0 to below `end` that looks random, and that depends only on a subject and the time.
fn varying(state: &State, subject: &str, end: u64) -> i64 {
    let moment = state.now_millis() / i64::try_from(INTERVAL.as_millis()).unwrap_or(1);
    varying_at(subject, moment, end)
}

fn varying_at(subject: &str, moment: i64, end: u64) -> i64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in subject.bytes().chain(moment.to_le_bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash ^= hash >> 32;
    i64::try_from(hash % end.max(1)).unwrap_or_default()
}

/// The seconds since a virtual machine was started.
fn age(state: &State, vm: &Vm) -> i64 {
    let started = vm.start_time.map_or(state.now_millis(), ovirt_sdk::types::DateTime::unix_millis);
    (state.now_millis() - started).max(0) / 1000
}

fn vm(state: &State, path: &str) -> Vec<Box<dyn Object>> {
    let Some(vm) = state.get::<Vm>(path) else { return Vec::new() };
    let is_running = is_running(state, path);
    let has_agent = vm.fqdn.is_some();
    let memory = vm.memory.unwrap_or_default();
    let varying = |what: &str, end: u64| varying(state, &format!("{path} {what}"), end);
    let used = if is_running { 20 + varying("memory", 50) } else { 0 };
    let (guest, overhead) = if is_running { (1 + varying("guest", 30), varying("overhead", 4)) } else { (0, 0) };
    let part = |percent: i64| if has_agent { memory / 100 * percent } else { 0 };
    let migration = if vm.status == Some(VmStatus::Migrating) { 1 + varying("migration", 98) } else { 0 };
    let history = |what: &str, end: u64| -> Vec<Value> {
        let count = if is_running { (age(state, vm) * 1000 / HISTORY.1).min(HISTORY.0) } else { 0 };
        let value = |step: i64| varying_at(&format!("{path} {what}"), state.now_millis() / HISTORY.1 - step, end);
        (0..count).flat_map(|step| whole(value(step))).collect()
    };
    let values = |name: &str| match name {
        "memory.installed" => whole(memory),
        "memory.used" => whole(memory / 100 * used),
        "cpu.current.guest" => whole(guest),
        "cpu.current.hypervisor" => whole(overhead),
        "cpu.current.total" => whole(guest + overhead),
        "migration.progress" => whole(migration),
        "memory.buffered" => whole(part(2)),
        "memory.cached" => whole(part(10)),
        "memory.free" => whole(part(100 - used)),
        "memory.unused" => whole(part(88 - used)),
        "network.current.total" if is_running => whole(varying("network", 5)),
        "disks.usage" => {
            let usage = r#"[{"path":"/","total":"10722738176","used":"2147483648","fs":"xfs"}]"#;
            vec![Value::new().detail(if has_agent { usage } else { "" })]
        }
        "elapsed.time" if is_running => whole(age(state, vm)),
        "cpu.usage.history" => history("guest", 34),
        "memory.usage.history" => history("memory", 70),
        "network.usage.history" => history("network", 5),
        _ => whole(0),
    };
    statistics(VM, values, |it| it.vm = Some(Box::new(Vm::with_id(last(path)))))
}

/// The values of an interface: current rates if it works, and totals since a number of seconds.
fn traffic<'s>(state: &'s State, path: &'s str, works: bool, since: i64) -> impl Fn(&str) -> Vec<Value> + 's {
    move |name: &str| {
        let (what, base) = if name.contains(".rx") { ("rx", 4096) } else { ("tx", 2048) };
        let rate = if works { varying(state, &format!("{path} {what}"), base) } else { 0 };
        match name {
            "data.current.rx" | "data.current.tx" => whole(rate),
            "data.current.rx.bps" | "data.current.tx.bps" => whole(rate * 8),
            "data.total.rx" | "data.total.tx" => whole(since * i64::try_from(base).unwrap_or_default() / 2),
            _ => whole(0),
        }
    }
}

fn nic(state: &State, path: &str) -> Vec<Box<dyn Object>> {
    let vm = references::top_level_object(path);
    let plugged = state.get::<Nic>(path).is_some_and(|nic| nic.plugged != Some(false) && nic.linked != Some(false));
    let works = plugged && is_running(state, &vm);
    let since = state.get::<Vm>(&vm).filter(|_| works).map_or(0, |vm| age(state, vm));
    let reference = Nic::with_id(last(path)).href(path);
    let traffic = traffic(state, path, works, since);
    // The totals are unknown until the host reports them.
    let values = |name: &str| if !works && name.contains(".total.") { Vec::new() } else { traffic(name) };
    statistics(INTERFACE, values, |it| it.nic = Some(Box::new(reference.clone())))
}

fn host_nic(state: &State, path: &str) -> Vec<Box<dyn Object>> {
    let host = references::top_level_object(path);
    let works = state.get::<Host>(&host).is_some_and(|host| host.status == Some(HostStatus::Up));
    let since = if works { state.now_millis() / 1000 % 1_000_000 } else { 0 };
    let reference = HostNic::with_id(last(path)).href(path).host(Host::with_id(last(&host)));
    statistics(INTERFACE, traffic(state, path, works, since), |it| it.host_nic = Some(Box::new(reference.clone())))
}

fn disk(state: &State, path: &str) -> Vec<Box<dyn Object>> {
    let attached = |vm: &String| state.contains(&format!("{vm}/{DISK_ATTACHMENTS}/{}", last(path)));
    let works = state.paths(VMS).into_iter().find(attached).is_some_and(|vm| is_running(state, &vm));
    let varying = |what: &str, end: u64| if works { varying(state, &format!("{path} {what}"), end) } else { 0 };
    let values = |name: &str| match name {
        "data.current.read" => whole(varying("read", 65_536)),
        "data.current.write" => whole(varying("write", 131_072)),
        "data.current.read_ops" => whole(varying("read", 65_536) / 512),
        "data.current.write_ops" => whole(varying("write", 131_072) / 512),
        "disk.flush.latency" => whole(0),
        _ if works => decimal(0.000_25),
        _ => whole(0),
    };
    statistics(DISK, values, |it| it.disk = Some(Box::new(Disk::with_id(last(path)))))
}

fn host(state: &State, path: &str) -> Vec<Box<dyn Object>> {
    const MIB: i64 = 1 << 20;
    let Some(host) = state.get::<Host>(path) else { return Vec::new() };
    let up = host.status == Some(HostStatus::Up);
    let total = host.memory.unwrap_or_default();
    let vms = scheduler::vms_on(state, path);
    let memory_of_vms = vms.iter().filter_map(|vm| state.get::<Vm>(vm)?.memory).fold(0, i64::saturating_add);
    let used = if up { (total / 10 + memory_of_vms / 100 * 60).min(total) } else { 0 };
    let varying = |what: &str, end: u64| if up { varying(state, &format!("{path} {what}"), end) } else { 0 };
    let (user, system) = (varying("user", 20), varying("system", 10));
    let values = |name: &str| match name {
        "memory.total" => whole(total),
        "memory.used" => whole(used),
        "memory.free" => whole(total - used),
        "swap.total" | "swap.free" => whole(4096 * MIB),
        "cpu.current.user" => whole(user),
        "cpu.current.system" => whole(system),
        "cpu.current.idle" => whole(100 - user - system),
        "cpu.load.avg.5m" => decimal(hundredths(varying("load", 300))),
        "boot.time" if up => whole(state.now_millis() / 1000 / 1_000_000 * 1_000_000),
        _ => whole(0),
    };
    statistics(HOST, values, |it| it.host = Some(Box::new(Host::with_id(last(path)))))
}

fn numa(state: &State, path: &str) -> Vec<Box<dyn Object>> {
    let Some(node) = state.get::<NumaNode>(path) else { return Vec::new() };
    // The memory of a node is in MiB.
    let total = node.memory.unwrap_or_default();
    let used = total / 10;
    let (user, system) = (varying(state, &format!("{path} user"), 20), varying(state, &format!("{path} system"), 10));
    let values = |name: &str| match name {
        "memory.total" => whole(total),
        "memory.used" => whole(used),
        "memory.free" => whole(total - used),
        "cpu.current.user" => whole(user),
        "cpu.current.system" => whole(system),
        _ => whole(100 - user - system),
    };
    let reference =
        NumaNode::with_id(last(path)).href(path).host(Host::with_id(last(&references::top_level_object(path))));
    statistics(NUMA, values, |it| it.host_numa_node = Some(Box::new(reference.clone())))
}

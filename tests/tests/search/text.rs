//! The texts of conditions, and what can't be expressed.

use std::time::Duration;

use ovirt_sdk::search::{self, Condition, cluster, disk, event, host, storage_domain, template, vm};
use ovirt_sdk::types::{DateTime, DiskStatus, HostStatus, LogSeverity, Vm, VmStatus};

fn date() -> DateTime {
    "2026-11-20T23:30:00+02:00".parse().unwrap()
}

#[test]
fn each_kind_of_field_has_its_values() {
    let id = "5b2f6a9e-0c1d-4f7e-9a3b-112233445566";
    for (text, expected) in [
        (vm::NAME.eq("web*").to_text(), "name=web*"),
        (vm::NAME.one_of(["a", "b c"]).to_text(), "name=a or name=\"b c\""),
        (vm::STATUS.eq(VmStatus::PoweringUp).to_text(), "status=PoweringUp"),
        (vm::STATUS.eq(VmStatus::Migrating).to_text(), "status=MigratingFrom or status=MigratingTo"),
        (vm::STATUS.ne(VmStatus::Migrating).to_text(), "status!=MigratingFrom and status!=MigratingTo"),
        (vm::STATUS.one_of([VmStatus::Up, VmStatus::Paused]).to_text(), "status=Up or status=Paused"),
        (vm::MEMORY.gt((1 << 30) + 1).to_text(), "memory>1024"),
        (vm::MEMORY.ge((1 << 30) + 1).to_text(), "memory>=1025"),
        (vm::MEMORY.lt((1 << 30) + 1).to_text(), "memory<1025"),
        (vm::MEMORY.le((1 << 30) + 1).to_text(), "memory<=1024"),
        (vm::UPTIME.gt(Duration::from_secs(90_061)).to_text(), "uptime>1.01:01:01"),
        (vm::CREATION_DATE.lt(date()).to_text(), "creationdate<\"Nov 20, 2026 21:30:00 UTC\""),
        (vm::QUOTA.is_unset().to_text(), "quota=null"),
        (vm::QUOTA.is_set().to_text(), "quota!=null"),
        (vm::APPS.contains("kernel").to_text(), "apps=kernel"),
        (vm::ID.eq(id).to_text(), "id=5b2f6a9e-0c1d-4f7e-9a3b-112233445566"),
        (vm::NEXT_RUN_CONFIG_EXISTS.eq(true).to_text(), "next_run_config_exists=true"),
        (vm::HOST.with(host::STATUS.eq(HostStatus::Up)).to_text(), "host.status=Up"),
        (vm::VNIC.with(search::nic::NETWORK_NAME.eq("lan")).to_text(), "vnic.network_name=lan"),
    ] {
        assert_eq!(text.unwrap(), expected);
    }
    assert_eq!(disk::SIZE.gt(10 << 30).to_text().unwrap(), "size>10737418240");
    assert_eq!(disk::STATUS.eq(DiskStatus::Ok).to_text().unwrap(), "status=OK");
    assert_eq!(disk::ALLOCATION_POLICY.eq("sparse").to_text().unwrap(), "allocation_policy=Sparse");
    assert_eq!(event::TIME.eq(date()).to_text().unwrap(), "time=\"Nov 20, 2026\"");
    assert_eq!(event::SEVERITY.ge(LogSeverity::Error).to_text().unwrap(), "severity>=ERROR");
    assert_eq!(template::ID.eq(id).to_text().unwrap(), format!("_vmt_id={id}"));
    assert_eq!(storage_domain::FREE_SIZE.gt(5 << 30).to_text().unwrap(), "free_size>5");
    assert_eq!(cluster::STORAGE.with(storage_domain::NAME.eq("a")).to_text().unwrap(), "storage.name=a");
}

#[test]
fn conditions_combine_without_parentheses() {
    let [a, b, c, d] = ["a", "b", "c", "d"].map(|name| vm::NAME.eq(name));
    let text = |condition: Condition<Vm>| condition.to_text().unwrap();
    assert_eq!(text(a.clone().and(b.clone()).or(c.clone())), "name=a and name=b or name=c");
    assert_eq!(text(a.clone().and(b.clone().or(c.clone()))), "name=a name=b or name=c");
    assert_eq!(text(a.clone().or(b.clone()).and(c.clone().or(d.clone()))), "name=a or name=b name=c or name=d",);
    assert_eq!(
        text(a.clone().or(b.clone().and(c.clone().or(d.clone())))),
        "name=a or name=b and name=c or name=b and name=d",
    );
    assert_eq!(text(!(a.or(!b))), "name!=a and name=b");
}

/// After a condition, the engine reads `or` where `origin` begins.
#[test]
fn names_that_begin_with_a_connective_stand_elsewhere() {
    let text = |condition: Condition<_>| condition.to_text().unwrap();
    let origin = |name: &str| event::ORIGIN.eq(name);
    let message = event::MESSAGE.eq("x");
    assert_eq!(text(origin("a").and(message.clone())), "origin=a and message=x");
    let either = origin("a").or(origin("b"));
    assert_eq!(text(message.clone().and(either.clone())), "origin=a or origin=b message=x");
    assert_eq!(text(either.clone().and(origin("c").or(message))), "origin=a or origin=b message=x or origin=c",);
    let or_both = either.and(origin("c").or(origin("d")));
    assert!(text(or_both).starts_with("origin=a and origin=c or "));
}

#[test]
fn what_cannot_be_expressed_is_an_error() {
    let error = |condition: &Condition<Vm>| condition.to_text().unwrap_err().to_string();
    for (condition, part) in [
        (vm::NAME.eq("a\"b"), "name: a search can't contain '\"'"),
        (vm::NAME.literal("a*"), "can't stand for itself"),
        (vm::OS.eq(""), "use `is_unset`"),
        (vm::ID.eq("123"), "id: `123` is not an identifier"),
        (vm::MEMORY.eq(1), "memory: 1 is not a multiple of 1048576"),
        (vm::CPU_USAGE.gt(1 << 40), "too large"),
        (vm::STATUS.eq(VmStatus::Unknown("dancing".into())), "searches don't know `dancing`"),
        (!vm::MEMORY.gt(0), "can't negate `memory>"),
        (Condition::any([]), "at least one condition"),
        (vm::HOST.with(host::VM.with(vm::NAME.eq("a"))), "can't contain `host.vm.name`"),
    ] {
        assert!(error(&condition).contains(part), "{}", error(&condition));
    }
    let pair = vm::NAME.eq("a").and(vm::COMMENT.eq("b"));
    let huge = Condition::any((0..20).map(|_| pair.clone())).and(vm::NAME.eq("c"));
    let huge = (0..10).fold(huge.clone(), |all, _| all.and(huge.clone()));
    assert!(error(&huge.or(vm::NAME.eq("d"))).contains("too long"));
}

#[tokio::test]
async fn an_invalid_condition_fails_when_it_is_sent() {
    let (engine, connection) = crate::engine().await;
    let error = connection.system().vms().list().search(vm::NAME.eq("\"")).send().await.unwrap_err();
    assert!(error.to_string().contains("a search can't contain"), "{error}");
    engine.assert_not_called("GET", "vms");
}

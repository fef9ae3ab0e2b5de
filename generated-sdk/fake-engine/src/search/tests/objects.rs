//! Searches among objects of the API.

use std::collections::BTreeMap;

use super::{Value, now, texts};
use crate::search::{self, ObjectSubject, Source, Subject, refers};
use ovirt_sdk::object::Object;
use ovirt_sdk::types::{
    Cluster, CpuTopology, DataCenter, Disk, DiskAttachment, Event, Host, Job, Network, NetworkUsage, Permission,
    Statistic, StorageDomain, Tag, User, Vm, VmStatus,
};
use ovirt_sdk::xml;

type Items = Vec<Box<dyn Object>>;

/// Objects by struct and identifier, and the items of sub-collections by owner and member.
#[derive(Default)]
struct Store {
    objects: BTreeMap<&'static str, BTreeMap<String, Box<dyn Object>>>,
    items: BTreeMap<String, BTreeMap<&'static str, Items>>,
}

impl Store {
    fn put(&mut self, id: &str, object: impl Object) {
        self.objects.entry(object.info().name).or_default().insert(id.to_owned(), Box::new(object));
    }

    fn put_item(&mut self, owner: &str, member: &'static str, item: impl Object) {
        self.items.entry(owner.to_owned()).or_default().entry(member).or_default().push(Box::new(item));
    }

    fn of(&self, kind: &str) -> impl Iterator<Item = &dyn Object> {
        let of_kind = self.objects.get(kind).into_iter().flat_map(BTreeMap::values).map(|object| &**object);
        let items = self.items.values().flat_map(BTreeMap::values).flatten().map(|item| &**item);
        let items = items.filter(move |item| item.info().name == kind);
        of_kind.chain(items)
    }

    /// The names of what is found, or the identifiers of what has no name.
    fn find(&self, kind: &str, text: &str) -> Vec<String> {
        let entity = crate::entities::of_type(self.of(kind).next().unwrap().info());
        let query = search::parse(&entity, text, now()).unwrap_or_else(|error| panic!("{text}: {error}"));
        let subjects = self.of(kind).map(|object| ObjectSubject { object, source: self }).collect();
        let found: Vec<ObjectSubject<'_>> = query.select(subjects, false, None);
        let name = |subject: &ObjectSubject<'_>| {
            let values = [subject.values("name"), subject.values("id")].concat();
            values.first().map(|value| value.to_text().into_owned()).unwrap_or_default()
        };
        found.iter().map(name).collect()
    }
}

impl Source for Store {
    fn object(&self, kind: &str, id: &str) -> Option<&dyn Object> {
        self.objects.get(kind)?.get(id).map(|object| &**object)
    }

    fn items(&self, owner: &dyn Object, member: &str) -> Vec<&dyn Object> {
        let id = ovirt_sdk::object::member(owner, "id").and_then(ovirt_sdk::object::Slot::text).unwrap_or_default();
        let items = self.items.get(&id).and_then(|members| members.get(member));
        items.into_iter().flatten().map(|item| &**item).collect()
    }

    fn referring(&self, kind: &str, member: &str, id: &str) -> Vec<&dyn Object> {
        self.of(kind).filter(|object| refers(*object, member, id)).collect()
    }

    fn hidden(&self, owner: &dyn Object, name: &str) -> Vec<Value> {
        match (owner.info().name, name) {
            ("job", "correlation_id") => texts(&["abc"]),
            _ => Vec::new(),
        }
    }
}

fn store() -> Store {
    let mut store = Store::default();
    store.put("dc1", DataCenter::new().id("dc1").name("Default"));
    let version = ovirt_sdk::types::Version::new().major(4).minor(7);
    store.put("c1", Cluster::new().id("c1").name("Lab").data_center(DataCenter::with_id("dc1")).version(version));
    store.put("h1", Host::new().id("h1").name("alpha").cluster(Cluster::with_id("c1")).memory(8 << 30));
    store.put("h2", Host::new().id("h2").name("beta").cluster(Cluster::with_id("c1")));
    let topology = CpuTopology::new().sockets(2).cores(4);
    let web = Vm::new().id("v1").name("web1").status(VmStatus::Up).cluster(Cluster::with_id("c1"));
    let web = web.cpu(ovirt_sdk::types::Cpu::new().topology(topology)).memory(1 << 30).host(Host::with_id("h1"));
    store.put("v1", web.creation_time("2026-11-20T12:00:00+02:00".parse::<ovirt_sdk::types::DateTime>().unwrap()));
    store.put("v2", Vm::new().id("v2").name("web2").status(VmStatus::Down).cluster(Cluster::with_id("c1")));
    let elapsed = ovirt_sdk::types::Value::new().datum(7200.0);
    store.put_item("v1", "statistics", Statistic::new().name("elapsed.time").values([elapsed]));
    store.put_item(
        "v1",
        "statistics",
        Statistic::new().name("cpu.current.total").values([ovirt_sdk::types::Value::new().datum(55.5)]),
    );
    store.put("t0", Tag::new().id("t0").name("root"));
    store.put("t1", Tag::new().id("t1").name("world").parent(Tag::with_id("t0")));
    store.put("t2", Tag::new().id("t2").name("europe").parent(Tag::with_id("t1")));
    store.put_item("v1", "tags", Tag::with_id("t2"));
    store.put(
        "d1",
        Disk::new()
            .id("d1")
            .name("data")
            .alias("data")
            .provisioned_size(10 << 30)
            .sparse(true)
            .storage_domains([StorageDomain::with_id("s1")]),
    );
    store.put(
        "s1",
        StorageDomain::new().id("s1").name("nfs").available(100 << 30).data_centers([DataCenter::with_id("dc1")]),
    );
    let attachment = DiskAttachment::new().id("d1").disk(Disk::with_id("d1")).vm(Vm::with_id("v1"));
    store.put_item("v1", "disk_attachments", attachment);
    store.put("u1", User::new().id("u1").name("Mary").principal("mary").user_name("mary@internal"));
    store.put("p1", Permission::new().id("p1").user(User::with_id("u1")).vm(Vm::with_id("v1")));
    store.put("1", Event::new().id("1").code(30).severity(ovirt_sdk::types::LogSeverity::Normal).vm(Vm::with_id("v1")));
    store.put(
        "2",
        Event::new()
            .id("2")
            .code(119)
            .severity(ovirt_sdk::types::LogSeverity::Error)
            .vm(Vm::with_id("v2"))
            .host(Host::with_id("h1")),
    );
    store.put("j1", Job::new().id("j1").description("Launching VM web1"));
    store.put(
        "n1",
        Network::new().id("n1").name("net").usages([NetworkUsage::Vm]).data_center(DataCenter::with_id("dc1")),
    );
    store.put("n2", Network::new().id("n2").name("storage").usages([NetworkUsage::Migration]));
    store
}

#[track_caller]
fn finds(kind: &str, text: &str, expected: &[&str]) {
    assert_eq!(store().find(kind, text), expected, "{kind}: {text}");
}

#[test]
fn fields_of_an_object_are_searched() {
    finds("vm", "name=web* and status=up", &["web1"]);
    finds("vm", "memory=1024", &["web1"]);
    finds("vm", "vcpus>=8", &["web1"]);
    finds("vm", "creationdate>\"Nov 20, 2026 9:59\"", &["web1"]);
    finds("vm", "creationdate>\"Nov 20, 2026 10:01\"", &[]);
    finds("storage_domain", "free_size>=100", &["nfs"]);
    finds("disk", "size>10737418239 allocation_policy=sparse", &["data"]);
    finds("disk", "allocation_policy=preallocated", &[]);
    finds("network", "vmnetwork=true", &["net"]);
    finds("network", "vmnetwork=false", &["storage"]);
    finds("cluster", "compatibility_level=4.7", &["Lab"]);
}

#[test]
fn references_are_followed() {
    finds("vm", "cluster=lab", &["web1", "web2"]);
    finds("vm", "datacenter=default and compatibility_level=4.7 and on_host=alpha", &["web1"]);
    finds("vm", "lab", &["web1", "web2"]);
    finds("vm", "storage.name=nfs", &["web1"]);
    finds("vm", "host.memory=8192", &["web1"]);
    finds("disk", "storage=nf and datacenter.name=default", &["data"]);
    finds("network", "sortby datacenter desc", &["net", "storage"]);
}

#[test]
fn sub_collections_are_searched() {
    finds("vm", "uptime>01:00", &["web1"]);
    finds("vm", "cpu_usage>55", &["web1"]);
    finds("vm", "cpu_usage>7000", &[]);
    finds("vm", "tag=europe", &["web1"]);
    finds("vm", "tag=world", &["web1"]);
    finds("vm", "tag!=world", &["web1", "web2"]);
}

#[test]
fn objects_are_found_by_those_that_refer_to_them() {
    finds("host", "vms.name=web1", &["alpha"]);
    finds("host", "vm.status=down", &[]);
    finds("host", "vms.name!=web1", &["beta"]);
    finds("host", "users.name=mary", &["alpha"]);
    finds("vm", "users.usrname=mary@internal", &["web1"]);
    finds("vm", "events.severity=error", &["web2"]);
    finds("user", "vms.cluster=lab and type=user", &["Mary"]);
    finds("disk", "vm_names=web1 and number_of_vms=1", &["data"]);
    finds("storage_domain", "hosts.name=beta and clusters.name=lab", &["nfs"]);
    finds("data_center", "clusters.name=lab and network.name=net", &["Default"]);
    finds("cluster", "datacenter.name=default", &["Lab"]);
    finds("event", "vm.name=web*", &["2", "1"]);
    finds("event", "host.name=alpha and type=119 and deleted=false", &["2"]);
}

#[test]
fn notes_come_from_the_source() {
    finds("job", "correlation_id=abc", &["j1"]);
    finds("job", "correlation_id=ab*", &[]);
}

#[test]
fn types_without_search_fields_are_searched_by_their_fields() {
    finds("tag", "name=wor*", &["world"]);
    finds("permission", "id=p1", &["p1"]);
}

#[test]
fn cycles_of_references_end() {
    let mut store = Store::default();
    store.put("t1", Tag::new().id("t1").name("one").parent(Tag::with_id("t2")));
    store.put("t2", Tag::new().id("t2").name("two").parent(Tag::with_id("t1")));
    store.put("v1", Vm::new().id("v1").name("a"));
    store.put_item("v1", "tags", Tag::with_id("t1"));
    assert_eq!(store.find("vm", "tag=two"), ["a"]);
    assert_eq!(store.find("vm", "tag=three"), [""; 0]);
}

#[test]
fn decoded_objects_can_be_searched() {
    let text = r#"<vm id="7"><name>web1</name><status>up</status><cluster id="c1"><name>Inline</name></cluster></vm>"#;
    let vm: Vm = xml::from_str(text).unwrap();
    let subject = ObjectSubject { object: &vm, source: &Store::default() };
    let query = search::parse(&crate::entities::of_type(vm.info()), "cluster=inline status=up", now()).unwrap();
    assert!(query.matches(&subject, false));
    assert_eq!(subject.values("host/name"), []);
    assert_eq!(subject.values("no/such/thing"), []);
    assert_eq!(subject.values(""), []);
}

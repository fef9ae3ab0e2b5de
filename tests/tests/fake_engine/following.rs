//! Every link that an engine can follow is followed once, from objects of all services.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use ovirt_fake_engine::FakeEngine;
use ovirt_sdk::http::Method;
use ovirt_sdk::object::{self, Following, Member, Object};
use ovirt_sdk::pipeline::RetryPolicy;
use ovirt_sdk::service::{Service as _, ServiceInfo};
use ovirt_sdk::services::SystemService;
use ovirt_sdk::xml::{DecodeOptions, Document};
use ovirt_sdk::{Connection, registry};
use ovirt_sdk_generator::model::Verb;

use crate::walk::{Known, Walk, known};

/// How many objects of a collection are looked at.
const OBJECTS: usize = 10;

/// Services whose objects have only an ID.
const WITHOUT_LINKS: [&str; 2] = ["virtual_function_allowed_network", "virtual_function_allowed_networks"];

/// Links that no object has here, and why.
const WITHOUT_OBJECTS: &[(&str, &[Followed])] = &[
    ("only a running backup has disks", &[("backup", "disks"), ("checkpoint", "disks")]),
    ("snapshots of disks are created with those of virtual machines", &[("disk_snapshot", "parent")]),
    (
        "the fake engine creates no Gluster volumes",
        &[
            ("gluster_brick", "gluster_volume"),
            ("gluster_brick", "statistics"),
            ("gluster_hook", "cluster"),
            ("gluster_volume", "cluster"),
            ("gluster_volume", "statistics"),
        ],
    ),
    (
        "no external provider has anything",
        &[
            ("host", "external_host_provider"),
            ("network", "external_provider"),
            ("network", "external_provider_physical_network"),
            ("open_stack_volume_provider", "authentication_keys"),
            ("open_stack_volume_provider", "certificates"),
            ("open_stack_volume_provider", "volume_types"),
            ("vm", "external_host_provider"),
        ],
    ),
    (
        "no device is passed through",
        &[("host_device", "vm"), ("host_nic", "physical_function"), ("vnic_profile", "failover")],
    ),
    (
        "a new quota has general limits",
        &[("quota_cluster_limit", "cluster"), ("quota_storage_limit", "storage_domain")],
    ),
    ("nobody uses a console", &[("session", "user")]),
    ("no operation has such steps", &[("step", "execution_host"), ("step", "parent_step")]),
];

/// A struct and a link of it.
type Followed = (&'static str, &'static str);

struct Look<'l> {
    connection: &'l Connection,
    known: &'l BTreeMap<String, Known>,
    followed: BTreeSet<Followed>,
    problems: Vec<String>,
}

impl Look<'_> {
    /// The objects at a path.
    async fn read(&self, path: &str, follow: Option<&str>) -> Result<Vec<Box<dyn Object>>, String> {
        let request = self.connection.raw(Method::Get, path);
        let request = follow.into_iter().fold(request, |request, links| request.query("follow", links));
        let text = request.send().await.map_err(|error| error.to_string())?.text();
        let document = Document::read(text.as_bytes(), &DecodeOptions::new().strict(true));
        document.map(Document::into_objects).map_err(|error| format!("{error}\n{text}"))
    }

    async fn at(&mut self, info: &'static ServiceInfo, path: String) {
        let known = &self.known[info.name];
        let mut ids = Vec::new();
        if known.has(Verb::List) || known.has(Verb::Get) {
            let objects = self.read(&path, None).await.unwrap_or_default();
            ids = objects.iter().filter_map(|object| object::member(&**object, "id")?.text()).take(OBJECTS).collect();
            // A list is followed as a whole.
            let item = info.object().unwrap_or(info);
            if let Some(object) = objects.first() {
                self.follow(item, &path, &**object, !known.has(Verb::Get)).await;
            }
        }
        if let Some(object) = info.object() {
            for id in ids {
                Box::pin(self.at(object, format!("{path}/{id}"))).await;
            }
        }
        for (segment, child) in info.children() {
            let below = if path.is_empty() { segment.to_owned() } else { format!("{path}/{segment}") };
            Box::pin(self.at(child, below)).await;
        }
    }

    async fn follow(&mut self, info: &'static ServiceInfo, path: &str, object: &dyn Object, is_list: bool) {
        for member in object.info().members {
            // In some collections, objects have fewer links than in others.
            let segment = member.name.replace('_', "");
            let has_link = !WITHOUT_LINKS.contains(&info.name);
            let has_link = has_link && (member.rel.is_none() || info.children().any(|(child, _)| child == segment));
            let must_succeed = member.following == Following::Always && has_link;
            if member.following == Following::Never || is_list && !must_succeed {
                continue;
            }
            let link = (object.info().name, member.name);
            match self.read(path, Some(member.name)).await {
                Ok(objects) if objects.iter().all(|object| is_whole(&**object, member)) => {
                    self.followed.insert(link);
                }
                Ok(_) => self.problems.push(format!("{path}: {link:?} is not there")),
                Err(error) if must_succeed => self.problems.push(format!("{path}: {link:?}: {error}")),
                Err(_) => {}
            }
        }
    }
}

/// Whether an object has more of a linked object than a reference, and its items in place of the link to a list.
fn is_whole(object: &dyn Object, member: &Member) -> bool {
    let Some(slot) = object::member(object, member.name) else { return false };
    let is_more = |object: &dyn Object| {
        let mut fields = object::members(object).filter(|(_, slot)| slot.is_set());
        fields.any(|(member, _)| !["id", "href", "name"].contains(&member.name))
    };
    match slot.as_object() {
        Some(linked) => is_more(linked),
        None => slot.as_list().is_some(),
    }
}

/// Adds an object. Returns its ID.
async fn add(connection: &Connection, path: &str, body: &str) -> String {
    let reply = connection.raw(Method::Post, path).body(body).send().await;
    let text = reply.unwrap_or_else(|error| panic!("{path}: {error}")).text();
    let document = Document::read(text.as_bytes(), &DecodeOptions::new()).unwrap();
    document.objects().find_map(|object| object::member(object, "id")?.text()).unwrap()
}

/// The ID of the first object of a collection that has no type, or is for data.
async fn first(connection: &Connection, path: &str) -> String {
    let text = connection.raw(Method::Get, path).send().await.unwrap().text();
    let document = Document::read(text.as_bytes(), &DecodeOptions::new()).unwrap();
    let text = |object: &dyn Object, name: &str| object::member(object, name).and_then(object::Slot::text);
    let mut objects = document.objects().filter(|object| text(*object, "type").is_none_or(|kind| kind == "data"));
    objects.find_map(|object| text(object, "id")).unwrap()
}

/// Adds objects with links that those of the walk don't have.
async fn prepare(engine: &FakeEngine, connection: &Connection) {
    let data_center = format!("datacenters/{}", first(connection, "datacenters").await);
    let domain = first(connection, "storagedomains").await;
    let qoss = format!("{data_center}/qoss");
    let qos = add(connection, &qoss, "<qos><name>cpu</name><type>cpu</type><cpu_limit>50</cpu_limit></qos>").await;
    let cluster = format!("<cluster id=\"{}\"/>", first(connection, "clusters").await);
    let body = format!("<cpu_profile><name>slow</name>{cluster}<qos id=\"{qos}\"/></cpu_profile>");
    add(connection, "cpuprofiles", &body).await;
    let body = "<qos><name>storage</name><type>storage</type><max_throughput>10</max_throughput></qos>";
    let qos = add(connection, &qoss, body).await;
    let body =
        format!("<disk_profile><name>slow</name><storage_domain id=\"{domain}\"/><qos id=\"{qos}\"/></disk_profile>");
    add(connection, "diskprofiles", &body).await;
    let body = "<qos><name>network</name><type>network</type><inbound_average>10</inbound_average>\
        <inbound_peak>10</inbound_peak><inbound_burst>10</inbound_burst></qos>";
    let qos = add(connection, &qoss, body).await;
    let network = first(connection, "networks").await;
    let body = format!("<vnic_profile><name>slow</name><network id=\"{network}\"/><qos id=\"{qos}\"/></vnic_profile>");
    add(connection, "vnicprofiles", &body).await;

    let quota = add(connection, &format!("{data_center}/quotas"), "<quota><name>all</name></quota>").await;
    let body = format!(
        "<vm><name>linked</name>{cluster}<template><name>Blank</name></template>\
         <instance_type><name>Small</name></instance_type><quota id=\"{quota}\"/></vm>"
    );
    let vm = add(connection, "vms", &body).await;
    engine.advance(Duration::from_secs(60));
    let body = format!("<template><name>linked</name><vm id=\"{vm}\"/></template>");
    add(connection, "templates", &body).await;
    engine.advance(Duration::from_secs(600));
    let body = format!(
        "<vm_pool><name>linked</name>{cluster}<template><name>linked</name></template>\
         <instance_type><name>Small</name></instance_type><size>1</size></vm_pool>"
    );
    add(connection, "vmpools", &body).await;
    add(connection, "tags", "<tag><name>child</name></tag>").await;
    let disk = first(connection, "disks").await;
    let body = format!("<image_transfer><disk id=\"{disk}\"/><direction>download</direction></image_transfer>");
    add(connection, "imagetransfers", &body).await;
}

#[tokio::test]
async fn every_link_can_be_followed() {
    let known = known();
    let engine = FakeEngine::builder().manual_clock().vms(3).start().await.unwrap();
    let connection = engine.connect().retry(RetryPolicy::none()).build().unwrap();
    Walk::new(&connection, &known).service(SystemService::info(), String::new()).await;
    prepare(&engine, &connection).await;
    let mut look = Look { connection: &connection, known: &known, followed: BTreeSet::new(), problems: Vec::new() };
    look.at(SystemService::info(), String::new()).await;
    assert!(look.problems.is_empty(), "{}", look.problems.join("\n"));
    let links = registry::structs().iter().flat_map(|info| {
        let members = info.members.iter().filter(|member| member.following != Following::Never);
        members.map(|member| (info.name, member.name))
    });
    let links: BTreeSet<Followed> = links.collect();
    let exceptions: BTreeSet<Followed> = WITHOUT_OBJECTS.iter().flat_map(|(_, links)| *links).copied().collect();
    let missing: Vec<_> = links.difference(&look.followed).filter(|link| !exceptions.contains(link)).collect();
    assert!(missing.is_empty(), "{} of {} links were not followed: {missing:?}", missing.len(), links.len());
    let unnecessary: Vec<_> = exceptions.intersection(&look.followed).collect();
    assert!(unnecessary.is_empty(), "{unnecessary:?} were followed");
}

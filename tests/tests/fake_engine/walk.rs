//! A walk through the whole API from the root that looks, makes, changes and acts wherever it comes by.

use std::collections::{BTreeMap, BTreeSet};

use ovirt_sdk::Connection;
use ovirt_sdk::http::Method;
use ovirt_sdk::service::ServiceInfo;
use ovirt_sdk::xml::{DecodeOptions, Document};
use ovirt_sdk_generator::model::{BaseType, Model, ServiceId, Struct, Verb};

/// What has to be in an object so that one can be made; everything else is made of a name. A collection in braces stands
/// for the identifier of its first object.
const BODIES: &[(&str, &str)] = &[
    ("affinity_label", "<affinity_label><name>walk</name></affinity_label>"),
    ("assigned_affinity_labels", "<affinity_label id=\"{affinitylabels}\"/>"),
    (
        "assigned_permissions",
        // The group Everyone.
        "<permission><role><name>UserRole</name></role><group id=\"eee00000-0000-0000-0000-123456789eee\"/></permission>",
    ),
    ("assigned_tags", "<tag><name>root</name></tag>"),
    ("affinity_group_vms", "<vm><name>vm0001</name></vm>"),
    ("affinity_group_hosts", "<host><name>host1</name></host>"),
    ("affinity_group_vm_labels", "<affinity_label><name>walk</name></affinity_label>"),
    ("affinity_group_host_labels", "<affinity_label><name>walk</name></affinity_label>"),
    ("affinity_label_vms", "<vm id=\"{vms}\"/>"),
    ("affinity_label_hosts", "<host id=\"{hosts}\"/>"),
    ("bookmarks", "<bookmark><name>walk</name><value>vms: name=x</value></bookmark>"),
    (
        "fence_agents",
        "<agent><address>192.0.2.1</address><type>ipmilan</type><username>u</username><password>p</password><order>1</order></agent>",
    ),
    ("gluster_bricks", "<bricks><brick><server_id>s</server_id><brick_dir>/b</brick_dir></brick></bricks>"),
    ("iscsi_bonds", "<iscsi_bond><name>walk</name></iscsi_bond>"),
    ("jobs", "<job><description>walk</description></job>"),
    ("steps", "<step><description>walk</description><type>executing</type></step>"),
    ("networks", "<network><name>ovirtmgmt</name></network>"),
    ("network_labels", "<network_label id=\"walk\"/>"),
    (
        "nic_network_filter_parameters",
        "<network_filter_parameter><name>IP</name><value>192.0.2.1</value></network_filter_parameter>",
    ),
    ("quota_cluster_limits", "<quota_cluster_limit><vcpu_limit>1</vcpu_limit></quota_cluster_limit>"),
    ("quota_storage_limits", "<quota_storage_limit><limit>1</limit></quota_storage_limit>"),
    (
        "ssh_public_keys",
        "<ssh_public_key><content>ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGLnGNGmrQnnyGqVJXpZpX7TnzxiF1xkQkqnQSRmUl6v walk</content></ssh_public_key>",
    ),
    (
        "storage_server_connections",
        "<storage_connection><type>nfs</type><address>192.0.2.1</address><path>/walk</path></storage_connection>",
    ),
    ("vm_backups", "<backup><disks/></backup>"),
    ("vm_watchdogs", "<watchdog><model>i6300esb</model><action>reset</action></watchdog>"),
    ("template_watchdogs", "<watchdog><model>i6300esb</model><action>reset</action></watchdog>"),
    ("instance_type_watchdogs", "<watchdog><model>i6300esb</model><action>reset</action></watchdog>"),
    (
        "vm_pools",
        "<vm_pool><name>walk</name><cluster><name>Default</name></cluster><template><name>Blank</name></template><size>1</size></vm_pool>",
    ),
];

/// Collections that engines no longer serve, and the status of their responses.
const UNAVAILABLE: [(&str, u16); 4] =
    [("katelloerrata", 400), ("openstackvolumeproviders", 500), ("files", 404), ("images", 400)];

/// Whether a status is that of a collection that engines no longer serve.
fn is_unavailable(path: &str, status: u16) -> bool {
    UNAVAILABLE
        .iter()
        .any(|(collection, expected)| status == *expected && path.split('/').any(|segment| segment == *collection))
}

/// What is known of a service: its methods, and the struct of its objects.
pub(crate) struct Known {
    methods: Vec<(Verb, Option<String>)>,
    tag: Option<String>,
    /// What can be followed from its objects, and from there.
    pub(crate) links: Vec<String>,
}

impl Known {
    pub(crate) fn has(&self, verb: Verb) -> bool {
        self.methods.iter().any(|(other, _)| *other == verb)
    }
}

/// What is known of all services, by their names.
pub(crate) fn known() -> BTreeMap<String, Known> {
    let root = &ovirt_sdk_tests::models::repository();
    let read = ovirt_sdk_generator::load_model(&root.join("model"), root).unwrap_or_else(|error| panic!("{error}"));
    of_model(&read.model)
}

fn of_model(model: &Model) -> BTreeMap<String, Known> {
    let of = |id: ServiceId| {
        let methods: Vec<_> = model.all_methods(id).collect();
        let out = methods
            .iter()
            .filter(|method| method.verb != Verb::Action)
            .flat_map(|method| &method.parameters)
            .find(|it| it.direction.is_out() && matches!(it.ty.base, BaseType::Struct(_)));
        let object = out.and_then(|out| struct_of(model, &out.ty.base));
        let methods = methods.iter().map(|method| (method.verb, method.segment.clone())).collect();
        Known {
            methods,
            tag: object.map(|it| it.tag.clone()),
            links: object.map_or_else(Vec::new, |it| links(model, it)),
        }
    };
    model.services().map(|(id, service)| (service.name.as_str().to_owned(), of(id))).collect()
}

fn struct_of<'m>(model: &'m Model, base: &BaseType) -> Option<&'m Struct> {
    match base {
        BaseType::Struct(id) => model.ty(*id).as_struct(),
        _ => None,
    }
}

/// What can be followed: links of a struct, and links of those.
fn links(model: &Model, object: &Struct) -> Vec<String> {
    let mut paths = Vec::new();
    for field in object.fields.iter().filter(|field| field.link) {
        let name = field.name.as_str();
        paths.push(name.to_owned());
        let further = struct_of(model, &field.ty.base).into_iter().flat_map(|it| &it.fields);
        paths.extend(further.filter(|it| it.link).map(|it| format!("{name}.{}", it.name.as_str())));
    }
    paths
}

pub(crate) struct Walk<'w> {
    connection: &'w Connection,
    known: &'w BTreeMap<String, Known>,
    /// The services that it came by.
    pub(crate) met: BTreeSet<&'static str>,
    /// What no engine does.
    pub(crate) problems: Vec<String>,
    pub(crate) requests: usize,
}

impl<'w> Walk<'w> {
    pub(crate) fn new(connection: &'w Connection, known: &'w BTreeMap<String, Known>) -> Self {
        Self { connection, known, met: BTreeSet::new(), problems: Vec::new(), requests: 0 }
    }

    /// Sends a request; notes what no engine answers. Gives the status and the body.
    async fn send(&mut self, method: Method, path: &str, body: Option<&str>) -> (u16, String) {
        self.requests += 1;
        let shown = format!("{method:?} {path}");
        let mut request = self.connection.raw(method, path);
        if let Some(body) = body {
            request = request.body(body);
        }
        let (status, text) = match request.send().await {
            Ok(answer) => (answer.status(), answer.text()),
            Err(error) => {
                let status = error.status().unwrap_or(0);
                let told = error.fault().is_some() || status == 404;
                if !is_unavailable(path, status) && (!told || [0, 405, 500].contains(&status)) {
                    self.problems.push(format!("{shown}: {error}"));
                }
                (status, String::new())
            }
        };
        if !text.is_empty() && !text.contains("<action") {
            let strict = DecodeOptions::new().strict(true);
            if let Err(error) = Document::read(text.as_bytes(), &strict) {
                self.problems.push(format!("{shown}: {error}"));
            }
        }
        (status, text)
    }

    /// The body with identifiers in place of collections in braces.
    async fn with_identifiers(&mut self, body: &str) -> String {
        let Some((before, (collection, after))) =
            body.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
        else {
            return body.to_owned();
        };
        let id = first_id(&self.send(Method::Get, collection, None).await.1).unwrap_or_default();
        format!("{before}{id}{after}")
    }

    fn expect(&mut self, what: &str, path: &str, status: u16, wanted: &[u16]) {
        if !wanted.contains(&status) && !is_unavailable(path, status) {
            self.problems.push(format!("{what} {path}: {status}, not one of {wanted:?}"));
        }
    }

    /// Goes through a service and what is below it.
    pub(crate) async fn service(&mut self, info: &'static ServiceInfo, path: String) {
        if !self.met.insert(info.name) {
            return;
        }
        let Some(known) = self.known.get(info.name) else { panic!("{} is not in the model", info.name) };
        let has = |verb| known.has(verb);
        let mut listed = String::new();
        if has(Verb::List) {
            let (status, text) = self.send(Method::Get, &path, None).await;
            self.expect("list", &path, status, &[200]);
            listed = text;
        }
        if has(Verb::Get) {
            let (status, _) = self.send(Method::Get, &path, None).await;
            self.expect("get", &path, status, &[200]);
        }
        if let Some(object) = info.object() {
            let mut id = first_id(&listed);
            if id.is_none() && has(Verb::Add) {
                let own = BODIES.iter().find(|(name, _)| *name == info.name).map(|(_, body)| (*body).to_owned());
                let plain = known.tag.as_ref().map(|tag| format!("<{tag}><name>walk</name></{tag}>"));
                let body = self.with_identifiers(&own.or(plain).unwrap_or_default()).await;
                let (status, text) = self.send(Method::Post, &path, Some(&body)).await;
                self.expect("add", &path, status, &[200, 201, 202, 400, 404, 409]);
                // An action has the ID of its job.
                id = first_id(&text).filter(|_| !text.contains("<action"));
                if id.is_none() {
                    id = first_id(&self.send(Method::Get, &path, None).await.1);
                }
            }
            if let Some(id) = id {
                Box::pin(self.service(object, format!("{path}/{id}"))).await;
            }
        } else if has(Verb::Add) {
            let tag = known.tag.clone().unwrap_or_default();
            let (status, _) = self.send(Method::Post, &path, Some(&format!("<{tag}/>"))).await;
            self.expect("add", &path, status, &[200, 201, 202, 400, 404, 409]);
        }
        for (segment, child) in info.children() {
            let below = if path.is_empty() { segment.to_owned() } else { format!("{path}/{segment}") };
            Box::pin(self.service(child, below)).await;
        }
        if has(Verb::Update) {
            let tag = known.tag.clone().unwrap_or_default();
            let (status, _) = self.send(Method::Put, &path, Some(&format!("<{tag}/>"))).await;
            self.expect("update", &path, status, &[200, 400, 409]);
        }
        for segment in known.methods.iter().filter_map(|(_, segment)| segment.as_ref()) {
            let place = if path.is_empty() { segment.clone() } else { format!("{path}/{segment}") };
            let (status, _) = self.send(Method::Post, &place, Some("<action/>")).await;
            // 403: a virtual machine that is in no pool is detached from one.
            self.expect("action", &place, status, &[200, 202, 204, 400, 403, 404, 409]);
        }
    }

    /// Requests services that the walk did not meet because no object leads there.
    pub(crate) async fn probe(&mut self, info: &'static ServiceInfo, path: String, seen: &mut BTreeSet<&'static str>) {
        if !seen.insert(info.name) {
            return;
        }
        let Some(known) = self.known.get(info.name) else { panic!("{} is not in the model", info.name) };
        let is_read = known.has(Verb::Get) || known.has(Verb::List);
        if self.met.insert(info.name) && is_read {
            let (status, _) = self.send(Method::Get, &path, None).await;
            // Collections of unknown objects are empty.
            self.expect("look for", &path, status, &[200, 400, 404]);
        }
        if let Some(object) = info.object() {
            Box::pin(self.probe(object, format!("{path}/00000000-0000-0000-0000-00000000ffff"), seen)).await;
        }
        for (segment, child) in info.children() {
            let below = if path.is_empty() { segment.to_owned() } else { format!("{path}/{segment}") };
            Box::pin(self.probe(child, below, seen)).await;
        }
    }
}

/// The first identifier in a document.
fn first_id(text: &str) -> Option<String> {
    let (_, rest) = text.split_once(" id=\"")?;
    Some(rest.split_once('"')?.0.to_owned())
}

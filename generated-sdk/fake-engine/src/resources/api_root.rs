//! The root of the API.

use crate::api::{ApiResponse, Call, Fault, Registry, Reply, document, pages};
use crate::resources::common::well_known::{ENGINE_VERSION, NIL};
use crate::resources::paths::{HOSTS, STORAGE_DOMAINS, USERS, VMS};
use crate::state::State;
use ovirt_sdk::object::Object;
use ovirt_sdk::types::{
    Api, ApiSummary, ApiSummaryItem, EngineBackupInfo, Host, HostStatus, ProductInfo, SpecialObjects, StorageDomain,
    Tag, Template, User, Version, Vm, VmStatus,
};
use ovirt_sdk::unstable;

/// The identifier of the installation.
const INSTANCE: &str = "5e1f0f6e-93f6-4a0e-8a7e-6a1d3f6a2c55";

/// What the engine says about the file with its schema.
const SCHEMA_FILE: &str = "attachment; filename = ovirt-engine-api-schema.xsd";

/// The collections that can be searched, with the templates of the addresses of searches.
const SEARCHES: [(&str, &str); 13] = [
    ("clusters", "clusters?search={query}"),
    ("datacenters", "datacenters?search={query}"),
    ("disks", "disks?search={query}"),
    ("events", "events;from={event_id}?search={query}"),
    ("groups", "groups?search={query}"),
    ("hosts", "hosts?search={query}"),
    ("instancetypes", "instancetypes?search={query}"),
    ("networks", "networks?search={query}"),
    ("storagedomains", "storagedomains?search={query}"),
    ("templates", "templates?search={query}"),
    ("users", "users?search={query}"),
    ("vmpools", "vmpools?search={query}"),
    ("vms", "vms?search={query}"),
];

pub(super) fn register(registry: &mut Registry) {
    registry.on("system", "get", get);
    registry.shows_link("system", |_, segment| segment != "options");
    registry.on("system", "reload_configurations", |_| Ok(Reply::Completed));
}

fn get(call: &mut Call<'_>) -> Result<Reply, Fault> {
    if call.request.parameter("rsdl").is_some() {
        return Err(Fault::raw(pages::error(501, "A fake engine has no description of its API in RSDL")));
    }
    if call.request.parameter("schema").is_some() {
        let schema = ApiResponse::new("application/octet-stream", 200, document::schema().into());
        return Ok(Reply::Raw(schema.header("Content-Disposition", SCHEMA_FILE)));
    }
    let version = Version::new().major(4).minor(5).build(8).revision(0).full_version(ENGINE_VERSION);
    let product = ProductInfo::new().name("oVirt Engine").vendor("ovirt.org").version(version).instance_id(INSTANCE);
    let mut api = Api::new().product_info(product).time(call.state.now()).summary(summary(call.state));
    api = api.engine_backup(EngineBackupInfo::new());
    for (segment, address) in SEARCHES {
        let href = format!("{}/{address}", call.request.base);
        unstable::push_link(api.unknown_mut(), &format!("{segment}/search"), &href);
    }
    api = api.special_objects(SpecialObjects::new().blank_template(Template::with_id(NIL)).root_tag(Tag::with_id(NIL)));
    if let Some(user) = call.state.user_id(&call.request.user) {
        api = api.authenticated_user(User::with_id(user.clone())).effective_user(User::with_id(user));
    }
    Ok(Reply::Computed(Box::new(api)))
}

fn summary(state: &State) -> ApiSummary {
    let item = |active: usize, total: usize| {
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        ApiSummaryItem::new().active(number(active)).total(number(total))
    };
    let hosts: Vec<&Host> = state.each(HOSTS).collect();
    let domains = state.each::<StorageDomain>(STORAGE_DOMAINS).count();
    let users = state.each::<User>(USERS).count();
    let vms: Vec<&Vm> = state.each(VMS).collect();
    ApiSummary::new()
        .hosts(item(hosts.iter().filter(|host| host.status == Some(HostStatus::Up)).count(), hosts.len()))
        .storage_domains(item(domains, domains))
        .users(item(users, users))
        .vms(item(vms.iter().filter(|vm| vm.status != Some(VmStatus::Down)).count(), vms.len()))
}

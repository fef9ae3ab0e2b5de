//! Finding and creating objects by name.

use std::sync::atomic::{AtomicUsize, Ordering};

use ovirt_sdk::types::{Disk, DiskAttachment, List, Network, Nic, Snapshot, Vm};
use ovirt_sdk::xml;

use crate::start_server;
use crate::support::Reply;

#[tokio::test]
async fn search_results_are_filtered_by_exact_name() {
    let vms = "<vms><vm id='1'><name>WEB</name></vm><vm id='2'><name>web</name></vm><vm id='3'/></vms>";
    let (server, connection) = start_server(move |_| Reply::xml(200, vms)).await;
    let found = connection.system().vms().find("web").await.unwrap();
    assert_eq!(found.id.as_deref(), Some("2"));
    assert_eq!(server.last().query, "search=name%3Dweb");
}

#[tokio::test]
async fn the_service_of_an_object_is_found_by_its_name() {
    let (server, connection) = start_server(|request| match request.method.as_str() {
        "GET" => Reply::xml(200, "<vms><vm id='2'><name>web</name></vm></vms>"),
        _ => Reply::xml(200, "<action><status>complete</status></action>"),
    })
    .await;
    let vms = connection.system().vms();
    vms.find_service("web").await.unwrap().start().send().await.unwrap();
    assert_eq!(server.last().path, "/ovirt-engine/api/vms/2/start");
    assert!(vms.find_service("db").await.unwrap_err().is_not_found());
}

#[tokio::test]
async fn special_characters_become_wildcards() {
    let (server, connection) =
        start_server(|_| Reply::xml(200, "<vms><vm id='1'><name>a \"b\"* or 1=1</name></vm></vms>")).await;
    let vms = connection.system().vms();
    assert_eq!(vms.find_all("a \"b\"* or 1=1").await.unwrap().len(), 1);
    assert_eq!(server.last().query, "search=name%3Da**b***or*1*1");
    assert!(vms.find_all("a b").await.unwrap().is_empty());
    assert_eq!(server.last().query, "search=name%3Da*b");
    // A name without searchable characters: `find` lists all objects.
    for name in ["", "**", "\" \""] {
        assert!(vms.find_all(name).await.unwrap().is_empty());
        assert_eq!(server.last().query, "");
    }
}

#[tokio::test]
async fn collections_without_search_are_listed() {
    let nics = "<nics><nic id='1'><name>nic1</name></nic><nic id='2'><name>nic2</name></nic></nics>";
    let (server, connection) = start_server(move |_| Reply::xml(200, nics)).await;
    let found = connection.system().vms().vm("1").nics().find("nic2").await.unwrap();
    assert_eq!(found.id.as_deref(), Some("2"));
    assert_eq!((server.last().path.as_str(), server.last().query.as_str()), ("/ovirt-engine/api/vms/1/nics", ""));
}

#[tokio::test]
async fn no_match_and_several_matches() {
    let vms = "<vms><vm id='1'><name>a</name></vm><vm id='2'><name>a</name></vm></vms>";
    let (_server, connection) = start_server(move |_| Reply::xml(200, vms)).await;
    let vms = connection.system().vms();
    let error = vms.find("b").await.unwrap_err();
    assert!(error.is_not_found() && !error.is_ambiguous());
    assert_eq!(error.to_string(), "no vm in `vms` has the name `b`");
    let error = vms.find("a").await.unwrap_err();
    assert!(error.is_ambiguous() && !error.is_not_found());
    assert_eq!(error.to_string(), "2 vm objects in `vms` have the name `a`: 1, 2");
    assert_eq!(vms.find_all("a").await.unwrap().len(), 2);
    assert!(vms.find_or_create(Vm::new().name("a")).await.unwrap_err().is_ambiguous());
}

#[tokio::test]
async fn a_rejected_search_falls_back_to_a_list() {
    let (server, connection) = start_server(|request| match request.query.is_empty() {
        false => Reply::xml(400, "<fault><reason>Operation Failed</reason><detail>Bad query</detail></fault>"),
        true => Reply::xml(200, "<networks><network id='1'><name>n</name></network></networks>"),
    })
    .await;
    let found = connection.system().networks().find("n").await.unwrap();
    assert_eq!((found.id.as_deref(), server.asked().len()), (Some("1"), 2));
    let (found, created) = connection.system().networks().find_or_create(Network::new().name("n")).await.unwrap();
    assert_eq!((found.id.as_deref(), created), (Some("1"), false));
}

#[tokio::test]
async fn other_errors_of_the_search_are_returned() {
    let (server, connection) =
        start_server(|_| Reply::xml(403, "<fault><reason>Operation Failed</reason><detail>No</detail></fault>")).await;
    assert!(connection.system().vms().find("a").await.unwrap_err().is_auth());
    assert_eq!(server.asked().len(), 1);
    let (server, connection) = start_server(|_| Reply::empty(500)).await;
    assert_eq!(connection.system().vms().find("a").await.unwrap_err().status(), Some(500));
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn find_or_create_creates() {
    let (server, connection) = start_server(|request| match request.method.as_str() {
        "GET" => Reply::xml(200, "<nics/>"),
        _ => Reply::xml(201, "<nic id='9'><name>nic1</name></nic>"),
    })
    .await;
    let nics = connection.system().vms().vm("1").nics();
    let (nic, created) = nics.find_or_create(Nic::new().name("nic1")).await.unwrap();
    assert_eq!((nic.id.as_deref(), created), (Some("9"), true));
    assert_eq!(server.last().body, "<nic><name>nic1</name></nic>");
    let before = server.asked().len();
    assert!(nics.find_or_create(Nic::new()).await.unwrap_err().is_absent());
    assert_eq!(server.asked().len(), before);
}

#[tokio::test]
async fn find_or_create_returns_an_object_created_concurrently() {
    let lists = AtomicUsize::new(0);
    let (server, connection) = start_server(move |request| match request.method.as_str() {
        "GET" if lists.fetch_add(1, Ordering::SeqCst) == 0 => Reply::xml(200, "<nics/>"),
        "GET" => Reply::xml(200, "<nics><nic id='8'><name>nic1</name></nic></nics>"),
        _ => Reply::xml(409, "<fault><detail>The name is in use.</detail></fault>"),
    })
    .await;
    let nics = connection.system().vms().vm("1").nics();
    let (nic, created) = nics.find_or_create(Nic::new().name("nic1")).await.unwrap();
    assert_eq!((nic.id.as_deref(), created, server.asked().len()), (Some("8"), false, 3));
}

#[tokio::test]
async fn find_or_create_returns_other_conflicts() {
    let (_server, connection) = start_server(|request| match request.method.as_str() {
        "GET" => Reply::xml(200, "<nics/>"),
        _ => Reply::xml(409, "<fault><detail>The VM is locked.</detail></fault>"),
    })
    .await;
    let error = connection.system().vms().vm("1").nics().find_or_create(Nic::new().name("nic1")).await.unwrap_err();
    assert!(error.is_conflict() && error.to_string().contains("The VM is locked."), "{error}");
}

#[tokio::test]
async fn find_or_create_reads_an_object_missing_in_the_response() {
    let lists = AtomicUsize::new(0);
    let (_server, connection) = start_server(move |request| match request.method.as_str() {
        "GET" if lists.fetch_add(1, Ordering::SeqCst) == 0 => Reply::xml(200, "<nics/>"),
        "GET" => Reply::xml(200, "<nics><nic id='8'><name>nic1</name></nic></nics>"),
        _ => Reply::empty(202),
    })
    .await;
    let nics = connection.system().vms().vm("1").nics();
    let (nic, created) = nics.find_or_create(Nic::new().name("nic1")).await.unwrap();
    assert_eq!((nic.id.as_deref(), created), (Some("8"), true));
}

/// Matches a name against a pattern with `*`, ignoring case, as engines do.
fn matches_pattern(name: &str, pattern: &str) -> bool {
    let (name, pattern) = (name.to_lowercase(), pattern.to_lowercase());
    let parts: Vec<&str> = pattern.split('*').collect();
    let (first, last) = (parts[0], parts[parts.len() - 1]);
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    if parts.len() == 1 {
        return rest.is_empty();
    }
    for part in &parts[1..parts.len() - 1] {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Decodes a query parameter.
fn decode_parameter(text: &str) -> String {
    let text = text.replace('+', " ");
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap().as_bytes().to_vec();
    for part in parts {
        let (code, plain) = part.split_at_checked(2).unwrap();
        bytes.push(u8::from_str_radix(code, 16).unwrap());
        bytes.extend_from_slice(plain.as_bytes());
    }
    String::from_utf8(bytes).unwrap()
}

#[tokio::test]
async fn names_with_any_characters_are_found() {
    const FRAGMENTS: &[&str] = &[
        "a", "B", "7", "-", ".", "_", " ", "  ", "\"", "'", "*", "**", "%", "+", "&", "=", "?", "#", ";", "<", ">",
        "/", "\\", "(", "or", " or ", "and", "sortby", "page 2", "!=", "ü", "ß", "İ", "名前", "🦀", "\t", "\u{A0}",
        "]]>", "&amp;",
    ];
    let mut random = fastrand::Rng::with_seed(8);
    let mut names: Vec<String> = FRAGMENTS.iter().map(|fragment| fragment.to_string()).collect();
    for _ in 0..300 {
        names.push((0..random.usize(1..6)).map(|_| FRAGMENTS[random.usize(..FRAGMENTS.len())]).collect());
    }
    names.sort();
    names.dedup();
    let all = names.clone();
    let (server, connection) = start_server(move |request| {
        let search = request.query.strip_prefix("search=").map(decode_parameter);
        let pattern = match &search {
            Some(search) => search.strip_prefix("name=").unwrap(),
            None => "*",
        };
        // The search language can't quote other characters.
        assert!(pattern.chars().all(|c| c.is_alphanumeric() || "-.*".contains(c)), "{pattern}");
        let found = all.iter().enumerate().filter(|(_, name)| matches_pattern(name, pattern));
        let vms: List<Vm> = found.map(|(id, name)| Vm::new().id(id.to_string()).name(name)).collect();
        Reply::xml(200, xml::to_string(&vms).unwrap())
    })
    .await;
    for (id, name) in names.iter().enumerate() {
        let found = connection.system().vms().find(name).await.unwrap_or_else(|error| panic!("{name:?}: {error}"));
        assert_eq!((found.id, found.name.as_ref()), (Some(id.to_string()), Some(name)));
    }
    assert_eq!(server.asked().len(), names.len());
    let missing = connection.system().vms().find("a*").await.unwrap_err();
    assert!(missing.is_not_found(), "`find` doesn't interpret wildcards: {missing}");
}

/// Items without names are found by the field that identifies them.
#[tokio::test]
async fn other_fields_identify_items_without_names() {
    let attachments = "<disk_attachments><disk_attachment id='1'><disk id='1'/></disk_attachment><disk_attachment \
        id='2'><disk id='2'/><bootable>true</bootable></disk_attachment></disk_attachments>";
    let (server, connection) = start_server(move |_| Reply::xml(200, attachments)).await;
    let attachments = connection.system().vms().vm("7").disk_attachments();
    assert_eq!(attachments.find("2").await.unwrap().bootable, Some(true));
    let error = attachments.find("3").await.unwrap_err();
    assert_eq!(error.to_string(), "no disk_attachment in `vms/7/diskattachments` has the disk.id `3`");
    let attachment = |id: &str| DiskAttachment::new().disk(Disk::with_id(id));
    let (_, created) = attachments.find_or_create(attachment("2")).await.unwrap();
    assert!(!created && server.asked().iter().all(|asked| asked.method == "GET" && asked.query.is_empty()));
    // A new disk has no ID yet: it would be added again each time.
    let before = server.asked().len();
    let error = attachments.find_or_create(DiskAttachment::new().disk(Disk::with_name("d"))).await.unwrap_err();
    assert!(error.is_absent() && error.to_string() == "disk_attachment has no `disk.id`", "{error}");
    assert_eq!(server.asked().len(), before);
}

#[tokio::test]
async fn snapshots_are_found_by_their_description() {
    let snapshots = "<snapshots><snapshot id='1'><description>Active VM</description></snapshot><snapshot \
        id='2'><description>before</description></snapshot></snapshots>";
    let (server, connection) = start_server(move |_| Reply::xml(200, snapshots)).await;
    let snapshots = connection.system().vms().vm("7").snapshots();
    assert_eq!(snapshots.find("before").await.unwrap().id.as_deref(), Some("2"));
    let (found, created) = snapshots.find_or_create(Snapshot::new().description("before")).await.unwrap();
    assert_eq!((found.id.as_deref(), created, server.asked().len()), (Some("2"), false, 2));
}

#[tokio::test]
async fn enums_identify_items_as_well() {
    let consoles = "<graphics_consoles><graphics_console id='a'><protocol>vnc</protocol></graphics_console>\
        </graphics_consoles>";
    let (server, connection) = start_server(move |_| Reply::xml(200, consoles)).await;
    let consoles = connection.system().vms().vm("7").graphics_consoles();
    assert_eq!(consoles.find("vnc").await.unwrap().id.as_deref(), Some("a"));
    assert!(consoles.find("spice").await.unwrap_err().is_not_found());
    assert_eq!(server.asked().len(), 2);
}

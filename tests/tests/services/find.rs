//! Objects by name.

use std::sync::atomic::{AtomicUsize, Ordering};

use ovirt_sdk::types::{List, Network, Nic, Vm};
use ovirt_sdk::xml;

use crate::answering;
use crate::support::Reply;

#[tokio::test]
async fn a_search_asks_for_the_name_and_the_answer_is_filtered() {
    let vms = "<vms><vm id='1'><name>WEB</name></vm><vm id='2'><name>web</name></vm><vm id='3'/></vms>";
    let (server, connection) = answering(move |_| Reply::xml(200, vms)).await;
    let found = connection.system().vms().find("web").await.unwrap();
    assert_eq!(found.id.as_deref(), Some("2"));
    assert_eq!(server.last().query, "search=name%3Dweb");
}

#[tokio::test]
async fn odd_characters_are_wildcards_in_the_search() {
    let (server, connection) =
        answering(|_| Reply::xml(200, "<vms><vm id='1'><name>a \"b\"* or 1=1</name></vm></vms>")).await;
    let vms = connection.system().vms();
    assert_eq!(vms.find_all("a \"b\"* or 1=1").await.unwrap().len(), 1);
    assert_eq!(server.last().query, "search=name%3Da**b***or*1*1");
    assert!(vms.find_all("a b").await.unwrap().is_empty());
    assert_eq!(server.last().query, "search=name%3Da*b");
    // There is nothing to search for: all of them are looked at.
    for name in ["", "**", "\" \""] {
        assert!(vms.find_all(name).await.unwrap().is_empty());
        assert_eq!(server.last().query, "");
    }
}

#[tokio::test]
async fn without_a_search_all_of_them_are_looked_at() {
    let nics = "<nics><nic id='1'><name>nic1</name></nic><nic id='2'><name>nic2</name></nic></nics>";
    let (server, connection) = answering(move |_| Reply::xml(200, nics)).await;
    let found = connection.system().vms().vm("1").nics().find("nic2").await.unwrap();
    assert_eq!(found.id.as_deref(), Some("2"));
    assert_eq!((server.last().path.as_str(), server.last().query.as_str()), ("/ovirt-engine/api/vms/1/nics", ""));
}

#[tokio::test]
async fn none_and_several() {
    let vms = "<vms><vm id='1'><name>a</name></vm><vm id='2'><name>a</name></vm></vms>";
    let (_server, connection) = answering(move |_| Reply::xml(200, vms)).await;
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
async fn a_fault_on_the_search_is_no_end() {
    let (server, connection) = answering(|asked| match asked.query.is_empty() {
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
async fn who_may_not_search_is_told_so_at_once() {
    let (server, connection) =
        answering(|_| Reply::xml(403, "<fault><reason>Operation Failed</reason><detail>No</detail></fault>")).await;
    assert!(connection.system().vms().find("a").await.unwrap_err().is_auth());
    assert_eq!(server.asked().len(), 1);
    let (server, connection) = answering(|_| Reply::empty(500)).await;
    assert_eq!(connection.system().vms().find("a").await.unwrap_err().status(), Some(500));
    assert_eq!(server.asked().len(), 1);
}

#[tokio::test]
async fn what_is_not_there_is_made() {
    let (server, connection) = answering(|asked| match asked.method.as_str() {
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
async fn somebody_else_was_quicker() {
    let lists = AtomicUsize::new(0);
    let (server, connection) = answering(move |asked| match asked.method.as_str() {
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
async fn a_conflict_about_something_else_is_told() {
    let (_server, connection) = answering(|asked| match asked.method.as_str() {
        "GET" => Reply::xml(200, "<nics/>"),
        _ => Reply::xml(409, "<fault><detail>The machine is locked.</detail></fault>"),
    })
    .await;
    let error = connection.system().vms().vm("1").nics().find_or_create(Nic::new().name("nic1")).await.unwrap_err();
    assert!(error.is_conflict() && error.to_string().contains("The machine is locked."), "{error}");
}

#[tokio::test]
async fn what_was_made_but_not_sent_is_looked_up() {
    let lists = AtomicUsize::new(0);
    let (_server, connection) = answering(move |asked| match asked.method.as_str() {
        "GET" if lists.fetch_add(1, Ordering::SeqCst) == 0 => Reply::xml(200, "<nics/>"),
        "GET" => Reply::xml(200, "<nics><nic id='8'><name>nic1</name></nic></nics>"),
        _ => Reply::empty(202),
    })
    .await;
    let nics = connection.system().vms().vm("1").nics();
    let (nic, created) = nics.find_or_create(Nic::new().name("nic1")).await.unwrap();
    assert_eq!((nic.id.as_deref(), created), (Some("8"), true));
}

/// Whether a name fits a pattern with `*`, as engines search: without regard to case.
fn fits(name: &str, pattern: &str) -> bool {
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

/// The text of a parameter, as it was before it was encoded.
fn decoded(text: &str) -> String {
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
async fn any_name_is_found_whatever_characters_it_has() {
    const PIECES: &[&str] = &[
        "a", "B", "7", "-", ".", "_", " ", "  ", "\"", "'", "*", "**", "%", "+", "&", "=", "?", "#", ";", "<", ">",
        "/", "\\", "(", "or", " or ", "and", "sortby", "page 2", "!=", "ü", "ß", "İ", "名前", "🦀", "\t", "\u{A0}",
        "]]>", "&amp;",
    ];
    let mut random = fastrand::Rng::with_seed(8);
    let mut names: Vec<String> = PIECES.iter().map(|piece| piece.to_string()).collect();
    for _ in 0..300 {
        names.push((0..random.usize(1..6)).map(|_| PIECES[random.usize(..PIECES.len())]).collect());
    }
    names.sort();
    names.dedup();
    let all = names.clone();
    let (server, connection) = answering(move |asked| {
        let search = asked.query.strip_prefix("search=").map(decoded);
        let pattern = match &search {
            Some(search) => search.strip_prefix("name=").unwrap(),
            None => "*",
        };
        // The language of searches has no way to quote these.
        assert!(pattern.chars().all(|c| c.is_alphanumeric() || "-.*".contains(c)), "{pattern}");
        let found = all.iter().enumerate().filter(|(_, name)| fits(name, pattern));
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
    assert!(missing.is_not_found(), "a wildcard is a character like any other: {missing}");
}

//! The page with what exists and what was requested, and the same as JSON.

use std::path::Path;
use std::time::Duration;

use ovirt_fake_engine::{FakeEngine, InjectedFailure};
use ovirt_sdk::Connection;
use ovirt_sdk::types::{Cluster, Template, Vm};
use ovirt_sdk_tests::browser::{browser, document_with, outcome};
use serde_json::{Value, json};

use crate::engine;
use crate::raw::{ADMIN, ask};

/// A description that breaks pages that don't escape it.
const HOSTILE: &str = "</pre><img src=x onerror=\"document.title='broken'\"><script>document.title='broken'</script>";

/// What an engine says to another process, as JSON.
async fn look(engine: &FakeEngine, path: &str) -> Value {
    let response = ask(engine, &format!("GET /fake-engine/{path}"), &[], "").await;
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{response}");
    serde_json::from_str(body).unwrap()
}

async fn add_vm(connection: &Connection, name: &str, description: &str) -> String {
    let vm = Vm::new().name(name).description(description);
    let vm = vm.cluster(Cluster::with_name("Default")).template(Template::with_name("Blank"));
    connection.system().vms().add(vm).send().await.unwrap().id.unwrap()
}

#[tokio::test]
async fn other_processes_see_what_exists() {
    let (engine, connection) = engine(FakeEngine::builder().vms(120)).await;
    let id = add_vm(&connection, "web1", "a & b").await;
    let root = look(&engine, "objects").await;
    assert_eq!(root["kind"], "api");
    let collections = root["collections"].as_array().unwrap();
    assert!(collections.contains(&json!({ "name": "vms", "count": 121 })), "{root}");
    assert!(collections.contains(&json!({ "name": "permissions", "count": null })), "{root}");
    assert!(!collections.iter().any(|it| it["name"] == "externalvmimports"), "they can't be read: {root}");

    let page = look(&engine, "objects?path=vms&page=2").await;
    assert_eq!((&page["count"], &page["page"], &page["pages"]), (&json!(121), &json!(2), &json!(2)));
    let last = page["objects"].as_array().unwrap().last().unwrap();
    assert_eq!(*last, json!({ "id": id, "name": "web1", "status": "down" }));

    let object = look(&engine, &format!("objects?path=vms/{id}")).await;
    assert_eq!((&object["kind"], &object["name"]), (&json!("vm"), &json!("web1")));
    let document = object["document"].as_str().unwrap();
    assert!(document.contains("<description>a &amp; b</description>"), "{document}");
    assert!(object["collections"].as_array().unwrap().contains(&json!({ "name": "nics", "count": 0 })), "{object}");
    for (path, status, problem) in [
        ("objects?path=vms/00000000-0000-0000-0000-00000000000f", "404", "nothing exists at `vms/"),
        ("objects?path=nonsense", "404", "nothing exists at `nonsense`"),
        ("objects?path=%zz", "400", "the query is malformed"),
        ("requests/99999", "404", "there is no request with the number 99999"),
    ] {
        let response = ask(&engine, &format!("GET /fake-engine/{path}"), &[], "").await;
        assert!(response.starts_with(&format!("HTTP/1.1 {status}")) && response.contains(problem), "{response}");
    }
    assert!(ask(&engine, "POST /fake-engine/objects", &[], "x").await.starts_with("HTTP/1.1 405"));
}

#[tokio::test]
async fn other_processes_see_what_was_requested_without_secrets() {
    let (engine, _) = engine(FakeEngine::builder()).await;
    let body = "<vm><name>web1</name><initialization><root_password>hush</root_password></initialization></vm>";
    let headers = [ADMIN, "Content-Type: application/xml"];
    assert!(ask(&engine, "POST /ovirt-engine/api/vms?clone=true", &headers, body).await.contains("<fault>"));
    let login = "grant_type=password&scope=ovirt-app-api&username=admin%40internal&password=secret";
    let headers = ["Accept: application/json", "Content-Type: application/x-www-form-urlencoded"];
    let token = ask(&engine, "POST /ovirt-engine/sso/oauth/token", &headers, login).await;
    let token = token.split("\"access_token\":\"").nth(1).unwrap().split('"').next().unwrap();
    ask(&engine, "GET /ovirt-engine/api/vms", &[&format!("Authorization: Bearer {token}")], "").await;

    let log = look(&engine, "requests").await;
    assert_eq!((&log["first"], &log["next"]), (&json!(0), &json!(3)));
    let first = &log["requests"][0];
    assert_eq!((&first["method"], &first["address"]), (&json!("POST"), &json!("/ovirt-engine/api/vms?clone=true")));
    assert_eq!(first["status"], 400);
    assert!(first["took"].as_f64().is_some() && first["time"].as_u64().is_some(), "{first}");
    assert_eq!(look(&engine, "requests?from=2").await["requests"].as_array().unwrap().len(), 1);

    let exchange = look(&engine, "requests/0").await;
    assert!(exchange["request"]["body"].as_str().unwrap().contains("<name>web1</name>"), "{exchange}");
    assert!(exchange["response"]["body"].as_str().unwrap().contains("<fault>"), "{exchange}");
    let login = look(&engine, "requests/1").await;
    assert!(login["request"]["body"].as_str().unwrap().contains("username=admin"), "{login}");
    for number in 0..3 {
        let exchange = look(&engine, &format!("requests/{number}")).await.to_string();
        for secret in ["hush", "secret\"", "=secret", token, "YWRtaW5AaW50ZXJuYWw6c2VjcmV0"] {
            assert!(!exchange.contains(secret), "{secret}: {exchange}");
        }
    }
    assert!(ask(&engine, "DELETE /fake-engine/requests", &[], "").await.starts_with("HTTP/1.1 204"));
    assert_eq!(look(&engine, "requests").await, json!({ "first": 3, "next": 3, "requests": [] }));
}

#[tokio::test]
async fn long_responses_are_kept_in_part() {
    let (engine, _) = engine(FakeEngine::builder().vms(100)).await;
    let response = ask(&engine, "GET /ovirt-engine/api/vms", &[ADMIN], "").await;
    let length = response.split_once("\r\n\r\n").unwrap().1.len();
    let exchange = look(&engine, "requests/0").await;
    let (body, omitted) = (exchange["response"]["body"].as_str().unwrap(), &exchange["response"]["omitted"]);
    assert_eq!(body.len(), 64 << 10);
    assert_eq!(omitted.as_u64().unwrap() as usize, length - body.len());
    assert!(response.contains(body));
}

#[tokio::test]
async fn the_page_runs_only_its_own_code() {
    let (engine, _) = engine(FakeEngine::builder()).await;
    for path in ["", "/", "/page.js", "/page.css"] {
        let response = ask(&engine, &format!("GET /fake-engine{path}"), &[], "").await;
        assert!(response.starts_with("HTTP/1.1 200"), "{path}: {response}");
        let policy = response.lines().find(|line| line.to_ascii_lowercase().starts_with("content-security-policy"));
        let policy = policy.unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
    }
    let page = ask(&engine, "GET /fake-engine/", &[], "").await;
    for inline in ["style=", "onclick", "<style", "<script>"] {
        assert!(!page.contains(inline), "{inline}");
    }
}

/// The page of an engine at a place, in the browser, when it has loaded.
fn shown(browser: &Path, engine: &FakeEngine, place: &str) -> String {
    let address = format!("https://localhost:{}/fake-engine/{place}", engine.address().port());
    let shown = document_with(browser, 1280, &address, &["--ignore-certificate-errors"]);
    assert!(!shown.contains("<title>broken</title>"), "the page runs what objects contain: {shown}");
    assert!(!shown.contains("<img"), "{shown}");
    shown
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_shows_objects_and_requests_whatever_is_in_them() {
    let Some(browser) = browser() else { return };
    let (engine, connection) = engine(FakeEngine::builder().vms(3)).await;
    let id = add_vm(&connection, "web1", HOSTILE).await;
    let path = format!("/ovirt-engine/api/vms?search={HOSTILE}").replace(['<', '>', '"', ' '], "'");
    ask(&engine, &format!("GET {path}"), &[ADMIN, &format!("User-Agent: {HOSTILE}")], "").await;
    let number = engine.requests().len() - 1;

    let root = shown(&browser, &engine, "");
    assert!(root.contains("href=\"#/vms\">vms</a> 4"), "{root}");
    let list = shown(&browser, &engine, "#/vms");
    assert!(list.contains("4 objects in vms") && list.contains(">web1</a>"), "{list}");
    let object = shown(&browser, &engine, &format!("#/vms/{id}"));
    assert!(object.contains("&amp;lt;img src=x"), "the document is text: {object}");
    assert!(object.contains(&format!("href=\"#/vms/{id}/nics\"")), "{object}");
    let log = shown(&browser, &engine, "#requests");
    assert!(log.contains(">POST /ovirt-engine/api/vms</a>"), "{log}");
    let exchange = shown(&browser, &engine, &format!("#requests/{number}"));
    assert!(exchange.contains("user-agent: &lt;/pre&gt;&lt;img src=x"), "{exchange}");
    let nothing = shown(&browser, &engine, "#/vms/x");
    assert!(nothing.contains("nothing exists at `vms/x`"), "{nothing}");
}

/// The files of the page with code added, for `file:` URLs.
fn copy(engine: &FakeEngine, added: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../generated-sdk/fake-engine/src/server/page");
    let address = format!("https://localhost:{}/fake-engine", engine.address().port());
    for name in ["page.html", "page.css", "page.js"] {
        let text = std::fs::read_to_string(page.join(name)).unwrap();
        let text = match name {
            "page.js" => text.replace("\"/fake-engine\"", &json!(address).to_string()) + added,
            _ => text.replace("/fake-engine/", ""),
        };
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

/// Uses the page as a person does.
const PROBE: &str = r##"
window.addEventListener("load", async () => {
  const outcome = {};
  const pause = () => new Promise((resolve) => setTimeout(resolve, 50));
  const until = async (holds) => { for (let turn = 0; turn < 200 && !holds(); turn += 1) await pause(); return holds(); };
  const rows = () => [...document.querySelectorAll("#Log tr")].map((row) => row.innerText);
  const finish = () => { document.documentElement.dataset.outcome = encodeURIComponent(JSON.stringify(outcome)); };
  try {
    location.hash = "#requests";
    outcome.loaded = await until(() => rows().length === 2);
    outcome.visible = ["Objects", "Requests", "Request"].filter((id) => !find(id).hidden);
    outcome.current = document.querySelector("[aria-current]").id;
    await fetch(API + "/clusters", { headers: { Authorization: "Basic YWRtaW5AaW50ZXJuYWw6c2VjcmV0" } }).catch(() => {});
    outcome.refreshed = await until(() => rows().some((row) => row.includes("GET /ovirt-engine/api/clusters")));
    const link = document.querySelector("#Log a[href^='#requests/']");
    link.focus();
    await new Promise((resolve) => setTimeout(resolve, 5000));
    outcome.keepsFocus = document.activeElement === link;
    find("Filter").value = "post 409";
    find("Filter").dispatchEvent(new Event("input"));
    outcome.filtered = await until(() => rows().length === 1 && rows()[0].includes("409"));
    document.querySelector("#Log a").click();
    outcome.opened = await until(() => !find("Request").hidden && find("Exchange").innerText.includes("<name>web1</name>"));
    outcome.focused = document.activeElement.id;
    history.back();
    outcome.back = await until(() => !find("Requests").hidden);
    find("Filter").value = "";
    find("Clear").click();
    outcome.cleared = await until(() => rows().length === 0);
    location.hash = "#/vms/" + encodeURIComponent("x y");
    outcome.problem = await until(() => !find("Problem").hidden && find("Problem").innerText.includes("x y"));
    outcome.labels = [...document.querySelectorAll("a, button, input")].filter(
      (one) => (one.innerText || one.labels?.[0]?.innerText || "").trim() === "").length;
  } catch (error) {
    outcome.error = String(error);
  }
  finish();
});
"##;

#[tokio::test(flavor = "multi_thread")]
async fn people_use_the_page() {
    let Some(browser) = browser() else { return };
    let (engine, _) = engine(FakeEngine::builder()).await;
    engine.inject(InjectedFailure::fault(409, "Operation Failed", "[busy]").method("POST").on("vms"));
    let headers = [ADMIN, "Content-Type: application/xml"];
    ask(&engine, "POST /ovirt-engine/api/vms", &headers, "<vm><name>web1</name></vm>").await;
    ask(&engine, "GET /ovirt-engine/api/vms", &[ADMIN], "").await;
    let folder = copy(&engine, &PROBE.replace("API", &json!(engine.url()).to_string()));
    let address = format!("file://{}/page.html", folder.path().display());
    let arguments = ["--ignore-certificate-errors", "--disable-web-security", "--allow-file-access-from-files"];
    let outcome = outcome(&document_with(&browser, 1280, &address, &arguments));
    let expected = json!({
        "loaded": true,
        "visible": ["Requests"],
        "current": "RequestsLink",
        "refreshed": true,
        "keepsFocus": true,
        "filtered": true,
        "opened": true,
        "focused": "main",
        "back": true,
        "cleared": true,
        "problem": true,
        "labels": 0,
    });
    assert_eq!(outcome, expected);
}

/// Sends the width of the content to the parent page.
const MEASURE: &str = r#"
setTimeout(() => {
  const page = document.documentElement;
  parent.postMessage([location.hash, page.scrollWidth, page.clientWidth], "*");
}, 3000);
"#;

#[tokio::test(flavor = "multi_thread")]
async fn the_page_fits_a_small_window() {
    let Some(browser) = browser() else { return };
    let (engine, connection) = engine(FakeEngine::builder().vms(3)).await;
    let id = add_vm(&connection, &"x".repeat(60), &"long ".repeat(50)).await;
    let folder = copy(&engine, MEASURE);
    let number = engine.requests().len() - 1;
    let places = ["", "#/vms", &format!("#/vms/{id}"), "#requests", &format!("#requests/{number}")];
    let frames: String = places
        .iter()
        .map(|place| format!("<iframe width=\"390\" height=\"700\" src=\"page.html{place}\"></iframe>\n"))
        .collect();
    let harness = format!(
        "<!doctype html>\n<script>\nconst outcome = [];\n\
         addEventListener(\"message\", (event) => {{ outcome.push(event.data); \
         document.documentElement.dataset.outcome = encodeURIComponent(JSON.stringify(outcome)); }});\n</script>\n{frames}"
    );
    std::fs::write(folder.path().join("harness.html"), harness).unwrap();
    let address = format!("file://{}/harness.html", folder.path().display());
    let arguments = ["--ignore-certificate-errors", "--disable-web-security", "--allow-file-access-from-files"];
    let outcome = outcome(&document_with(&browser, 1280, &address, &arguments));
    let measured = outcome.as_array().unwrap();
    assert_eq!(measured.len(), places.len(), "{measured:?}");
    for page in measured {
        assert!(page[1].as_u64() <= page[2].as_u64(), "place, width of the content, width of the window: {page}");
    }
}

#[tokio::test]
async fn the_log_says_how_long_requests_took() {
    let (engine, connection) = engine(FakeEngine::builder()).await;
    engine.inject(InjectedFailure::latency(Duration::from_millis(30)));
    connection.system().vms().list().send().await.unwrap();
    let requests = engine.requests();
    let list = requests.last().unwrap();
    assert!(list.duration().is_some_and(|took| took >= Duration::from_millis(30)), "{list}");
    assert!(list.time().elapsed().unwrap() >= list.duration().unwrap());
}

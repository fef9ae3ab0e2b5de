//! Marked secrets in every credential, option and secret field; none may reach an error, a log or a recording.

use std::collections::BTreeSet;
use std::fmt::{Debug, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use ovirt_sdk::http::Method;
use ovirt_sdk::object::Kind;
use ovirt_sdk::pipeline::RetryPolicy;
use ovirt_sdk::transport::Recorder;
use ovirt_sdk::types::{File, Host, Initialization, Payload, Ticket, Vm};
use ovirt_sdk::{Connection, Credentials, Error, registry, xml};

use crate::logs::Capture;
use crate::support::{Asked, Reply, Server, USER, builder};

/// The mark, which no escaping changes.
const MARK: &str = "c4nary";
const PASSWORD: &str = "c4nary-password &<>\"'/+%\\ü";
const TOKEN: &str = "c4nary-token&<>\"'/+%";
const ISSUED: &str = "c4nary-issued&<>\"'/+%";
const COOKIE: &str = "c4nary-cookie&<>'/+%";
const KEY: &str = "c4nary-key&<>\"'/+%";
const FIELD: &str = "c4nary-field &<>\"'/+%\\ü";

fn xml_text(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\'', "&#39;")
}

fn json_text(text: &str) -> String {
    let text = serde_json::to_string(text).unwrap();
    text.replace('&', r"\u0026").replace('<', r"\u003c").replace('/', r"\/")
}

fn url_text(text: &str) -> String {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let encoded = text.bytes().map(|byte| match byte {
        b' ' => "+".to_owned(),
        byte if unreserved(byte) => char::from(byte).to_string(),
        byte => format!("%{byte:02x}"),
    });
    encoded.collect()
}

/// The number of shapes of a response.
const SHAPES: usize = 11;

/// A response that repeats a text.
fn echo(shape: usize, text: &str) -> Reply {
    let (xml, json, url) = (xml_text(text), json_text(text), url_text(text));
    let fault = format!("<fault><reason>Operation Failed</reason><detail>[Not {xml}.]</detail></fault>");
    match shape {
        0 => Reply::xml(400, fault),
        1 => Reply::json(409, &format!(r#"{{"reason":"Operation Failed","detail":{json}}}"#)),
        2 => Reply::html(500, &xml),
        3 => Reply::xml(200, fault),
        4 => Reply::xml(200, format!("<action><status>failed</status>{fault}</action>")),
        5 => Reply::xml(200, format!("<vms><vm><memory>{xml}</memory></vm></vms>")),
        6 => Reply::html(200, &xml_text(&xml)),
        7 => Reply::json(200, &format!(r#"{{"error":{json},"error_description":{json}}}"#)),
        8 => Reply::new(503, "text/plain", format!("{text} {url}")),
        9 => Reply::empty(302).header("Location", &format!("/{url}?q={url}")),
        _ => Reply::json(200, &format!(r#"{{"error_code":"x","error":{json},"access_token":{json}}}"#)),
    }
}

/// Everything that programs can show.
#[derive(Default)]
struct Shown(String);

impl Shown {
    fn add(&mut self, value: &impl Debug) {
        let _ = writeln!(self.0, "{value:?}");
    }

    fn error(&mut self, error: &Error) {
        let _ = writeln!(self.0, "{error}\n{error:?}\n{:?} {:?} {:?}", error.fault(), error.path(), error.findings());
        let _ = writeln!(self.0, "{:?} {:?} {:?}", error.url(), error.headers(), error.body_excerpt());
        let mut cause: Option<&dyn std::error::Error> = Some(error);
        while let Some(error) = cause {
            let _ = writeln!(self.0, "{error} {error:?}");
            cause = error.source();
        }
    }

    fn check(&self, of: &str) {
        if let Some(at) = self.0.find(MARK) {
            let begin = self.0[..at].char_indices().rev().nth(150).map_or(0, |(at, _)| at);
            let end = self.0[at..].char_indices().nth(100).map_or(self.0.len(), |(end, _)| at + end);
            panic!("{of}: {}", &self.0[begin..end]);
        }
    }
}

/// Where the server repeats what it received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Login,
    Request,
    Logout,
}

fn respond(asked: &Asked, stage: Stage, shape: usize) -> Reply {
    let login = asked.path.contains("sso/oauth") || asked.path == "/login";
    let first = asked.header("authorization").starts_with("Basic") && asked.query.is_empty();
    let received = format!(
        "{} {} {} {}",
        asked.header("authorization"),
        asked.header("cookie"),
        asked.header("x-api-key"),
        match () {
            () if login || first => PASSWORD,
            () if asked.body.starts_with('<') => FIELD,
            () => "",
        },
    );
    let logout = asked.path.contains("logout") || asked.path == "/revoke";
    match stage {
        Stage::Login if login || first => echo(shape, &received),
        Stage::Logout if logout => echo(shape, &format!("{ISSUED} {received}")),
        _ if login => Reply::json(200, &format!(r#"{{"access_token":{}}}"#, json_text(ISSUED))),
        _ if logout => Reply::json(200, "{ }"),
        Stage::Request if asked.query.contains("max") || !asked.body.is_empty() => echo(shape, &received),
        _ if first => Reply::xml(200, "<api/>").header("Set-Cookie", &format!("JSESSIONID={COOKIE}; Path=/")),
        _ => Reply::xml(200, "<api/>"),
    }
}

async fn session(connection: &Connection, shown: &mut Shown) {
    if let Err(error) = connection.test().await {
        shown.error(&error);
    }
    let vms = connection.system().vms();
    for outcome in [vms.list().max(7).send().await.map(drop), vms.list().max(7).items().next().await.map(drop)] {
        shown.error(&outcome.expect_err("the server repeats the request or rejects the login"));
    }
    let host = Host::new().root_password(FIELD);
    let add = connection.system().hosts().add(host);
    shown.add(&add);
    shown.add(&add.inspect().map(|inspected| inspected.curl().to_owned()));
    shown.add(&add.inspect());
    shown.error(&add.send().await.map(drop).err().unwrap_or_else(|| Error::custom("none")));
    let install = connection.system().hosts().host("1").install().root_password(FIELD);
    shown.add(&install);
    shown.add(&install.inspect());
    shown.error(&install.send().await.map(drop).err().unwrap_or_else(|| Error::custom("none")));
    if let Err(error) = connection.close().await {
        shown.error(&error);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn credentials_and_fields_reach_no_error_log_or_recording() {
    let state = Arc::new((AtomicUsize::new(0), AtomicUsize::new(0)));
    let current = Arc::clone(&state);
    let server = Server::start(move |asked| {
        let stage = [Stage::Login, Stage::Request, Stage::Logout][current.0.load(Ordering::SeqCst)];
        respond(asked, stage, current.1.load(Ordering::SeqCst))
    })
    .await;
    let at = |path: &str| format!("{}{path}", server.origin());
    for (number, stage) in [Stage::Login, Stage::Request, Stage::Logout].into_iter().enumerate() {
        state.0.store(number, Ordering::SeqCst);
        for shape in 0..SHAPES {
            state.1.store(shape, Ordering::SeqCst);
            let all: [Credentials; 5] = [
                Credentials::password(USER, PASSWORD),
                Credentials::token(TOKEN),
                Credentials::basic("admin", PASSWORD),
                Credentials::session("admin", PASSWORD),
                Credentials::external_sso(at("/login"), USER, PASSWORD).revoke_url(at("/revoke")).into(),
            ];
            for credentials in all {
                let recorder = Recorder::new();
                let mut shown = Shown::default();
                shown.add(&credentials);
                let of = format!("{stage:?} {shape} {credentials:?}");
                let builder = builder(&server).credentials(credentials).header("X-Api-Key", KEY).record(&recorder);
                shown.add(&builder);
                let connection = builder.retry(RetryPolicy::none()).build().unwrap();
                shown.add(&connection);
                let capture = Capture::everything();
                let guard = capture.start();
                // On this thread only, so that the subscriber sees everything.
                if stage == Stage::Login {
                    shown.error(&connection.test().await.err().unwrap_or_else(|| Error::custom("none")));
                }
                session(&connection, &mut shown).await;
                drop(guard);
                shown.0.push_str(&capture.text());
                let recording = recorder.recording();
                shown.add(&recording);
                shown.0.push_str(&recording.to_string());
                assert!(recording.len() > 1 || stage == Stage::Login, "{of}");
                shown.check(&of);
            }
        }
    }
}

/// Documents with a canary in each secret field of each struct, and in the secret parameters and results of actions.
fn secret_documents() -> Vec<(String, String)> {
    let mut documents = Vec::new();
    for info in registry::structs() {
        let object = info.new_object();
        for (member, slot) in ovirt_sdk::object::members(&*object).filter(|(member, _)| member.is_secret) {
            let value = match slot.kind() {
                Kind::List(of) => {
                    let item = member.item_tag.unwrap_or(of.tag);
                    format!("<{item}><name>n</name><value>{}</value></{item}>", xml_text(FIELD))
                }
                _ => xml_text(FIELD),
            };
            let (owner, tag) = (info.tag, member.tag);
            documents.push((owner.to_owned(), format!("<{owner}><{tag}>{value}</{tag}><name>n</name></{owner}>")));
        }
    }
    for tag in ["root_password", "remote_viewer_connection_file"] {
        documents.push(("action".to_owned(), format!("<action><{tag}>{}</{tag}></action>", xml_text(FIELD))));
    }
    documents
}

#[tokio::test]
async fn fields_that_the_model_marks_are_secret_in_both_directions() {
    let documents = secret_documents();
    let marked: BTreeSet<&str> = documents.iter().map(|(owner, _)| owner.as_str()).collect();
    for owner in ["host", "initialization", "file", "image_transfer", "ticket", "agent", "configuration", "action"] {
        assert!(marked.contains(owner), "{owner}");
    }
    // The server returns what it receives, and also repeats it in failures.
    let server = Server::start(|asked| match asked.query.strip_prefix("shape=") {
        Some(shape) => echo(shape.parse().unwrap(), FIELD),
        None => Reply::xml(200, asked.body.as_str()),
    })
    .await;
    let recorder = Recorder::new();
    let mut shown = Shown::default();
    let builder = builder(&server).credentials(Credentials::token("t")).retry(RetryPolicy::none());
    let connection = builder.timeout(Duration::from_secs(60)).record(&recorder).build().unwrap();
    let capture = Capture::everything();
    let guard = capture.start();
    for (index, (_, document)) in documents.iter().enumerate() {
        let raw = || connection.raw(Method::Put, "vms/1").body(document.as_str());
        shown.add(&raw());
        shown.add(&raw().inspect());
        shown.add(&raw().send().await.unwrap());
        let shape = index % SHAPES;
        shown.error(&raw().query("shape", shape.to_string()).send().await.unwrap_err_or_none());
        shown.add(&xml::Document::read(document.as_bytes(), &xml::DecodeOptions::new()));
    }
    let console = connection.system().vms().vm("1").graphics_consoles().console("c");
    shown.add(&console.remote_viewer_connection_file().send_reply().await);
    drop(guard);
    shown.0.push_str(&capture.text());
    shown.0.push_str(&recorder.recording().to_string());
    shown.check("fields of the model");
    assert!(shown.0.contains("***") && shown.0.contains("<name>n</name>"));
}

trait UnwrapErrOrNone {
    fn unwrap_err_or_none(self) -> Error;
}

impl<T> UnwrapErrOrNone for Result<T, Error> {
    fn unwrap_err_or_none(self) -> Error {
        self.err().unwrap_or_else(|| Error::custom("none"))
    }
}

#[test]
fn objects_show_no_secrets() {
    let mut shown = Shown::default();
    shown.add(&Vm::new().initialization(Initialization::new().custom_script(FIELD).root_password(FIELD)));
    shown.add(&Vm::new().payloads(vec![Payload::new().files(vec![File::new().content(FIELD)])]));
    shown.add(&Ticket::new().value(FIELD));
    shown.check("objects");
    // An invalid document shows no secret either.
    for document in [
        format!("<vms><vm><payloads><payload><files><file><content>{MARK}</content2></file></files></payload>"),
        format!("<host_storage><driver_sensitive_options>{MARK}</driver_sensitive_options></host_storage>"),
        format!("<host_storage><driver_sensitive_options><{MARK}/></driver_sensitive_options></host_storage>"),
    ] {
        let options = xml::DecodeOptions::new().strict(true);
        let error = Error::from(xml::Document::read(document.as_bytes(), &options).unwrap_err());
        shown.error(&error);
        shown.check(&document);
    }
}

#[tokio::test]
async fn the_password_of_a_proxy_is_not_shown() {
    for shape in 0..SHAPES {
        // A proxy for `http://` URLs receives the whole request, and answers in place of the engine.
        let proxy =
            Server::plain(move |asked| echo(shape, &format!("{} {PASSWORD}", asked.header("proxy-authorization"))))
                .await;
        let url = format!("http://admin:{}@localhost:{}", url_text(PASSWORD).replace('+', "%20"), proxy.port());
        let builder = Connection::builder("http://engine.example.com/ovirt-engine/api").insecure(true);
        let builder = builder.credentials(Credentials::token(TOKEN)).retry(RetryPolicy::none()).proxy(url);
        let mut shown = Shown::default();
        shown.add(&builder);
        let connection = builder.build().unwrap();
        let error = connection.system().vms().list().send().await.unwrap_err();
        assert!(!proxy.asked().is_empty(), "{error}");
        shown.error(&error);
        shown.check(&format!("{shape}"));
    }
}

//! Lists are decoded while they arrive, with the same results as if they were decoded afterwards.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use ovirt_sdk::http::{BoxFuture, Request, Response};
use ovirt_sdk::pipeline::{Next, Policy, Position};
use ovirt_sdk::types::{List, Vm};
use ovirt_sdk::{Connection, Credentials, Error, xml};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::support::{Asked, Reply, Server, builder, fast_retry};

/// A list that is much longer than the decoder's window.
fn document() -> String {
    let mut text = "<?xml version='1.0'?>\n<vms href='/ovirt-engine/api/vms' note='ä'><size>3000</size>".to_owned();
    for number in 0..3000 {
        let name = "ä€🦀".repeat(number % 40);
        write!(text, "\n<vm id='{number}' href='/ovirt-engine/api/vms/{number}'><name>{name}</name><memory>1</memory>")
            .unwrap();
        text.push_str("<odd><vm/></odd><link rel='nics' href='/ovirt-engine/api/vms/1/nics'/></vm>");
    }
    text + "<odd/></vms>\n<!-- the end -->"
}

async fn serve(replies: impl Fn(usize) -> Reply + Send + Sync + 'static) -> Server {
    let count = AtomicUsize::new(0);
    Server::start(move |_: &Asked| replies(count.fetch_add(1, Ordering::SeqCst))).await
}

fn connect(server: &Server) -> Connection {
    builder(server).credentials(Credentials::token("t")).retry(fast_retry()).build().unwrap()
}

async fn list(server: &Server) -> Result<List<Vm>, Error> {
    connect(server).system().vms().list().send().await
}

#[tokio::test]
async fn the_list_is_the_same() {
    let document = document();
    assert!(document.len() > 500_000);
    let expected: List<Vm> = xml::from_str(&document).unwrap();
    assert_eq!((expected.len(), expected.href()), (3000, Some("/ovirt-engine/api/vms")));
    assert_eq!(expected.unknown().element("odd"), Some("<odd/>"));
    let server = serve(move |_| Reply::xml(200, document.as_str())).await;
    assert_eq!(list(&server).await.unwrap(), expected);
    let reply = connect(&server).system().vms().list().correlation_id("mine").send_reply().await.unwrap();
    assert_eq!((reply.status, reply.correlation_id.as_deref()), (200, Some("mine")));
    assert_eq!(reply.value, Some(expected));
}

#[tokio::test]
async fn a_list_that_breaks_is_read_again_from_its_beginning() {
    let document = document();
    for cut in [3, 100, 200_000, document.len() - 1] {
        let whole = document.clone();
        let server = serve(move |count| match count {
            0 | 1 => Reply::xml(200, whole.as_str()).cut_after(cut),
            _ => Reply::xml(200, whole.as_str()),
        })
        .await;
        assert_eq!(list(&server).await.unwrap(), xml::from_str::<List<Vm>>(&document).unwrap());
        assert_eq!(server.asked().len(), 3);
        let broken = document.clone();
        let server = serve(move |_| Reply::xml(200, broken.as_str()).cut_after(cut)).await;
        let error = list(&server).await.unwrap_err();
        assert!(error.is_retryable() && !error.is_decode() && error.attempts() == Some(5), "{error}");
    }
}

/// A broken connection says more than what was received before.
#[tokio::test]
async fn a_broken_connection_matters_more_than_a_malformed_document() {
    let malformed = document().replacen("<memory>", "<memory", 1);
    let server = serve(move |count| match count {
        0 => Reply::xml(200, malformed.as_str()).cut_after(300_000),
        _ => Reply::xml(200, "<vms/>"),
    })
    .await;
    assert!(list(&server).await.unwrap().is_empty());
}

#[tokio::test]
async fn errors_are_the_same() {
    let document = document();
    let late = document.rfind("<memory>1").unwrap();
    let mut cases = vec![String::new(), "  ".to_owned(), "<vms>".to_owned(), "{}".to_owned(), "<hosts/>".to_owned()];
    for (at, inserted) in [(late, "x</vm>"), (late, "<memory>many</memory>"), (document.len(), "<vms/>"), (late, "&x;")]
    {
        let mut text = document.clone();
        text.insert_str(at, inserted);
        cases.push(text);
    }
    cases.push(document.get(..late).unwrap().to_owned());
    for text in cases {
        let expected = xml::from_str::<List<Vm>>(&text).unwrap_err();
        let server = serve(move |_| Reply::xml(200, text.as_str())).await;
        let error = list(&server).await.unwrap_err();
        assert!(error.is_decode() && error.to_string().contains(&expected.to_string()), "{error}\n{expected}");
        assert_eq!(server.asked().len(), 1);
    }
}

#[tokio::test]
async fn failures_in_place_of_lists_are_reported() {
    let reason = "<fault><reason>Broken</reason></fault>";
    for body in [reason.to_owned(), format!("<action>{reason}<status>failed</status></action>"), format!("\n {reason}")]
    {
        let server = serve(move |_| Reply::xml(200, body.as_str())).await;
        let error = list(&server).await.unwrap_err();
        assert_eq!(error.fault().and_then(|fault| fault.reason.as_deref()), Some("Broken"), "{error}");
    }
    let server = serve(|_| Reply::html(200, "Welcome")).await;
    assert!(list(&server).await.unwrap_err().to_string().contains("an HTML page titled \"Welcome\""));
    let server = serve(|_| Reply::new(200, "text/html", "<vms/>")).await;
    assert!(list(&server).await.unwrap_err().to_string().contains("an HTML page"));
}

#[tokio::test]
async fn policies_see_whole_bodies() {
    struct Length(Arc<Mutex<Vec<usize>>>);

    impl Policy for Length {
        fn handle<'a>(&'a self, request: Request, next: Next<'a>) -> BoxFuture<'a, Result<Response, Error>> {
            Box::pin(async move {
                let response = next.run(request).await?;
                self.0.lock().unwrap().push(response.body().bytes().unwrap().len());
                Ok(response)
            })
        }
    }

    let (document, lengths) = (document(), Arc::default());
    let length = document.len();
    let server = serve(move |_| Reply::xml(200, document.as_str())).await;
    for position in [Position::Call, Position::Attempt, Position::Wire] {
        let builder = builder(&server).credentials(Credentials::token("t"));
        let connection = builder.policy(position, Length(Arc::clone(&lengths))).build().unwrap();
        assert_eq!(connection.system().vms().list().send().await.unwrap().len(), 3000);
    }
    assert_eq!(*lengths.lock().unwrap(), [length; 3]);
}

/// Servers that don't know the length of a body send it in chunks, and can send headers after it.
#[tokio::test]
async fn chunks_with_trailers_are_read() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        for _ in 0..2 {
            while !request.ends_with(b"\r\n\r\n") {
                request.push(stream.read_u8().await.unwrap());
            }
            request.clear();
            let head =
                "HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n";
            for part in [head, "a\r\n<vms><vm i\r\n", "f\r\nd='1'/></vms>\n\n\r\n", "0\r\nX: y\r\n\r\n"] {
                stream.write_all(part.as_bytes()).await.unwrap();
                stream.flush().await.unwrap();
                tokio::task::yield_now().await;
            }
        }
    });
    let connection = Connection::builder(format!("http://localhost:{port}/ovirt-engine/api")).insecure(true).no_proxy();
    let connection = connection.credentials(Credentials::token("t")).build().unwrap();
    // The second request proves that the connection is still in order.
    for _ in 0..2 {
        let vms = connection.system().vms().list().send().await.unwrap();
        assert_eq!(vms.iter().map(|vm| vm.id.as_deref().unwrap()).collect::<Vec<_>>(), ["1"]);
    }
}

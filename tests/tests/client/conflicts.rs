//! Temporary and permanent conflicts, with messages as engines send them.

use ovirt_sdk::http::Method;
use ovirt_sdk::pipeline::RetryPolicy;
use ovirt_sdk::{Connection, Credentials};
use ovirt_sdk_generator::{load_model, workspace};

use crate::support::{Asked, Reply, Server, builder};

/// A server that responds with the conflict in the query, and a connection without retries.
async fn server() -> (Server, Connection) {
    let server = Server::start(|asked: &Asked| {
        let text = percent_decoded(asked.query.strip_prefix("detail=").unwrap());
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
        Reply::xml(409, format!("<fault><detail>{text}</detail><reason>Operation Failed</reason></fault>"))
    })
    .await;
    let builder = builder(&server).credentials(Credentials::token("t")).retry(RetryPolicy::none());
    (server, builder.build().unwrap())
}

fn percent_decoded(query: &str) -> String {
    let query = query.replace('+', " ");
    let mut parts = query.split('%');
    let mut bytes = parts.next().unwrap().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).unwrap()
}

async fn is_retryable(connection: &Connection, detail: &str) -> bool {
    let request = connection.raw(Method::Post, "vms").query("detail", detail).body("<vm/>");
    let error = request.send().await.unwrap_err();
    assert!(error.is_conflict() && error.attempts() == Some(1), "{error}");
    error.is_retryable()
}

#[tokio::test]
async fn temporary_conflicts_of_real_engines_are_recognized() {
    let (_server, connection) = server().await;
    for detail in [
        "[Cannot add VM. Related operation is currently in progress. Please try again later.]",
        "[Cannot edit VM-Pool. This VM Pool is currently in use to create VM desktops-2., VmName desktops-1]",
        "[Template's Image is locked (temporarily).]",
        "[Template is currently locked (temporarily).]",
        "[Cannot remove Template. Template ${TemplateName} is being created.]",
        "[Cannot remove Template. Template golden is being created.]",
        "[Cannot remove Template. This template is currently in use to create VM vmt1.]",
        "[Cannot add VM. Template is being created from this VM.]",
        "[Cannot run VM. Snapshot is currently being created for VM vm1.]",
        "[Cannot edit Virtual Disk. Snapshot is currently being created for VM vm1.]",
        "[Cannot remove Snapshot. The VM is performing an operation on a Snapshot. Please wait for the operation to \
         finish, and try again.]",
        "[Cannot add VM. Unknown Data Center status.]",
        "[Cannot transfer Virtual Disk. Disk itd is being transferred.]",
        "[Cannot create Snapshot: The following disks are locked: vm1_disk1. Please try again in a few minutes.]",
        "[Cannot move Virtual Disk: The following disks are locked: ${diskAliases}. Please try again in a few minutes.]",
        "[Cannot migrate VM. VM is hibernating.]",
        "[Cannot force select SPM. The Storage Pool has running tasks.]",
        "[Cannot switch Host to Maintenance mode. Host has asynchronous running tasks,\nwait for operation to complete \
         and retry.]",
        "[Cannot switch Host host1.example.com to Maintenance mode. The following operations are running on the Host: \
         \n\n Moving Disk \n\nPlease wait for the operations to complete and try again.]",
        "[Cannot deactivate Storage Domain while there are running tasks on this Storage Domain.\n-Tasks running: \
         MoveOrCopyDisk\n-Please wait until tasks will finish and try again.]",
        "[Cannot detach Storage. The relevant Storage Domain's status is Locked.]",
        "[Cannot run VM because the VM is in Saving State status.]",
        "[Cannot run VM. There is no host that satisfies current scheduling constraints. See below for details:, The \
         host host1 did not satisfy internal filter VM leases ready because VM lease is not ready yet.]",
        "[Another Power Management operation is still running, please retry in 30 Sec.]",
        "[Cannot edit Host network. Another Setup Networks or Host Refresh process in progress on the host. Please try \
         later.]",
    ] {
        assert!(is_retryable(&connection, detail).await, "{detail}");
    }
}

#[tokio::test]
async fn permanent_conflicts_of_real_engines_are_not_taken_for_temporary_ones() {
    let (_server, connection) = server().await;
    for detail in [
        "[Cannot add Template. VM is locked or still running, try again once VM is in the Down state.]",
        "[Cannot add VM. The VM name is already in use, please choose a unique name and try again.]",
        "[Cannot run VM because the VM is in Up status.]",
        "[Cannot run VM because the VM is in Wait for Launch status.]",
        "[Cannot remove VM. VM is running.]",
        "[Cannot remove VM that its state is not down.\n-Please stop the VM first.]",
        "[Cannot detach Storage. The relevant Storage Domain's status is Active.]",
        "[Cannot add Template. Template name golden already used.]",
        "[Cannot remove VM. VM is previewing a Snapshot.]",
        "[Cannot migrate VM. There is no host that satisfies current scheduling constraints. See below for details:, \
         The host host1 did not satisfy internal filter Migration because it currently hosts the VM..]",
        // Names can contain any text.
        "[Cannot add Network. The name of the logical network 'VM is locked' is already used by an existing logical \
         network in the same data-center.\n-Please choose a different name.]",
        "[Cannot add Network. The name of the logical network 'Disk x is being transferred' is already used by an \
         existing logical network in the same data-center.\n-Please choose a different name.]",
        "[Kann VM nicht bearbeiten. Der VM-Name wird bereits verwendet.]",
    ] {
        assert!(!is_retryable(&connection, detail).await, "{detail}");
    }
}

/// Fills the parameters of a text.
fn filled(parts: &[String], value: &str) -> String {
    parts.join(value)
}

#[tokio::test]
async fn every_message_of_the_model_is_recognized_as_the_model_says() {
    let (_server, connection) = server().await;
    let root = workspace::find(env!("CARGO_MANIFEST_DIR").as_ref()).unwrap();
    let model = load_model(&root.join("model"), &root).unwrap().model;
    let messages = &model.faults.messages;
    assert!(messages.len() > 600, "{}", messages.len());
    for message in messages {
        for text in &message.texts {
            for value in ["web1", "${unresolved}", "two words"] {
                let text = filled(text, value);
                // Some texts contain their own beginning, or continue another message.
                let own = text.starts_with("Cannot") || text.starts_with(value);
                let beginning = if own { "" } else { "Cannot remove Virtual Disk. " };
                let detail = format!("[{beginning}{text}.]");
                assert_eq!(
                    is_retryable(&connection, &detail).await,
                    message.temporary,
                    "{}: {detail}",
                    message.key.value
                );
            }
        }
    }
}

/// Reads are retried after temporary conflicts; the texts are recognized because the language is set.
#[tokio::test]
async fn every_request_asks_for_the_language_of_the_known_texts() {
    let server = Server::start(|_| Reply::xml(200, "<vms/>")).await;
    let connection = builder(&server).credentials(Credentials::basic("u@p", "p")).build().unwrap();
    connection.raw(Method::Get, "vms").send().await.unwrap();
    connection.system().vms().vm("1").start().send().await.unwrap();
    assert!(server.asked().iter().all(|asked| asked.header("accept-language") == "en-US"));
    assert_eq!(server.asked().len(), 3);
    connection.raw(Method::Get, "vms").header("Accept-Language", "de").send().await.unwrap();
    assert_eq!(server.last().header("accept-language"), "de");
}

//! The imageio daemon, as a host runs it. Its control socket gets the tickets from the engine.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use ovirt_fake_engine::{ImageDaemon, ImageTicket, TicketStatus};
use ovirt_sdk::types::DiskFormat;
use rcgen::{CertificateParams, CertifiedIssuer, IsCa, KeyPair};

use super::relay::Relay;

/// How much faster than in reality clients become idle, to have short tests.
const IDLE_SPEED: u32 = 5;

/// The bitmap of a disk with what changed since the checkpoint.
pub(crate) const BITMAP: &str = "changes";

/// A daemon with a folder for its disks.
#[derive(Debug)]
pub(crate) struct Daemon {
    folder: tempfile::TempDir,
    port: u16,
    authority_pem: String,
    process: Mutex<Option<Child>>,
    /// The servers of disks whose format the host converts, by the ticket.
    converters: Mutex<HashMap<String, Child>>,
    /// Whether the storage has no space left for new transfers.
    is_full: AtomicBool,
    /// What clients connect to in place of the daemon.
    relay: Mutex<Option<Relay>>,
    /// The daemon on the engine's machine, which forwards to this one.
    proxy: Option<Box<Daemon>>,
}

/// The Python with the daemon, if there is one and what else the tests need.
pub(crate) fn python() -> Option<PathBuf> {
    let python = std::env::var_os("OVIRT_IMAGEIO").map(PathBuf::from);
    let has_qemu = ["qemu-img", "qemu-nbd"].iter().all(|program| {
        Command::new(program).arg("--version").stdout(Stdio::null()).status().is_ok_and(|status| status.success())
    });
    match python {
        Some(python) if has_qemu => Some(python),
        Some(_) => skip("qemu-img or qemu-nbd not found"),
        None => skip("OVIRT_IMAGEIO is not set to the Python of an environment with ovirt-imageio"),
    }
}

fn skip(why: &str) -> Option<PathBuf> {
    eprintln!("skipped: {why}");
    None
}

impl Daemon {
    /// Starts a daemon, and another one as its proxy.
    pub(crate) fn start_with_proxy(python: &Path) -> Self {
        let mut daemon = Self::start(python, false);
        let proxy = Self::start(python, false);
        let authority = daemon.folder.path().join("ca.pem");
        let configuration = format!("[backend_http]\nca_file = {}\n", authority.display());
        std::fs::write(proxy.folder.path().join("conf.d/test.proxy.conf"), configuration).unwrap();
        proxy.restart();
        daemon.authority_pem.push_str(&proxy.authority_pem);
        daemon.proxy = Some(Box::new(proxy));
        daemon
    }

    /// This daemon and its proxy, if it has one.
    pub(crate) fn with_proxy(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(self.proxy.as_deref())
    }

    /// The daemon that forwards to this one.
    pub(crate) fn proxy(&self) -> &Self {
        self.proxy.as_deref().unwrap()
    }

    /// Starts a daemon. Clients of the same computer can use its socket if it is `local`.
    pub(crate) fn start(python: &Path, local: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let authority_pem = certificates(folder.path());
        std::fs::create_dir(folder.path().join("disks")).unwrap();
        let path = folder.path().display();
        let program = python.with_file_name("ovirt-imageio");
        let configuration = format!(
            "[daemon]\npoll_interval = 0.1\nsystemd_enable = false\ndrop_privileges = false\nrun_dir = {path}\n\
             [tls]\nkey_file = {path}/key.pem\ncert_file = {path}/cert.pem\nca_file = {path}/ca.pem\n\
             [remote]\nhost = 127.0.0.1\nport = {port}\n\
             [local]\nenable = {local}\nsocket = {path}/local\n\
             [control]\nsocket = {path}/control\nremove_timeout = 10\n\
             [handlers]\nkeys = logfile\n[handler_logfile]\nargs = (\"{path}/daemon.log\",)\n\
             [logger_root]\nlevel = DEBUG\n"
        );
        std::fs::create_dir(folder.path().join("conf.d")).unwrap();
        std::fs::write(folder.path().join("conf.d/test.conf"), configuration).unwrap();
        std::fs::write(folder.path().join("program"), program.as_os_str().as_encoded_bytes()).unwrap();
        let daemon = Self {
            folder,
            port,
            authority_pem,
            process: Mutex::default(),
            converters: Mutex::default(),
            is_full: AtomicBool::new(false),
            relay: Mutex::default(),
            proxy: None,
        };
        daemon.restart();
        daemon
    }

    /// The certificates of the authorities of the daemon and of its proxy.
    pub(crate) fn authority_pem(&self) -> &str {
        &self.authority_pem
    }

    /// Kills the daemon, which loses its tickets.
    pub(crate) fn kill(&self) {
        if let Some(mut process) = locked(&self.process).take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    /// Starts the daemon again.
    pub(crate) fn restart(&self) {
        self.kill();
        let folder = self.folder.path();
        let program = PathBuf::from(std::fs::read_to_string(folder.join("program")).unwrap());
        let output = std::fs::File::create(folder.join("output")).unwrap();
        let mut command = Command::new(program);
        command.arg("--conf-dir").arg(folder).stdout(output.try_clone().unwrap()).stderr(output);
        *locked(&self.process) = Some(command.spawn().unwrap());
        let began = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_err()
            || UnixStream::connect(folder.join("control")).is_err()
        {
            let output = || std::fs::read_to_string(folder.join("output")).unwrap_or_default();
            assert!(began.elapsed() < Duration::from_secs(30), "the daemon does not start: {}", output());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Puts a relay between new clients and the daemon.
    pub(crate) fn relay(&self) -> Relay {
        let relay = Relay::start(self.port);
        *locked(&self.relay) = Some(relay.clone());
        relay
    }

    /// Lets new transfers have an address at which nothing answers.
    pub(crate) fn hide(&self) {
        let unused = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        *locked(&self.relay) = Some(Relay::start(unused));
    }

    /// Lets writes of new transfers to thin disks fail: no space is left.
    pub(crate) fn fill_storage(&self) {
        self.is_full.store(true, Ordering::SeqCst);
    }

    /// Lets all tickets expire.
    pub(crate) fn expire_tickets(&self) {
        for id in self.tickets() {
            self.control("PATCH", &id, r#"{"timeout": 0}"#);
        }
    }

    /// The file of a disk.
    pub(crate) fn disk(&self, id: &str) -> PathBuf {
        self.folder.path().join("disks").join(id)
    }

    /// What the daemon logged.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("daemon.log")).unwrap_or_default()
    }

    /// Sends a request to the control socket. Returns the status code and the body.
    pub(crate) fn control(&self, method: &str, id: &str, body: &str) -> (u16, String) {
        let Ok(mut stream) = UnixStream::connect(self.folder.path().join("control")) else {
            return (503, String::new());
        };
        let length = body.len();
        let head = format!("{method} /tickets/{id} HTTP/1.1\r\nHost: control\r\nContent-Length: {length}\r\n");
        stream.write_all(format!("{head}Connection: close\r\n\r\n{body}").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        let body = answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default();
        (status, body)
    }

    /// The identifiers of the tickets that the engine has given the daemon in its life.
    pub(crate) fn tickets(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder.path().join("disks")).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter_map(|name| name.strip_suffix(".ticket").map(str::to_owned)).collect()
    }

    /// Serves a disk in raw format, as a host does when it converts.
    fn convert(&self, ticket: &ImageTicket, file: &Path) -> String {
        let socket = self.folder.path().join(format!("nbd-{}", ticket.id.get(..8).unwrap()));
        let format = format_of(&ticket.disk_format);
        let mut command = Command::new("qemu-nbd");
        command.args(["--persistent", "--shared=8", "--discard=unmap", "--detect-zeroes=unmap", "--allocation-depth"]);
        if !ticket.writable {
            command.arg("--read-only");
        }
        if ticket.dirty {
            command.arg(format!("--bitmap={BITMAP}"));
        }
        command.arg(format!("--socket={}", socket.display()));
        if self.is_full.load(Ordering::SeqCst) {
            // Every write fails with ENOSPC.
            let error = "file.driver=blkdebug,file.inject-error.0.event=write_aio,file.inject-error.0.errno=28";
            let image = format!("file.image.driver=file,file.image.filename={}", file.display());
            command.arg("--image-opts").arg(format!("driver={format},{error},{image}"));
        } else {
            command.arg(format!("--format={format}")).arg(file);
        }
        let process = command.spawn().unwrap();
        let began = Instant::now();
        while UnixStream::connect(&socket).is_err() {
            assert!(began.elapsed() < Duration::from_secs(20), "qemu-nbd does not start");
            std::thread::sleep(Duration::from_millis(20));
        }
        locked(&self.converters).insert(ticket.id.clone(), process);
        format!("nbd:unix:{}", socket.display())
    }
}

impl ImageDaemon for Daemon {
    fn add_ticket(&self, ticket: &ImageTicket) -> Result<String, String> {
        let file = self.disk(&ticket.disk);
        if !file.exists() {
            create(&file, &ticket.disk_format, ticket.disk_size);
        }
        let url = match (ticket.converted, &ticket.disk_format) {
            (true, DiskFormat::Cow) => self.convert(ticket, &file),
            _ => format!("file://{}", file.display()),
        };
        let mut body = serde_json::json!({
            "uuid": ticket.id,
            "size": ticket.size,
            "url": url,
            "timeout": ticket.timeout.as_secs(),
            "inactivity_timeout": ticket.inactivity_timeout.as_secs(),
            "ops": [if ticket.writable { "write" } else { "read" }],
            "sparse": ticket.sparse,
            "dirty": ticket.dirty,
            "transfer_id": ticket.transfer,
        });
        std::fs::write(self.disk(&format!("{}.ticket", ticket.id)), body.to_string()).unwrap();
        match self.control("PUT", &ticket.id, &body.to_string()) {
            (200, _) => {}
            (status, body) => return Err(format!("{status} {body}")),
        }
        if let Some(proxy) = &self.proxy {
            // Not the relay: the engine's machine reaches the host where clients don't.
            body["url"] = format!("https://127.0.0.1:{}/images/{}", self.port, ticket.id).into();
            match proxy.control("PUT", &ticket.id, &body.to_string()) {
                (200, _) => {}
                (status, body) => return Err(format!("proxy: {status} {body}")),
            }
        }
        let port = locked(&self.relay).as_ref().map_or(self.port, Relay::port);
        Ok(format!("https://127.0.0.1:{port}/images"))
    }

    fn proxy_url(&self) -> Option<String> {
        self.proxy.as_ref().map(|proxy| format!("https://127.0.0.1:{}/images", proxy.port))
    }

    fn ticket_status(&self, id: &str) -> Option<TicketStatus> {
        let (200, body) = self.control("GET", id, "") else { return None };
        let info: serde_json::Value = serde_json::from_str(&body).unwrap();
        Some(TicketStatus {
            idle: Duration::from_secs(info["idle_time"].as_u64().unwrap_or(0)) * IDLE_SPEED,
            transferred: info["transferred"].as_u64().unwrap_or(0),
        })
    }

    fn extend_ticket(&self, id: &str, timeout: Duration) {
        if let Some(proxy) = &self.proxy {
            proxy.extend_ticket(id, timeout);
        }
        self.control("PATCH", id, &serde_json::json!({ "timeout": timeout.as_secs() }).to_string());
    }

    fn remove_ticket(&self, id: &str) {
        if let Some(proxy) = &self.proxy {
            proxy.remove_ticket(id);
        }
        self.control("DELETE", id, "");
        if let Some(mut process) = locked(&self.converters).remove(id) {
            // The signal for an orderly end: what qemu-nbd holds in memory is written.
            let pid = process.id().to_string();
            Command::new("kill").args(["-TERM", &pid]).status().unwrap();
            process.wait().unwrap();
        }
    }

    fn verify(&self, disk: &str) -> bool {
        let output = Command::new("qemu-img").arg("info").arg("--output=json").arg(self.disk(disk)).output().unwrap();
        output.status.success()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.kill();
        for (_, mut process) in locked(&self.converters).drain() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap()
}

/// The name that qemu gives a format.
pub(crate) fn format_of(format: &DiskFormat) -> &'static str {
    match format {
        DiskFormat::Cow => "qcow2",
        _ => "raw",
    }
}

/// Creates the file of an empty disk.
fn create(file: &Path, format: &DiskFormat, size: u64) {
    let mut command = Command::new("qemu-img");
    command.args(["create", "-q", "-f", format_of(format)]).arg(file).arg(size.to_string());
    assert!(command.status().unwrap().success());
}

/// Writes the key and the certificate of a host. Returns the certificate of the authority.
fn certificates(folder: &Path) -> String {
    let mut parameters = CertificateParams::default();
    parameters.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    // With the name of the host's certificate, OpenSSL would take that for self-signed.
    parameters.distinguished_name.push(rcgen::DnType::CommonName, "authority of the tests");
    let authority = CertifiedIssuer::self_signed(parameters, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let parameters = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    let certificate = parameters.signed_by(&key, &authority).unwrap();
    std::fs::write(folder.join("key.pem"), key.serialize_pem()).unwrap();
    std::fs::write(folder.join("cert.pem"), certificate.pem()).unwrap();
    std::fs::write(folder.join("ca.pem"), authority.pem()).unwrap();
    authority.pem()
}

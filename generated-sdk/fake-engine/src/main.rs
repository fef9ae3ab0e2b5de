//! The program `ovirt-fake-engine`: runs a fake engine for any client.

#![allow(clippy::print_stderr, reason = "a command-line program")]

use std::fmt::Display;
use std::fs::File;
use std::io::Write;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;

use lexopt::{Arg, Parser, ValueExt};
use ovirt_fake_engine::{FakeEngine, FakeEngineBuilder, Scenario};

const USAGE: &str = "\
Runs an in-memory fake oVirt engine over HTTPS until Ctrl-C.

Usage: ovirt-fake-engine [options]

      --port PORT           listen at this port instead of a free one
      --address ADDRESS     listen at this address instead of 127.0.0.1
      --host-name NAME      add a name to the certificate; can be repeated
      --ca FOLDER           keep the certificate authority in this folder (ca.pem, ca-key.pem)
      --user NAME:PASSWORD  add an account without permissions, such as reader@internal:secret; can be repeated
      --role NAME:ROLE      assign a role on the whole system to an account, such as reader@internal:UserRole;
                            can be repeated
      --group NAME:MEMBERS  add a group to the directory, such as staff@internal:reader@internal,jane@internal;
                            can be repeated
      --seed SCENARIO       initial objects: small (10 virtual machines), production (1,000 in two clusters),
                            huge (10,000), or broken (a host and a storage domain are lost, two disks are illegal)
      --seed NUMBER         seed of identifiers and of what is random in initial objects; default: 0
      --vms NUMBER          number of initial virtual machines
      --state FILE          keep the state in this file: begin with what is in it, and write every change at once
      --incident TEXT       let something go wrong, such as 'lost-host name=host1 after=30s lasting=5m'; can be repeated
      --failure TEXT        let requests fail, such as 'unavailable path=vms/* times=2'; can be repeated
      --speed FACTOR        speed of the engine's clock; default: 1
  -h, --help                print this help
  -V, --version             print the version
";

/// The parsed command line.
struct Arguments {
    builder: FakeEngineBuilder,
    authority: Option<PathBuf>,
    state: Option<PathBuf>,
}

/// What the program does.
enum Command {
    Run(Box<Arguments>),
    Print(String),
}

fn main() -> ExitCode {
    let done = match read(Parser::from_env()) {
        Ok(Command::Run(arguments)) => run(*arguments),
        Ok(Command::Print(text)) => print(&text),
        Err(problem) => Err(format!("{problem}\nsee `ovirt-fake-engine --help`")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn read(mut parser: Parser) -> Result<Command, lexopt::Error> {
    let mut arguments = Arguments { builder: FakeEngine::builder(), authority: None, state: None };
    while let Some(argument) = parser.next()? {
        let builder = arguments.builder;
        arguments.builder = match argument {
            Arg::Long("port") => builder.port(parse_value(&mut parser, "--port")?),
            Arg::Long("address") => builder.address(parse_value::<IpAddr>(&mut parser, "--address")?),
            Arg::Long("host-name") => builder.host_name(parser.value()?.string()?),
            Arg::Long("ca") => {
                let folder = PathBuf::from(parser.value()?);
                arguments.authority = Some(folder.clone());
                builder.ca_folder(folder)
            }
            Arg::Long("user") => {
                let user = parser.value()?.string()?;
                let (name, password) =
                    user.split_once(':').ok_or("invalid value of '--user': expected NAME:PASSWORD")?;
                builder.user(name, password)
            }
            Arg::Long("role") => {
                let role = parser.value()?.string()?;
                let (account, role) = role.split_once(':').ok_or("invalid value of '--role': expected NAME:ROLE")?;
                builder.role(account, role)
            }
            Arg::Long("group") => {
                let group = parser.value()?.string()?;
                let (name, members) =
                    group.split_once(':').ok_or("invalid value of '--group': expected NAME:MEMBERS")?;
                builder.group(name, members.split(',').filter(|member| !member.is_empty()))
            }
            Arg::Long("seed") => {
                let seed = parser.value()?.string()?;
                match seed.parse() {
                    Ok(number) => builder.seed(number),
                    Err(_) => builder.scenario(seed.parse::<Scenario>().map_err(|error| error.to_string())?),
                }
            }
            Arg::Long("vms") => builder.vms(parse_value(&mut parser, "--vms")?),
            Arg::Long("state") => {
                let file = PathBuf::from(parser.value()?);
                arguments.state = Some(file.clone());
                builder.state_file(file)
            }
            Arg::Long("incident") => builder.cause(parse_text(&mut parser)?),
            Arg::Long("failure") => builder.inject(parse_text(&mut parser)?),
            Arg::Long("speed") => builder.speed(parse_value(&mut parser, "--speed")?),
            Arg::Short('h') | Arg::Long("help") => return Ok(Command::Print(help())),
            Arg::Short('V') | Arg::Long("version") => {
                return Ok(Command::Print(concat!("ovirt-fake-engine ", env!("CARGO_PKG_VERSION"), "\n").to_owned()));
            }
            other => return Err(other.unexpected()),
        };
    }
    Ok(Command::Run(Box::new(arguments)))
}

/// Parses the value of the current option.
fn parse_value<T>(parser: &mut Parser, option: &str) -> Result<T, lexopt::Error>
where
    T: FromStr,
    T::Err: Display,
{
    let value = parser.value()?.string()?;
    value.parse().map_err(|error| format!("invalid value '{value}' of '{option}': {error}").into())
}

/// Parses a value whose errors name it.
fn parse_text<T>(parser: &mut Parser) -> Result<T, lexopt::Error>
where
    T: FromStr,
    T::Err: Display,
{
    parser.value()?.string()?.parse().map_err(|error: T::Err| error.to_string().into())
}

fn run(arguments: Arguments) -> Result<(), String> {
    let Arguments { builder, authority, state } = arguments;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("can't start the runtime: {error}"))?;
    runtime.block_on(async {
        let engine = builder.start().await.map_err(|error| error.to_string())?;
        let authority = match authority {
            Some(folder) => {
                // Some clients look for it in a folder of their own.
                let path = std::path::absolute(folder.join("ca.pem"));
                let path = path.map_err(|error| format!("can't find the current folder: {error}"))?;
                Authority { path, is_temporary: false }
            }
            None => Authority::new(&engine)?,
        };
        if let Some(problem) = engine.state_file_problem() {
            eprintln!("warning: {problem}");
        }
        print(&instructions(&engine, &authority.path))?;
        stopped().await.map_err(|error| format!("can't wait for signals: {error}"))?;
        if let Some(state) = state {
            engine.save(&state).map_err(|error| error.to_string())?;
            print(&format!("state written to {}\n", state.display()))?;
        }
        Ok(())
    })
}

/// The file with the certificate of the authority.
struct Authority {
    path: PathBuf,
    /// Whether the file is deleted on exit.
    is_temporary: bool,
}

impl Authority {
    fn new(engine: &FakeEngine) -> Result<Self, String> {
        let pem = engine.ca_pem();
        // The certificate differs for each engine, so a line of it makes a unique name.
        let name: String =
            pem.lines().rev().nth(1).unwrap_or_default().chars().filter(char::is_ascii_alphanumeric).collect();
        let path = std::env::temp_dir().join(format!("ovirt-fake-engine-{name}.pem"));
        File::create_new(&path)
            .and_then(|mut file| file.write_all(pem.as_bytes()))
            .map_err(|error| format!("can't write `{}`: {error}", path.display()))?;
        Ok(Self { path, is_temporary: true })
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        if self.is_temporary {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Explains how to connect.
fn instructions(engine: &FakeEngine, authority: &Path) -> String {
    let (url, name, password) = (engine.url(), engine.username(), engine.password());
    let authority = authority.display().to_string();
    let clients = clients(&url, name, password, &authority);
    let control = control(&url);
    format!(
        "\
A fake engine is running at {url}
User name {name}, password {password}, CA certificate:
{authority}
Page with what exists and what was requested:
{control}/

{clients}
Stop with Ctrl-C.
"
    )
}

/// The help: the options, and how clients get in.
fn help() -> String {
    let clients = clients("https://localhost:8443/ovirt-engine/api", "admin@internal", "secret", "fake/ca.pem");
    format!(
        "{USAGE}\nHow clients in the same folder connect to `ovirt-fake-engine --port 8443 --ca fake`:\n\n{clients}"
    )
}

/// How to point clients at an engine.
fn clients(url: &str, name: &str, password: &str, authority: &str) -> String {
    format!(
        "\
With this SDK (Connection::from_env):
  export OVIRT_URL='{url}' OVIRT_CAFILE='{authority}'
  export OVIRT_USERNAME='{name}' OVIRT_PASSWORD='{password}'
  cargo run --example list_vms

With curl:
  curl --cacert '{authority}' --user '{name}:{password}' '{url}/vms'

With the SDK for Python:
  import ovirtsdk4
  connection = ovirtsdk4.Connection(
      url='{url}',
      username='{name}', password='{password}',
      ca_file='{authority}',
  )
  print([vm.name for vm in connection.system_service().vms_service().list()])

With Ansible (collection ovirt.ovirt):
  ansible localhost -m ovirt.ovirt.ovirt_vm_info -a '{{\"auth\": {{\"url\": \"{url}\",
    \"username\": \"{name}\", \"password\": \"{password}\", \"ca_file\": \"{authority}\"}}}}'

With Terraform (provider oVirt/ovirt, which needs the IDs of clusters and storage domains; the page shows them):
  provider \"ovirt\" {{
    url          = \"{url}\"
    username     = \"{name}\"
    password     = \"{password}\"
    tls_ca_files = [\"{authority}\"]
  }}

Let things go wrong while clients work:
  curl --cacert '{authority}' '{control}/incidents' -d kind=job-failure -d times=1
",
        control = control(url),
    )
}

/// Where people and other processes look at the engine and control it.
fn control(url: &str) -> String {
    url.replace("/ovirt-engine/api", "/fake-engine")
}

/// Waits for a signal to stop.
#[cfg(unix)]
async fn stopped() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    std::future::poll_fn(|cx| match interrupt.poll_recv(cx) {
        std::task::Poll::Pending => terminate.poll_recv(cx),
        ready => ready,
    })
    .await;
    Ok(())
}

/// Waits for a signal to stop.
#[cfg(not(unix))]
async fn stopped() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}

/// Prints to standard output. A closed pipe is not an error.
fn print(text: &str) -> Result<(), String> {
    let mut output = std::io::stdout();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(format!("can't write to standard output: {error}"))
        }
        _ => Ok(()),
    }
}

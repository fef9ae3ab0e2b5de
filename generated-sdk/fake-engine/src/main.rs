//! Runs a fake engine, for clients of any kind.

#![allow(clippy::print_stderr, reason = "a program for the command line")]

use std::fmt::Display;
use std::fs::File;
use std::io::Write;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::str::FromStr;

use lexopt::{Arg, Parser, ValueExt};
use ovirt_fake_engine::{FakeEngine, FakeEngineBuilder};

const USAGE: &str = "\
Runs a fake oVirt engine: in memory, over HTTPS, until it is stopped with Ctrl-C.

Usage: ovirt-fake-engine [options]

      --port PORT           listen at this port, instead of one that is free
      --address ADDRESS     listen at this address, instead of 127.0.0.1
      --host-name NAME      have a certificate for this name too; can be repeated
      --ca FOLDER           keep the authority in this folder (ca.pem, ca-key.pem), so that it stays the same
      --user NAME:PASSWORD  one more account, such as reader@internal:secret; can be repeated
      --seed NUMBER         make identifiers and inventory from another number than 0
      --vms NUMBER          begin with so many virtual machines
      --state FILE          begin with the state in this file, if it exists, and write it there at the end
      --speed FACTOR        let time pass so many times as fast
  -h, --help                print this
  -V, --version             print the version
";

/// What the command line asks for.
struct Arguments {
    builder: FakeEngineBuilder,
    authority: Option<PathBuf>,
    state: Option<PathBuf>,
}

/// What to do.
enum Wanted {
    Run(Box<Arguments>),
    Print(String),
}

fn main() -> ExitCode {
    let done = match read(Parser::from_env()) {
        Ok(Wanted::Run(arguments)) => run(*arguments),
        Ok(Wanted::Print(text)) => print(&text),
        Err(problem) => Err(format!("{problem}\ntry `ovirt-fake-engine --help`")),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("error: {problem}");
            ExitCode::FAILURE
        }
    }
}

fn read(mut parser: Parser) -> Result<Wanted, lexopt::Error> {
    let mut arguments = Arguments { builder: FakeEngine::builder(), authority: None, state: None };
    while let Some(argument) = parser.next()? {
        let builder = arguments.builder;
        arguments.builder = match argument {
            Arg::Long("port") => builder.port(parsed(&mut parser, "--port")?),
            Arg::Long("address") => builder.address(parsed::<IpAddr>(&mut parser, "--address")?),
            Arg::Long("host-name") => builder.host_name(parser.value()?.string()?),
            Arg::Long("ca") => {
                let folder = PathBuf::from(parser.value()?);
                arguments.authority = Some(folder.clone());
                builder.ca_folder(folder)
            }
            Arg::Long("user") => {
                let user = parser.value()?.string()?;
                let (name, password) =
                    user.split_once(':').ok_or("the value of '--user' has to be NAME:PASSWORD, with a colon")?;
                builder.user(name, password)
            }
            Arg::Long("seed") => builder.seed(parsed(&mut parser, "--seed")?),
            Arg::Long("vms") => builder.vms(parsed(&mut parser, "--vms")?),
            Arg::Long("state") => {
                let file = PathBuf::from(parser.value()?);
                arguments.state = Some(file.clone());
                if file.exists() { builder.load(file) } else { builder }
            }
            Arg::Long("speed") => builder.speed(parsed(&mut parser, "--speed")?),
            Arg::Short('h') | Arg::Long("help") => return Ok(Wanted::Print(USAGE.to_owned())),
            Arg::Short('V') | Arg::Long("version") => {
                return Ok(Wanted::Print(concat!("ovirt-fake-engine ", env!("CARGO_PKG_VERSION"), "\n").to_owned()));
            }
            other => return Err(other.unexpected()),
        };
    }
    Ok(Wanted::Run(Box::new(arguments)))
}

/// The value of the option that was read last.
fn parsed<T>(parser: &mut Parser, option: &str) -> Result<T, lexopt::Error>
where
    T: FromStr,
    T::Err: Display,
{
    let value = parser.value()?.string()?;
    value.parse().map_err(|error| format!("the value '{value}' of '{option}' can't be used: {error}").into())
}

fn run(arguments: Arguments) -> Result<(), String> {
    let Arguments { builder, authority, state } = arguments;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| format!("there is no runtime: {error}"))?;
    runtime.block_on(async {
        let engine = builder.start().await.map_err(|error| error.to_string())?;
        let authority = match authority {
            Some(folder) => Authority { path: folder.join("ca.pem"), is_ours: false },
            None => Authority::new(&engine)?,
        };
        print(&instructions(&engine, &authority.path))?;
        stopped().await.map_err(|error| format!("signals can't be waited for: {error}"))?;
        if let Some(state) = state {
            engine.save(&state).map_err(|error| error.to_string())?;
            print(&format!("the state is in {}\n", state.display()))?;
        }
        Ok(())
    })
}

/// The file with the certificate of the authority.
struct Authority {
    path: PathBuf,
    /// Whether it goes when we go.
    is_ours: bool,
}

impl Authority {
    fn new(engine: &FakeEngine) -> Result<Self, String> {
        let pem = engine.ca_pem();
        // Every engine has another authority, so that the last line but one of its certificate makes a name.
        let name: String =
            pem.lines().rev().nth(1).unwrap_or_default().chars().filter(char::is_ascii_alphanumeric).collect();
        let path = std::env::temp_dir().join(format!("ovirt-fake-engine-{name}.pem"));
        File::create_new(&path)
            .and_then(|mut file| file.write_all(pem.as_bytes()))
            .map_err(|error| format!("`{}` can't be written: {error}", path.display()))?;
        Ok(Self { path, is_ours: true })
    }
}

impl Drop for Authority {
    fn drop(&mut self) {
        if self.is_ours {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// How to connect.
fn instructions(engine: &FakeEngine, authority: &Path) -> String {
    let (url, name, password, authority) = (engine.url(), engine.username(), engine.password(), authority.display());
    format!(
        "\
A fake engine listens at {url}
User name {name}, password {password}; the certificate of its authority is in
{authority}

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

Ctrl-C stops it.
"
    )
}

/// Waits until somebody wants it to end.
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

/// Waits until somebody wants it to end.
#[cfg(not(unix))]
async fn stopped() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}

/// Prints to standard output; that nobody reads on is no failure.
fn print(text: &str) -> Result<(), String> {
    let mut output = std::io::stdout();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(format!("can't print: {error}")),
        _ => Ok(()),
    }
}

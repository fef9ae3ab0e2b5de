//! A command line for virtual machines: list, start and stop them. It has options for all ways to log in.
//!
//! ```sh
//! cargo run --example vmctl --features clap -- --help
//! cargo run --example vmctl --features clap -- list
//! cargo run --example vmctl --features clap -- start web1 web2
//! cargo run --example vmctl --features clap -- --ovirt-username admin@internal stop web1
//! ```

#![allow(clippy::print_stdout, unreachable_pub, reason = "a command-line program")]

use clap::{Arg, ArgMatches, Command};
use ovirt_sdk::credentials::LoginMethods;
use ovirt_sdk::types::Vm;
use ovirt_sdk::{Connection, ConnectionBuilder, Error};
use tokio::task::JoinSet;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let methods = LoginMethods::standard();
    let matches = methods.arguments(command()).get_matches();
    // The URL and the certificate come from the environment.
    let connection = ConnectionBuilder::from_env().credentials(methods.from_arguments(&matches)?).build()?;
    let result = run(&connection, &matches).await;
    let closed = connection.close().await;
    result.map(drop).and(closed)
}

pub fn command() -> Command {
    let vms = Arg::new("vm").required(true).num_args(1..).help("Names of virtual machines");
    Command::new("vmctl")
        .about("Lists, starts and stops virtual machines")
        .subcommand_required(true)
        .subcommand(Command::new("list").about("List all"))
        .subcommand(Command::new("start").about("Start some and wait until they are up").arg(vms.clone()))
        .subcommand(Command::new("stop").about("Shut some down and wait until they are down").arg(vms))
}

/// Returns the virtual machines in their new states.
pub async fn run(connection: &Connection, matches: &ArgMatches) -> Result<Vec<Vm>, Error> {
    let mut done = Vec::new();
    match matches.subcommand() {
        Some(("list", _)) => done = connection.system().vms().list().send().await?.into_vec(),
        Some((task, arguments)) => {
            let mut tasks = JoinSet::new();
            for name in arguments.get_many::<String>("vm").into_iter().flatten() {
                tasks.spawn(change(connection.clone(), name.clone(), task == "start"));
            }
            while let Some(vm) = tasks.join_next().await {
                done.push(vm.map_err(Error::custom)??);
            }
        }
        None => {}
    }
    for vm in &done {
        println!("{} is {}", vm.try_name()?, vm.try_status()?);
    }
    Ok(done)
}

async fn change(connection: Connection, name: String, start: bool) -> Result<Vm, Error> {
    let vm = connection.system().vms().find_service(name).await?;
    if start {
        vm.start().send().await?;
        vm.wait_until_up().await
    } else {
        vm.shutdown().send().await?;
        vm.wait_until_down().await
    }
}

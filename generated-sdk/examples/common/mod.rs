//! What the programs share: the arguments, the connection and the usage.

use ovirt_sdk::{Connection, Error};

/// Connects to the engine, runs a command with the arguments of the program, and logs out.
#[tokio::main(flavor = "current_thread")]
pub async fn run(command: impl AsyncFnOnce(&Connection, &[&str]) -> Result<(), Error>) -> Result<(), Error> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let connection = Connection::from_env()?;
    let result = command(&connection, &arguments).await;
    let closed = connection.close().await;
    result.and(closed)
}

/// Prints the command lines from the comment at the top of a program, and ends it.
#[allow(clippy::print_stderr, reason = "a command-line program")]
pub fn usage(source: &str) -> ! {
    let comment = source.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim_start);
    let commands = comment.skip_while(|line| *line != "```sh").skip(1).take_while(|line| *line != "```");
    eprintln!("usage:\n{}", commands.collect::<Vec<_>>().join("\n"));
    std::process::exit(2)
}

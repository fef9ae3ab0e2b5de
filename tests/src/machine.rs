//! Describes the machine and the versions that benchmarks ran with.

use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use ovirt_sdk::types::DateTime;

use crate::models;

/// Names and values; what can't be determined is left out.
pub fn facts() -> Vec<(&'static str, String)> {
    let facts = [
        ("date", date()),
        ("commit", commit()),
        ("processor", processor()),
        ("memory", memory()),
        ("kernel", read("/proc/sys/kernel/osrelease").map(|text| text.trim().to_owned())),
        ("rustc", rustc()),
        ("libc", libc()),
    ];
    facts.into_iter().filter_map(|(what, fact)| Some((what, fact?))).collect()
}

/// The version of the compiler.
pub fn rustc() -> Option<String> {
    output("rustc", &["--version"])
}

/// The version of the C library, whose allocator and copies programs use.
pub fn libc() -> Option<String> {
    output("getconf", &["GNU_LIBC_VERSION"])
}

/// What a program prints, without white space around it.
pub fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).current_dir(models::repository()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.trim().to_owned()).filter(|text| output.status.success() && !text.is_empty())
}

fn date() -> Option<String> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    let date = DateTime::from_unix_millis(i64::try_from(now.as_millis()).ok()?)?.to_string();
    date.split_once('T').map(|(day, _)| day.to_owned())
}

/// The commit, with a note if files differ from it.
fn commit() -> Option<String> {
    let commit = output("git", &["rev-parse", "--short", "HEAD"])?;
    let changed = output("git", &["status", "--porcelain", "--untracked-files=no"]).is_some();
    Some(if changed { format!("{commit} with changes") } else { commit })
}

fn processor() -> Option<String> {
    let information = read("/proc/cpuinfo")?;
    let model = information.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'))?.1;
    let threads = std::thread::available_parallelism().ok()?;
    Some(format!("{}, {threads} threads", model.trim()))
}

fn memory() -> Option<String> {
    let information = read("/proc/meminfo")?;
    let kilobytes = information.lines().find_map(|line| line.strip_prefix("MemTotal:")?.split_whitespace().next())?;
    Some(format!("{} MiB", kilobytes.parse::<u64>().ok()? / 1024))
}

fn read(path: &str) -> Option<String> {
    std::fs::read_to_string(path).ok()
}

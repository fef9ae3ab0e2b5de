//! Measures and prints the results of benchmarks: figures, ratios and their budgets.
//!
//! If `OVIRT_SDK_BENCH_JSON` is the path of a file, each benchmark also appends its results to it, as one line of JSON.

#![allow(clippy::print_stdout, reason = "benchmarks print their results")]

use std::error::Error;
use std::fmt;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::machine;

/// The results so far.
static RESULTS: Mutex<Results> = Mutex::new(Results { title: String::new(), figures: Vec::new() });

struct Results {
    /// The title of the current table.
    title: String,
    figures: Vec<Value>,
}

fn results() -> MutexGuard<'static, Results> {
    RESULTS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether the process keeps freed memory. If not, this runs the program again in a process that does.
///
/// Otherwise the C library returns memory to the kernel between two rounds, or does not, depending on the largest block that was
/// ever freed. Where it does, each round pays for the first use of its pages, which took a quarter of the time of decoding.
///
/// # Errors
///
/// When the program can't be run again, or fails then.
pub fn keeps_memory() -> Result<bool, Box<dyn Error>> {
    const SETTINGS: [&str; 2] = ["MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_"];
    const NEVER: &str = "1000000000000";
    if SETTINGS.iter().all(|setting| std::env::var_os(setting).is_some()) {
        return Ok(true);
    }
    let mut again = Command::new(std::env::current_exe()?);
    let status = again.args(std::env::args_os().skip(1)).envs(SETTINGS.map(|setting| (setting, NEVER))).status()?;
    if status.success() { Ok(false) } else { Err(format!("the benchmark failed: {status}").into()) }
}

/// Runs a benchmark between a description of the machine and the end of the results.
///
/// # Errors
///
/// The error of the benchmark; also fails if the results can't be written.
pub fn run(name: &str, benchmark: impl FnOnce() -> Result<(), Box<dyn Error>>) -> Result<(), Box<dyn Error>> {
    let facts = machine::facts();
    println!("{name}");
    for (what, fact) in &facts {
        println!("  {what:10} {fact}");
    }
    benchmark()?;
    if let Some(file) = std::env::var_os("OVIRT_SDK_BENCH_JSON") {
        let facts: serde_json::Map<_, _> =
            facts.into_iter().map(|(what, fact)| (what.to_owned(), fact.into())).collect();
        let line = json!({"benchmark": name, "machine": facts, "figures": results().figures});
        writeln!(OpenOptions::new().create(true).append(true).open(file)?, "{line}")?;
    }
    Ok(())
}

/// Adds a figure to the results. The name of a figure below another one begins with spaces, which tables only need.
fn record(what: &str, measured: &str, more: Value) {
    let mut results = results();
    let mut figure = json!({"table": results.title, "what": what.trim_start(), "measured": measured.trim()});
    if let (Some(figure), Value::Object(more)) = (figure.as_object_mut(), more) {
        figure.extend(more);
    }
    results.figures.push(figure);
}

/// The budget of a figure.
#[derive(Clone, Copy, Debug)]
pub enum Budget {
    /// The smallest acceptable value.
    AtLeast(f64),
    /// The largest acceptable value.
    AtMost(f64),
    /// No budget; the figure is for information.
    None,
}

impl Budget {
    /// The text of the budget, and whether it is met.
    fn verdict(self, figure: f64) -> Option<(String, bool)> {
        match self {
            Self::AtLeast(least) => Some((format!(">= {least}"), figure >= least)),
            Self::AtMost(most) => Some((format!("<= {most}"), figure <= most)),
            Self::None => None,
        }
    }
}

/// Prints the header of a table.
pub fn head(title: &str) {
    println!("\n{title}\n{:48} {:>14} {:>10}  budget", "", "measured", "ratio");
    results().title = title.to_owned();
}

/// Prints the title of figures without ratios.
pub fn title(title: &str) {
    println!("\n{title}");
    results().title = title.to_owned();
}

/// Prints a figure without a ratio or a budget.
pub fn figure(what: &str, measured: &str) {
    println!("{what:48} {measured:>14}");
    record(what, measured, Value::Null);
}

/// Prints a figure, its ratio and its budget.
pub fn ratio(what: &str, measured: &str, ratio: f64, budget: Budget) {
    let verdict = budget.verdict(ratio);
    let shown = verdict
        .as_ref()
        .map_or_else(String::new, |(budget, met)| format!("{budget:<11} {}", if *met { "met" } else { "MISSED" }));
    println!("{what:48} {measured:>14} {ratio:>10.3}  {shown}");
    let (budget, met) = verdict.unzip();
    record(what, measured, json!({"ratio": ratio, "budget": budget, "met": met}));
}

/// Wall-clock time of `work`, without the time to drop its result.
pub fn timed<V>(work: impl FnOnce() -> V) -> Duration {
    let start = Instant::now();
    let made = std::hint::black_box(work());
    let took = start.elapsed();
    drop(made);
    took
}

/// CPU time of `work` on this thread, which other programs don't affect. Wall-clock time where Linux does not provide
/// the CPU time.
pub fn timed_alone<V>(work: impl FnOnce() -> V) -> Duration {
    let start = on_processor();
    let (mut took, mut end) = (Duration::ZERO, None);
    let on_clock = timed(|| {
        let made = work();
        end = on_processor();
        made
    });
    if let (Some(start), Some(end)) = (start, end) {
        took = end.saturating_sub(start);
    }
    if took.is_zero() { on_clock } else { took }
}

/// CPU time of the processes that `work` starts and waits for. Wall-clock time where Linux does not provide the CPU
/// time.
pub fn timed_children<V>(work: impl FnOnce() -> V) -> Duration {
    let start = children_on_processor();
    let on_clock = timed(work);
    match start.zip(children_on_processor()) {
        Some((start, end)) if end > start => end - start,
        _ => on_clock,
    }
}

/// CPU time of the child processes that have been waited for, including their own children.
pub fn children_on_processor() -> Option<Duration> {
    ticks("self", 13)
}

/// CPU time of all threads of this process, if Linux provides it.
pub fn process_on_processor() -> Option<Duration> {
    ticks("self", 11)
}

/// CPU time of all threads of another process, if Linux provides it.
pub fn other_process_on_processor(id: u32) -> Option<Duration> {
    ticks(&id.to_string(), 11)
}

/// The process that started another one, if Linux tells it.
pub fn parent(id: u32) -> Option<u32> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

/// The sum of two consecutive times in the file `stat` of a process in `/proc`, after `skipped` other fields.
fn ticks(process: &str, skipped: usize) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name of the program, in parentheses, may contain spaces.
    let mut figures = stat.rsplit_once(')')?.1.split_whitespace().skip(skipped).map(str::parse::<u64>);
    let ticks = figures.next()?.ok()? + figures.next()?.ok()?;
    // Linux reports these times in hundredths of a second.
    Some(Duration::from_millis(10 * ticks))
}

/// CPU time of this thread.
fn on_processor() -> Option<Duration> {
    let figures = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    figures.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

/// Medians in seconds of several workloads. The workloads take turns, so temporary load affects all of them.
pub fn medians<const N: usize>(rounds: usize, mut work: [&mut dyn FnMut() -> Duration; N]) -> [f64; N] {
    let mut times: [Vec<Duration>; N] = std::array::from_fn(|_| Vec::with_capacity(rounds));
    for _ in 0..rounds {
        for (work, times) in work.iter_mut().zip(&mut times) {
            times.push(work());
        }
    }
    times.map(|times| Samples::new(times.iter().map(Duration::as_secs_f64)).median())
}

/// The figures of several rounds.
#[derive(Clone, Debug)]
pub struct Samples {
    /// Figures in the order of the rounds.
    figures: Vec<f64>,
}

impl Samples {
    /// Creates samples from figures in the order of the rounds.
    pub fn new(figures: impl IntoIterator<Item = f64>) -> Self {
        Self { figures: figures.into_iter().collect() }
    }

    /// The ratios to `others`, per round. Load during a round affects both figures of the ratio.
    #[must_use]
    pub fn over(&self, others: &Self) -> Self {
        Self::new(self.figures.iter().zip(&others.figures).map(|(own, other)| own / other))
    }

    fn sorted(&self) -> Vec<f64> {
        let mut sorted = self.figures.clone();
        sorted.sort_by(f64::total_cmp);
        sorted
    }

    /// The median.
    pub fn median(&self) -> f64 {
        let sorted = self.sorted();
        sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
    }
}

impl fmt::Display for Samples {
    /// Prints the median, the minimum and the maximum.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sorted = self.sorted();
        let (least, most) = (sorted.first(), sorted.last());
        let [least, most] = [least, most].map(|figure| figure.copied().unwrap_or(f64::NAN));
        let digits = if most < 10.0 {
            2
        } else if most < 1000.0 {
            1
        } else {
            0
        };
        write!(f, "{:.digits$} ({least:.digits$} to {most:.digits$})", self.median())
    }
}

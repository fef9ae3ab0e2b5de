//! What the benchmarks print: figures, ratios and the budgets beside them.

#![allow(clippy::print_stdout, reason = "for benchmarks, which print")]

use std::fmt;
use std::time::{Duration, Instant};

/// What a figure has to be.
#[derive(Clone, Copy, Debug)]
pub enum Budget {
    /// At least this.
    AtLeast(f64),
    /// At most this.
    AtMost(f64),
    /// Nothing: for orientation.
    None,
}

impl Budget {
    fn verdict(self, figure: f64) -> String {
        match self {
            Self::AtLeast(least) => format!(">= {least:<8} {}", if figure >= least { "met" } else { "MISSED" }),
            Self::AtMost(most) => format!("<= {most:<8} {}", if figure <= most { "met" } else { "MISSED" }),
            Self::None => String::new(),
        }
    }
}

/// Prints the head of a table.
pub fn head(title: &str) {
    println!("\n{title}\n{:48} {:>14} {:>10}  budget", "", "measured", "ratio");
}

/// Prints a figure for orientation.
pub fn figure(what: &str, measured: &str) {
    println!("{what:48} {measured:>14}");
}

/// Prints a figure that has a budget.
pub fn ratio(what: &str, measured: &str, ratio: f64, budget: Budget) {
    println!("{what:48} {measured:>14} {ratio:>10.3}  {}", budget.verdict(ratio));
}

/// The time that something takes on the clock; what it makes is dropped after the clock has stopped.
pub fn timed<V>(work: impl FnOnce() -> V) -> Duration {
    let start = Instant::now();
    let made = std::hint::black_box(work());
    let took = start.elapsed();
    drop(made);
    took
}

/// The time that something takes on the processor, where Linux tells it: other programs don't count. On the clock
/// elsewhere.
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

/// The time that processes take on the processor that are started and waited for meanwhile, where Linux tells it. On the
/// clock elsewhere.
pub fn timed_children<V>(work: impl FnOnce() -> V) -> Duration {
    let start = children_on_processor();
    let on_clock = timed(work);
    match start.zip(children_on_processor()) {
        Some((start, end)) if end > start => end - start,
        _ => on_clock,
    }
}

/// For how long the processes that this one waited for had a processor, with those that they waited for.
fn children_on_processor() -> Option<Duration> {
    ticks(13)
}

/// For how long all threads of this process had a processor, where Linux tells it.
pub fn process_on_processor() -> Option<Duration> {
    ticks(11)
}

/// The sum of two times that Linux tells of this process, after so many other figures.
fn ticks(skipped: usize) -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program, in parentheses, may have blanks in it.
    let mut figures = stat.rsplit_once(')')?.1.split_whitespace().skip(skipped).map(str::parse::<u64>);
    let ticks = figures.next()?.ok()? + figures.next()?.ok()?;
    // In hundredths of a second, wherever Linux runs today.
    Some(Duration::from_millis(10 * ticks))
}

/// For how long this thread has had a processor.
fn on_processor() -> Option<Duration> {
    let figures = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    figures.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

/// The medians of several things that take turns, so that a machine that is busy for a while is so for all of them.
pub fn medians<const N: usize>(rounds: usize, mut work: [&mut dyn FnMut() -> Duration; N]) -> [f64; N] {
    let mut times: [Vec<Duration>; N] = std::array::from_fn(|_| Vec::with_capacity(rounds));
    for _ in 0..rounds {
        for (work, times) in work.iter_mut().zip(&mut times) {
            times.push(work());
        }
    }
    times.map(|times| Samples::new(times.iter().map(Duration::as_secs_f64)).median())
}

/// Figures of several rounds.
#[derive(Clone, Debug)]
pub struct Samples {
    /// In the order of the rounds.
    figures: Vec<f64>,
}

impl Samples {
    /// The figures, in the order of the rounds.
    pub fn new(figures: impl IntoIterator<Item = f64>) -> Self {
        Self { figures: figures.into_iter().collect() }
    }

    /// How many times the others these are, round by round: what is busy in a round is so for both.
    #[must_use]
    pub fn over(&self, others: &Self) -> Self {
        Self::new(self.figures.iter().zip(&others.figures).map(|(own, other)| own / other))
    }

    fn sorted(&self) -> Vec<f64> {
        let mut sorted = self.figures.clone();
        sorted.sort_by(f64::total_cmp);
        sorted
    }

    /// The one in the middle.
    pub fn median(&self) -> f64 {
        let sorted = self.sorted();
        sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
    }
}

impl fmt::Display for Samples {
    /// The median, and the least and the most.
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

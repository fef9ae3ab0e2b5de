//! Which events a watch has seen.
//!
//! The engine numbers events when it inserts them, but they appear when their transactions end. So an event can appear
//! after one with a higher number. A gap in the numbers is a late event, or one that never comes: of a transaction that
//! was rolled back, or that the user may not see.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

/// Number of events to read at once.
pub(super) const PAGE: usize = 1000;

/// How many numbers an event may be late.
const WINDOW: u64 = 500;

/// How long an event may be late. The engine inserts each one in a transaction of its own, so this takes milliseconds.
const LATE: Duration = Duration::from_secs(30);

/// The position of a watch.
#[derive(Clone, Debug)]
pub(super) struct Cursor {
    /// Events up to this number were seen, or no longer count.
    floor: u64,
    /// The numbers beyond it that were seen.
    seen: BTreeSet<u64>,
    /// The highest numbers, and when they were first seen.
    highest: VecDeque<(Duration, u64)>,
}

impl Cursor {
    /// Creates a position after an event.
    pub(super) fn after(number: u64) -> Self {
        Self { floor: number, seen: BTreeSet::new(), highest: VecDeque::new() }
    }

    /// Creates a position after the newest events. Those that appear between them later are new.
    pub(super) fn after_newest(numbers: &[u64], now: Duration) -> Self {
        let lowest = numbers.iter().min().map_or(0, |lowest| lowest.saturating_sub(1));
        let mut cursor = Self::after(lowest);
        for number in numbers {
            cursor.see(*number);
        }
        cursor.advance(None, now);
        cursor
    }

    /// The number after which to read.
    pub(super) fn floor(&self) -> u64 {
        self.floor
    }

    /// Whether an event is new.
    pub(super) fn see(&mut self, number: u64) -> bool {
        number > self.floor && self.seen.insert(number)
    }

    /// Advances after a response. If there are more events, `page` has the numbers of the response.
    pub(super) fn advance(&mut self, page: Option<&BTreeSet<u64>>, now: Duration) {
        let Some(&highest) = self.seen.last() else { return };
        let mut settled = match page {
            // The engine sorts by time. Clients can add events with any date, so the highest number may be far away.
            Some(numbers) => numbers.iter().nth(numbers.len() / 2).copied().unwrap_or_default(),
            None => highest.saturating_sub(WINDOW),
        };
        if page.is_none() && self.highest.back().is_none_or(|(_, last)| *last < highest) {
            self.highest.push_back((now, highest));
        }
        while let Some(&(_, number)) = self.highest.front().filter(|(since, _)| now.saturating_sub(*since) >= LATE) {
            settled = settled.max(number);
            self.highest.pop_front();
        }
        self.floor = self.floor.max(settled);
        self.seen = self.seen.split_off(&self.floor.saturating_add(1));
        while self.seen.first().is_some_and(|first| *first == self.floor.saturating_add(1)) {
            self.seen.pop_first();
            self.floor = self.floor.saturating_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Duration = Duration::from_secs(100);

    /// Reads the events of a log after the floor; returns the new ones.
    fn read(cursor: &mut Cursor, log: &[u64], now: Duration) -> Vec<u64> {
        let floor = cursor.floor();
        let new = log.iter().copied().filter(|number| *number > floor).filter(|number| cursor.see(*number)).collect();
        cursor.advance(None, now);
        new
    }

    #[test]
    fn each_event_comes_once() {
        let mut cursor = Cursor::after(10);
        assert_eq!(read(&mut cursor, &[9, 10, 11, 12], START), [11, 12]);
        assert_eq!(cursor.floor(), 12, "without gaps nothing is read again");
        assert!(read(&mut cursor, &[11, 12], START).is_empty());
        assert_eq!(read(&mut cursor, &[12, 13], START), [13]);
    }

    #[test]
    fn late_events_are_new() {
        let mut cursor = Cursor::after(10);
        assert_eq!(read(&mut cursor, &[11, 13, 14], START), [11, 13, 14]);
        assert_eq!(cursor.floor(), 11);
        assert_eq!(read(&mut cursor, &[11, 12, 13, 14], START + LATE / 2), [12]);
        assert_eq!((cursor.floor(), cursor.seen.len()), (14, 0));
    }

    #[test]
    fn gaps_that_stay_are_given_up() {
        let mut cursor = Cursor::after(10);
        read(&mut cursor, &[11, 13], START);
        read(&mut cursor, &[11, 13, 15], START + LATE / 2);
        assert_eq!(cursor.floor(), 11);
        read(&mut cursor, &[11, 13, 15], START + LATE);
        assert_eq!(cursor.floor(), 13, "the gap before 15 is younger");
        read(&mut cursor, &[15], START + LATE * 2);
        assert_eq!((cursor.floor(), cursor.seen.len()), (15, 0));
        let odd: Vec<u64> = (100..2000).filter(|number| number % 2 == 1).collect();
        read(&mut cursor, &odd, START + LATE * 2);
        assert!(cursor.floor() >= 1999 - WINDOW && cursor.seen.len() <= 500, "memory is bounded");
    }

    #[test]
    fn a_watch_from_now_ignores_what_is_there() {
        let mut cursor = Cursor::after_newest(&[25, 24, 22], START);
        assert!(read(&mut cursor, &[21, 22, 24, 25], START).is_empty());
        assert_eq!(read(&mut cursor, &[22, 23, 24, 25, 26], START), [23, 26]);
        let mut empty = Cursor::after_newest(&[], START);
        assert_eq!(read(&mut empty, &[1, 2], START), [1, 2]);
    }

    #[test]
    fn a_page_advances_by_half_of_it() {
        let mut cursor = Cursor::after(0);
        // 90000 has an early date.
        let page: BTreeSet<u64> = (1..=9).map(|number| number * 10).chain([90_000]).collect();
        page.iter().for_each(|number| assert!(cursor.see(*number)));
        cursor.advance(Some(&page), START);
        assert_eq!(cursor.floor(), 60);
        assert!(!cursor.see(70) && !cursor.see(90_000) && cursor.see(95));
    }
}

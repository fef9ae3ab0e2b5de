//! Which occurrences something applies to: how many it skips, and how often it applies then.

use std::fmt;

use crate::text_form::write_option;

/// Applies to all occurrences by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Occurrences {
    pub(crate) skip: usize,
    /// How often it still applies; `None` without an end.
    pub(crate) times: Option<usize>,
}

impl Occurrences {
    /// Whether it does not apply to this occurrence, which is counted then.
    pub(crate) fn skips(&mut self) -> bool {
        let skips = self.skip > 0;
        self.skip = self.skip.saturating_sub(1);
        skips
    }

    /// Counts an occurrence that it has applied to.
    pub(crate) fn count(&mut self) {
        self.times = self.times.map(|times| times.saturating_sub(1));
    }

    /// Whether it has applied as often as it should.
    pub(crate) fn is_over(&self) -> bool {
        self.times == Some(0)
    }

    /// Writes the options of the text form.
    pub(crate) fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_option(f, "skip", (self.skip > 0).then(|| self.skip.to_string()))?;
        write_option(f, "times", self.times.map(|times| times.to_string()))
    }
}

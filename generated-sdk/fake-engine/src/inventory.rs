//! What an engine begins with: what every installation has, and as many machines as are wanted.

mod administration;
mod creation;
mod infrastructure;
mod storage;

pub(super) use administration::SUPER_USER;

use super::exchange::Options;
use super::state::State;

/// Fills an engine that is empty. What comes later may refer by name to what was there before.
pub(super) fn fill(state: &mut State, options: &Options) {
    administration::fill(state, options);
    infrastructure::fill(state, options);
    storage::fill(state, options);
    creation::fill(state, options);
}

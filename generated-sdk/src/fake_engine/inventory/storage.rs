//! Storage that the inventory begins with.

use crate::fake_engine::exchange::Options;
use crate::fake_engine::state::State;

pub(super) fn fill(_state: &mut State, _options: &Options) {}

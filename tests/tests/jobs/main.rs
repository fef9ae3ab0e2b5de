//! Waiting for objects.

mod explaining;
mod fake_engine;
mod model;
mod restarts;
mod script;
mod sharing;
mod table;

//! Documents: what clients send, read strictly, and what they get, in the engine's layout.

mod integers;
mod read;
mod write;
mod xml_text;
mod xml_values;

pub(super) use read::{read_action, read_objects, takes_list};
pub(crate) use write::write_fault;
pub(super) use write::{Action, Document, write};

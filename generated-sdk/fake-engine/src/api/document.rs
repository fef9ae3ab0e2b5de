//! Documents in XML or JSON: what clients send is read strictly, and what they get is written in the engine's layout.

mod enum_order;
mod integers;
mod java_numbers;
mod json;
mod media_type;
mod read;
mod schema;
mod write;
mod xml_text;
mod xml_values;

pub(crate) use media_type::{AcceptError, CONSOLE_FILE, accepted_format, sent_format};
pub(super) use read::{read_action, read_objects, takes_list};
pub(crate) use schema::schema;
pub(super) use write::{Action, Document, write};
pub(crate) use write::{in_accepted_format, write_fault};

//! The types of the API: a struct or an enum for each, and what they share.
//!
//! Every member of a struct is an [`Option`]: absent is not empty. Values are built with [`new`](Vm::new) and setters
//! that are called like the members, or with `with_id` and `with_name` where a reference is meant. A `try_…` method
//! returns the member or an [`Error`](crate::Error) that names it.

mod macros;

pub use crate::date_time::{DateTime, ParseDateTimeError};
pub use crate::generated::types::*;
pub use crate::list::{List, ListItem};
pub use crate::unknown::{Link, Unknown};
pub(crate) use macros::{accessors, enum_in_formats, object_in_formats, slots, text_enum};

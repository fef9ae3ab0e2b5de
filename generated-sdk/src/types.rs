//! The types of the API: a struct or an enum for each, and what they share.
//!
//! Every field of a struct is an [`Option`]: unset is not empty. Create values with [`new`](Vm::new) and setters named
//! after the fields, or references with `with_id` and `with_name`. A `try_…` method returns the value of a field, or an
//! error that names the unset field.

mod macros;

pub use crate::date_time::{DateTime, ParseDateTimeError};
pub use crate::generated::types::*;
pub use crate::list::{List, ListItem};
pub use crate::unknown::{Link, Unknown};
pub(crate) use macros::{enum_in_formats, object, object_in_formats, one_of, text_enum};

//! Rendering: from the reply of a handler to the response.
//!
//! [`render()`] makes the response. It shows each object with [`object::show`], and completes it with the objects that
//! the request follows.

mod candidate;
mod follow;
mod list;
mod object;
mod reply;

pub(super) use object::{Item, show};
pub(crate) use reply::{action_status, render, render_failure};

//! What a handler replies.

use ovirt_sdk::object::{Object, Slot};

/// The reply of a handler, from which the response is rendered.
pub(crate) enum Reply {
    /// The path of a new object: 201, or 202 while its job is running.
    Created(String),
    /// The path of an object.
    Object(String),
    /// An object that is not stored.
    Computed(Box<dyn Object>),
    /// A list of objects that are not stored.
    ComputedList(Vec<Box<dyn Object>>),
    /// A list of objects by their paths. It is filtered, searched, sorted and cut as the request wants it.
    List(Vec<String>),
    /// The operation is complete, or continues in a job.
    Completed,
    /// The operation has started. The response is the same whether it is complete or not, and clients can't wait for
    /// its end.
    Started,
    /// Like `Completed`, with an output parameter of the action: its tag and its value.
    Output(&'static str, Box<dyn Slot>),
    /// A response without a body.
    NoContent(u16),
}

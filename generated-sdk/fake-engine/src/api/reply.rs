//! Replies of handlers.

use ovirt_sdk::object::{Object, Slot};

use super::response::ApiResponse;

/// The reply of a handler, from which the response is rendered.
pub(crate) enum Reply {
    /// The path of a new object: 201.
    Created(String),
    /// An object that was added to the collection and exists elsewhere: 200, with its identifier only.
    Added(Box<dyn Object>),
    /// The path of an object.
    Object(String),
    /// An object that is not stored.
    Computed(Box<dyn Object>),
    /// A list of objects that are not stored.
    ComputedList(Vec<Box<dyn Object>>),
    /// A list of objects by their paths. It is filtered, searched, sorted and cut as the request wants it.
    List(Vec<String>),
    /// The same with all objects in the collection of the request.
    Members,
    /// The operation is complete, or continues in a job of which the response says nothing.
    Completed,
    /// The operation continues in a task of the storage: 202 until its job ends. Clients can ask to wait.
    Pending,
    /// Like `Completed`, with an output parameter of the action: its tag and its value.
    Output(&'static str, Box<dyn Slot>),
    /// A response without a body.
    NoContent(u16),
    /// A response that is no document of the API: a file.
    Raw(ApiResponse),
}

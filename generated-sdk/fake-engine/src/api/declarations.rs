//! Properties of methods that resources declare.

/// A command of the engine.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Command {
    /// The description of its job. `{name}` stands for the name of the object, `{parent}` for that of the object to
    /// which the collection belongs, `{user}` and `{account}` for the user without and with the domain, and any other
    /// name in braces for a reference of the object.
    pub(crate) title: &'static str,
    /// The code and the text of the event about a failed validation; `{why}` stands for the messages.
    pub(crate) refused: Option<(i64, &'static str)>,
}

/// The response to a method of a service if an object in the path doesn't exist.
///
/// By default, lists are empty and everything else is not found: 404 without a body.
#[derive(Clone, Copy, Debug)]
pub(crate) enum UnknownObject {
    /// 404 without a body.
    NotFound,
    /// The operation succeeds without doing anything.
    Completed,
    /// The method runs as for any other object.
    Handled,
    /// A fault. `{id}` stands for the identifier.
    Fault(u16, &'static str),
    /// 500 with an HTML page.
    Exception,
    /// 500 without a body.
    EmptyFailure,
}

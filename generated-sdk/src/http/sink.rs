//! Where the bodies of responses go, and bodies that are decoded while they arrive.

use std::sync::Arc;

/// Where the body of a successful response goes.
#[derive(Clone, Default)]
pub(crate) enum Delivery {
    /// Into memory, as a whole.
    #[default]
    Whole,
    /// To the caller, chunk by chunk.
    Chunks,
    /// To a sink, if nothing else reads it.
    Sink(Arc<dyn BodySink>),
}

/// Takes the body of a successful response chunk by chunk, instead of the memory of the response.
///
/// The body of a failed attempt can end anywhere. It is then forgotten, and the body of the next attempt begins with
/// [`start`](Self::start).
pub(crate) trait BodySink: Send + Sync {
    /// Begins with the body of another response.
    fn start(&self);

    /// Takes the next chunk. If the body is not what the sink expects, returns the body so far: the whole body belongs into
    /// memory then.
    fn take(&self, chunk: Vec<u8>) -> Result<(), Vec<u8>>;

    /// Takes the end of the body. Returns a body that is not what the sink expects.
    fn end(&self) -> Result<(), Vec<u8>>;
}

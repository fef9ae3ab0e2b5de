//! The body of a response, complete or cut off.

use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Bytes, Frame, SizeHint};

use super::disconnect::Disconnect;

/// A body with a fixed `Content-Length`, even if the connection breaks.
pub(super) struct Body {
    length: u64,
    /// The rest that is not sent yet.
    rest: Bytes,
    is_truncated: bool,
    /// Whether the sent part had time to be flushed.
    has_paused: bool,
}

impl Body {
    pub(super) fn new(body: Vec<u8>, is_truncated: bool) -> Self {
        let mut rest = Bytes::from(body);
        let mut length = rest.len() as u64;
        if is_truncated {
            rest.truncate(rest.len() / 2);
            // An empty body is truncated only if its length is not 0.
            length = length.max(1);
        }
        Self { length, rest, is_truncated, has_paused: false }
    }
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = Disconnect;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Disconnect>>> {
        if !self.rest.is_empty() {
            let all = std::mem::take(&mut self.rest);
            return Poll::Ready(Some(Ok(Frame::data(all))));
        }
        match self.is_truncated {
            false => Poll::Ready(None),
            true if self.has_paused => Poll::Ready(Some(Err(Disconnect))),
            true => {
                // Data that is not flushed before the error would never be sent.
                self.has_paused = true;
                cx.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && !self.is_truncated
    }

    fn size_hint(&self) -> SizeHint {
        // A truncated body keeps its announced length.
        let left = if self.is_truncated { self.length } else { self.rest.len() as u64 };
        SizeHint::with_exact(left)
    }
}

//! The body of an answer, whole or not.

use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Bytes, Frame, SizeHint};

use super::BrokenOff;

/// A body that announces its whole length, whatever comes of it.
pub(super) struct Body {
    length: u64,
    /// What is still to come.
    rest: Bytes,
    breaks_off: bool,
    /// Whether what came was given time to leave.
    has_paused: bool,
}

impl Body {
    pub(super) fn new(body: Vec<u8>, is_truncated: bool) -> Self {
        let mut rest = Bytes::from(body);
        let mut length = rest.len() as u64;
        if is_truncated {
            rest.truncate(rest.len() / 2);
            // An empty body can't miss anything, unless it announces something.
            length = length.max(1);
        }
        Self { length, rest, breaks_off: is_truncated, has_paused: false }
    }
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        if !self.rest.is_empty() {
            let all = std::mem::take(&mut self.rest);
            return Poll::Ready(Some(Ok(Frame::data(all))));
        }
        match self.breaks_off {
            false => Poll::Ready(None),
            true if self.has_paused => Poll::Ready(Some(Err(BrokenOff))),
            true => {
                // What is not flushed when the error comes would never be sent.
                self.has_paused = true;
                cx.waker().wake_by_ref();
                Poll::Pending
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && !self.breaks_off
    }

    fn size_hint(&self) -> SizeHint {
        // Of a body that breaks off, what was announced still counts.
        let left = if self.breaks_off { self.length } else { self.rest.len() as u64 };
        SizeHint::with_exact(left)
    }
}

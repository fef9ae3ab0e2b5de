//! Streaming of the items of a list.

use std::fmt;

use super::typed::TypedRequest;
use crate::connection::StreamingReply;
use crate::error::Error;
use crate::list::List;
use crate::object::Struct;
use crate::xml::{DecodeOptions, ItemDecoder};

impl<T: Struct + Send> TypedRequest<List<T>> {
    pub(crate) fn items(self) -> Items<T> {
        Items::new(self)
    }

    #[cfg(feature = "blocking")]
    pub(crate) fn items_blocking(self) -> BlockingItems<T> {
        BlockingItems::new(self)
    }
}

/// A stream of the items of a list, created by `items()` of the request.
///
/// The first call of [`next`](Self::next) sends the request. Memory use depends on the largest item, not on the length
/// of the list. Until it ends or is dropped, the stream counts towards `max_connections` of the connection.
pub struct Items<T> {
    request: TypedRequest<List<T>>,
    decoder: ItemDecoder<T>,
    reply: Option<StreamingReply>,
    /// Whether the complete response was received.
    complete: bool,
    /// Whether the stream has ended, after the last item or an error.
    done: bool,
}

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("request", &self.request).field("done", &self.done).finish_non_exhaustive()
    }
}

impl<T: Struct + Send> Items<T> {
    fn new(request: TypedRequest<List<T>>) -> Self {
        let decoder = ItemDecoder::new(DecodeOptions::new());
        Self { request, decoder, reply: None, complete: false, done: false }
    }

    /// Returns the next item as soon as it arrives; `None` after the last one.
    ///
    /// # Errors
    ///
    /// When the request fails, or when the response is incomplete or can't be decoded. After an error, the stream ends.
    pub async fn next(&mut self) -> Result<Option<T>, Error> {
        if self.done {
            return Ok(None);
        }
        let next = self.advance().await;
        if !matches!(next, Ok(Some(_))) {
            self.done = true;
            // Frees the slot of the request.
            self.reply = None;
        }
        next
    }

    async fn advance(&mut self) -> Result<Option<T>, Error> {
        let reply = match &mut self.reply {
            Some(reply) => reply,
            none => {
                let call = self.request.call()?;
                none.insert(self.request.location.connection().call_streaming(call).await?)
            }
        };
        loop {
            let next = self.decoder.next(self.complete).map_err(|error| reply.unreadable(error))?;
            if next.is_some() || self.complete {
                return Ok(next);
            }
            match reply.chunk().await? {
                Some(chunk) => self.decoder.feed(&chunk).map_err(|error| reply.unreadable(error))?,
                None => self.complete = true,
            }
        }
    }
}

/// Blocking counterpart of [`Items`]: an iterator, created by `items_blocking()` of the request.
///
/// The first call of `next` sends the request. Memory use depends on the largest item. An error ends the iterator.
#[cfg(feature = "blocking")]
#[derive(Debug)]
pub struct BlockingItems<T>(Items<T>);

#[cfg(feature = "blocking")]
impl<T: Struct + Send> BlockingItems<T> {
    fn new(request: TypedRequest<List<T>>) -> Self {
        Self(Items::new(request))
    }
}

#[cfg(feature = "blocking")]
impl<T: Struct + Send> Iterator for BlockingItems<T> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.done {
            return None;
        }
        crate::blocking::block_on(self.0.next())
            .unwrap_or_else(|error| {
                // Within a runtime, each further call would fail as well.
                self.0.done = true;
                Err(error)
            })
            .transpose()
    }
}

#[cfg(feature = "blocking")]
impl<T: Struct + Send> std::iter::FusedIterator for BlockingItems<T> {}

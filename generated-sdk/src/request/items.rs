//! The items of a list, one by one, while the answer comes.

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

/// The items of a list, one by one; made by `items()` of the request.
///
/// The request is sent with the first item. Memory is bounded by the largest item, however long the list is. While it
/// is read, it counts as one of the connection's requests at a time.
pub struct Items<T> {
    request: TypedRequest<List<T>>,
    decoder: ItemDecoder<T>,
    reply: Option<StreamingReply>,
    /// Whether the answer has come whole.
    whole: bool,
    /// Whether there is nothing more to give.
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
        Self { request, decoder, reply: None, whole: false, done: false }
    }

    /// The next item, as soon as it has come; `None` after the last one.
    ///
    /// # Errors
    ///
    /// As sending the request, and when the answer breaks off or can't be read. After an error there are no more items.
    pub async fn next(&mut self) -> Result<Option<T>, Error> {
        if self.done {
            return Ok(None);
        }
        let next = self.advance().await;
        if !matches!(next, Ok(Some(_))) {
            self.done = true;
            // Others may have its place.
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
            let next = self.decoder.next(self.whole).map_err(|error| reply.unreadable(error))?;
            if next.is_some() || self.whole {
                return Ok(next);
            }
            match reply.chunk().await? {
                Some(piece) => self.decoder.feed(&piece).map_err(|error| reply.unreadable(error))?,
                None => self.whole = true,
            }
        }
    }
}

/// The items of a list, one by one, for programs without an async runtime; made by `items_blocking()` of the request.
///
/// As with [`Items`], the request is sent with the first item, and memory is bounded by the largest one. After an error
/// there are no more items.
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
                // Within a runtime it would be so every time.
                self.0.done = true;
                Err(error)
            })
            .transpose()
    }
}

#[cfg(feature = "blocking")]
impl<T: Struct + Send> std::iter::FusedIterator for BlockingItems<T> {}

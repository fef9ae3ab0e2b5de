//! Streaming of the items of a list.

use std::fmt;
use std::future::poll_fn;
use std::task::{Context, Poll};

use super::typed::TypedRequest;
use crate::connection::StreamingReply;
use crate::error::Error;
use crate::http::BoxFuture;
use crate::list::List;
use crate::object::Struct;
use crate::xml::{DecodeOptions, ItemDecoder};

impl<T: Struct, P> TypedRequest<List<T>, P> {
    pub(crate) fn items(self) -> Items<T> {
        Items::new(self.without_parameters())
    }

    #[cfg(feature = "blocking")]
    pub(crate) fn items_blocking(self) -> BlockingItems<T> {
        BlockingItems::new(self.without_parameters())
    }
}

/// A stream of the items of a list, created by `items()` of the request.
///
/// The first call of [`next`](Self::next) sends the request. Memory use depends on the largest item, not on the length
/// of the list. The timeout of the request limits the total time of waiting for the engine; the time between the calls
/// does not count.
///
/// Requests can be sent while the stream is open: it counts towards `max_connections` of the connection only until the
/// response begins. The engine keeps the response open in the meantime, and can give up if the items are not read for a
/// long time. To work long on each item, collect the items first.
///
/// With the feature `stream`, it is a `futures_core::Stream`.
pub struct Items<T> {
    request: TypedRequest<List<T>>,
    decoder: ItemDecoder<T>,
    source: Source,
}

/// The state of the response.
enum Source {
    /// The request has not been sent.
    Unsent,
    /// The response is being requested, or the next chunk.
    Waiting(BoxFuture<'static, Result<Received, Error>>),
    /// There is a chunk to decode.
    Open(StreamingReply),
    /// The complete response was received.
    Complete(StreamingReply),
    /// The stream has ended, after the last item or an error.
    Ended,
}

/// A response with its next chunk; `None` at its end.
type Received = (StreamingReply, Option<Vec<u8>>);

impl<T> fmt::Debug for Items<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ended = matches!(self.source, Source::Ended);
        f.debug_struct("Items").field("request", &self.request).field("ended", &ended).finish_non_exhaustive()
    }
}

impl<T: Struct> Items<T> {
    fn new(request: TypedRequest<List<T>>) -> Self {
        Self { request, decoder: ItemDecoder::new(DecodeOptions::new()), source: Source::Unsent }
    }

    /// Returns the next item as soon as it arrives; `None` after the last one. The future can be dropped: the next call
    /// continues.
    ///
    /// # Errors
    ///
    /// When the request fails, or when the response is incomplete or can't be decoded. After an error, the stream ends.
    pub async fn next(&mut self) -> Result<Option<T>, Error> {
        poll_fn(|context| self.poll_item(context)).await.transpose()
    }

    fn poll_item(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T, Error>>> {
        loop {
            let (reply, complete) = match std::mem::replace(&mut self.source, Source::Ended) {
                Source::Ended => return Poll::Ready(None),
                Source::Unsent => {
                    match self.request.call() {
                        Ok(call) => {
                            let connection = self.request.parts.location.connection().clone();
                            self.source = Source::Waiting(Box::pin(async move {
                                let reply = connection.call_streaming(call).await?;
                                Ok((reply, Some(Vec::new())))
                            }));
                        }
                        Err(error) => return Poll::Ready(Some(Err(error))),
                    }
                    continue;
                }
                Source::Waiting(mut waiting) => match waiting.as_mut().poll(context) {
                    Poll::Pending => {
                        self.source = Source::Waiting(waiting);
                        return Poll::Pending;
                    }
                    Poll::Ready(Err(error)) => return Poll::Ready(Some(Err(error))),
                    Poll::Ready(Ok((reply, Some(chunk)))) => match self.decoder.feed(&chunk) {
                        Ok(()) => (reply, false),
                        Err(error) => return Poll::Ready(Some(Err(reply.unreadable(error)))),
                    },
                    Poll::Ready(Ok((reply, None))) => (reply, true),
                },
                Source::Open(reply) => (reply, false),
                Source::Complete(reply) => (reply, true),
            };
            match self.decoder.next(complete) {
                Ok(Some(item)) => {
                    self.source = if complete { Source::Complete(reply) } else { Source::Open(reply) };
                    return Poll::Ready(Some(Ok(item)));
                }
                Ok(None) if complete => return Poll::Ready(None),
                Ok(None) => {
                    let mut reply = reply;
                    self.source = Source::Waiting(Box::pin(async move {
                        let chunk = reply.chunk().await?;
                        Ok((reply, chunk))
                    }));
                }
                Err(error) => match self.decoder.beginning() {
                    // Not the expected list. The document can be a fault.
                    Some(beginning) => {
                        let beginning = beginning.to_owned();
                        self.source =
                            Source::Waiting(Box::pin(async move { Err(reply.unexpected(&beginning, error).await) }));
                    }
                    None => return Poll::Ready(Some(Err(reply.unreadable(error)))),
                },
            }
        }
    }
}

#[cfg(feature = "stream")]
impl<T: Struct> futures_core::Stream for Items<T> {
    type Item = Result<T, Error>;

    fn poll_next(self: std::pin::Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.get_mut().poll_item(context)
    }
}

/// Blocking counterpart of [`Items`]: an iterator, created by `items_blocking()` of the request.
///
/// The first call of `next` sends the request. Memory use depends on the largest item. An error ends the iterator.
#[cfg(feature = "blocking")]
#[derive(Debug)]
pub struct BlockingItems<T>(Items<T>);

#[cfg(feature = "blocking")]
impl<T: Struct> BlockingItems<T> {
    fn new(request: TypedRequest<List<T>>) -> Self {
        Self(Items::new(request))
    }
}

#[cfg(feature = "blocking")]
impl<T: Struct> Iterator for BlockingItems<T> {
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if matches!(self.0.source, Source::Ended) {
            return None;
        }
        crate::blocking::block_on(self.0.next())
            .unwrap_or_else(|error| {
                // Within a runtime, each further call would fail as well.
                self.0.source = Source::Ended;
                Err(error)
            })
            .transpose()
    }
}

#[cfg(feature = "blocking")]
impl<T: Struct> std::iter::FusedIterator for BlockingItems<T> {}

//! Lists that are read in pages.

use std::fmt;
use std::future::poll_fn;
use std::task::{Context, Poll};

use super::typed::{Sending, TypedRequest};
use crate::error::Error;
use crate::list::List;
use crate::object::Struct;
use crate::search::page_of;

/// The parameters of requests for lists that can be read in pages.
pub trait Paged {
    /// The parameter with the search.
    const SEARCH: &'static str;
    /// The parameter that limits the length of the list.
    const LIMIT: &'static str;
}

/// Parameters with which a list can be read in pages: the type that stands for them, the parameter with the search, and the
/// one that limits the length.
#[allow(unused_macros, reason = "whether lists have pages depends on the model")]
macro_rules! paged {
    ($parameters:ident $search:literal $limit:literal) => {
        impl crate::request::Paged for $parameters {
            const SEARCH: &'static str = $search;
            const LIMIT: &'static str = $limit;
        }
    };
}
#[allow(unused_imports, reason = "whether lists have pages depends on the model")]
pub(crate) use paged;

/// A list that is read in pages, created by `pages()` of the request. Each call of [`next`](Self::next) sends a request for
/// the next page.
///
/// Pages need an order. If the search has none, it is sorted by a field whose values all differ, where the objects have one.
///
/// The engine remembers nothing between the pages. If objects are added or removed in the meantime, the other ones move
/// between the pages: an object can be missing or be returned twice. To get a consistent list, read it at once:
/// `items()` needs no more memory than one page.
///
/// With the feature `stream`, it is a `futures_core::Stream`.
pub struct Pages<T> {
    request: TypedRequest<List<T>>,
    search: &'static str,
    size: usize,
    /// The number of the next page, from 1; `None` after the last one.
    number: Option<usize>,
    waiting: Option<Sending<List<T>>>,
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("request", &self.request).field("number", &self.number).finish_non_exhaustive()
    }
}

impl<T: Struct> Pages<T> {
    /// Reads a list in pages of a size; `search` and `limit` are the names of the parameters.
    pub(crate) fn new(request: TypedRequest<List<T>>, search: &'static str, limit: &'static str, size: usize) -> Self {
        Self { request: request.query(limit, size), search, size, number: Some(1), waiting: None }
    }

    /// Returns the next page; `None` after the last one. The future can be dropped: the next call continues. After an
    /// error, the next call requests the same page again.
    ///
    /// # Errors
    ///
    /// When the request fails, when the size is 0, or when the search names a page itself.
    pub async fn next(&mut self) -> Result<Option<List<T>>, Error> {
        poll_fn(|context| self.poll_page(context)).await.transpose()
    }

    /// The request for a page.
    fn page(&self, number: usize) -> Result<TypedRequest<List<T>>, Error> {
        if self.size == 0 {
            return Err(Error::request("a page can't have the size 0"));
        }
        let search = self.request.query_value(self.search).unwrap_or_default();
        let order = self.request.searches().find_map(|info| info.pages);
        let search = page_of(search, order, number).map_err(Error::request)?;
        Ok(self.request.clone().query(self.search, search))
    }

    fn poll_page(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<List<T>, Error>>> {
        let Some(number) = self.number else { return Poll::Ready(None) };
        if self.waiting.is_none() {
            match self.page(number) {
                Ok(request) => self.waiting = Some(request.send()),
                Err(error) => return Poll::Ready(Some(Err(error))),
            }
        }
        let Some(waiting) = &mut self.waiting else { return Poll::Ready(None) };
        let page = std::task::ready!(waiting.as_mut().poll(context));
        self.waiting = None;
        let page = match page {
            Ok(page) => page,
            Err(error) => return Poll::Ready(Some(Err(error))),
        };
        self.number = (page.len() >= self.size).then_some(number + 1);
        Poll::Ready((!page.is_empty()).then_some(Ok(page)))
    }
}

#[cfg(feature = "stream")]
impl<T: Struct> futures_core::Stream for Pages<T> {
    type Item = Result<List<T>, Error>;

    fn poll_next(mut self: std::pin::Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_page(context)
    }
}

/// Blocking counterpart of [`Pages`]: an iterator, created by `pages_blocking()` of the request.
#[cfg(feature = "blocking")]
#[derive(Debug)]
pub struct BlockingPages<T>(Pages<T>);

#[cfg(feature = "blocking")]
impl<T: Struct> BlockingPages<T> {
    pub(crate) fn new(pages: Pages<T>) -> Self {
        Self(pages)
    }
}

#[cfg(feature = "blocking")]
impl<T: Struct> Iterator for BlockingPages<T> {
    type Item = Result<List<T>, Error>;

    /// After an error, the iterator ends.
    fn next(&mut self) -> Option<Self::Item> {
        let page = crate::blocking::block_on(self.0.next()).and_then(|page| page);
        if page.is_err() {
            self.0.number = None;
        }
        page.transpose()
    }
}

#[cfg(feature = "blocking")]
impl<T: Struct> std::iter::FusedIterator for BlockingPages<T> {}

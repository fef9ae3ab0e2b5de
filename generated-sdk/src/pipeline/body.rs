//! The body of a response: whole, or in pieces as they come.

use std::fmt;

use super::BoxFuture;
use crate::error::Error;

/// The body of a response.
pub struct Body(Kind);

enum Kind {
    Whole(Option<Vec<u8>>),
    Chunks(Box<dyn Chunks>),
}

/// A body that comes in pieces.
pub trait Chunks: Send {
    /// The next piece; `None` at the end.
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Vec<u8>>, Error>>;
}

impl Body {
    /// A body that comes in pieces.
    pub fn from_chunks(chunks: impl Chunks + 'static) -> Self {
        Self(Kind::Chunks(Box::new(chunks)))
    }

    /// The next piece; `None` at the end.
    ///
    /// # Errors
    ///
    /// When the connection fails before the body has come whole.
    pub async fn chunk(&mut self) -> Result<Option<Vec<u8>>, Error> {
        match &mut self.0 {
            Kind::Whole(bytes) => Ok(bytes.take().filter(|bytes| !bytes.is_empty())),
            Kind::Chunks(chunks) => chunks.next().await,
        }
    }

    /// All that remains of the body.
    ///
    /// # Errors
    ///
    /// As [`chunk`](Self::chunk).
    pub async fn collect(mut self) -> Result<Vec<u8>, Error> {
        let mut all = self.chunk().await?.unwrap_or_default();
        while let Some(chunk) = self.chunk().await? {
            all.extend_from_slice(&chunk);
        }
        Ok(all)
    }

    /// The bytes, when the body is whole.
    pub fn bytes(&self) -> Option<&[u8]> {
        match &self.0 {
            Kind::Whole(bytes) => Some(bytes.as_deref().unwrap_or_default()),
            Kind::Chunks(_) => None,
        }
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Kind::Whole(Some(bytes)))
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.bytes() {
            Some(bytes) => write!(f, "Body({} bytes)", bytes.len()),
            None => f.write_str("Body(in pieces)"),
        }
    }
}

//! Response bodies, complete or in chunks.

use std::error::Error as StdError;
use std::fmt;
use std::pin::Pin;

use super::sink::BodySink;

/// A boxed future that can move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The body of a response.
pub struct Body(Kind);

enum Kind {
    Complete(Option<Vec<u8>>),
    Chunks(Box<dyn Chunks>),
    /// A body of this length went to a sink.
    Taken(u64),
}

/// A body that arrives in chunks.
pub trait Chunks: Send {
    /// Returns the next chunk; `None` at the end.
    ///
    /// # Errors
    ///
    /// When the connection fails before the body is complete.
    fn next(&mut self) -> BoxFuture<'_, Result<Option<Vec<u8>>, BodyError>>;
}

impl Body {
    /// Creates a body that arrives in chunks.
    pub fn from_chunks(chunks: impl Chunks + 'static) -> Self {
        Self(Kind::Chunks(Box::new(chunks)))
    }

    /// Returns the next chunk; `None` at the end.
    ///
    /// # Errors
    ///
    /// When the connection fails before the body is complete.
    pub async fn chunk(&mut self) -> Result<Option<Vec<u8>>, BodyError> {
        match &mut self.0 {
            Kind::Complete(bytes) => Ok(bytes.take().filter(|bytes| !bytes.is_empty())),
            Kind::Chunks(chunks) => chunks.next().await,
            Kind::Taken(_) => Ok(None),
        }
    }

    /// Reads the rest of the body.
    ///
    /// # Errors
    ///
    /// When the connection fails before the body is complete.
    pub async fn collect(self) -> Result<Vec<u8>, BodyError> {
        let (all, _) = self.collect_up_to(u64::MAX).await?;
        Ok(all)
    }

    /// Reads the body up to a number of bytes. Returns the bytes, and whether they are the whole body.
    pub(crate) async fn collect_up_to(self, limit: u64) -> Result<(Vec<u8>, bool), BodyError> {
        self.collect_onto(Vec::new(), limit).await
    }

    /// Reads the rest of a body onto its beginning, up to a number of bytes.
    async fn collect_onto(mut self, mut all: Vec<u8>, limit: u64) -> Result<(Vec<u8>, bool), BodyError> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        if all.len() > limit {
            all.truncate(limit);
            return Ok((all, false));
        }
        while let Some(mut chunk) = self.chunk().await? {
            if chunk.len() > limit - all.len() {
                chunk.truncate(limit - all.len());
                all.extend_from_slice(&chunk);
                return Ok((all, false));
            }
            match all.is_empty() {
                true => all = chunk,
                false => all.extend_from_slice(&chunk),
            }
        }
        Ok((all, true))
    }

    /// Passes the body on to a sink. What the sink does not expect is read into memory, up to a number of bytes. Returns
    /// the remaining body, and whether it was complete.
    pub(crate) async fn pass_to(mut self, sink: &dyn BodySink, limit: u64) -> Result<(Self, bool), BodyError> {
        sink.start();
        let mut length = 0;
        let unexpected = loop {
            match self.chunk().await? {
                Some(chunk) => {
                    length += chunk.len() as u64;
                    if length > limit {
                        return Ok((Self(Kind::Taken(length)), false));
                    }
                    if let Err(beginning) = sink.take(chunk) {
                        break beginning;
                    }
                }
                None => match sink.end() {
                    Ok(()) => return Ok((Self(Kind::Taken(length)), true)),
                    Err(whole) => return Ok((whole.into(), true)),
                },
            }
        };
        let (all, complete) = self.collect_onto(unexpected, limit).await?;
        Ok((all.into(), complete))
    }

    /// The bytes of a complete body; `None` if it arrives in chunks.
    pub fn bytes(&self) -> Option<&[u8]> {
        match &self.0 {
            Kind::Complete(bytes) => Some(bytes.as_deref().unwrap_or_default()),
            Kind::Taken(_) => Some(&[]),
            Kind::Chunks(_) => None,
        }
    }

    /// The length of a complete body.
    pub(crate) fn length(&self) -> Option<u64> {
        match &self.0 {
            Kind::Complete(bytes) => Some(bytes.as_ref().map_or(0, Vec::len) as u64),
            Kind::Taken(length) => Some(*length),
            Kind::Chunks(_) => None,
        }
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Kind::Complete(Some(bytes)))
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.length() {
            Some(length) => write!(f, "Body({length} bytes)"),
            None => f.write_str("Body(streamed)"),
        }
    }
}

/// A failure to read a body completely. It wraps the cause, and converts into the [`Error`](crate::Error) of the crate.
pub struct BodyError(Box<dyn StdError + Send + Sync>);

impl BodyError {
    /// Wraps the cause.
    pub fn new(cause: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self(cause.into())
    }

    pub(crate) fn into_cause(self) -> Box<dyn StdError + Send + Sync> {
        self.0
    }
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BodyError({self})")
    }
}

impl StdError for BodyError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()
    }
}

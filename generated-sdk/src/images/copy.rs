//! Work on many ranges at once.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::task::JoinSet;

use crate::error::Error;

/// The size of a request with data. Larger ones are hardly faster, and each connection holds one in memory.
pub(super) const DATA_SIZE: u64 = 4 << 20;

/// The size of a request that zeros a range. Storage that can't do it quickly takes long for larger ones.
pub(super) const ZERO_SIZE: u64 = 128 << 20;

/// The number of connections, unless the daemon allows fewer.
pub(super) const CONNECTIONS: usize = 4;

/// Tasks of which a limited number runs at once. Dropping it stops them.
pub(super) struct Workers {
    tasks: JoinSet<Result<(), Error>>,
    limit: usize,
}

impl Workers {
    pub(super) fn new(limit: usize) -> Self {
        Self { tasks: JoinSet::new(), limit: limit.max(1) }
    }

    /// Starts a task, as soon as fewer than the limit run. Fails with the error of an earlier task.
    pub(super) async fn start(
        &mut self,
        task: impl Future<Output = Result<(), Error>> + Send + 'static,
    ) -> Result<(), Error> {
        while self.tasks.len() >= self.limit {
            self.one().await?;
        }
        self.tasks.spawn(task);
        Ok(())
    }

    /// Waits for all tasks.
    pub(super) async fn finish(mut self) -> Result<(), Error> {
        while !self.tasks.is_empty() {
            self.one().await?;
        }
        Ok(())
    }

    async fn one(&mut self) -> Result<(), Error> {
        match self.tasks.join_next().await {
            Some(ended) => ended.map_err(Error::custom)?,
            None => Ok(()),
        }
    }
}

/// Runs code that blocks on files.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(Error::custom)
}

/// Buffers that are used again. Fresh ones cost as much as the data: the system clears their pages.
#[derive(Clone, Default)]
pub(super) struct Pool(Arc<Mutex<Vec<Vec<u8>>>>);

impl Pool {
    /// A buffer of a length, with any content.
    pub(super) fn take(&self, length: usize) -> Vec<u8> {
        let mut buffer = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default();
        buffer.resize(length, 0);
        buffer
    }

    pub(super) fn give_back(&self, buffer: Vec<u8>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(buffer);
    }

    /// Shares a buffer. It returns to the pool when all parts of it are dropped.
    pub(super) fn share(&self, buffer: Vec<u8>) -> Bytes {
        Bytes::from_owner(Lent { buffer, pool: self.clone() })
    }
}

struct Lent {
    buffer: Vec<u8>,
    pool: Pool,
}

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        &self.buffer
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        self.pool.give_back(std::mem::take(&mut self.buffer));
    }
}

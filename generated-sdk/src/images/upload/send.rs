//! Sending the data of an upload.

use std::sync::Arc;

use super::super::copy::{DATA_SIZE, Workers, ZERO_SIZE, blocking};
use super::super::error::{Action, ImageProblem};
use super::super::extent::{Content, Extent, pieces};
use super::super::format::{ImageFormat, ImageInfo};
use super::super::ranges::Ranges;
use super::super::session::Session;
use super::super::settings::Settings;
use super::super::source::{Mark, Source};
use super::super::transfer::{Started, Transfer};
use super::super::{verify, zeros};
use super::checks::Target;
use super::input::{Input, Stream};
use super::record::Record;
use crate::error::Error;

/// How often an upload starts again after the host lost its ticket.
const MAX_RESTARTS: u32 = 10;

/// Everything that is needed to send the data.
pub(super) struct Job<'a> {
    pub(super) input: Input,
    pub(super) info: ImageInfo,
    pub(super) target: &'a Target,
    pub(super) record: Option<Arc<Record>>,
    pub(super) settings: Settings,
    pub(super) action: Action,
}

impl Job<'_> {
    /// Sends the data and finishes the transfer. After an error, the transfer is canceled or kept.
    pub(super) async fn run(self, transfer: Arc<Transfer>) -> Result<(), Error> {
        let before = self.mark()?;
        let sent = self.send_all(&transfer).await.and_then(|()| match self.mark()? == before {
            true => Ok(()),
            false => Err(self.action.error(ImageProblem::SourceChanged, "the image was changed while it was read")),
        });
        let result = match sent {
            Ok(()) => transfer.finish().await,
            Err(error) => Err(error),
        };
        match (result, &self.record) {
            (Ok(()), Some(record)) => record.remove(&self.action),
            (Err(error), None) => {
                transfer.cancel().await;
                Err(error)
            }
            (result, _) => result,
        }
    }

    /// Explains that an upload can't be continued.
    fn opening(&self, error: Error) -> Error {
        match self.record {
            Some(_) if Action::is_ended(&error) => self.action.caused(ImageProblem::State, error),
            _ => error,
        }
    }

    /// Size and time of the image, which change if it is modified.
    fn mark(&self) -> Result<Option<Mark>, Error> {
        self.input.mark().map_err(|error| self.action.file(&error))
    }

    /// Sends the data. If the host loses the ticket, starts again with what it may not have stored.
    async fn send_all(&self, transfer: &Arc<Transfer>) -> Result<(), Error> {
        // A stream can be read only once.
        let restarts = if matches!(self.input, Input::Stream(_)) { 0 } else { MAX_RESTARTS };
        for _ in 0..restarts {
            match self.attempt(transfer).await {
                Err(error) if Action::is_lost_ticket(&error) => transfer.replace().await?,
                result => return result,
            }
        }
        self.attempt(transfer).await
    }

    async fn attempt(&self, transfer: &Arc<Transfer>) -> Result<(), Error> {
        let sent = match &self.record {
            // The file names the transfer before its image can be accessed, as it locks the disk from the beginning.
            Some(record) => record.restart(transfer.id(), &self.action).await?,
            None => Ranges::default(),
        };
        let started = transfer.open().await.map_err(|error| self.opening(error))?;
        self.send(started, sent).await
    }

    async fn send(&self, started: Started, sent: Ranges) -> Result<(), Error> {
        let (link, _alive) = started.link(self.settings.patience);
        let workers = self.settings.connections.min(link.capabilities.max_writers);
        let total = self.total();
        let sender = Sender {
            session: Session::new(&link, total, sent.total(), &self.settings),
            record: self.record.clone(),
            action: self.action.clone(),
        };
        match &self.input {
            Input::Random(source) => sender.send_source(Arc::clone(source), total, sent, workers).await?,
            Input::Stream(stream) => sender.send_stream(Arc::clone(stream), total, workers).await?,
        }
        link.flush().await?;
        match &self.input {
            Input::Random(source) if self.settings.verify => {
                verify::compare(&link, Arc::clone(source), self.info.format, total, &self.action).await
            }
            _ => Ok(()),
        }
    }

    /// The number of bytes that the daemon stores. A raw image covers the disk, so that nothing of its old content
    /// remains.
    fn total(&self) -> u64 {
        let disk = self.target.disk.provisioned_size.and_then(|size| u64::try_from(size).ok()).unwrap_or(0);
        match self.info.format {
            ImageFormat::Raw => disk.max(self.info.virtual_size),
            ImageFormat::Qcow2 => self.info.file_size,
        }
    }
}

/// Sends ranges of an image.
#[derive(Clone)]
struct Sender {
    session: Session,
    record: Option<Arc<Record>>,
    action: Action,
}

impl Sender {
    /// Sends what an earlier run has not sent. What is beyond the source becomes zeros.
    async fn send_source(self, source: Arc<dyn Source>, total: u64, sent: Ranges, workers: usize) -> Result<(), Error> {
        let described = Arc::clone(&source);
        let extents = blocking(move || described.extents()).await?.map_err(|error| self.action.file(&error))?;
        let end = extents.last().map_or(0, Extent::end);
        let rest = Extent { start: end, length: total.saturating_sub(end), content: Content::Zero };
        let missing = extents.into_iter().chain([rest]).flat_map(move |extent| sent.missing(extent));
        let mut tasks = Workers::new(workers);
        for piece in pieces(missing, DATA_SIZE, ZERO_SIZE) {
            let (sender, source) = (self.clone(), Arc::clone(&source));
            tasks
                .start(async move {
                    if piece.content != Content::Data {
                        return sender.zero(piece.start, piece.length).await;
                    }
                    let mut buffer = sender.session.pool.take(piece.length as usize);
                    let read = move || source.read(piece.start, &mut buffer).map(|()| buffer);
                    let buffer = blocking(read).await?.map_err(|error| sender.action.file(&error))?;
                    sender.data(piece.start, buffer).await
                })
                .await?;
        }
        tasks.finish().await
    }

    /// Sends a stream to its end, which is read in order.
    async fn send_stream(self, stream: Arc<Stream>, total: u64, workers: usize) -> Result<(), Error> {
        let data = [Extent { start: 0, length: stream.length, content: Content::Data }];
        let mut tasks = Workers::new(workers);
        for piece in pieces(data, DATA_SIZE, ZERO_SIZE) {
            let mut buffer = self.session.pool.take(piece.length as usize);
            let stream = Arc::clone(&stream);
            let read = move || stream.read(&mut buffer).map(|()| buffer);
            let buffer = blocking(read).await?.map_err(|error| self.action.file(&error))?;
            let sender = self.clone();
            tasks.start(async move { sender.data(piece.start, buffer).await }).await?;
        }
        tasks.finish().await?;
        let length = stream.length;
        blocking(move || stream.expect_end()).await?.map_err(|error| self.action.file(&error))?;
        match total.checked_sub(length) {
            Some(rest) if rest > 0 => self.zero(length, rest).await,
            _ => Ok(()),
        }
    }

    /// Sends data; zeros in it are not sent as such.
    async fn data(&self, offset: u64, buffer: Vec<u8>) -> Result<(), Error> {
        let length = buffer.len() as u64;
        let runs = zeros::runs(&buffer);
        let data = self.session.pool.share(buffer);
        for (range, zero) in runs {
            let (start, size) = (offset + range.start as u64, range.len() as u64);
            if zero {
                self.session.link.zero(start, size).await?;
            } else {
                self.session.limiter.pass(size).await;
                self.session.link.write(start, &data.slice(range)).await?;
            }
            self.session.meter.add(size, zero);
        }
        self.sent(offset, length).await
    }

    async fn zero(&self, offset: u64, length: u64) -> Result<(), Error> {
        self.session.link.zero(offset, length).await?;
        self.session.meter.add(length, true);
        self.sent(offset, length).await
    }

    async fn sent(&self, offset: u64, length: u64) -> Result<(), Error> {
        match &self.record {
            Some(record) => record.add(offset, length, &self.session.link, &self.action).await,
            None => Ok(()),
        }
    }
}

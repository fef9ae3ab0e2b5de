//! Receiving the data of a download.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::super::copy::{DATA_SIZE, Workers, ZERO_SIZE, blocking};
use super::super::error::{Action, ImageProblem};
use super::super::extent::{Content, Extent, aligned, pieces};
use super::super::format::ImageFormat;
use super::super::session::Session;
use super::super::settings::Settings;
use super::super::sink::{Backing, FileSink, Qcow2Sink, Sink, WriterSink};
use super::super::transfer::{Started, Transfer};
use super::super::{verify, zeros};
use super::target::Prepared;
use crate::error::Error;

/// How often a download starts again after the host lost its ticket.
const MAX_RESTARTS: u32 = 10;

/// Everything that is needed to receive the data.
pub(super) struct Job {
    pub(super) target: Prepared,
    pub(super) format: ImageFormat,
    pub(super) backing: Option<Backing>,
    /// Whether to receive only what changed since a checkpoint.
    pub(super) incremental: bool,
    pub(super) settings: Settings,
    pub(super) action: Action,
}

impl Job {
    /// Receives the data and finishes the transfer, or cancels it after an error.
    pub(super) async fn run(self, transfer: Arc<Transfer>) -> Result<(), Error> {
        if let Err(error) = self.receive_all(&transfer).await {
            transfer.cancel().await;
            return Err(error);
        }
        match self.target {
            Prepared::File(file) => file.complete().map_err(|error| self.action.file(&error)),
            Prepared::Update(_) | Prepared::Writer(_) => Ok(()),
        }
    }

    /// Receives the data and finishes the transfer. If the host loses the ticket, starts again from the beginning: the
    /// disk was not locked in the meantime, so its content may have changed.
    async fn receive_all(&self, transfer: &Arc<Transfer>) -> Result<(), Error> {
        let restarts = if matches!(self.target, Prepared::Writer(_)) { 0 } else { MAX_RESTARTS };
        for _ in 0..restarts {
            match self.attempt(transfer).await {
                Err(error) if Action::is_lost_ticket(&error) => transfer.replace().await?,
                result => return result,
            }
        }
        self.attempt(transfer).await
    }

    async fn attempt(&self, transfer: &Arc<Transfer>) -> Result<(), Error> {
        self.receive(transfer.open().await?).await?;
        // The last data may have arrived after the host lost the ticket.
        transfer.finish().await
    }

    async fn receive(&self, started: Started) -> Result<(), Error> {
        let Self { settings, action, .. } = self;
        let (link, _alive) = started.link(settings.patience);
        let mut workers = settings.connections.min(link.capabilities.max_readers);
        let extents = match link.capabilities.extents {
            true => link.extents(self.incremental).await?,
            false if self.backing.is_some() || matches!(self.target, Prepared::Update(_)) => {
                return Err(action.error(ImageProblem::Daemon, "the host is too old to tell what changed"));
            }
            false => vec![Extent { start: 0, length: link.size().await?, content: Content::Data }],
        };
        let size = link.covered(&extents)?;

        let sink = self.sink(size).map_err(|error| action.file(&error))?;
        let extents = aligned(extents, sink.alignment(), size);
        if !sink.is_random() {
            workers = 1;
        }
        let wanted = extents.iter().filter(|extent| is_wanted(extent, &*sink));
        let total = wanted.map(|extent| extent.length).sum();
        let receiver = Receiver {
            session: Session::new(&link, total, 0, settings),
            sink: Arc::clone(&sink),
            action: action.clone(),
        };
        let mut tasks = Workers::new(workers);
        for piece in pieces(extents, DATA_SIZE, ZERO_SIZE) {
            if is_wanted(&piece, &*sink) {
                let receiver = receiver.clone();
                tasks.start(async move { receiver.piece(piece).await }).await?;
            }
        }
        tasks.finish().await?;
        blocking(move || sink.finish()).await?.map_err(|error| action.file(&error))?;
        match &self.target {
            Prepared::File(file) if settings.verify => {
                let source = file.source().map_err(|error| action.file(&error))?;
                verify::compare(&link, Arc::new(source), self.format, size, action).await
            }
            _ => Ok(()),
        }
    }

    /// Opens the target for an image of a size.
    fn sink(&self, size: u64) -> io::Result<Arc<dyn Sink>> {
        let file = match &self.target {
            Prepared::Writer(writer) => return Ok(Arc::new(WriterSink::new(Arc::clone(writer)))),
            Prepared::Update(file) => return Ok(Arc::new(FileSink::update(file.try_clone()?, size)?)),
            Prepared::File(file) => file,
        };
        let data = file.data()?;
        Ok(match self.format {
            ImageFormat::Raw => Arc::new(FileSink::new(data, size)?),
            ImageFormat::Qcow2 => Arc::new(Qcow2Sink::new(data, size, self.backing.clone())?),
        })
    }
}

/// The checksum of the image on the host.
pub(super) async fn checksum(transfer: &Arc<Transfer>, patience: Duration, action: &Action) -> Result<String, Error> {
    let (link, _alive) = transfer.open().await?.link(patience);
    match link.capabilities.checksum {
        true => link.checksum().await,
        false => Err(action.error(ImageProblem::Verification, "the host is too old to compute checksums")),
    }
}

/// Whether a range has to be stored. In a layer, what didn't change comes from the image below.
fn is_wanted(extent: &Extent, sink: &dyn Sink) -> bool {
    !(sink.is_layer() && matches!(extent.content, Content::Hole | Content::Unchanged))
}

/// Receives ranges of an image.
#[derive(Clone)]
struct Receiver {
    session: Session,
    sink: Arc<dyn Sink>,
    action: Action,
}

impl Receiver {
    async fn piece(&self, piece: Extent) -> Result<(), Error> {
        let sink = Arc::clone(&self.sink);
        let zeros = piece.content != Content::Data;
        let stored = if zeros {
            blocking(move || sink.zeros(piece.start, piece.length)).await?
        } else {
            self.session.limiter.pass(piece.length).await;
            let buffer = self.session.pool.take(piece.length as usize);
            let buffer = self.session.link.read(piece.start, buffer).await?;
            let pool = self.session.pool.clone();
            blocking(move || {
                // Not every daemon knows the holes of every image.
                let stored = zeros::runs(&buffer).into_iter().try_for_each(|(range, zero)| {
                    let (start, length) = (piece.start + range.start as u64, range.len() as u64);
                    match buffer.get(range) {
                        Some(data) if !zero => sink.data(start, data),
                        _ => sink.zeros(start, length),
                    }
                });
                pool.give_back(buffer);
                stored
            })
            .await?
        };
        stored.map_err(|error| self.action.file(&error))?;
        self.session.meter.add(piece.length, zeros);
        Ok(())
    }
}

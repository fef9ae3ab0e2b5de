//! Receiving the data of a download.

use std::io;
use std::sync::Arc;

use super::super::copy::{DATA_SIZE, Pool, Workers, ZERO_SIZE, blocking};
use super::super::error::{Action, ImageProblem};
use super::super::extent::{Content, Extent, aligned, pieces};
use super::super::format::ImageFormat;
use super::super::link::Link;
use super::super::progress::{Limiter, Meter};
use super::super::session::{KeepAlive, Session};
use super::super::settings::Settings;
use super::super::sink::{FileSink, Qcow2Sink, Sink, WriterSink};
use super::super::source::FileSource;
use super::super::transfer::Started;
use super::super::verify;
use super::target::{Incomplete, Prepared};
use crate::error::Error;

/// Everything that is needed to receive the data.
pub(super) struct Job {
    pub(super) target: Prepared,
    pub(super) format: ImageFormat,
    pub(super) backing: Option<String>,
    /// Whether to receive only what changed since a checkpoint.
    pub(super) incremental: bool,
    pub(super) settings: Settings,
    pub(super) action: Action,
}

impl Job {
    /// Receives the data and finishes the transfer, or cancels it after an error.
    pub(super) async fn run(self, started: Started) -> Result<(), Error> {
        let transfer = Arc::clone(&started.transfer);
        let action = self.action.clone();
        match self.receive(started).await {
            Ok(file) => {
                transfer.finish(&action).await?;
                match file {
                    Some(file) => file.complete().map_err(|error| action.file(&error)),
                    None => Ok(()),
                }
            }
            Err(error) => {
                transfer.cancel().await;
                Err(error)
            }
        }
    }

    async fn receive(self, started: Started) -> Result<Option<Incomplete>, Error> {
        let Started { transfer, daemon, capabilities } = started;
        let Self { target, format, backing, incremental, settings, action } = self;
        let mut workers = settings.connections.min(capabilities.max_readers);
        let known = capabilities.extents;
        let link = Link::new(action.clone(), daemon, capabilities, Some(Arc::clone(&transfer)), settings.patience);
        let link = Arc::new(link);
        let _alive = KeepAlive::start(Arc::clone(&link), Some(transfer));

        let extents = match known {
            true => link.extents(incremental).await?,
            false if backing.is_some() => {
                let detail = "the host is too old to tell what changed";
                return Err(action.error(ImageProblem::Daemon, detail));
            }
            false => vec![Extent { start: 0, length: link.size().await?, content: Content::Data }],
        };
        let size = extents.last().map_or(0, Extent::end);
        link.check_extents(&extents, size)?;

        let opened = open(target, format, size, backing);
        let (sink, file) = opened.map_err(|error| action.file(&error))?;
        let extents = aligned(extents, sink.alignment(), size);
        if !sink.is_random() {
            workers = 1;
        }
        let wanted = extents.iter().filter(|extent| is_wanted(extent, &*sink));
        let receiver = Receiver {
            session: Session {
                link: Arc::clone(&link),
                meter: Arc::new(Meter::new(wanted.map(|extent| extent.length).sum(), 0, settings.listener)),
                limiter: Arc::new(Limiter::new(settings.bandwidth)),
                pool: Pool::default(),
            },
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
        if settings.verify {
            let source = file.as_ref().filter(|_| format == ImageFormat::Raw);
            let source = source.ok_or_else(|| {
                action.error(ImageProblem::Verification, "only raw files can be compared with the disk")
            })?;
            let source = FileSource::new(source.file.try_clone().map_err(|error| action.file(&error))?);
            verify::compare(&link, Arc::new(source), size, &action).await?;
        }
        Ok(file)
    }
}

type Opened = (Arc<dyn Sink>, Option<Incomplete>);

fn open(target: Prepared, format: ImageFormat, size: u64, backing: Option<String>) -> io::Result<Opened> {
    let file = match target {
        Prepared::Writer(writer) => return Ok((Arc::new(WriterSink::new(writer)), None)),
        Prepared::File(file) => file,
    };
    let data = file.file.try_clone()?;
    let sink: Arc<dyn Sink> = match format {
        ImageFormat::Raw => Arc::new(FileSink::new(data, size)?),
        ImageFormat::Qcow2 => {
            let backing = backing.map(|name| file.backing(name)).transpose()?;
            Arc::new(Qcow2Sink::new(data, size, backing)?)
        }
    };
    Ok((sink, Some(file)))
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
                let stored = sink.data(piece.start, &buffer);
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

//! Transports, which send requests: over the network, or from a recording for tests.

pub(crate) mod client;
mod connector;
#[cfg(feature = "images")]
pub(crate) mod direct;
mod failure;
mod gzip;
pub(crate) mod network;
mod pem;
pub(crate) mod proxy;
pub(crate) mod recorder;
mod recording;
mod replayer;
pub(crate) mod tls;
mod traits;

pub use recorder::Recorder;
pub use recording::Recording;
pub use replayer::Replayer;
pub use traits::Transport;

//! Disk images: uploads, downloads and backups.
//!
//! [`Connection::upload`](crate::Connection::upload) and [`Connection::download`](crate::Connection::download) do
//! everything that a transfer needs: they set it up in the engine, move the data over several connections to the host,
//! skip what is zero, survive failures of the network, and wait until the engine has verified the image.
//!
//! The certificates of hosts are signed by the authority of the engine, which `ca_file` or `ca_pem` of the connection
//! trusts. The data does not pass the [`Transport`](crate::transport::Transport) of the connection.

mod checksum;
mod copy;
mod daemon;
mod download;
mod error;
mod extent;
mod failure;
mod format;
mod holes;
mod link;
mod progress;
mod ranges;
mod session;
mod settings;
mod sink;
mod source;
mod state;
mod transfer;
mod upload;
mod verify;
mod zeros;

pub use download::Download;
pub use error::{ImageError, ImageProblem};
pub use format::{ImageFormat, ImageInfo};
pub use progress::Progress;
pub use transfer::Route;
pub use upload::Upload;

//! Commands for the maintainers of ovirt-sdk that generating does not need.
//!
//! [`import`] brings a release of upstream's model into ours, [`diff`] compares two models, [`mod@documentation`] checks
//! the texts of a model, [`export`] prints a model as JSON, and [`mod@reference`] renders it as a static site.
//! [`mod@follow`] does all that a release of upstream's model needs.

pub mod diff;
pub mod documentation;
pub mod export;
pub mod follow;
pub mod import;
pub mod public_api;
pub mod reference;

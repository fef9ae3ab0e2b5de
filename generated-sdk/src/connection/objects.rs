//! Reading objects of any type.

use super::handle::Connection;
use crate::error::Error;
use crate::http::Method;
use crate::object::Object;
use crate::xml::{DecodeOptions, Document};

impl Connection {
    /// Reads the object at an `href` or a path; `None` if there is none.
    pub(crate) async fn read_object(&self, href: &str) -> Result<Option<Box<dyn Object>>, Error> {
        match self.raw(Method::Get, href).send().await {
            Ok(raw) => Ok(Document::read(raw.bytes(), &DecodeOptions::new())?.into_objects().into_iter().next()),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }
}

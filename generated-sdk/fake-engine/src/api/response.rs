//! Responses, of the API and of everything else on the server.

/// A response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ApiResponse {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl ApiResponse {
    /// A response with a body of any type.
    pub(crate) fn new(content_type: &str, status: u16, body: Vec<u8>) -> Self {
        Self { status, headers: vec![("Content-Type".to_owned(), content_type.to_owned())], body }
    }

    /// A response without a body.
    pub(crate) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    /// An XML document of the API.
    pub(crate) fn xml(status: u16, document: impl Into<Vec<u8>>) -> Self {
        Self::new("application/xml;charset=UTF-8", status, document.into())
    }

    /// A plain text.
    pub(crate) fn plain(status: u16, text: impl Into<Vec<u8>>) -> Self {
        Self::new("text/plain;charset=UTF-8", status, text.into())
    }

    /// An HTML page.
    pub(crate) fn html(status: u16, page: impl Into<Vec<u8>>) -> Self {
        Self::new("text/html;charset=UTF-8", status, page.into())
    }

    /// Adds a header.
    pub(crate) fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

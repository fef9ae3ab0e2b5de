//! The page for people: what exists, and what was requested.

use crate::api::ApiResponse;

/// Only the page's own files, and no code or style in the document.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// A file of the page, by its path below the page.
pub(super) fn file(path: &str) -> Option<ApiResponse> {
    let (content_type, text) = match path {
        "" => ("text/html;charset=UTF-8", include_str!("page/page.html")),
        "/page.css" => ("text/css;charset=UTF-8", include_str!("page/page.css")),
        "/page.js" => ("text/javascript;charset=UTF-8", include_str!("page/page.js")),
        _ => return None,
    };
    let file = ApiResponse::new(content_type, 200, text.into()).header("Content-Security-Policy", POLICY);
    Some(file.header("X-Content-Type-Options", "nosniff").header("Cache-Control", "no-store"))
}

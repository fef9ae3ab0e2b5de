//! Services beside the API.

use super::{Front, Parameters, Received};
use crate::encoding::{pairs, percent_decoded};
use crate::exchange::{Answer, Asked};
use crate::pages;

/// What says that the engine is well.
pub(super) fn health() -> Answer {
    Answer::of("text/html;charset=UTF-8", 200, b"DB Up!Welcome to Health Status!".to_vec())
}

impl Front {
    /// The bytes of a disk, for who has a ticket.
    pub(super) fn image(&self, received: &Received, path: &str) -> Answer {
        let segments = path.split('/').filter(|segment| !segment.is_empty()).map(percent_decoded);
        let (Ok(segments), Ok(query)) = (segments.collect(), pairs(&received.query)) else {
            return pages::bad_request();
        };
        self.api.image(&Asked {
            method: received.method.clone(),
            path: path.to_owned(),
            segments,
            query,
            headers: received.headers.clone(),
            body: received.body.clone(),
            ..Asked::default()
        })
    }

    /// A certificate, for everybody.
    pub(super) fn certificate(&self, parameters: &Parameters) -> Answer {
        let (pem, usual) = match parameters.get("resource") {
            None => return pages::error(400, "Missing resource name"),
            Some("ca-certificate" | "qemu-ca-certificate") => (&self.authority_pem, "X509-PEM-CA"),
            Some("engine-certificate") => (&self.server_pem, "X509-PEM"),
            Some(other) => return pages::error(400, &format!("Resource '{other}' is invalid")),
        };
        let content_type = match parameters.get("format").unwrap_or(usual) {
            "X509-PEM-CA" => "application/x-x509-ca-cert",
            "X509-PEM" => "application/x-x509-cert",
            "OPENSSH-PUBKEY" => {
                return pages::error(400, "A fake engine has no key for SSH: format 'OPENSSH-PUBKEY' is not available");
            }
            other => return pages::error(400, &format!("Format '{other}' is invalid")),
        };
        Answer::of(content_type, 200, pem.clone().into_bytes())
    }
}

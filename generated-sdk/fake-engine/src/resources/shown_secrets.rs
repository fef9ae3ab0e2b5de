//! Secrets that the engine shows in responses. It leaves out all others.

use crate::api::Registry;

/// Types and their fields.
const SHOWN: [(&str, &str); 7] = [
    ("agent", "options"),
    ("configuration", "data"),
    ("file", "content"),
    ("image_transfer", "proxy_url"),
    ("image_transfer", "transfer_url"),
    ("initialization", "custom_script"),
    ("power_management", "options"),
];

pub(super) fn register(registry: &mut Registry) {
    SHOWN.iter().for_each(|(kind, field)| registry.show_secret(kind, field));
}

//! Which failures pass by themselves.

/// What the engine says when something is in the way only for a while. Everything else that is a conflict stays one.
const PASSING: &[&str] = &[
    "VM is locked",
    "Disk is locked",
    "disks are locked",
    "Related operation is currently in progress",
    "performing an operation on a Snapshot",
    "being exported",
    "being cloned",
    "being imported",
    "being migrated",
    "being updated",
    "backup operation is currently in progress",
    "Another Setup Networks or Host Refresh",
    "while there are running tasks",
    "Image Locked",
];

/// Whether an answer with a status is worth another attempt; the text is what the engine said.
pub(crate) fn is_transient(status: u16, text: impl FnOnce() -> String) -> bool {
    match status {
        429 | 502 | 503 | 504 => true,
        409 => {
            let text = text().to_lowercase();
            PASSING.iter().any(|passing| text.contains(&passing.to_lowercase()))
        }
        _ => false,
    }
}

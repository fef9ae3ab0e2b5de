//! Transient failures.

/// Texts of temporary conflicts. All other conflicts are permanent.
const TEMPORARY: &[&str] = &[
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

/// Whether a response is a transient failure, by its status code and the text of its fault.
pub(crate) fn is_transient(status: u16, text: impl FnOnce() -> String) -> bool {
    match status {
        429 | 502 | 503 | 504 => true,
        409 => {
            let text = text().to_lowercase();
            TEMPORARY.iter().any(|temporary| text.contains(&temporary.to_lowercase()))
        }
        _ => false,
    }
}

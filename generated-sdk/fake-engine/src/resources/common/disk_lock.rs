//! The locks that operations hold on disks while they run.

use crate::api::Fault;
use crate::note::Note;
use crate::state::State;
use crate::stored::Stored;

/// The operation that holds the lock of a disk.
const HOLDER: Note<LockHolder> = Note::new("lock");

/// An operation that locks a disk. Its kind decides the text with which others fail meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LockHolder {
    Conversion,
    Download,
    Export,
    MoveOrCopy,
    Removal,
    /// An update and everything else whose lock has the engine's general text.
    Update,
    Upload,
}

impl LockHolder {
    const ALL: [(Self, &'static str); 7] = [
        (Self::Conversion, "conversion"),
        (Self::Download, "download"),
        (Self::Export, "export"),
        (Self::MoveOrCopy, "move_or_copy"),
        (Self::Removal, "removal"),
        (Self::Update, "update"),
        (Self::Upload, "upload"),
    ];

    /// What follows "Cannot edit Virtual Disk" in the fault of another operation. The engine doesn't fill in its
    /// placeholder for updates.
    fn reason(self, disk: &str) -> String {
        let what = match self {
            Self::Update => {
                return ": The following disks are locked: ${diskAliases}. Please try again in a few minutes."
                    .to_owned();
            }
            Self::Conversion => "converted",
            Self::Download | Self::Upload => "transferred",
            Self::Export => "exported",
            Self::MoveOrCopy => "moved or copied",
            Self::Removal => "removed",
        };
        format!(". Disk {disk} is being {what}.")
    }
}

impl Stored for LockHolder {
    fn to_text(&self) -> String {
        Self::ALL.iter().find(|(holder, _)| holder == self).map(|(_, name)| (*name).to_owned()).unwrap_or_default()
    }

    fn from_text(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, name)| *name == text).map(|(holder, _)| *holder)
    }
}

/// Locks a disk for an operation.
pub(crate) fn acquire(state: &mut State, disk: &str, holder: LockHolder) {
    state.set_note(disk, HOLDER, holder);
}

pub(crate) fn release(state: &mut State, disk: &str) {
    state.clear_note(disk, HOLDER);
}

pub(crate) fn holder(state: &State, disk: &str) -> Option<LockHolder> {
    state.note(disk, HOLDER)
}

/// Fails if an operation holds the lock of a disk. `action` is an action such as "edit Virtual Disk".
pub(crate) fn check(state: &State, disk: &str, action: &str) -> Result<(), Fault> {
    match holder(state, disk) {
        Some(holder) => Err(Fault::conflict(&format!("Cannot {action}{}", holder.reason(&state.name_of(disk))))),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holders_are_read_as_they_were_written() {
        for (holder, _) in LockHolder::ALL {
            assert_eq!(LockHolder::from_text(&holder.to_text()), Some(holder));
        }
    }
}

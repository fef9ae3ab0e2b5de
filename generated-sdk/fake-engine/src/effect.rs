//! Effects: everything that can happen later.

use ovirt_sdk::types::DiskFormat;

use crate::incident::Incident;
use crate::stored::Stored;

/// Declares [`Effect`] and [`EffectKind`], and what follows from the list of effects: reading and writing for the state
/// file.
macro_rules! effects {
    ($($(#[$doc:meta])* $kind:ident { $subject:ident $(, $field:ident: $type:ty)* })*) => {
        /// Something that happens later, with its arguments.
        ///
        /// [`State::after`](crate::state::State::after) schedules an effect; the resource that owns it registers what
        /// it does with [`Registry::on_effect`](crate::api::Registry::on_effect). The first field is the path of the
        /// effect's subject.
        #[derive(Clone, Debug, PartialEq)]
        pub(crate) enum Effect {
            $($(#[$doc])* $kind { $subject: String $(, $field: $type)* },)*
        }

        /// The kind of an [`Effect`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum EffectKind {
            $($kind,)*
        }

        impl EffectKind {
            #[cfg(test)]
            pub(crate) const ALL: &[Self] = &[$(Self::$kind),*];

            /// The name in the state file.
            pub(crate) const fn name(self) -> &'static str {
                match self {
                    $(Self::$kind => stringify!($kind),)*
                }
            }
        }

        impl Effect {
            pub(crate) fn kind(&self) -> EffectKind {
                match self {
                    $(Self::$kind { .. } => EffectKind::$kind,)*
                }
            }

            /// The path of the object that the effect is about.
            pub(crate) fn subject(&self) -> &str {
                match self {
                    $(Self::$kind { $subject, .. } => $subject,)*
                }
            }

            /// The arguments as text, with their names.
            pub(crate) fn arguments(&self) -> Vec<(&'static str, String)> {
                match self {
                    $(Self::$kind { $subject $(, $field)* } => vec![
                        (stringify!($subject), $subject.clone()),
                        $((stringify!($field), $field.to_text()),)*
                    ],)*
                }
            }

            /// Reads what [`kind`](Self::kind) and [`arguments`](Self::arguments) wrote.
            pub(crate) fn read(kind: &str, arguments: &[(String, String)]) -> Option<Self> {
                let text = |name: &str| arguments.iter().find(|(other, _)| other == name).map(|(_, text)| text.as_str());
                $(if kind == stringify!($kind) {
                    return Some(Self::$kind {
                        $subject: text(stringify!($subject))?.to_owned(),
                        $($field: Stored::from_text(text(stringify!($field))?)?,)*
                    });
                })*
                None
            }
        }
    };
}

effects! {
    /// Continue the phases of a backup.
    BackupAdvanced { backup }
    /// Release the locks of a command that has ended.
    CommandEnded { holder }
    /// Set the new format and allocation of a disk.
    DiskConverted { disk, format: DiskFormat, sparse: bool }
    /// Set the new size of a disk.
    DiskExtended { disk, size: i64 }
    /// Release the lock that an operation holds on a disk.
    DiskLockReleased { disk }
    /// Move a disk to another storage domain.
    DiskMoved { disk, storage_domain: String, profile: Option<String> }
    /// Unlock a disk and log an event, unless its code is 0.
    DiskReady { disk, event: i64, text: String }
    /// Remove a disk.
    DiskRemoved { disk }
    /// Unlock a disk after sparsify or reduce, and log an event.
    DiskShrunk { disk, event: i64, text: String }
    /// Remove the image of a disk in a snapshot.
    DiskSnapshotRemoved { disk_snapshot }
    /// Unlock a disk.
    DiskUnlocked { disk }
    /// Set the status of a host to `up`.
    HostActivated { host }
    /// Set a host to maintenance after the enrollment of its certificate.
    HostCertificateEnrolled { host }
    /// Check whether a host has no running VMs left, on its way to maintenance.
    HostEvacuationChecked { host }
    /// Finish the installation of a host.
    HostInstalled { host, activate: bool }
    /// Let a lost host respond again.
    HostReturned { host }
    /// Finish the start of a fenced host.
    HostStarted { host, activate: bool }
    /// Report whether updates are available for a host.
    HostUpdatesChecked { host }
    /// Continue the upgrade of a host: a reboot follows the installation.
    HostUpgraded { host, activate: bool }
    /// Begin an incident. It is about no object in particular.
    IncidentBegun { subject, incident: Incident }
    /// Remove an image transfer from its collection some time after its end.
    ImageTransferDeleted { image_transfer }
    /// Finish or clean up an image transfer.
    ImageTransferEnded { image_transfer }
    /// Check whether the client of an image transfer is idle for too long.
    ImageTransferIdleChecked { image_transfer }
    /// Set the phase of an image transfer to `transferring`.
    ImageTransferReady { image_transfer }
    /// Remove a job from its collection some time after its end.
    JobDeleted { job }
    /// Set a virtual machine of a pool running as soon as it exists.
    PooledVmStarted { vm }
    /// Make the previewed snapshot of a virtual machine its current state.
    SnapshotCommitted { vm }
    /// Unlock a new snapshot and the disks that were locked for it.
    SnapshotCreated { snapshot, disks: Vec<String> }
    /// Show a snapshot as the current state of a virtual machine; `restore` also commits it.
    SnapshotPreviewed { vm, snapshot: String, active: String, restore: bool }
    /// Remove a snapshot after its images are merged.
    SnapshotRemoved { snapshot, disks: Vec<String> }
    /// Return a virtual machine to its state before the preview of a snapshot.
    SnapshotUndone { vm }
    /// Activate a storage domain in its data center.
    StorageDomainActivated { storage_domain }
    /// Set a storage domain in its data center to maintenance.
    StorageDomainDeactivated { storage_domain }
    /// Let a lost storage domain in a data center be active again.
    StorageDomainReturned { storage_domain }
    /// Add a storage domain to those of a template's disk.
    TemplateDiskCopied { disk, storage_domain: String }
    /// Remove a template and its disks.
    TemplateRemoved { template }
    /// Set the status of a running virtual machine to `up`.
    VmBooted { vm }
    /// Set the status of a virtual machine to `suspended`.
    VmHibernated { vm }
    /// Boot a virtual machine whose process has started on a host.
    VmLaunched { vm }
    /// Move a migrating virtual machine to its destination.
    VmMigrated { vm }
    /// Finish the creation of a virtual machine or template as soon as its disks are unlocked, and log an event unless
    /// its code is 0. `is_new` tells whether it is being created, `wait` is the number of seconds until the next attempt.
    VmOrTemplateCompleted { owner, event: i64, text: String, is_new: bool, wait: u64 }
    /// Remove the disks of a virtual machine that was removed.
    VmRemoved { vm, disks: Vec<String> }
    /// Set the status of a virtual machine to `down`.
    VmStopped { vm }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn effects_are_read_as_they_were_written() {
        let effect = Effect::SnapshotCreated {
            snapshot: "vms/1/snapshots/2".to_owned(),
            disks: vec!["disks/1".to_owned(), "disks/2".to_owned()],
        };
        let arguments: Vec<(String, String)> =
            effect.arguments().into_iter().map(|(name, text)| (name.to_owned(), text)).collect();
        assert_eq!(Effect::read(effect.kind().name(), &arguments), Some(effect.clone()));
        assert_eq!(effect.subject(), "vms/1/snapshots/2");
        assert_eq!(Effect::read("SnapshotCreated", &arguments[..1]), None);
        assert_eq!(Effect::read("Nothing", &arguments), None);
    }

    #[test]
    fn kinds_have_different_names() {
        let mut names: Vec<&str> = EffectKind::ALL.iter().map(|kind| kind.name()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), EffectKind::ALL.len());
    }
}

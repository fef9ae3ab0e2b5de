//! Signals: what other resources may want to know at once.

/// Declares [`Signal`] and [`SignalKind`], and what follows from the list of signals.
macro_rules! signals {
    ($($(#[$doc:meta])* $kind:ident { $($field:ident),+ })*) => {
        /// Something that happened to an object, for resources that depend on it.
        ///
        /// [`State::emit`](crate::state::State::emit) sends a signal;
        /// [`Registry::on_signal`](crate::api::Registry::on_signal) subscribes to it. The fields are paths.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub(crate) enum Signal {
            $($(#[$doc])* $kind { $($field: String),+ },)*
        }

        /// The kind of a [`Signal`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum SignalKind {
            $($kind,)*
        }

        impl Signal {
            pub(crate) fn kind(&self) -> SignalKind {
                match self {
                    $(Self::$kind { .. } => SignalKind::$kind,)*
                }
            }
        }
    };
}

signals! {
    /// A disk is about to be removed; it is still there.
    DiskRemoved { disk }
    /// A host was fenced or is no longer reachable: nothing runs on it anymore.
    HostLost { host }
    /// A network was changed.
    NetworkChanged { network }
    /// A network got a label, or was added to a cluster.
    NetworkLabeled { network }
    /// A network is about to be removed; it is still there.
    NetworkRemoved { network }
    /// A label of a network is about to be removed; it is still there.
    NetworkUnlabeled { label }
    /// A virtual machine has stopped; its status is `down`.
    VmStopped { vm }
}

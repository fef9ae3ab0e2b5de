//! Macros that register functions for effects and signals.

/// Registers what an effect does: `on_effect!(registry, |state, VmBooted { vm }| booted(state, vm));`
macro_rules! on_effect {
    ($registry:expr, |$state:ident, $kind:ident { $($fields:tt)* }| $body:expr) => {
        $registry.on_effect($crate::effect::EffectKind::$kind, |$state, effect| {
            if let $crate::effect::Effect::$kind { $($fields)* } = effect {
                $body
            }
        })
    };
}

/// Registers what happens if the work behind an effect fails:
/// `on_failure!(registry, |state, VmMigrated { vm }| failed(state, vm));`
macro_rules! on_failure {
    ($registry:expr, |$state:ident, $kind:ident { $($fields:tt)* }| $body:expr) => {
        $registry.on_failure($crate::effect::EffectKind::$kind, |$state, effect| {
            if let $crate::effect::Effect::$kind { $($fields)* } = effect {
                $body
            }
        })
    };
}

/// Subscribes to a signal: `on_signal!(registry, |state, DiskRemoved { disk }| detach(state, disk));`
macro_rules! on_signal {
    ($registry:expr, |$state:ident, $kind:ident { $($field:ident),* $(,)? }| $body:expr) => {
        $registry.on_signal($crate::signal::SignalKind::$kind, |$state, signal| {
            if let $crate::signal::Signal::$kind { $($field),* } = signal {
                $body
            }
        })
    };
}

pub(crate) use {on_effect, on_failure, on_signal};

//! Functions that resources register for effects and signals.

use std::collections::HashMap;

use crate::effect::{Effect, EffectKind};
use crate::signal::{Signal, SignalKind};

type SignalHook<S> = fn(&mut S, &Signal);

/// The functions that resources registered. They change a state of type `S`.
pub(crate) struct Hooks<S> {
    effects: HashMap<EffectKind, fn(&mut S, &Effect)>,
    failures: HashMap<EffectKind, fn(&mut S, &Effect)>,
    signals: HashMap<SignalKind, Vec<SignalHook<S>>>,
}

impl<S> Default for Hooks<S> {
    fn default() -> Self {
        Self { effects: HashMap::new(), failures: HashMap::new(), signals: HashMap::new() }
    }
}

impl<S> Clone for Hooks<S> {
    fn clone(&self) -> Self {
        Self { effects: self.effects.clone(), failures: self.failures.clone(), signals: self.signals.clone() }
    }
}

impl<S> Hooks<S> {
    /// Registers the function of an effect; returns the one that was registered before, if any.
    pub(crate) fn set_effect(&mut self, kind: EffectKind, hook: fn(&mut S, &Effect)) -> Option<fn(&mut S, &Effect)> {
        self.effects.insert(kind, hook)
    }

    /// Registers what happens instead of an effect if its work fails; returns the function from before, if any.
    pub(crate) fn set_failure(&mut self, kind: EffectKind, hook: fn(&mut S, &Effect)) -> Option<fn(&mut S, &Effect)> {
        self.failures.insert(kind, hook)
    }

    /// Subscribes a function to a signal. Subscribers run in the order of their registration.
    pub(crate) fn add_signal(&mut self, kind: SignalKind, hook: fn(&mut S, &Signal)) {
        self.signals.entry(kind).or_default().push(hook);
    }

    pub(crate) fn effect(&self, kind: EffectKind) -> Option<fn(&mut S, &Effect)> {
        self.effects.get(&kind).copied()
    }

    pub(crate) fn failure(&self, kind: EffectKind) -> Option<fn(&mut S, &Effect)> {
        self.failures.get(&kind).copied()
    }

    pub(crate) fn signals(&self, kind: SignalKind) -> Vec<SignalHook<S>> {
        self.signals.get(&kind).cloned().unwrap_or_default()
    }
}

//! Values that all clones of a connection share, for modules of higher layers.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// One value per type.
#[derive(Default)]
pub(super) struct Shared(Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl Shared {
    /// Returns the value of a type; the first call creates it.
    pub(super) fn get<S: Default + Send + Sync + 'static>(&self) -> Arc<S> {
        let mut values = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let value = values.entry(TypeId::of::<S>()).or_insert_with(|| Arc::new(S::default()));
        // The key is the type of the value.
        Arc::clone(value).downcast().unwrap_or_default()
    }
}

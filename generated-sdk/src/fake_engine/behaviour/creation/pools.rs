pub(super) fn register(_registry: &mut crate::fake_engine::behaviour::Registry) {}

//! An engine in memory.

#[cfg_attr(not(test), expect(dead_code, unused_imports, reason = "what asks it comes with the engine"))]
mod search;

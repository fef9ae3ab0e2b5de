//! What the tests of the SDK share.

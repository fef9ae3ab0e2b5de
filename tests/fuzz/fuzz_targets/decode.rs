//! Any bytes as a document.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Err(problem) = ovirt_sdk_tests::round_trip::check(bytes) {
        panic!("{problem}");
    }
});

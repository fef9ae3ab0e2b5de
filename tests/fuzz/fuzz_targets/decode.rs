//! Decodes arbitrary bytes and checks that documents survive encoding and decoding.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Err(problem) = ovirt_sdk_tests::round_trip::check(bytes) {
        panic!("{problem}");
    }
});

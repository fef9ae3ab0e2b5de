//! Secrets do not stay in memory after they are dropped.

use std::io::{Read, Seek, SeekFrom};

use ovirt_sdk::credentials::{Authorization, Token};
use ovirt_sdk::{Connection, Credentials};

/// A secret that is long enough to be recognized after the allocator has overwritten its beginning, and its address.
fn secret() -> (String, u64) {
    let secret = "s3cret-".repeat(64);
    let address = secret.as_ptr().addr();
    (secret, u64::try_from(address).unwrap())
}

/// Whether the secret is still at its address in the memory of this process.
fn is_left(address: u64) -> bool {
    let mut memory = std::fs::File::open("/proc/self/mem").unwrap();
    let mut found = [0; 7 * 64];
    memory.seek(SeekFrom::Start(address)).unwrap();
    // Memory that was returned to the system can't be read.
    memory.read_exact(&mut found).is_ok() && found.windows(14).any(|window| window == b"s3cret-s3cret-")
}

#[test]
fn dropped_secrets_are_overwritten() {
    let (kept, address) = secret();
    assert!(is_left(address));
    drop(kept);

    type Case = (&'static str, fn(String));
    let cases: [Case; 7] = [
        ("password", |secret| drop(Credentials::password("u", secret))),
        ("basic", |secret| drop(Credentials::basic("u", secret))),
        ("session", |secret| drop(Credentials::session("u", secret))),
        ("external", |secret| drop(Credentials::from(Credentials::external_sso("https://e/sso", "u", secret)))),
        ("token", |secret| drop(Token::from(secret))),
        ("authorization", |secret| {
            let headers = ovirt_sdk::http::Headers::from_iter([("Authorization", secret)]);
            drop(Authorization::headers(headers));
        }),
        ("key", |secret| {
            let builder = Connection::builder("https://e/api").client_key_pem(secret);
            drop(builder.build());
        }),
    ];
    for (name, drop_secret) in cases {
        let (secret, address) = secret();
        drop_secret(secret);
        assert!(!is_left(address), "{name}");
    }
}

//! Sets every integer field of every struct to a value that does not fit into an `i32`, as a literal.

#[rustfmt::skip]
#[allow(clippy::all, reason = "generated code")]
mod calls {
    use ovirt_sdk::types;

    include!(concat!(env!("OUT_DIR"), "/setters.rs"));
}

#[test]
fn setters_take_large_integers() {
    let mut fields = 0;
    calls::all(&mut |field, values| {
        assert_eq!(values, [4 << 30], "{field}");
        fields += 1;
    });
    assert!(fields > 100, "only {fields} fields");
}

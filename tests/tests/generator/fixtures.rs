//! Snapshots of the code generated from each fixture. `uses.rs` compiles and uses the same code.

use ovirt_sdk_generator::files::{GENERATED, OVERVIEW};
use ovirt_sdk_tests::models;

/// Concatenates generated files of a fixture, each after its name.
fn generated(fixture: &str, names: &[&str]) -> String {
    let files = models::generate_fixture(fixture);
    let file = |name: &&str| {
        let text = files.get(&format!("{GENERATED}/{name}")).or_else(|| files.get(*name));
        format!("==> {name}\n{}", text.unwrap_or_else(|| panic!("{fixture} has no {name}")))
    };
    names.iter().map(file).collect::<Vec<_>>().join("\n")
}

macro_rules! snapshots {
    ($($fixture:ident: $($name:expr),+;)*) => {
        $(
            #[test]
            fn $fixture() {
                insta::assert_snapshot!(generated(stringify!($fixture), &[$($name),+]));
            }
        )*

        #[test]
        fn every_fixture_has_a_snapshot() {
            assert_eq!(models::fixtures(), [$(stringify!($fixture)),*]);
        }
    };
}

snapshots! {
    builtin: "types/grace.rs";
    docs: "types/machine.rs", OVERVIEW;
    empty: "registry.rs", "types/mod.rs", "roles.rs";
    enums: "types/architecture.rs", "types/machine.rs";
    envelope: "wire.rs";
    follow: "types/machine.rs", "types/snapshot.rs", "requests/mod.rs";
    inheritance: "types/identified.rs", "types/named.rs", "types/base.rs", "types/machine.rs";
    library: "roles.rs";
    links: "types/machine.rs";
    lists: "types/machine.rs";
    names: "types/mod.rs", "types/machine.rs", "types/option.rs", "types/outcome.rs", "services/mod.rs",
        "types/web_link.rs", "types/state.rs", "services/links.rs", "services/into.rs", "services/as_.rs", "services/machines.rs", "services/path.rs", "services/mod_.rs",
        "requests/mod.rs", "requests/machines.rs";
    primitives: "types/machine.rs", "types/mod.rs", "mod.rs", "registry.rs";
    searches: "search/mod.rs", "search/machine.rs", "search/rack.rs", "search/values.rs", "requests/mod.rs";
    secrets: "types/account.rs";
    services: OVERVIEW, "types/machine.rs", "services/mod.rs", "services/machine.rs", "services/machines.rs",
        "services/measured.rs", "services/system.rs", "waiters/mod.rs", "waiters/machine.rs",
        "requests/mod.rs", "requests/machines.rs";
    tags: "types/interface.rs", "types/machine.rs";
}

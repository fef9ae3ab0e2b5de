//! Snapshots of the diagnostics of invalid models, one for each kind of problem.

/// Defines a test for each model, from the files that cause the problem.
macro_rules! problems {
    ($($name:ident: { $($path:literal: $text:literal)* })*) => {
        $(
            #[test]
            fn $name() {
                let files = [$(($path, $text)),*];
                insta::with_settings!({ omit_expression => true }, {
                    insta::assert_snapshot!(ovirt_sdk_tests::models::problems(&files));
                });
            }
        )*
    };
}

mod consequences;
mod files;
mod follow;
mod names;
mod quirks;
mod roles;
mod searches;
mod services;
mod types;
mod waiters;

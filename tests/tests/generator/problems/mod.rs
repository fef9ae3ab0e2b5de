//! What people see of a model that is wrong, whole: a snapshot for each kind of problem.

/// A test for each model: its files that are about the problem, and the snapshot of what is said about them.
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

mod files;
mod names;
mod quirks;
mod services;
mod types;

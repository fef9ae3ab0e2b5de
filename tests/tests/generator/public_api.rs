//! The public API of the generated code, as text.

use ovirt_sdk_generator_tools::public_api::{Runtime, describe};
use ovirt_sdk_tests::models;

/// Everything that users of the SDK can name, so that a review of a change of the model or of the generator sees its
/// effect on users in one file.
#[test]
fn of_the_real_model() {
    let root = models::repository();
    let api = describe(&models::generate(&root), &Runtime::read(&root).unwrap()).unwrap();
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!(api.render());
    });
}

#[test]
fn of_every_fixture() {
    let runtime = Runtime::read(&models::repository()).unwrap();
    for name in models::fixtures() {
        describe(&models::generate_fixture(&name), &runtime).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

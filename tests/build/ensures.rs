//! Calls of `ensure` of every collection that has it.

use std::fmt::Write;

use ovirt_sdk_generator::model::Model;
use ovirt_sdk_generator::names::Names;

/// Returns a function that brings an object, given as XML, into a desired state, and the list of collections.
pub(crate) fn calls(model: &Model, names: &Names) -> String {
    let (mut all, mut arms) = (String::new(), String::new());
    for (id, service) in model.services() {
        let Some(lookup) = model.lookup(id).filter(|lookup| lookup.ensures.is_some()) else { continue };
        let name = service.name.as_str();
        let (handle, ty) = (&names.service_names(id).ident, &names.type_names(lookup.item).ident);
        let _ = writeln!(all, "    {name:?},");
        let _ = writeln!(
            arms,
            "        {name:?} => report(connection.service::<services::{handle}>(path)?\
             .ensure(xml::from_str::<types::{ty}>(body)?).dry_run(dry_run)).await,"
        );
    }
    format!(
        "pub(crate) const COLLECTIONS: &[&str] = &[\n{all}];\n\n\
         pub(crate) async fn ensure(connection: &Connection, service: &str, path: &str, body: &str, dry_run: bool) \
         -> Result<Report, Error> {{\n    match service {{\n{arms}        \
         _ => panic!(\"{{service}} has no `ensure`\"),\n    }}\n}}\n"
    )
}

//! Emits the table of the members of `<action>` documents.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use super::expressions::Row;
use super::rust_types::{Prelude, RustType};
use crate::model::{ActionMember, Model};
use crate::names::Names;

/// `action.rs`: the members, and a function for each that creates an unset value.
pub(super) fn emit(model: &Model, names: &Names) -> TokenStream {
    let prelude = Prelude::new([]);
    let members = model.action_members();
    let rows = members.iter().map(|member| member.name.as_str());
    let properties = members.iter().map(properties);
    let slots = members.iter().map(|member| {
        let stored = RustType::new(model, names, &prelude, member.ty).stored;
        quote!(object::new_slot::<#stored>)
    });
    let links_at = members.iter().filter(|member| member.precedes_links).count();
    let members_text =
        docs::fixed("The names of the members of an `<action>`: XML attributes, then elements in the engine's order.");
    let properties_text = docs::fixed("What differs from a plain element, for each member.");
    let slots_text = docs::fixed("The functions that create unset values of the members.");
    let links_text = docs::fixed("The position among the members at which the engine writes links.");
    quote! {
        use crate::object;
        #[allow(unused_imports, reason = "actions can have no objects as parameters")]
        use crate::types;

        #members_text
        pub(crate) const NAMES: &[&str] = &[#(#rows),*];
        #properties_text
        pub(crate) const PROPERTIES: &[&str] = &[#(#properties),*];
        #slots_text
        pub(crate) static SLOTS: &[object::NewSlot] = &[#(#slots),*];
        #links_text
        pub(crate) const LINKS_AT: usize = #links_at;
    }
}

fn properties(member: &ActionMember) -> String {
    let row = Row {
        label: &member.name,
        name: &member.name,
        tag: &member.tag,
        item_tag: member.item_tag.as_deref(),
        xml_attribute: member.xml_attribute,
        secret: member.secret,
    };
    row.properties().join(" ")
}

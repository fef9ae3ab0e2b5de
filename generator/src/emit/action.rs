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
    let rows = members.iter().map(|member| {
        let (name, properties) = (&member.name, properties(member));
        quote!(#name #(#properties)*;)
    });
    let slots = members.iter().map(|member| {
        let stored = RustType::new(model, names, &prelude, member.ty).stored;
        quote!(object::new_slot::<#stored>)
    });
    let links_at = members.iter().filter(|member| member.precedes_links).count();
    let members_text = docs::fixed(
        "The members of an `<action>` and what differs from a plain element: XML attributes, then elements in the engine's order.",
    );
    let slots_text = docs::fixed("The functions that create unset values of the members.");
    let links_text = docs::fixed("The position among the members at which the engine writes links.");
    quote! {
        use crate::object;
        #[allow(unused_imports, reason = "actions can have no objects as parameters")]
        use crate::types;

        #members_text
        pub(crate) const MEMBERS: &[&str] = object::words!(#(#rows)*);
        #slots_text
        pub(crate) static SLOTS: &[object::NewSlot] = &[#(#slots),*];
        #links_text
        pub(crate) const LINKS_AT: usize = #links_at;
    }
}

fn properties(member: &ActionMember) -> Vec<&str> {
    let row = Row {
        label: &member.name,
        name: &member.name,
        tag: &member.tag,
        item_tag: member.item_tag.as_deref(),
        xml_attribute: member.xml_attribute,
        secret: member.secret,
    };
    row.properties()
}

//! Emits the waiters of a service, as methods of its handle.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::docs;
use super::expressions::option;
use crate::model::{Model, Polling, REMOVAL, REMOVED, ServiceId, dotted};
use crate::names::{Names, waiter_name};
use crate::syntax::{Addresses, StateRole, Waiter};

/// The waiters of a service; `None` if it has none.
pub(super) fn emit(model: &Model, names: &Names, id: ServiceId) -> Option<TokenStream> {
    let polling = model.polling(id)?;
    let waiters = model.waiters_of(id).into_iter().filter_map(|(owner, index)| {
        let waiter = model.service(owner).waiters.get(index)?;
        Some((waiter, names.service_names(owner).waiters.get(index)?))
    });
    let waiters: Vec<(&Waiter, &Ident)> = waiters.collect();
    let removal = model.waits_for_removal(id);
    if waiters.is_empty() && !removal {
        return None;
    }
    let (service, item) = (&names.service_names(id).ident, &names.type_names(polling.item).ident);
    let lookup = lookup(polling);
    let methods = waiters.iter().map(|(waiter, ident)| {
        let (text, table) = (waiter_docs(waiter), table_name(waiter));
        let wait = match &waiter.addresses {
            Some(_) => quote!(jobs::Wait<types::#item, jobs::WithAddresses<types::#item>>),
            None => quote!(jobs::Wait<types::#item>),
        };
        quote! {
            #text
            pub fn #ident(&self) -> #wait {
                jobs::Wait::new(self, LOOKUP, #table)
            }
        }
    });
    let removed = removal.then(|| {
        let text = docs::fixed(REMOVAL);
        let ident = format_ident!("{}", waiter_name(REMOVED));
        quote! {
            #text
            pub fn #ident(&self) -> jobs::Wait<types::#item, ()> {
                jobs::Wait::new(self, LOOKUP, &jobs::REMOVED)
            }
        }
    });
    let tables = waiters.iter().map(|(waiter, _)| table(waiter));
    Some(quote! {
        use crate::{jobs, services, types};

        impl services::#service {
            #(#methods)*
            #removed
        }
        const LOOKUP: jobs::Lookup = #lookup;
        #(#tables)*
    })
}

fn lookup(Polling { get, list, search, .. }: Polling<'_>) -> TokenStream {
    let search = option(search.map(|(parameter, field)| {
        let field = field.as_str();
        quote!((#parameter, #field))
    }));
    quote!(jobs::Lookup { get: #get, list: #list, search: #search })
}

fn table_name(waiter: &Waiter) -> Ident {
    format_ident!("WAIT_UNTIL_{}", waiter.name.value.as_str().to_uppercase())
}

fn table(waiter: &Waiter) -> TokenStream {
    let (ident, name, unmet, field) =
        (table_name(waiter), waiter.name.value.as_str(), &waiter.unmet, waiter.field.value.as_str());
    let states = |role: StateRole| {
        let states = waiter.states_with(role).into_iter().map(|state| state.as_str());
        quote!(&[#(#states),*])
    };
    let [success, failure, initial, waiting, _] = StateRole::ALL.map(states);
    let seconds = |duration: Option<u32>| proc_macro2::Literal::u32_unsuffixed(duration.unwrap_or_default());
    let (typical, grace, settle) = (seconds(Some(waiter.typical)), seconds(waiter.grace), seconds(waiter.settle));
    let addresses = option(waiter.addresses.as_ref().map(|Addresses { list, address, network, missing }| {
        let (list, address, network) = (list.value.as_str(), dotted(&address.value), dotted(&network.value));
        quote!(&jobs::AddressInfo { list: #list, address: #address, network: #network, missing: #missing })
    }));
    quote! {
        const #ident: &jobs::WaiterInfo = &jobs::WaiterInfo {
            name: #name,
            unmet: #unmet,
            field: #field,
            success: #success,
            failure: #failure,
            initial: #initial,
            waiting: #waiting,
            typical: #typical,
            grace: #grace,
            settle: #settle,
            addresses: #addresses,
        };
    }
}

fn waiter_docs(waiter: &Waiter) -> TokenStream {
    let mut all = waiter.docs.clone();
    let list = |role: StateRole| {
        let states: Vec<String> = waiter.states_with(role).iter().map(|state| format!("`{state}`")).collect();
        match states.split_last() {
            None => None,
            Some((last, [])) => Some(last.clone()),
            Some((last, rest)) => Some(format!("{} or {last}", rest.join(", "))),
        }
    };
    let field = waiter.field.value.as_str();
    let mut text = match list(StateRole::Success) {
        Some(success) => {
            let address = waiter.addresses.as_ref().map(|addresses| {
                format!(" and one of its `{}` has an address that other machines can reach", addresses.list.value)
            });
            format!("Succeeds when `{field}` is {success}{}.", address.unwrap_or_default())
        }
        None => String::new(),
    };
    if let Some(failure) = list(StateRole::Failure) {
        text.push_str(&format!(" Fails when it is {failure}."));
    }
    if let Some(initial) = list(StateRole::Initial) {
        text.push_str(&format!(" Fails when it changes back to {initial}"));
        match waiter.grace {
            Some(grace) => text.push_str(&format!(", or stays there for {}.", duration(grace))),
            None => text.push('.'),
        }
    }
    text.push_str(&format!(" Usually takes about {}.", duration(waiter.typical)));
    let details = waiter.docs.details.iter().map(|details| details.trim_end().to_owned());
    let paragraphs: Vec<String> = details.chain([docs::wrap(&text)]).collect();
    all.details = Some(paragraphs.join("\n\n"));
    docs::full(&all, &format!("Waits until the object is `{}`.", waiter.name.value))
}

/// A duration in the largest unit that divides it.
fn duration(seconds: u32) -> String {
    match seconds {
        hours if hours.is_multiple_of(3600) => format!("{} h", hours / 3600),
        minutes if minutes.is_multiple_of(60) => format!("{} min", minutes / 60),
        seconds => format!("{seconds} s"),
    }
}

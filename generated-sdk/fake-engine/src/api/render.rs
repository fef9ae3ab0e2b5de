//! From a stored object to what is shown of it: addresses, links, what can be done with it; no secrets.

use super::fault::Fault;
use super::resolve::root_of;
use crate::exchange::Asked;
use crate::routes::Service;
use crate::state::{State, id_of, set_text};
use ovirt_sdk::object::{self, Kind, Object, member, member_mut};
use ovirt_sdk::service::Service as _;
use ovirt_sdk::unstable::{self, Root, wire};

/// The object at a path as it is shown at an address.
pub(super) fn object(state: &State, asked: &Asked, path: &str, at: &str) -> Result<Box<dyn Object>, Fault> {
    let mut shown = object::copy(state.object(path).ok_or_else(Fault::not_found)?);
    if let Some(show) = state.registry.show_of(shown.info().name) {
        show(state, path, asked, &mut *shown);
    }
    let own = member(&*shown, "href").and_then(|slot| slot.text());
    address(state, asked, own.as_deref().unwrap_or(at), &mut *shown);
    Ok(shown)
}

/// Gives an object an address, and the links that objects there have.
pub(super) fn address(state: &State, asked: &Asked, at: &str, shown: &mut dyn Object) {
    let href = format!("{}/{at}", asked.base);
    if id_of(shown).is_some() {
        set_text(shown, "href", &href);
    }
    complete(state, asked, shown);
    let Some(info) = Root::INFO.find(at).filter(|_| shown.info().is_resource()) else { return };
    if let Some(service) = Service::named(info.name) {
        let actions: Vec<&str> = service.methods.iter().filter_map(|method| method.segment).collect();
        if let (false, Some(tag)) = (actions.is_empty(), wire::LEADING.first()) {
            offer(shown, tag, href.trim_end_matches('/'), &actions);
        }
    }
    let base = href.trim_end_matches('/');
    for (segment, _) in info.children() {
        unstable::push_link(shown.unknown_mut(), segment, &format!("{base}/{segment}"));
    }
}

/// Tells what can be done with an object.
fn offer(shown: &mut dyn Object, tag: &str, href: &str, actions: &[&str]) {
    if member(shown, "href").is_some_and(|slot| slot.is_set()) {
        unstable::set_actions(shown.unknown_mut(), format!("{tag} {}", actions.join(" ")));
        return;
    }
    // What has no address of its own would offer them at the root of the server.
    let link = |action: &&str| format!("<link href=\"{href}/{action}\" rel=\"{action}\"/>");
    let links: String = actions.iter().map(link).collect();
    unstable::push_element(shown.unknown_mut(), &format!("<{tag}>{links}</{tag}>"));
}

/// Gives everything that an object refers to its address, and takes away what is never shown.
pub(super) fn complete(state: &State, asked: &Asked, shown: &mut dyn Object) {
    walk(state, asked, shown, false);
}

/// The same for what came out of an action, where a secret is what was asked for: a ticket.
pub(super) fn complete_result(state: &State, asked: &Asked, shown: &mut dyn Object) {
    walk(state, asked, shown, true);
}

fn walk(state: &State, asked: &Asked, shown: &mut dyn Object, keeps_secrets: bool) {
    let info = shown.info();
    for (index, row) in info.members.iter().enumerate() {
        let Some(slot) = shown.slot_mut(index).filter(|slot| slot.is_set()) else { continue };
        if row.is_secret && !keeps_secrets {
            slot.clear();
            continue;
        }
        match slot.kind() {
            Kind::Object(_) => {
                let Some(part) = slot.make_object() else { continue };
                if row.is_link { reference(state, asked, part) } else { walk(state, asked, part, keeps_secrets) }
            }
            Kind::List(_) => {
                let Some(list) = slot.make_list() else { continue };
                for index in 0..list.count() {
                    let Some(item) = list.object_mut(index) else { continue };
                    if row.is_link { reference(state, asked, item) } else { walk(state, asked, item, keeps_secrets) }
                }
                if row.is_link && list.count() == 0 {
                    slot.clear();
                }
            }
            _ => {}
        }
    }
}

/// Gives what is referred to its address. An object that was filled in keeps what it has.
fn reference(state: &State, asked: &Asked, referred: &mut dyn Object) {
    let own = member(referred, "href").and_then(|slot| slot.text());
    let place = own.or_else(|| Some(format!("{}/{}", root_of(referred.info())?, id_of(referred)?)));
    if let Some(place) = place
        && let Some(slot) = member_mut(referred, "href")
    {
        let whole = if place.starts_with('/') { place } else { format!("{}/{place}", asked.base) };
        slot.assign(&Some(whole));
    }
    complete(state, asked, referred);
}

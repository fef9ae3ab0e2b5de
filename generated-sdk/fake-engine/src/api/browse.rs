//! What exists at a path, for people: the objects of a collection, or an object with its collections.

use ovirt_sdk::object::Object;
use ovirt_sdk::request::Verb;

use super::apply::apply;
use super::fault::Fault;
use super::registry::{Context, Registry};
use super::render::{Item, render, show};
use super::request::ApiRequest;
use super::target::Target;
use super::validate::validate;
use crate::fields::{id_of, text};
use crate::path::join;
use crate::state::State;

/// The number of objects on a page.
const PAGE: usize = 100;

/// What exists at a path.
pub(crate) struct Browsed {
    pub(crate) content: Content,
    /// The collections and single resources below the path, with the number of objects where it costs little.
    pub(crate) collections: Vec<(&'static str, Option<usize>)>,
}

/// The objects at a path.
pub(crate) enum Content {
    Collection { count: usize, page: usize, pages: usize, objects: Vec<Listed> },
    Object { kind: &'static str, name: Option<String>, document: String },
}

/// An object in a list.
pub(crate) struct Listed {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) status: Option<String>,
}

/// Returns what exists at the path of a request, also what no user may see. A collection is returned page by page; the first
/// page is 1.
pub(crate) fn browse(
    state: &mut State,
    registry: &Registry,
    request: &ApiRequest,
    page: usize,
) -> Result<Browsed, Fault> {
    let context = Context { state, registry, request };
    let target = context.resolve(&request.segments.join("/"))?;
    let collections = context.collections(&target);
    if target.service.method(Verb::List).is_some() {
        let content = context.page(&target, page);
        return Ok(Browsed { content, collections });
    }
    let kind = target.service.object.map_or(target.service.name, |info| info.name);
    let name = context.state.object(&target.path).and_then(|object| text(object, "name"));
    let method = target.method("GET")?;
    let mut call = validate(state, registry, request, target, method)?;
    let reply = apply(&mut call)?;
    let document = String::from_utf8_lossy(&render(&mut call, reply)?.body).into_owned();
    Ok(Browsed { content: Content::Object { kind, name, document }, collections })
}

impl Context<'_> {
    /// The services below a target that can be read.
    fn collections(&self, target: &Target) -> Vec<(&'static str, Option<usize>)> {
        if target.service.method(Verb::List).is_some() {
            return Vec::new();
        }
        let below = |segment: &'static str| {
            let below = self.resolve(&join(&target.address, segment)).ok()?;
            let is_list = below.service.method(Verb::List).is_some();
            let is_readable = is_list || below.service.method(Verb::Get).is_some();
            let is_stored = is_list && self.registry.compute_of(below.service.name).is_none();
            is_readable.then(|| (segment, is_stored.then(|| self.members(&below).len())))
        };
        target.info.children().filter_map(|(segment, _)| below(segment)).collect()
    }

    /// A page of a collection.
    fn page(&self, collection: &Target, page: usize) -> Content {
        let list = |object: &dyn Object| Listed {
            id: id_of(object).unwrap_or_default(),
            name: text(object, "name"),
            status: text(object, "status"),
        };
        let window = |count: usize| {
            let pages = count.div_ceil(PAGE).max(1);
            let page = page.clamp(1, pages);
            (pages, page, page.saturating_sub(1).saturating_mul(PAGE))
        };
        if let Some(computed) = self.computed(collection) {
            let count = computed.len();
            let (pages, page, start) = window(count);
            let objects = computed.iter().skip(start).take(PAGE).map(|object| list(&**object)).collect();
            return Content::Collection { count, page, pages, objects };
        }
        let paths = self.members(collection);
        let (pages, page, start) = window(paths.len());
        let address_of = self.address_of(collection);
        let shown = paths.iter().skip(start).take(PAGE);
        let shown = shown.filter_map(|path| show(self, Item::Stored(path), &address_of(path)).ok());
        let objects = shown.map(|object| list(&*object)).collect();
        Content::Collection { count: paths.len(), page, pages, objects }
    }
}

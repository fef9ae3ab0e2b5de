//! Requests that change nothing.

use std::borrow::Cow;

use super::call::{Call, Reply};
use super::document;
use super::fault::Fault;
use super::follow::follow;
use super::render;
use super::resolve::Target;
use super::source::Searched;
use crate::exchange::{Answer, Asked};
use crate::resources::permissions;
use crate::routes::Method;
use crate::search::{self, Entity};
use crate::state::{State, id_of, last};
use ovirt_sdk::object::{Info, Object};

pub(super) fn get(state: &mut State, asked: &Asked, target: Target, method: &'static Method) -> Result<Answer, Fault> {
    match handled(state, asked, &target, method)? {
        Some(Reply::Value(object)) => {
            let mut object = made(state, asked, &target.address, object);
            followed(state, asked, &mut *object)?;
            document::answer_object(200, object)
        }
        Some(Reply::Empty(status)) => Ok(Answer::empty(status)),
        Some(Reply::Object(path)) => document::answer_object(200, shown(state, asked, &path, None)?),
        Some(_) => Err(Fault::internal("a get was answered with something else than an object")),
        None if !state.contains(&target.path) => {
            let mut object = computed(state, asked, &target)?;
            followed(state, asked, &mut *object)?;
            document::answer_object(200, object)
        }
        None => document::answer_object(200, shown(state, asked, &target.path, Some(&own_address(state, &target)))?),
    }
}

/// An object of a collection whose objects are made as they are read.
fn computed(state: &State, asked: &Asked, target: &Target) -> Result<Box<dyn Object>, Fault> {
    let above = target.address.rsplit_once('/').map(|(above, _)| above).ok_or_else(Fault::not_found)?;
    let objects = Target::of(state, above)?.computed(state).unwrap_or_default();
    let id = last(&target.path);
    let found = objects.into_iter().find(|object| id_of(&**object).as_deref() == Some(id));
    Ok(made(state, asked, &target.address, found.ok_or_else(Fault::not_found)?))
}

/// The address of an object: that at which it lives, unless the collection in which it was looked for says otherwise.
fn own_address(state: &State, target: &Target) -> String {
    let above = target.address.rsplit_once('/').map(|(above, _)| above);
    let collection = above.and_then(|above| Target::of(state, above).ok());
    collection.map_or_else(|| target.path.clone(), |collection| collection.address_of(state, &target.path))
}

pub(super) fn list(state: &mut State, asked: &Asked, target: Target, method: &'static Method) -> Result<Answer, Fault> {
    match handled(state, asked, &target, method)? {
        Some(Reply::Values(objects)) => answer_values(state, asked, &target, objects),
        Some(Reply::Paths(paths)) => answer_paths(state, asked, &target, method, paths),
        Some(_) => Err(Fault::internal("a list was answered with something else than objects")),
        None => match target.computed(state) {
            Some(objects) => answer_values(state, asked, &target, objects),
            None => answer_paths(state, asked, &target, method, target.members(state)),
        },
    }
}

fn handled(state: &mut State, asked: &Asked, target: &Target, method: &'static Method) -> Result<Option<Reply>, Fault> {
    let Some(handler) = state.registry.handler_of(target.service.name, method.name) else { return Ok(None) };
    handler(&mut Call::new(state, asked, target.clone(), method)?).map(Some)
}

/// Objects that are stored nowhere, as a list.
pub(super) fn answer_values(
    state: &State,
    asked: &Asked,
    target: &Target,
    objects: Vec<Box<dyn Object>>,
) -> Result<Answer, Fault> {
    let most = most(asked).unwrap_or(objects.len());
    let mut shown = Vec::new();
    for object in objects.into_iter().take(most) {
        let address = match id_of(&*object) {
            Some(id) => format!("{}/{id}", target.address),
            None => target.address.clone(),
        };
        let mut object = made(state, asked, &address, object);
        followed(state, asked, &mut *object)?;
        shown.push(object);
    }
    document::answer_objects(info_of(target)?, shown)
}

/// Objects by their paths, as a list: searched, sorted and cut as it was asked for.
pub(super) fn answer_paths(
    state: &State,
    asked: &Asked,
    target: &Target,
    method: &Method,
    paths: Vec<String>,
) -> Result<Answer, Fault> {
    let paths = permissions::visible(state, asked, paths);
    let selected = select(state, asked, target, method, paths)?;
    let address = target.addresses(state);
    let mut objects = Vec::with_capacity(selected.len());
    for path in selected {
        objects.push(shown(state, asked, &path, Some(&address(&path)))?);
    }
    document::answer_objects(info_of(target)?, objects)
}

/// Those of the objects at paths that are asked for, in the order in which they are.
fn select(
    state: &State,
    asked: &Asked,
    target: &Target,
    method: &Method,
    mut paths: Vec<String>,
) -> Result<Vec<String>, Fault> {
    let searchable = method.parameters.iter().any(|parameter| parameter.member.tag == "search");
    if !searchable {
        paths.truncate(most(asked).unwrap_or(paths.len()));
        return Ok(paths);
    }
    let text = asked.parameter("search").unwrap_or_default();
    let info = info_of(target)?;
    let own = state.registry.entity_of(target.service.name).map(Cow::Borrowed);
    let entity = own.unwrap_or_else(|| Entity::of(info));
    let query = match search::parse(&entity, text, state.now_millis()) {
        Ok(query) => query,
        Err(error) => {
            return match error.fault() {
                Some(detail) => Err(Fault::query(detail)),
                // The engine finds nothing then.
                None => Ok(Vec::new()),
            };
        }
    };
    let subjects = paths.into_iter().filter_map(|path| Searched::new(state, path)).collect();
    let selected = query.select(subjects, asked.flag("case_sensitive").unwrap_or(false), most(asked));
    Ok(selected.into_iter().map(|subject| subject.path).collect())
}

/// How many objects are asked for.
fn most(asked: &Asked) -> Option<usize> {
    let max: i64 = asked.parameter("max")?.trim().parse().ok()?;
    usize::try_from(max).ok()
}

fn info_of(target: &Target) -> Result<&'static Info, Fault> {
    target.service.object.ok_or_else(|| Fault::internal(format!("`{}` has no objects", target.service.name)))
}

/// The object at a path as it is shown, at its address or at another one, with what is to be followed.
pub(super) fn shown(state: &State, asked: &Asked, path: &str, address: Option<&str>) -> Result<Box<dyn Object>, Fault> {
    let mut object = render::object(state, asked, path, address.unwrap_or(path))?;
    followed(state, asked, &mut *object)?;
    Ok(object)
}

/// An object that is stored nowhere, as it is shown at an address.
pub(super) fn made(state: &State, asked: &Asked, address: &str, mut object: Box<dyn Object>) -> Box<dyn Object> {
    render::address(state, asked, address, &mut *object);
    object
}

fn followed(state: &State, asked: &Asked, object: &mut dyn Object) -> Result<(), Fault> {
    match asked.parameter("follow") {
        Some(paths) => follow(state, asked, object, paths),
        None => Ok(()),
    }
}

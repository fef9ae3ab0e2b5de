//! Which objects of a collection a list has: the visible ones, searched, sorted and cut.

use std::borrow::Cow;

use super::candidate::Candidate;
use crate::api::fault::Fault;
use crate::api::registry::Context;
use crate::api::search_source::SearchSource;
use crate::api::target::Target;
use crate::entities;
use crate::routes::Method;
use crate::search::{self, ObjectSubject, Subject, Value};

/// The objects that belong into the list, in its order.
pub(super) fn select<'s>(
    context: &Context<'s>,
    target: &Target,
    method: &Method,
    mut candidates: Vec<Candidate<'s>>,
) -> Result<Vec<Candidate<'s>>, Fault> {
    if let Some(is_visible) = context.registry.visibility(context) {
        candidates.retain(|candidate| is_visible(&candidate.path()));
    }
    let is_searchable = method.parameter("search").is_some();
    if !is_searchable {
        candidates.truncate(max(context, target).unwrap_or(candidates.len()));
        return Ok(candidates);
    }
    let request = context.request;
    if let Some(max) = integer(request.parameter("max")).filter(|max| *max < 0) {
        return Err(Fault::operation(400, &format!("illegal max count value for query : {max}")));
    }
    let own = entities::of_service(target.service.name).map(Cow::Borrowed);
    let entity = match (own, target.service.object) {
        (Some(own), _) => own,
        (None, Some(info)) => entities::of_type(info),
        (None, None) => return Ok(candidates),
    };
    let text = request.parameter("search").unwrap_or_default();
    let query = match search::parse(&entity, text, context.state.now_millis()) {
        Ok(query) => query,
        Err(error) => {
            return match error.fault() {
                Some(detail) => Err(Fault::operation(400, detail)),
                // The engine returns an empty list.
                None => Ok(Vec::new()),
            };
        }
    };
    let source = SearchSource::new(context);
    let subjects = candidates.into_iter().map(|candidate| Searched { candidate, source: &source }).collect();
    let selected = query.select(subjects, request.flag("case_sensitive").unwrap_or(false), max(context, target));
    Ok(selected.into_iter().map(|subject| subject.candidate).collect())
}

/// A candidate that is searched.
struct Searched<'a, 's> {
    candidate: Candidate<'s>,
    source: &'a SearchSource<'a>,
}

impl Searched<'_, '_> {
    fn subject(&self) -> ObjectSubject<'_> {
        ObjectSubject { object: self.candidate.object, source: self.source }
    }
}

impl Subject for Searched<'_, '_> {
    fn values(&self, path: &str) -> Vec<Value> {
        self.subject().values(path)
    }

    fn text(&self, path: &str) -> Option<&str> {
        self.subject().text_of(path)
    }
}

/// The parameter `max`, unless the collection ignores it.
pub(super) fn max(context: &Context<'_>, target: &Target) -> Option<usize> {
    let max = integer(context.request.parameter("max")).filter(|_| !context.registry.ignores_max(target.service.name));
    usize::try_from(max?).ok()
}

/// The value of a parameter, unless it isn't an integer of 32 bits.
fn integer(text: Option<&str>) -> Option<i32> {
    text?.parse().ok()
}

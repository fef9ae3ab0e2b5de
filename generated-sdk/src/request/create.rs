//! The functions that create requests, for generated code. One call takes the compiler less than two.

#![allow(dead_code, reason = "which methods there are depends on the model")]

use super::answer::{ActionStatus, Answer};
use super::method::MethodRequest;
use super::typed::TypedRequest;
use crate::service::Location;
use crate::xml::Root;

pub(crate) fn action<P>(location: &Location, segment: &'static str) -> MethodRequest<P, ActionStatus> {
    MethodRequest(TypedRequest::action(location, segment))
}

impl<P> MethodRequest<P, ActionStatus> {
    /// Returns the request for an action whose response contains the result of `A`, in an element with this tag.
    pub(crate) fn returning<A: Answer>(
        self,
        tag: &'static str,
        item_tag: Option<&'static str>,
    ) -> MethodRequest<P, A::Sent> {
        MethodRequest(self.0.returning::<A>(tag, item_tag))
    }
}

pub(crate) fn add<P, T: Answer<Sent = T>>(location: &Location, body: &impl Root) -> MethodRequest<P, T> {
    MethodRequest(TypedRequest::add(location, body))
}

pub(crate) fn get<P, T: Answer<Sent = T>>(location: &Location) -> MethodRequest<P, T> {
    MethodRequest(TypedRequest::get(location))
}

pub(crate) fn list<P, T: Answer<Sent = T>>(location: &Location) -> MethodRequest<P, T> {
    MethodRequest(TypedRequest::list(location))
}

pub(crate) fn remove<P, T: Answer<Sent = T>>(location: &Location) -> MethodRequest<P, T> {
    MethodRequest(TypedRequest::remove(location))
}

pub(crate) fn update<P, T: Answer<Sent = T>>(location: &Location, body: &impl Root) -> MethodRequest<P, T> {
    MethodRequest(TypedRequest::update(location, body))
}

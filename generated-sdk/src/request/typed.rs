//! The generic request behind the request types of all methods.

use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use super::answer::{ActionStatus, Answer, Reader, Reply};
use super::conflicts;
use super::operation::{self, Operation};
use super::verb::{ResultTag, Verb};
use crate::connection::{Call, Inspected, RawReply};
use crate::error::Error;
use crate::generated::search::SEARCHES;
use crate::http::Method;
use crate::link::{FollowText, unfollowed};
use crate::markup::DataError;
use crate::markup::encoder::Encoder;
use crate::markup::scalar::Scalar;
use crate::object::{Object, Objects};
use crate::search::{SearchInfo, SearchText, unknown_fields};
use crate::service::Location;
use crate::xml::{EncodeOptions, Root};

/// The future that `send` returns. It can move between threads.
pub type Sending<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

/// A request that returns a `T`. [`MethodRequest`](super::MethodRequest) wraps it; `P` stands for the parameters that can
/// be set.
pub(crate) struct TypedRequest<T, P = ()> {
    pub(super) parts: Parts,
    reader: Reader<T>,
    parameters: PhantomData<fn() -> P>,
}

/// What does not depend on the result.
#[derive(Clone)]
pub(super) struct Parts {
    pub(super) location: Location,
    verb: Verb,
    /// The path segment of an action.
    segment: Option<&'static str>,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: Option<String>,
    /// The parameters in the `<action>`: tags and encoded elements.
    parameters: Vec<(&'static str, String)>,
    /// The element with the result of an action.
    result: ResultTag,
    timeout: Option<Duration>,
    correlation_id: Option<String>,
    /// How long to repeat the request while it conflicts temporarily.
    conflict_period: Option<Duration>,
    /// The first error of encoding, reported by `send`.
    problem: Option<String>,
}

impl<T, P> Clone for TypedRequest<T, P> {
    fn clone(&self) -> Self {
        Self { parts: self.parts.clone(), reader: self.reader, parameters: PhantomData }
    }
}

impl<T, P> fmt::Debug for TypedRequest<T, P> {
    /// Omits headers and body, which may contain secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parts { verb, location, segment, query, .. } = &self.parts;
        let mut shown = f.debug_struct("TypedRequest");
        shown.field("verb", verb).field("location", location);
        shown.field("segment", segment).field("query", query).finish_non_exhaustive()
    }
}

impl<T: Answer<Sent = T>, P> TypedRequest<T, P> {
    fn new(location: &Location, verb: Verb, segment: Option<&'static str>) -> Self {
        Self { parts: Parts::new(location, verb, segment), reader: Reader::new::<T>(), parameters: PhantomData }
    }

    pub(crate) fn add(location: &Location, body: &impl Root) -> Self {
        Self::new(location, Verb::Add, None).with_body(body)
    }

    pub(crate) fn get(location: &Location) -> Self {
        Self::new(location, Verb::Get, None)
    }

    pub(crate) fn list(location: &Location) -> Self {
        Self::new(location, Verb::List, None)
    }

    pub(crate) fn update(location: &Location, body: &impl Root) -> Self {
        Self::new(location, Verb::Update, None).with_body(body)
    }

    pub(crate) fn remove(location: &Location) -> Self {
        Self::new(location, Verb::Remove, None)
    }
}

impl<P> TypedRequest<ActionStatus, P> {
    pub(crate) fn action(location: &Location, segment: &'static str) -> Self {
        Self::new(location, Verb::Action, Some(segment))
    }

    /// Returns the request for an action whose response contains the result of `A`, in an element with this tag.
    #[allow(dead_code, reason = "whether actions have results depends on the model")]
    pub(crate) fn returning<A: Answer>(
        self,
        tag: &'static str,
        item_tag: Option<&'static str>,
    ) -> TypedRequest<A::Sent, P> {
        let parts = Parts { result: ResultTag { tag, item_tag }, ..self.parts };
        TypedRequest { parts, reader: Reader::new::<A>(), parameters: PhantomData }
    }
}

impl<T, P> TypedRequest<T, P> {
    fn with_body(mut self, body: &impl Root) -> Self {
        match EncodeOptions::new().indent(false).to_string(body) {
            Ok(text) => self.parts.body = Some(text),
            Err(error) => self.parts.record_problem(&error),
        }
        self
    }

    pub(crate) fn set_query<S: Scalar + fmt::Display>(self, key: &'static str, value: S) -> Self {
        self.query(key, value)
    }

    /// Sets the search of a list. The engine ignores what it doesn't understand, so names that are not fields of the objects
    /// are logged.
    #[allow(dead_code, reason = "whether lists can be searched depends on the model")]
    pub(crate) fn set_search(mut self, key: &'static str, search: SearchText) -> Self {
        let text = match search.text {
            Ok(text) => text,
            Err(problem) => {
                self.parts.problem.get_or_insert(problem);
                return self;
            }
        };
        if search.is_raw {
            let known: Vec<_> = self.searches().collect();
            let unknown = if known.is_empty() { Vec::new() } else { unknown_fields(&text, &known) };
            if !unknown.is_empty() {
                let fields = unknown.join(", ");
                tracing::warn!(target: "ovirt_sdk", search = %text, "the search has unknown fields, and will find nothing: {fields}");
            }
        }
        self.query(key, text)
    }

    /// Sets the links to follow. The engine fails if it can't follow a link, so links that it never follows are logged.
    #[allow(dead_code, reason = "whether links can be followed depends on the model")]
    pub(crate) fn set_follow(self, key: &'static str, follow: FollowText) -> Self {
        if follow.is_raw
            && let Some(info) = self.reader.object
        {
            let unknown = unfollowed(&follow.text, info).join(", ");
            if !unknown.is_empty() {
                tracing::warn!(target: "ovirt_sdk", follow = %follow.text, "the engine can't follow some links, and will fail: {unknown}");
            }
        }
        self.set_common(key, follow.text)
    }

    /// The value of a query parameter.
    pub(super) fn query_value(&self, key: &str) -> Option<&str> {
        self.parts.query.iter().find(|(other, _)| other == key).map(|(_, value)| value.as_str())
    }

    /// How the items of the list are searched.
    pub(super) fn searches(&self) -> impl Iterator<Item = &'static SearchInfo> {
        let object = self.reader.object.map(|info| info.name);
        SEARCHES.iter().filter(move |(ty, _)| Some(*ty) == object).map(|(_, info)| *info)
    }

    /// Sets a parameter that some actions have in the `<action>`, and other requests in the query.
    pub(crate) fn set_common<S: Scalar + fmt::Display>(self, name: &'static str, value: S) -> Self {
        if self.parts.verb == Verb::Action { self.set(name, value) } else { self.set_query(name, value) }
    }

    pub(crate) fn set<S: Scalar>(self, tag: &'static str, value: S) -> Self {
        self.parameter(tag, |encoder| encoder.scalar(tag, &value))
    }

    pub(crate) fn set_object(self, tag: &'static str, value: &dyn Object) -> Self {
        self.parameter(tag, |encoder| encoder.object(tag, value))
    }

    pub(crate) fn set_list(self, tag: &'static str, item_tag: &'static str, value: &dyn Objects) -> Self {
        self.parameter(tag, |encoder| encoder.list(tag, item_tag, value))
    }

    #[allow(dead_code, reason = "whether an action has such a parameter depends on the model")]
    pub(crate) fn set_values<S: Scalar>(
        self,
        tag: &'static str,
        item_tag: &'static str,
        values: impl IntoIterator<Item = impl Into<S>>,
    ) -> Self {
        let values: Vec<S> = crate::object::values(values);
        self.parameter(tag, |encoder| encoder.scalars(tag, item_tag, &values))
    }

    /// Adds or replaces a parameter in the `<action>`.
    fn parameter(mut self, tag: &'static str, write: impl FnOnce(&mut Encoder<'_>) -> Result<(), DataError>) -> Self {
        self.parts.set_parameter(tag, Encoder::fragment(write));
        self
    }

    pub(crate) fn query(mut self, key: &str, value: impl fmt::Display) -> Self {
        self.parts.set_query(key, value.to_string());
        self
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.parts.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn timeout(mut self, timeout: Duration) -> Self {
        self.parts.timeout = Some(timeout);
        self
    }

    pub(crate) fn correlation_id(mut self, id: impl Into<String>) -> Self {
        self.parts.correlation_id = Some(id.into());
        self
    }

    pub(crate) fn retry_conflicts(mut self, period: Duration) -> Self {
        self.parts.conflict_period = Some(period);
        self
    }

    /// Returns the request as it would be sent.
    pub(crate) fn inspect(&self) -> Result<Inspected, Error> {
        self.parts.location.connection().inspect(self.call()?)
    }

    pub(crate) fn call(&self) -> Result<Call, Error> {
        self.parts.call()
    }

    /// The same request, with parameters as they are.
    pub(super) fn without_parameters(self) -> TypedRequest<T> {
        TypedRequest { parts: self.parts, reader: self.reader, parameters: PhantomData }
    }
}

impl<T: Send + 'static, P: 'static> TypedRequest<T, P> {
    pub(crate) fn send(self) -> Sending<T> {
        Box::pin(async move {
            let absent = self.reader.absent;
            Ok(self.receive().await?.value.unwrap_or_else(absent))
        })
    }

    pub(crate) fn send_reply(self) -> Sending<Reply<T>> {
        Box::pin(self.receive())
    }

    async fn receive(self) -> Result<Reply<T>, Error> {
        let Self { parts, reader, .. } = self;
        // A request that conflicts is repeated with its whole response.
        let is_plain = parts.verb.is_read() && parts.conflict_period.is_none();
        let Some(arriving) = is_plain.then(reader.arriving).flatten() else {
            return reader.read(parts.verb, parts.result, &parts.send().await?);
        };
        let sink = Arc::clone(&arriving.0).sink();
        let raw = parts.location.connection().call_into(parts.call()?, sink).await?;
        match arriving.0.finish() {
            Some(Ok(value)) => Ok(Reply::new(Some(value), parts.result, &raw)),
            Some(Err(error)) => Err(raw.unreadable(error)),
            None => reader.read(parts.verb, parts.result, &raw),
        }
    }

    pub(crate) fn send_operation(self) -> Sending<Operation<T>> {
        Box::pin(async move {
            if self.parts.verb.is_read() {
                return Err(Error::request("it only reads, and starts no operation"));
            }
            let (raw, refusals) = self.parts.send_repeatedly().await?;
            let reply = self.reader.read(self.parts.verb, self.parts.result, &raw)?;
            let location = &self.parts.location;
            let href = reply.value.as_ref().and_then(self.reader.href).map(str::to_owned);
            let mut operation =
                operation::started(location.connection(), self.parts.verb, location.path()?, href.as_deref(), reply);
            if self.parts.correlation_id.is_some() {
                operation.state.refusals = refusals;
            }
            Ok(operation)
        })
    }
}

impl Parts {
    fn new(location: &Location, verb: Verb, segment: Option<&'static str>) -> Self {
        Self {
            location: location.clone(),
            verb,
            segment,
            query: Vec::new(),
            headers: Vec::new(),
            body: None,
            parameters: Vec::new(),
            result: ResultTag::default(),
            timeout: None,
            correlation_id: None,
            conflict_period: None,
            problem: None,
        }
    }

    fn record_problem(&mut self, error: &DataError) {
        self.problem.get_or_insert_with(|| error.to_string());
    }

    /// Adds or replaces a parameter in the `<action>`.
    fn set_parameter(&mut self, tag: &'static str, element: Result<String, DataError>) {
        match element {
            Ok(element) => {
                self.parameters.retain(|(other, _)| *other != tag);
                self.parameters.push((tag, element));
            }
            Err(error) => self.record_problem(&error),
        }
    }

    fn set_query(&mut self, key: &str, value: String) {
        self.query.retain(|(other, _)| other != key);
        self.query.push((key.to_owned(), value));
    }

    async fn send(&self) -> Result<RawReply, Error> {
        self.send_repeatedly().await.map(|(reply, _)| reply)
    }

    /// Also returns the number of refusals because of temporary conflicts.
    async fn send_repeatedly(&self) -> Result<(RawReply, u32), Error> {
        let (connection, call) = (self.location.connection(), self.call()?);
        match self.conflict_period {
            Some(period) => conflicts::call(connection, call, period).await,
            None => Ok((connection.call(call).await?, 0)),
        }
    }

    fn call(&self) -> Result<Call, Error> {
        if let Some(problem) = &self.problem {
            return Err(Error::request(problem.clone()));
        }
        let path = self.location.path()?;
        let path = match self.segment {
            Some(segment) if path.is_empty() => segment.to_owned(),
            Some(segment) => format!("{path}/{segment}"),
            None => path.to_owned(),
        };
        let method = match self.verb {
            Verb::Get | Verb::List => Method::Get,
            Verb::Add | Verb::Action => Method::Post,
            Verb::Update => Method::Put,
            Verb::Remove => Method::Delete,
        };
        let mut query = self.query.clone();
        query.sort();
        Ok(Call {
            method,
            path,
            query,
            headers: self.headers.clone(),
            body: self.document(),
            timeout: self.timeout,
            correlation_id: self.correlation_id.clone(),
            returns_conflicts: false,
        })
    }

    /// The document to send: the body, or an `<action>` with its parameters in alphabetical order, as in the engine's
    /// schema.
    fn document(&self) -> Option<String> {
        if self.verb != Verb::Action && self.parameters.is_empty() {
            return self.body.clone();
        }
        let mut parameters = self.parameters.clone();
        parameters.sort_by_key(|(tag, _)| *tag);
        let inner: String = parameters.into_iter().map(|(_, element)| element).collect();
        Some(if inner.is_empty() { "<action/>".to_owned() } else { format!("<action>{inner}</action>") })
    }
}

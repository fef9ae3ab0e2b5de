//! Decoding of responses, including irregular ones.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::arriving::{Arriving, ArrivingList};
use super::verb::{ResultTag, Verb};
use crate::connection::RawReply;
use crate::error::Error;
use crate::generated::roles::Job;
use crate::list::List;
use crate::markup::DataError;
use crate::markup::decoder::Decoder;
use crate::markup::scalar::Scalar;
use crate::object::{FieldAccess, FieldValue, Struct, StructInfo, element, get};
use crate::redaction;
use crate::secret::MASK;
use crate::unknown::HREF;
use crate::xml::{self, DecodeOptions};

/// The content of a successful response.
///
/// Sealed: the crate implements it for the results of all methods of the API.
pub trait Answer: sealed::Sealed {
    /// The result, if the response contains it.
    type Value: Send;

    /// The result that `send` returns. A response without the result is not an error, because the engine has completed
    /// the request: an object is then unset, a list is empty, and any other value is `None`.
    type Sent: Send;

    /// The struct of the object, or of the items of the list.
    #[doc(hidden)]
    const OBJECT: Option<&'static StructInfo> = None;

    /// Decodes a response.
    #[doc(hidden)]
    fn read(verb: Verb, result: ResultTag, body: &str) -> ReadResult<Self::Value>;

    /// How the result is decoded while the response to a request that only reads arrives, if that is possible.
    #[doc(hidden)]
    fn arriving() -> Option<ArrivingAnswer<Self::Sent>> {
        None
    }

    /// The result that `send` returns.
    #[doc(hidden)]
    fn sent(value: Option<Self::Value>) -> Self::Sent;

    /// The address of the result, if it is an object with one.
    #[doc(hidden)]
    fn href(_: &Self::Sent) -> Option<&str> {
        None
    }
}

mod sealed {
    pub trait Sealed {}
    impl<T: super::Struct> Sealed for T {}
    impl<T: super::Struct> Sealed for super::List<T> {}
    impl Sealed for super::ActionStatus {}
    impl<V> Sealed for super::ActionOutput<V> {}
    impl<T> Sealed for super::ActionObject<T> {}
}

/// A value in the `<action>` of a response.
pub trait Output: FieldValue {
    /// What `send` returns.
    type Sent: Send;

    /// Converts the value.
    #[doc(hidden)]
    fn sent(value: Option<Self>) -> Self::Sent;
}

impl<S: Scalar + FieldValue> Output for S {
    type Sent = Option<S>;

    fn sent(value: Option<S>) -> Option<S> {
        value
    }
}

impl<S: Scalar> Output for Vec<S> {
    type Sent = Self;

    fn sent(value: Option<Self>) -> Self {
        value.unwrap_or_default()
    }
}

impl<T: Struct> Output for List<T> {
    type Sent = Self;

    fn sent(value: Option<Self>) -> Self {
        value.unwrap_or_default()
    }
}

/// The status of an operation, in responses to actions and to requests without another result.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ActionStatus {
    /// The progress of the operation: `complete`, `pending` or `in_progress`; `None` if the engine does not report it.
    pub status: Option<String>,
    /// The job that continues the operation.
    pub job: Option<Box<Job>>,
    /// The path of the running action, if it has one.
    pub href: Option<String>,
}

/// A result of type `V` within the `<action>` of the response.
#[derive(Debug)]
pub(crate) struct ActionOutput<V>(PhantomData<fn() -> V>);

/// An object of type `T` within the `<action>` of the response.
#[derive(Debug)]
pub(crate) struct ActionObject<T>(PhantomData<fn() -> T>);

/// A successful response: the result, the status code and the correlation ID. `Debug` masks secret results.
#[derive(Clone)]
#[non_exhaustive]
pub struct Reply<T> {
    /// The result of the method. `None` if the engine accepted the request without returning the result: with no body,
    /// with an `<action>` in place of the object, or with an `<action>` without the result.
    pub value: Option<T>,
    /// The HTTP status code.
    pub status: u16,
    /// The correlation ID of the request, as echoed by the engine.
    pub correlation_id: Option<String>,
    /// The status of the operation, if the response is an `<action>`.
    pub action: Option<ActionStatus>,
    /// The tag of the element with the value, for results of actions.
    tag: &'static str,
}

impl<T> Reply<T> {
    /// A response that is not an `<action>`.
    pub(super) fn new(value: Option<T>, result: ResultTag, raw: &RawReply) -> Self {
        let correlation_id = raw.context.correlation_id.as_deref().map(str::to_owned);
        Self { value, status: raw.status, correlation_id, action: None, tag: result.tag }
    }
}

impl<T: fmt::Debug> fmt::Debug for Reply<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { value, status, correlation_id, action, tag } = self;
        let mut shown = f.debug_struct("Reply");
        match value {
            Some(_) if redaction::is_secret_parameter(tag) => shown.field("value", &MASK),
            value => shown.field("value", value),
        };
        shown.field("status", status).field("correlation_id", correlation_id).field("action", action).finish()
    }
}

/// What [`Answer::read`] returns.
type ReadResult<T> = Result<(Option<T>, Option<ActionStatus>), DataError>;

/// A result that is decoded while its response arrives.
#[doc(hidden)]
pub struct ArrivingAnswer<T>(pub(super) Arc<dyn Arriving<T>>);

impl<T> fmt::Debug for ArrivingAnswer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ArrivingAnswer")
    }
}

/// How a response is decoded into what `send` returns.
pub(super) struct Reader<T> {
    read: fn(Verb, ResultTag, &str) -> ReadResult<T>,
    /// How a response that arrives is decoded, if that is possible.
    pub(super) arriving: fn() -> Option<ArrivingAnswer<T>>,
    /// What `send` returns if the response has no result.
    pub(super) absent: fn() -> T,
    /// The address of the result, if it is an object with one.
    pub(super) href: fn(&T) -> Option<&str>,
    /// The struct of the object, or of the items of the list.
    pub(super) object: Option<&'static StructInfo>,
}

impl<T> Clone for Reader<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Reader<T> {}

impl<T> Reader<T> {
    pub(super) fn new<A: Answer<Sent = T>>() -> Self {
        Self { read: read_sent::<A>, arriving: A::arriving, absent: || A::sent(None), href: A::href, object: A::OBJECT }
    }

    /// Decodes a response.
    pub(super) fn read(self, verb: Verb, result: ResultTag, raw: &RawReply) -> Result<Reply<T>, Error> {
        let read = xml::utf8(&raw.body).and_then(|body| (self.read)(verb, result, body));
        let (value, action) = read.map_err(|error| raw.unreadable(error))?;
        Ok(Reply { action, ..Reply::new(value, result, raw) })
    }
}

fn read_sent<A: Answer>(verb: Verb, result: ResultTag, body: &str) -> ReadResult<A::Sent> {
    let (value, action) = A::read(verb, result, body)?;
    Ok((value.map(|value| A::sent(Some(value))), action))
}

/// The tag of the element that describes an operation.
const ACTION: &str = "action";

/// Reads an object or a list. In place of an added or updated one, the engine may send an `<action>` or nothing.
fn read_root<R: xml::Root>(verb: Verb, body: &str) -> ReadResult<R> {
    if !verb.is_read()
        && let Some(action) = read_action(body, &mut |_, decoder| decoder.pass())?
    {
        return Ok((None, Some(action)));
    }
    Ok((Some(xml::from_str(body)?), None))
}

impl<T: Struct> Answer for T {
    type Value = T;
    type Sent = T;

    const OBJECT: Option<&'static StructInfo> = Some(T::INFO);

    fn read(verb: Verb, _: ResultTag, body: &str) -> ReadResult<T> {
        read_root(verb, body)
    }

    fn sent(value: Option<T>) -> T {
        value.unwrap_or_default()
    }

    fn href(sent: &T) -> Option<&str> {
        get::<_, String>(sent, HREF).map(String::as_str)
    }
}

impl<T: Struct> Answer for List<T> {
    type Value = Self;
    type Sent = Self;

    const OBJECT: Option<&'static StructInfo> = Some(T::INFO);

    fn arriving() -> Option<ArrivingAnswer<Self>> {
        Some(ArrivingAnswer(Arc::new(ArrivingList::<T>::new())))
    }

    fn read(verb: Verb, _: ResultTag, body: &str) -> ReadResult<Self> {
        read_root(verb, body)
    }

    fn sent(value: Option<Self>) -> Self {
        value.unwrap_or_default()
    }
}

impl Answer for ActionStatus {
    type Value = Self;
    type Sent = Self;

    fn read(_: Verb, _: ResultTag, body: &str) -> ReadResult<Self> {
        let action = read_action(body, &mut |_, decoder| decoder.pass())?.unwrap_or_default();
        Ok((Some(action.clone()), Some(action)))
    }

    fn sent(value: Option<Self>) -> Self {
        value.unwrap_or_default()
    }
}

impl<V: Output> Answer for ActionOutput<V> {
    type Value = V;
    type Sent = V::Sent;

    fn read(_: Verb, result: ResultTag, body: &str) -> ReadResult<V> {
        read_output(result, body)
    }

    fn sent(value: Option<V>) -> V::Sent {
        V::sent(value)
    }
}

impl<T: Struct> Answer for ActionObject<T> {
    type Value = T;
    type Sent = T;

    fn read(_: Verb, result: ResultTag, body: &str) -> ReadResult<T> {
        let (value, action) = read_output::<Box<T>>(result, body)?;
        Ok((value.map(|value| *value), action))
    }

    fn sent(value: Option<T>) -> T {
        value.unwrap_or_default()
    }
}

/// Reads an `<action>` with a result. An absent result is not an error.
fn read_output<V: FieldValue>(result: ResultTag, body: &str) -> ReadResult<V> {
    let mut value = None;
    let action = read_action(body, &mut |tag, decoder| match tag == result.tag {
        true => V::Access::decode(&mut value, &result.member(), decoder),
        false => decoder.pass(),
    })?;
    Ok((value, Some(action.unwrap_or_default())))
}

/// Reads an `<action>`; an empty body counts as one without content. `None` if it is another document. Elements that are
/// specific to an action are passed to `other`.
fn read_action(
    body: &str,
    other: &mut dyn FnMut(&str, &mut Decoder<'_>) -> Result<(), DataError>,
) -> Result<Option<ActionStatus>, DataError> {
    let mut action = ActionStatus::default();
    if body.trim().is_empty() {
        return Ok(Some(action));
    }
    if DecodeOptions::new().peek(body)? != ACTION {
        return Ok(None);
    }
    DecodeOptions::new().decode(body, |decoder| {
        decoder.root(ACTION)?;
        decoder.children(
            &mut |name, value| {
                if name == "href" {
                    action.href = Some(value.to_owned());
                }
            },
            &mut |tag, decoder| match tag {
                "status" => {
                    action.status = decoder.scalar()?;
                    Ok(())
                }
                tag if tag == Job::INFO.tag => <Box<Job> as FieldValue>::Access::decode(
                    &mut action.job,
                    &const { element(Job::INFO.tag) },
                    decoder,
                ),
                _ => other(tag, decoder),
            },
        )
    })?;
    Ok(Some(action))
}

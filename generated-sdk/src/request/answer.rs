//! Decoding of responses, including irregular ones.

use std::marker::PhantomData;

use super::verb::{ResultTag, Verb};
use crate::connection::RawReply;
use crate::error::Error;
use crate::list::List;
use crate::markup::DataError;
use crate::markup::decoder::Decoder;
use crate::object::{FieldValue, Member, Struct};
use crate::types::Job;
use crate::xml::{self, DecodeOptions};

/// The content of a successful response.
///
/// Sealed: the crate implements it for the results of all methods of the API.
pub trait Answer: sealed::Sealed {
    /// The result that `send` returns.
    type Value: Send;

    /// Decodes a response.
    #[doc(hidden)]
    fn read(
        verb: Verb,
        result: ResultTag,
        body: &str,
    ) -> Result<(Option<Self::Value>, Option<ActionStatus>), DataError>;

    /// The value to return if the engine sent none; `None` if that is an error.
    #[doc(hidden)]
    fn absent() -> Option<Self::Value>;
}

mod sealed {
    pub trait Sealed {}
    impl<T: super::Struct> Sealed for T {}
    impl<T: super::Struct> Sealed for super::List<T> {}
    impl Sealed for super::ActionStatus {}
    impl<V> Sealed for super::ActionOutput<V> {}
    impl<T> Sealed for super::ActionObject<T> {}
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
    /// Whether the response contains a fault.
    failed: bool,
}

/// A result of type `V` within the `<action>` of the response.
#[derive(Debug)]
pub struct ActionOutput<V>(PhantomData<fn() -> V>);

/// An object of type `T` within the `<action>` of the response.
#[derive(Debug)]
pub struct ActionObject<T>(PhantomData<fn() -> T>);

/// A successful response: the result, the status code and the correlation ID.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Reply<T> {
    /// The result of the method. `None` if the engine accepted the request without returning the result: with the
    /// status code 202 and no body, or with an `<action>` in place of the object.
    pub value: Option<T>,
    /// The HTTP status code.
    pub status: u16,
    /// The correlation ID of the request, as echoed by the engine.
    pub correlation_id: Option<String>,
    /// The status of the operation, if the response is an `<action>`.
    pub action: Option<ActionStatus>,
}

pub(super) fn read<A: Answer>(verb: Verb, result: ResultTag, raw: &RawReply) -> Result<Reply<A::Value>, Error> {
    let read = xml::utf8(&raw.body).and_then(|body| A::read(verb, result, body));
    let (value, action) = read.map_err(|error| raw.unreadable(error))?;
    if action.as_ref().is_some_and(|action| action.failed) {
        return Err(raw.failed());
    }
    Ok(Reply { value, status: raw.status, correlation_id: raw.context.correlation_id.clone(), action })
}

/// The tag of the element that describes an operation.
const ACTION: &str = "action";

/// The tag of the element that describes a failure.
const FAULT: &str = "fault";

/// Reads an object or a list. In place of an added one, the engine may send an `<action>` or nothing.
fn read_root<R: xml::Root>(
    verb: Verb,
    result: ResultTag,
    body: &str,
) -> Result<(Option<R>, Option<ActionStatus>), DataError> {
    if verb == Verb::Add && (body.trim().is_empty() || root(body)? == ACTION) {
        let (_, action) = ActionStatus::read(verb, result, body)?;
        return Ok((None, action));
    }
    Ok((Some(xml::from_str(body)?), None))
}

impl<T: Struct + Send> Answer for T {
    type Value = T;

    fn read(verb: Verb, result: ResultTag, body: &str) -> Result<(Option<T>, Option<ActionStatus>), DataError> {
        read_root(verb, result, body)
    }

    fn absent() -> Option<T> {
        Some(T::default())
    }
}

impl<T: Struct + Send> Answer for List<T> {
    type Value = Self;

    fn read(verb: Verb, result: ResultTag, body: &str) -> Result<(Option<Self>, Option<ActionStatus>), DataError> {
        read_root(verb, result, body)
    }

    fn absent() -> Option<Self> {
        Some(Self::default())
    }
}

impl Answer for ActionStatus {
    type Value = Self;

    fn read(_: Verb, _: ResultTag, body: &str) -> Result<(Option<Self>, Option<ActionStatus>), DataError> {
        let mut action = Self::default();
        if !body.trim().is_empty() {
            match root(body)?.as_str() {
                ACTION => action.read_action(body, &mut |_, decoder| decoder.pass())?,
                other => action.failed = other == FAULT,
            }
        }
        Ok((Some(action.clone()), Some(action)))
    }

    fn absent() -> Option<Self> {
        Some(Self::default())
    }
}

impl<V: FieldValue + Send> Answer for ActionOutput<V> {
    type Value = V;

    fn read(_: Verb, result: ResultTag, body: &str) -> Result<(Option<V>, Option<ActionStatus>), DataError> {
        let (mut value, mut action) = (None, ActionStatus::default());
        if !body.trim().is_empty() {
            action.read_action(body, &mut |tag, decoder| match tag == result.tag {
                true => V::decode(&mut value, &result.member(), decoder),
                false => decoder.pass(),
            })?;
        }
        Ok((value, Some(action)))
    }

    fn absent() -> Option<V> {
        None
    }
}

impl<T: Struct + Send> Answer for ActionObject<T> {
    type Value = T;

    fn read(verb: Verb, result: ResultTag, body: &str) -> Result<(Option<T>, Option<ActionStatus>), DataError> {
        let (value, action) = ActionOutput::<Box<T>>::read(verb, result, body)?;
        Ok((value.map(|value| *value), action))
    }

    fn absent() -> Option<T> {
        None
    }
}

impl ActionStatus {
    /// Reads an `<action>`. Elements that are specific to an action are passed to `other`.
    fn read_action(
        &mut self,
        body: &str,
        other: &mut dyn FnMut(&str, &mut Decoder<'_>) -> Result<(), DataError>,
    ) -> Result<(), DataError> {
        DecodeOptions::new().decode(body, |decoder| {
            decoder.root(ACTION)?;
            decoder.children(
                &mut |name, value| {
                    if name == "href" {
                        self.href = Some(value.to_owned());
                    }
                },
                &mut |tag, decoder| {
                    match tag {
                        "status" => self.status = decoder.scalar()?,
                        FAULT => {
                            self.failed = true;
                            decoder.pass()?;
                        }
                        "job" => FieldValue::decode(&mut self.job, &const { Member::element("job") }, decoder)?,
                        _ => other(tag, decoder)?,
                    }
                    Ok(())
                },
            )
        })
    }
}

/// The tag of the root element of a document.
fn root(body: &str) -> Result<String, DataError> {
    DecodeOptions::new().peek(body)
}

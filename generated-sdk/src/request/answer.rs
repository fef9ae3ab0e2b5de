//! How answers are read, the odd ones included.

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

/// How the answer to a request is read.
///
/// Sealed: the crate implements it for what the methods of the API return.
pub trait Answer: sealed::Sealed {
    /// What the user gets.
    type Value: Send;

    /// Reads an answer.
    #[doc(hidden)]
    fn read(
        verb: Verb,
        result: ResultTag,
        body: &str,
    ) -> Result<(Option<Self::Value>, Option<ActionStatus>), DataError>;

    /// What stands for a value that the engine did not send, when something can.
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

/// What the engine answers to an action, and to whatever has no result of its own.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ActionStatus {
    /// How far the engine is: `complete`, `pending`, `in_progress`; absent when it does not say.
    pub status: Option<String>,
    /// The job that does the rest.
    pub job: Option<Box<Job>>,
    /// Path of the running action, when it has one.
    pub href: Option<String>,
    /// Whether there is a fault instead.
    failed: bool,
}

/// The result of an action, which stands in its answer.
#[derive(Debug)]
pub struct ActionOutput<V>(PhantomData<fn() -> V>);

/// The result of an action that is an object.
#[derive(Debug)]
pub struct ActionObject<T>(PhantomData<fn() -> T>);

/// An answer with what came beside it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Reply<T> {
    /// What the method returns; `None` when the engine did not send it, which it may do although it has done what it
    /// was asked to: with the status 202 and no body, or with an `<action>` in result of the object.
    pub value: Option<T>,
    /// The status of HTTP.
    pub status: u16,
    /// The correlation id in effect, as the engine echoes it.
    pub correlation_id: Option<String>,
    /// What the engine says of the operation, when it answers with an `<action>`.
    pub action: Option<ActionStatus>,
}

pub(super) fn read<A: Answer>(verb: Verb, result: ResultTag, raw: &RawReply) -> Result<Reply<A::Value>, Error> {
    let read = xml::utf8(&raw.body).and_then(|body| A::read(verb, result, body));
    let (value, action) = read.map_err(|error| raw.unreadable(error))?;
    if action.as_ref().is_some_and(|action| action.failed) {
        return Err(raw.failed());
    }
    Ok(Reply { value, status: raw.status, correlation_id: raw.correlation_id.clone(), action })
}

/// The tag of the element that stands for an operation.
const ACTION: &str = "action";

/// The tag of the element that says why an operation failed.
const FAULT: &str = "fault";

impl<T: Struct + Send> Answer for T {
    type Value = T;

    fn read(verb: Verb, result: ResultTag, body: &str) -> Result<(Option<T>, Option<ActionStatus>), DataError> {
        if verb == Verb::Add && (body.trim().is_empty() || root(body)? == ACTION) {
            let (_, action) = ActionStatus::read(verb, result, body)?;
            return Ok((None, action));
        }
        Ok((Some(xml::from_str(body)?), None))
    }

    fn absent() -> Option<T> {
        Some(T::default())
    }
}

impl<T: Struct + Send> Answer for List<T> {
    type Value = Self;

    fn read(verb: Verb, result: ResultTag, body: &str) -> Result<(Option<Self>, Option<ActionStatus>), DataError> {
        if verb == Verb::Add && (body.trim().is_empty() || root(body)? == ACTION) {
            let (_, action) = ActionStatus::read(verb, result, body)?;
            return Ok((None, action));
        }
        Ok((Some(xml::from_str(body)?), None))
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
    /// Reads an `<action>`; what is not common to all of them is handed to `other`.
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

/// The tag of the root of a document.
fn root(body: &str) -> Result<String, DataError> {
    DecodeOptions::new().peek(body)
}

//! How answers are read, the odd ones included.

use std::marker::PhantomData;

use super::Verb;
use crate::connection::RawReply;
use crate::error::Error;
use crate::object::{Member, Struct, Value};
use crate::types::{Job, List};
use crate::xml::decoder::Decoder;
use crate::xml::{self, DecodeOptions};

/// How the answer to a request is read.
///
/// Sealed: the crate implements it for what the methods of the API return.
pub trait Answer: sealed::Sealed {
    /// What the user gets.
    type Value: Send;

    /// Reads an answer.
    #[doc(hidden)]
    fn read(verb: Verb, place: Place, body: &str) -> Result<(Option<Self::Value>, Option<Done>), Error>;

    /// What stands for a value that the engine did not send, when something can.
    #[doc(hidden)]
    fn absent() -> Option<Self::Value>;
}

mod sealed {
    pub trait Sealed {}
    impl<T: super::Struct> Sealed for T {}
    impl<T: super::Struct> Sealed for super::List<T> {}
    impl Sealed for super::Done {}
    impl<V> Sealed for super::Out<V> {}
    impl<T> Sealed for super::OutObject<T> {}
}

/// Where the result of an action stands in the answer.
#[derive(Clone, Copy, Debug, Default)]
#[doc(hidden)]
pub struct Place {
    pub(super) tag: &'static str,
    pub(super) item_tag: Option<&'static str>,
}

/// What the engine answers to an action, and to whatever has no result of its own.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Done {
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
pub struct Out<V>(PhantomData<fn() -> V>);

/// The result of an action that is an object.
#[derive(Debug)]
pub struct OutObject<T>(PhantomData<fn() -> T>);

/// An answer with what came beside it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Reply<T> {
    /// What the method returns; `None` when the engine did not send it, which it may do although it has done what it
    /// was asked to: with the status 202 and no body, or with an `<action>` in place of the object.
    pub value: Option<T>,
    /// The status of HTTP.
    pub status: u16,
    /// The correlation id in effect, as the engine echoes it.
    pub correlation_id: Option<String>,
    /// What the engine says of the operation, when it answers with an `<action>`.
    pub done: Option<Done>,
}

pub(super) fn read<A: Answer>(verb: Verb, place: Place, raw: &RawReply) -> Result<Reply<A::Value>, Error> {
    let read = xml::utf8(&raw.body).and_then(|body| A::read(verb, place, body));
    let (value, done) = read.map_err(|error| raw.unreadable(error))?;
    if done.as_ref().is_some_and(|done| done.failed) {
        return Err(raw.failed());
    }
    Ok(Reply { value, status: raw.status, correlation_id: raw.correlation_id.clone(), done })
}

/// The tag of the element that stands for an operation.
const ACTION: &str = "action";

/// The tag of the element that says why an operation failed.
const FAULT: &str = "fault";

impl<T: Struct + Send> Answer for T {
    type Value = T;

    fn read(verb: Verb, place: Place, body: &str) -> Result<(Option<T>, Option<Done>), Error> {
        if verb == Verb::Add && (body.trim().is_empty() || root(body)? == ACTION) {
            let (_, done) = Done::read(verb, place, body)?;
            return Ok((None, done));
        }
        Ok((Some(xml::from_str(body)?), None))
    }

    fn absent() -> Option<T> {
        Some(T::default())
    }
}

impl<T: Struct + Send> Answer for List<T> {
    type Value = Self;

    fn read(verb: Verb, place: Place, body: &str) -> Result<(Option<Self>, Option<Done>), Error> {
        if verb == Verb::Add && (body.trim().is_empty() || root(body)? == ACTION) {
            let (_, done) = Done::read(verb, place, body)?;
            return Ok((None, done));
        }
        Ok((Some(xml::from_str(body)?), None))
    }

    fn absent() -> Option<Self> {
        Some(Self::default())
    }
}

impl Answer for Done {
    type Value = Self;

    fn read(_: Verb, _: Place, body: &str) -> Result<(Option<Self>, Option<Done>), Error> {
        let mut done = Self::default();
        if !body.trim().is_empty() {
            match root(body)?.as_str() {
                ACTION => done.read_action(body, &mut |_, decoder| decoder.pass())?,
                other => done.failed = other == FAULT,
            }
        }
        Ok((Some(done.clone()), Some(done)))
    }

    fn absent() -> Option<Self> {
        Some(Self::default())
    }
}

impl<V: Value + Send> Answer for Out<V> {
    type Value = V;

    fn read(_: Verb, place: Place, body: &str) -> Result<(Option<V>, Option<Done>), Error> {
        let (mut value, mut done) = (None, Done::default());
        if !body.trim().is_empty() {
            done.read_action(body, &mut |tag, decoder| match tag == place.tag {
                true => V::decode(&mut value, &place.member(), decoder),
                false => decoder.pass(),
            })?;
        }
        Ok((value, Some(done)))
    }

    fn absent() -> Option<V> {
        None
    }
}

impl<T: Struct + Send> Answer for OutObject<T> {
    type Value = T;

    fn read(verb: Verb, place: Place, body: &str) -> Result<(Option<T>, Option<Done>), Error> {
        let (value, done) = Out::<Box<T>>::read(verb, place, body)?;
        Ok((value.map(|value| *value), done))
    }

    fn absent() -> Option<T> {
        None
    }
}

impl Place {
    fn member(self) -> Member {
        match self.item_tag {
            Some(item_tag) => Member::list(self.tag, item_tag),
            None => Member::element(self.tag),
        }
    }
}

impl Done {
    /// Reads an `<action>`; what is not common to all of them is handed to `other`.
    fn read_action(
        &mut self,
        body: &str,
        other: &mut dyn FnMut(&str, &mut Decoder<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
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
                        "job" => Value::decode(&mut self.job, &const { Member::element("job") }, decoder)?,
                        _ => other(tag, decoder)?,
                    }
                    Ok(())
                },
            )
        })
    }
}

/// The tag of the root of a document.
fn root(body: &str) -> Result<String, Error> {
    DecodeOptions::new().peek(body)
}

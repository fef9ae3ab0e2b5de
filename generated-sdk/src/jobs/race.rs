//! The first of two futures.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

/// The result of the future that completed first.
pub(crate) enum First<A, B> {
    One(A),
    Other(B),
}

impl<A> First<A, std::convert::Infallible> {
    /// The result of the first future, if the other one never ends.
    pub(crate) fn into_one(self) -> A {
        match self {
            Self::One(output) => output,
            Self::Other(never) => match never {},
        }
    }
}

/// Runs two futures until one of them completes. The first one wins a tie.
pub(crate) async fn race<A: Future, B: Future>(one: A, other: B) -> First<A::Output, B::Output> {
    let (mut one, mut other) = (pin!(one), pin!(other));
    poll_fn(|context| match one.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(First::One(output)),
        Poll::Pending => other.as_mut().poll(context).map(First::Other),
    })
    .await
}

//! What all requests share: how they are sent, and what they return. [`requests`](crate::requests) has the requests.

mod answer;
mod arriving;
mod conflicts;
mod create;
mod items;
mod method;
mod operation;
mod pages;
mod typed;
mod verb;

pub(crate) use answer::{ActionObject, ActionOutput};
pub use answer::{ActionStatus, Answer, Output, Reply};
#[allow(unused_imports, reason = "which methods there are depends on the model")]
pub(crate) use create::{action, add, get, list, remove, update};
#[cfg(feature = "blocking")]
pub use items::BlockingItems;
pub use items::Items;
pub use method::MethodRequest;
pub use operation::Operation;
pub(crate) use operation::OperationState;
#[cfg(feature = "blocking")]
pub use pages::BlockingPages;
pub(crate) use pages::paged;
pub use pages::{Paged, Pages};
pub use typed::Sending;
pub(crate) use typed::TypedRequest;
pub use verb::Verb;

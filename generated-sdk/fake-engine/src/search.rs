//! The search language of the engine: what the parameter `search` of a list request says.
//!
//! ```text
//! [CONDITION {[and | or] CONDITION}] [sortby FIELD [asc | desc]] [page NUMBER]
//! CONDITION: FIELD RELATION VALUE | OBJECT.FIELD RELATION VALUE | OBJECT RELATION VALUE | VALUE
//! ```
//!
//! [`entity`] says which fields and which other objects each kind of object knows, [`parser`] reads a text with that,
//! [`query`] applies what was read, and [`subject`] finds the values of an object, also those behind its references.
//!
//! What may surprise is the engine's: there are no parentheses and no single quotes; `and` binds stronger than `or`,
//! and conditions side by side are joined last; a word is free text unless it is known; a text that can't be read finds
//! nothing instead of failing.

mod date;
mod entity;
mod enumeration;
mod error;
mod operand;
mod parser;
mod pattern;
mod query;
mod sorting;
mod subject;
#[cfg(test)]
mod tests;

pub(crate) use entity::Entity;
pub(crate) use error::SyntaxError;
pub(crate) use query::Query;
pub(crate) use subject::{ObjectSubject, Source, Subject, Value, refers};

/// Reads a search for objects of an entity. `now` is the engine's time in milliseconds since 1970, which `today` and
/// the days of the week are relative to.
pub(crate) fn parse(entity: &Entity, text: &str, now: i64) -> Result<Query, SyntaxError> {
    parser::parse(entity, text, now)
}

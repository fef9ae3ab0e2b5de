//! The search language of the engine, for the parameter `search` of list requests.
//!
//! ```text
//! [CONDITION {[and | or] CONDITION}] [sortby FIELD [asc | desc]] [page NUMBER]
//! CONDITION: FIELD RELATION VALUE | OBJECT.FIELD RELATION VALUE | OBJECT RELATION VALUE | VALUE
//! ```
//!
//! [`entities`](crate::entities) lists the fields and related objects of each type, [`parser`] parses a search with them, [`query`] runs
//! it, and [`subject`] reads the values of an object and of the objects that it refers to.
//!
//! Oddities are the engine's: parentheses and single quotes don't exist; `and` binds stronger than `or`, and adjacent
//! conditions are joined last; unknown words are free text; an invalid search finds nothing instead of failing.

mod date;
pub(crate) mod entity;
mod enumeration;
mod error;
mod operand;
mod parser;
mod pattern;
mod query;
mod relation;
mod sorting;
mod subject;
#[cfg(test)]
mod tests;

pub(crate) use entity::Entity;
pub(crate) use error::SyntaxError;
pub(crate) use query::Query;
pub(crate) use subject::{ObjectSubject, Source, Subject, Value, referred, refers};

/// Parses a search for objects of an entity. `now` is the engine's time in milliseconds since 1970, for `today` and days
/// of the week.
pub(crate) fn parse(entity: &Entity, text: &str, now: i64) -> Result<Query, SyntaxError> {
    parser::parse(entity, text, now)
}

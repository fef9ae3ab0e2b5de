//! The parser.

use super::entity::{Content, Entity, Field, Order, Reference};
use super::enumeration::alike;
use super::error::{Problem, SyntaxError};
use super::operand::Operand;
use super::pattern::Pattern;
use super::query::{Alternatives, Comparison, Condition, Query, Sort};
use super::relation::Relation;
use crate::path::join;

/// The longest word that can be a name.
const LONGEST_NAME: usize = 64;

pub(super) fn parse(entity: &Entity, text: &str, now: i64) -> Result<Query, SyntaxError> {
    let mut parser = Parser { text, at: 0, entity, now, free: Vec::new() };
    if let Some((at, forbidden)) = text.char_indices().find(|(_, letter)| matches!(letter, '\'' | ';')) {
        parser.at = at;
        return Err(parser.error(Problem::Character, format!("the engine takes no `{forbidden}` in a search")));
    }
    let mut query = Query { conditions: Vec::new(), sort: Vec::new(), page: None };
    parser.query(&mut query)?;
    let is_sorted = |order: &&Order| query.sort.iter().any(|sort| sort.path == order.path);
    let rest: Vec<Sort> = entity.order.iter().filter(|order| !is_sorted(order)).map(Sort::from).collect();
    query.sort.extend(rest);
    Ok(query)
}

struct Parser<'t> {
    text: &'t str,
    /// The number of bytes that are parsed.
    at: usize,
    entity: &'t Entity,
    now: i64,
    /// The entities that were searched for free text.
    free: Vec<&'static str>,
}

/// The meaning of a word.
enum Word<'t> {
    Field(&'t Field),
    Reference(&'static Reference),
    And,
    Or,
    SortBy,
    Page,
    /// The name of a field at the end of the text.
    Unfinished,
    FreeText,
}

/// A position in a query, which decides what can follow.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Start,
    AfterCondition,
    AfterConnective,
}

impl<'t> Parser<'t> {
    fn query(&mut self, query: &mut Query) -> Result<(), SyntaxError> {
        let mut alternatives: Alternatives = Vec::new();
        let mut place = Place::Start;
        let end = loop {
            let word = self.word(place);
            place = Place::AfterCondition;
            match word {
                None | Some(Word::SortBy | Word::Page) => break word,
                Some(Word::Or) => alternatives.push(vec![self.after_connective()?]),
                Some(Word::And) => {
                    let condition = self.after_connective()?;
                    match alternatives.last_mut() {
                        Some(group) => group.push(condition),
                        None => alternatives.push(vec![condition]),
                    }
                }
                Some(word) => {
                    let condition = self.condition(word)?;
                    query.conditions.push(std::mem::replace(&mut alternatives, vec![vec![condition]]));
                }
            }
        };
        query.conditions.push(alternatives);
        query.conditions.retain(|alternatives| !alternatives.is_empty());
        match end {
            Some(Word::SortBy) => self.sort_by(query),
            Some(Word::Page) => self.page(query),
            _ => Ok(()),
        }
    }

    /// The condition after `and` or `or`.
    fn after_connective(&mut self) -> Result<Condition, SyntaxError> {
        let Some(word) = self.word(Place::AfterConnective) else { return Err(self.unfinished("a condition")) };
        self.condition(word)
    }

    fn condition(&mut self, word: Word<'t>) -> Result<Condition, SyntaxError> {
        match word {
            Word::Field(field) => self.comparison(*field, ""),
            Word::Reference(reference) => self.referenced(reference),
            Word::Unfinished => {
                self.at = self.text.len();
                Err(self.unfinished("a relation"))
            }
            _ => self.free_text(self.entity, "", false),
        }
    }

    /// Finds the meaning of the next word and skips it, unless it is free text. The engine takes the shortest known prefix,
    /// whatever follows; only names of fields must be complete.
    fn word(&mut self, place: Place) -> Option<Word<'t>> {
        self.skip_spaces();
        let rest = self.rest();
        if rest.is_empty() {
            return None;
        }
        let ends = rest.char_indices().map(|(at, letter)| at + letter.len_utf8()).take(LONGEST_NAME);
        for end in ends {
            let (Some(name), after) = (rest.get(..end), rest.get(end..).and_then(|rest| rest.chars().next())) else {
                break;
            };
            if name.ends_with(' ') {
                break;
            }
            let word = match self.known(name, place) {
                Some(Word::Field(_)) if after.is_none() => Word::Unfinished,
                Some(Word::Field(_)) if !matches!(after, Some(' ' | '!' | '=' | '<' | '>')) => continue,
                Some(word) => word,
                None => continue,
            };
            self.at += end;
            if let Word::Reference(_) = word {
                self.take("s");
            }
            return Some(word);
        }
        Some(Word::FreeText)
    }

    fn known(&self, name: &str, place: Place) -> Option<Word<'t>> {
        if let Some(field) = find_field(self.entity, name) {
            return Some(Word::Field(field));
        }
        let is = |keyword: &str| place != Place::AfterConnective && name.eq_ignore_ascii_case(keyword);
        match () {
            () if is("sortby") => return Some(Word::SortBy),
            () if is("page") => return Some(Word::Page),
            () if is("and") && place == Place::AfterCondition => return Some(Word::And),
            () if is("or") && place == Place::AfterCondition => return Some(Word::Or),
            () => {}
        }
        let reference = self.entity.references.iter().find(|reference| name.eq_ignore_ascii_case(reference.name));
        reference.map(Word::Reference)
    }

    /// A field of another object, or free text in any of its fields.
    fn referenced(&mut self, reference: &'static Reference) -> Result<Condition, SyntaxError> {
        self.skip_spaces();
        if self.take(".") {
            self.skip_spaces();
            let field = self
                .field(reference.entity)
                .ok_or_else(|| self.error(Problem::Field, format!("a `{}` has no such field", reference.name)))?;
            return self.comparison(*field, reference.path);
        }
        for (written, relation) in [("!=", Relation::Other), ("=", Relation::Equal)] {
            if self.take(written) {
                return self.free_text(reference.entity, reference.path, relation == Relation::Other);
            }
        }
        Err(if self.rest().is_empty() {
            self.unfinished("`.`, `=` or `!=`")
        } else {
            self.error(Problem::AfterReference, format!("expected `.`, `=` or `!=` after `{}`", reference.name))
        })
    }

    /// The field with the name that comes next.
    fn field<'e>(&mut self, entity: &'e Entity) -> Option<&'e Field> {
        let rest = self.rest();
        let ends = rest.char_indices().map(|(at, letter)| at + letter.len_utf8()).take(LONGEST_NAME);
        let (end, field) = ends.filter_map(|end| Some((end, find_field(entity, rest.get(..end)?)?))).next()?;
        self.at += end;
        Some(field)
    }

    fn comparison(&mut self, field: Field, prefix: &str) -> Result<Condition, SyntaxError> {
        self.skip_spaces();
        if self.rest().is_empty() {
            return Err(self.unfinished("a relation"));
        }
        let allowed = Relation::WRITTEN.into_iter().filter(|(_, relation)| field.relations.allow(*relation));
        let Some((written, relation)) = allowed.into_iter().find(|(written, _)| self.rest().starts_with(written))
        else {
            let allowed = Relation::WRITTEN.iter().filter(|(_, relation)| field.relations.allow(*relation));
            let allowed: Vec<&str> = allowed.map(|(written, _)| *written).collect();
            let explanation = format!("expected one of `{}` after `{}`", allowed.join("`, `"), field.name);
            return Err(self.error(Problem::Relation, explanation));
        };
        self.at += written.len();
        let (at, value) = self.value()?;
        let operand = Operand::read(&field, relation, value, self.now).map_err(|problem| {
            SyntaxError::new(problem, self.characters(at), format!("`{value}` is no value of `{}`", field.name))
        })?;
        let path = match field.content {
            Content::Account if value.contains('@') => "user_name",
            _ => field.path,
        };
        // The engine searches the children of a tag only for `=`.
        let path = if relation == Relation::Other { own(path) } else { path.to_owned() };
        let listed = matches!(field.content, Content::Listed);
        Ok(Condition::Compare(Comparison { path: join(prefix, &path), relation, operand, unit: field.unit, listed }))
    }

    fn free_text(&mut self, entity: &Entity, prefix: &str, negative: bool) -> Result<Condition, SyntaxError> {
        let (at, value) = self.value()?;
        if self.free.contains(&entity.name) {
            let explanation =
                format!("`{value}` is a second free text, and a `{}` can be searched for one", entity.name);
            return Err(SyntaxError::new(Problem::FreeText, self.characters(at), explanation));
        }
        self.free.push(entity.name);
        let fields = entity.fields.iter().filter(|field| field.content.is_free_text());
        let paths = fields.map(|field| join(prefix, &own(field.path))).collect();
        Ok(Condition::FreeText { paths, pattern: Pattern::within(value), negative })
    }

    /// Parses a value and returns it with its position: the text in double quotes, or everything up to a space.
    fn value(&mut self) -> Result<(usize, &'t str), SyntaxError> {
        self.skip_spaces();
        let (at, rest) = (self.at, self.rest());
        let value = if let Some(quoted) = rest.strip_prefix('"') {
            let Some((value, _)) = quoted.split_once('"') else {
                return Err(self.unfinished_at(at, "a `\"` that ends the value"));
            };
            self.at += value.len() + 2;
            value
        } else {
            let value = rest.split(' ').next().unwrap_or_default();
            if value.is_empty() {
                return Err(self.unfinished("a value"));
            }
            if value.contains('"') {
                let explanation = format!("`{value}` has a `\"` after its beginning");
                return Err(self.error(Problem::Value, explanation));
            }
            self.at += value.len();
            value
        };
        if value.ends_with('\\') {
            return Err(SyntaxError::new(Problem::Escape, self.characters(at), "a value can't end with `\\`"));
        }
        Ok((at, value))
    }

    fn sort_by(&mut self, query: &mut Query) -> Result<(), SyntaxError> {
        self.skip_spaces();
        if self.rest().is_empty() {
            return Err(self.unfinished("a field"));
        }
        let entity = self.entity;
        let field = self.field(entity).ok_or_else(|| {
            self.error(Problem::SortField, format!("a `{}` has no such field to be sorted by", entity.name))
        })?;
        self.skip_spaces();
        let descending = self.take("desc");
        let directed = descending || self.take("asc");
        query.sort.push(Sort { path: own(field.path), content: field.content, descending });
        self.skip_spaces();
        match () {
            () if self.rest().is_empty() => Ok(()),
            // The engine requires a direction before it, although its documentation has none.
            () if self.take("page") => self.page(query),
            () if directed => Err(self.error(Problem::Page, "only `page` can follow the direction")),
            () => Err(self.error(Problem::SortDirection, "expected `asc`, `desc` or `page`")),
        }
    }

    fn page(&mut self, query: &mut Query) -> Result<(), SyntaxError> {
        self.skip_spaces();
        let rest = self.rest();
        let digits = rest.split(|letter: char| !letter.is_ascii_digit()).next().unwrap_or_default();
        match () {
            () if rest.is_empty() => return Err(self.unfinished("the number of a page")),
            () if digits.is_empty() => return Err(self.error(Problem::Character, "expected the number of a page")),
            () => {}
        }
        // The engine takes an invalid 32-bit number as the first page.
        let page = digits.parse::<i32>().ok().and_then(|page| usize::try_from(page).ok()).unwrap_or(1);
        if page == 0 {
            let problem = Problem::Refused("ERROR: OFFSET must not be negative".to_owned());
            return Err(self.error(problem, "pages are counted from 1"));
        }
        self.at += digits.len();
        self.skip_spaces();
        if !self.rest().is_empty() {
            return Err(self.error(Problem::AfterPage, "nothing can follow the number of the page"));
        }
        query.page = Some(page);
        Ok(())
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_spaces(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches(' ').len();
    }

    /// Skips a text, in any case, if it comes next.
    fn take(&mut self, text: &str) -> bool {
        let comes = self.rest().get(..text.len()).is_some_and(|next| next.eq_ignore_ascii_case(text));
        if comes {
            self.at += text.len();
        }
        comes
    }

    fn characters(&self, at: usize) -> usize {
        self.text.get(..at).map_or(0, |before| before.chars().count())
    }

    fn error(&self, problem: Problem, explanation: impl Into<String>) -> SyntaxError {
        SyntaxError::new(problem, self.characters(self.at), explanation)
    }

    fn unfinished(&self, expected: &str) -> SyntaxError {
        self.unfinished_at(self.at, expected)
    }

    fn unfinished_at(&self, at: usize, expected: &str) -> SyntaxError {
        SyntaxError::new(Problem::Unfinished, self.characters(at), format!("the text ends where {expected} is missing"))
    }
}

fn find_field<'e>(entity: &'e Entity, name: &str) -> Option<&'e Field> {
    entity
        .fields
        .iter()
        .find(|field| if entity.loose { alike(field.name, name) } else { field.name.eq_ignore_ascii_case(name) })
}

/// The path without the steps to parents.
fn own(path: &str) -> String {
    path.split('/').filter(|step| !step.starts_with('^')).collect::<Vec<_>>().join("/")
}

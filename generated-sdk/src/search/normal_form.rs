//! Trees of comparisons → text.
//!
//! The search language has no parentheses. But it joins conditions without a word between them after those with `or`, and
//! these after those with `and`: `a or b and c d` means `(a or (b and c)) and d`. So each tree becomes clauses, all of
//! which must hold, with alternative groups of comparisons.

use super::tree::{Comparison, Tree};

/// Comparisons that must hold together.
type Group<'t> = Vec<&'t Comparison>;

/// Groups, at least one of which must hold.
type Clause<'t> = Vec<Group<'t>>;

/// The most comparisons of a search.
const MOST: usize = 2000;

/// The words that the language knows after a condition. A field whose name begins with one of them can't stand there.
const CONNECTIVES: [&str; 2] = ["and", "or"];

pub(super) fn text(tree: &Tree) -> Result<String, String> {
    let mut clauses = clauses(tree)?;
    // Clauses after the first one follow a condition.
    let first = clauses.iter().position(|clause| !begins_plainly(clause)).unwrap_or_default();
    if first > 0 {
        clauses.swap(0, first);
    }
    for clause in clauses.iter_mut().skip(1).filter(|clause| !begins_plainly(clause)) {
        rearrange(clause);
    }
    if !clauses.iter().skip(1).all(begins_plainly) {
        clauses = vec![product(clauses)?];
    }
    let group =
        |group: &Group<'_>| group.iter().map(|comparison| written(comparison)).collect::<Vec<_>>().join(" and ");
    let clause = |clause: &Clause<'_>| clause.iter().map(group).collect::<Vec<_>>().join(" or ");
    Ok(clauses.iter().map(clause).collect::<Vec<_>>().join(" "))
}

fn written(comparison: &Comparison) -> String {
    let Comparison { related, field, relation, value } = comparison;
    let related = related.map_or_else(String::new, |related| format!("{related}."));
    format!("{related}{field}{}{value}", relation.as_str())
}

fn is_plain(comparison: &Comparison) -> bool {
    let word = comparison.related.unwrap_or(comparison.field);
    !CONNECTIVES.iter().any(|connective| word.starts_with(connective))
}

fn begins_plainly(clause: &Clause<'_>) -> bool {
    clause.first().and_then(|group| group.first()).is_some_and(|comparison| is_plain(comparison))
}

/// Brings a comparison that can follow a condition to the beginning, if there is one.
fn rearrange(clause: &mut Clause<'_>) {
    for at in 0..clause.len() {
        let Some(group) = clause.get_mut(at) else { continue };
        if let Some(plain) = group.iter().position(|comparison| is_plain(comparison)) {
            group.swap(0, plain);
            clause.swap(0, at);
            return;
        }
    }
}

/// The clauses of a tree.
fn clauses(tree: &Tree) -> Result<Vec<Clause<'_>>, String> {
    match tree {
        Tree::Is(comparison) => Ok(vec![vec![vec![comparison]]]),
        Tree::Any(parts) => {
            let mut joined = Vec::new();
            for part in parts {
                joined.extend(product(clauses(part)?)?);
            }
            limit(&joined)?;
            Ok(vec![joined])
        }
        Tree::All(parts) => {
            // Clauses with one group are joined to one, in front.
            let (mut plain, mut others) = (Group::new(), Vec::new());
            for part in parts {
                for mut clause in clauses(part)? {
                    match clause.as_mut_slice() {
                        [group] => plain.append(group),
                        _ => others.push(clause),
                    }
                }
            }
            let plain = (!plain.is_empty()).then(|| vec![plain]);
            Ok(plain.into_iter().chain(others).collect())
        }
    }
}

/// One clause that means the same as several: a group for each choice of one group from each clause.
fn product(clauses: Vec<Clause<'_>>) -> Result<Clause<'_>, String> {
    let mut all: Clause<'_> = vec![Vec::new()];
    for clause in clauses {
        if all.len().saturating_mul(clause.len()) > MOST {
            return Err(TOO_LONG.to_owned());
        }
        let pairs = clause.iter().flat_map(|group| all.iter().map(move |other| [other.as_slice(), group].concat()));
        all = pairs.collect();
        limit(&all)?;
    }
    Ok(all)
}

const TOO_LONG: &str = "without parentheses, the text of this search is too long";

fn limit(clause: &Clause<'_>) -> Result<(), String> {
    let comparisons: usize = clause.iter().map(Vec::len).sum();
    if comparisons > MOST { Err(TOO_LONG.to_owned()) } else { Ok(()) }
}

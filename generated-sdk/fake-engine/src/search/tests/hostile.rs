//! Texts that no person would write, and those that a person writes wrongly.

use super::{Fake, fails, machines, parse};
use ovirt_sdk::registry;

#[test]
fn unfinished_searches_find_nothing() {
    let missing =
        |what: &str, at: usize| format!("invalid search text at character {at}: the text ends where {what} is missing");
    fails("vm", "name", &missing("a relation", 5));
    fails("vm", "name ", &missing("a relation", 6));
    fails("vm", "name=", &missing("a value", 6));
    fails("vm", "name=a and", &missing("a condition", 11));
    fails("vm", "name=a or name", &missing("a relation", 15));
    fails("vm", "name=\"a", &missing("a `\"` that ends the value", 6));
    fails("vm", "\"", &missing("a `\"` that ends the value", 1));
    fails("vm", "host.name", &missing("a relation", 10));
    fails("vm", "sortby", &missing("a field", 7));
    fails("vm", "page", &missing("the number of a page", 5));
    fails("vm", "name=a sortby name page ", &missing("the number of a page", 25));
}

#[test]
fn characters_that_the_engine_rejects_as_an_attack() {
    fails("vm", "name='a'", "INVALID_CHARECTER at character 6: the engine takes no `'` in a search");
    fails("vm", "näme=\"a;b\"", "INVALID_CHARECTER at character 8: the engine takes no `;` in a search");
    fails(
        "vm",
        "name=a\\",
        "search expression can not end with ESCAPE character at character 6: a value can't end with `\\`",
    );
    fails("vm", "name=a\"b\"", "INVALID_CONDITION_VALUE at character 6: `a\"b\"` has a `\"` after its beginning");
}

#[test]
fn invalid_ends_find_nothing() {
    fails("vm", "sortby purple", "INVALID_SORT_FIELD at character 8: a `vm` has no such field to be sorted by");
    fails("vm", "sortby name up", "INVALID_SORT_DIRECTION at character 13: expected `asc`, `desc` or `page`");
    fails("vm", "sortby name asc up", "INVALID_PAGE_FEILD at character 17: only `page` can follow the direction");
    fails("vm", "page x", "INVALID_CHARECTER at character 6: expected the number of a page");
    fails("vm", "page -1", "INVALID_CHARECTER at character 6: expected the number of a page");
    fails(
        "vm",
        "page 1 name=a",
        "NOTHING_COMES_AFTER_PAGE_VALUE at character 8: nothing can follow the number of the page",
    );
    fails("vm", "name<a", "INVALID_CONDITION_RELATION at character 5: expected one of `!=`, `=` after `name`");
    fails("vm", "name!a", "INVALID_CONDITION_RELATION at character 5: expected one of `!=`, `=` after `name`");
}

#[test]
fn long_searches_are_fast() {
    let many = 20_000;
    let conditions = vec!["name=a"; many];
    for text in [
        conditions.join(" or "),
        conditions.join(" and "),
        conditions.join(" "),
        "(".repeat(many) + &")".repeat(many),
        "\"".repeat(many),
        "*".repeat(many),
        "host.".repeat(many),
        "and ".repeat(many),
        "sortby ".repeat(many),
        format!("name={}", "a*".repeat(many)),
        format!("memory>{}", "9".repeat(many)),
        format!("page {}", "9".repeat(many)),
        "é".repeat(many),
        " ".repeat(many),
    ] {
        if let Ok(query) = parse("vm", &text) {
            query.select(machines(), false, Some(usize::MAX));
        }
    }
}

/// Numbers that look random, the same ones in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap()
    }
}

const PIECES: [&str; 44] = [
    " ",
    " ",
    " ",
    "=",
    "!=",
    "<",
    ">",
    "<=",
    ">=",
    "\"",
    "*",
    "_",
    "%",
    "\\",
    ".",
    "(",
    ")",
    "and",
    "or",
    "sortby",
    "page",
    "asc",
    "desc",
    "name",
    "status",
    "memory",
    "host",
    "hosts",
    "vm",
    "user",
    "event",
    "time",
    "today",
    "up",
    "null",
    "1",
    "99999999999",
    "-",
    "é",
    "\u{0}",
    "Jan 1, 2026",
    "tag",
    "id",
    "'",
];

#[test]
fn random_searches_never_panic() {
    let mut numbers = Numbers(0x2545_f491_4f6c_dd1d);
    let (mut read, mut refused) = (0, 0);
    for info in registry::structs() {
        for _ in 0..200 {
            let length = numbers.below(12);
            let text: String = (0..length).map(|_| PIECES[numbers.below(PIECES.len())]).collect();
            match parse(info.name, &text) {
                Ok(query) => {
                    read += 1;
                    let page = numbers.below(3);
                    assert!(query.select(vec![Fake::vm("a"), Fake::vm("b")], page == 1, Some(page)).len() <= page);
                }
                Err(error) => {
                    refused += 1;
                    assert!(!error.to_string().is_empty());
                }
            }
        }
    }
    assert!(read > 1000 && refused > 1000, "{read} were read, {refused} refused");
}

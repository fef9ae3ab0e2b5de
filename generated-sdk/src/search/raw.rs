//! Searches that were written by hand: mistakes, and the words for pages. The engine reads unknown names as free text, and
//! finds nothing.

use super::SearchInfo;

/// The names before a relation that are not fields of any of these searches.
pub(crate) fn unknown_fields(text: &str, known: &[&SearchInfo]) -> Vec<String> {
    let mut unknown: Vec<String> = Vec::new();
    for name in names(text) {
        if !known.iter().any(|info| is_known(&name, info)) && !unknown.contains(&name) {
            unknown.push(name);
        }
    }
    unknown
}

/// Whether a name is a field, a related object, or a field of one.
fn is_known(name: &str, info: &SearchInfo) -> bool {
    let has = |info: &SearchInfo, name: &str| info.fields.iter().any(|field| field.eq_ignore_ascii_case(name));
    let related = |name: &str| {
        let is = |known: &str| {
            let rest = name.get(..known.len()).filter(|start| start.eq_ignore_ascii_case(known));
            rest.is_some() && matches!(name.get(known.len()..), Some("" | "s" | "S"))
        };
        info.references.iter().find(|(known, _)| is(known)).map(|(_, info)| info())
    };
    match name.split_once('.') {
        Some((object, field)) => related(object).is_some_and(|info| has(info, field)),
        None => has(info, name) || related(name).is_some(),
    }
}

/// A search with the number of a page. If it has no order, it gets one by a field.
pub(crate) fn page_of(search: &str, order: Option<&str>, number: usize) -> Result<String, String> {
    let search = search.trim();
    // A search ends with its order and page, in which there are no quotes.
    let end = search.rsplit('"').next().unwrap_or_default();
    let words: Vec<&str> = end.split(' ').filter(|word| !word.is_empty()).collect();
    let is = |word: Option<&&str>, keyword: &str| word.is_some_and(|word| word.eq_ignore_ascii_case(keyword));
    let before = |from_end: usize| words.len().checked_sub(from_end).and_then(|at| words.get(at));
    if is(before(2), "page") {
        return Err(format!("the search names a page itself: `{search}`"));
    }
    let order = match order {
        // A direction must stand between the field and the page.
        _ if is(before(2), "sortby") => " asc".to_owned(),
        _ if is(before(3), "sortby") => String::new(),
        Some(order) => format!(" sortby {order} asc"),
        None => String::new(),
    };
    Ok(format!("{search}{order} page {number}").trim_start().to_owned())
}

/// The words before relations and after `sortby`.
fn names(text: &str) -> Vec<String> {
    let is_relation = |it: char| matches!(it, '=' | '<' | '>' | '!');
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    let mut is_sorted = false;
    while !rest.is_empty() {
        let word = split(&mut rest, |it| it == ' ' || it == '"' || is_relation(it));
        rest = rest.trim_start();
        if rest.starts_with(is_relation) {
            if !word.is_empty() {
                found.push(word.to_owned());
            }
            rest = rest.trim_start_matches(is_relation).trim_start();
            if !rest.starts_with('"') {
                split(&mut rest, |it| it == ' ');
            }
        } else if std::mem::take(&mut is_sorted) {
            found.push(word.to_owned());
        }
        if let Some(quoted) = rest.strip_prefix('"') {
            rest = quoted.split_once('"').map_or("", |(_, after)| after);
        }
        rest = rest.trim_start();
        is_sorted = word.eq_ignore_ascii_case("sortby");
    }
    found
}

/// Takes the text before the first matching character.
fn split<'t>(rest: &mut &'t str, is_end: impl Fn(char) -> bool) -> &'t str {
    let end = rest.find(is_end).unwrap_or(rest.len());
    let (before, after) = rest.split_at_checked(end).unwrap_or((*rest, ""));
    *rest = after;
    before
}

#[cfg(test)]
mod tests {
    use super::*;

    static HOST: SearchInfo = SearchInfo { fields: &["name", "status"], references: &[], pages: None };
    static VM: SearchInfo =
        SearchInfo { fields: &["name", "memory"], references: &[("host", || &HOST)], pages: Some("name") };

    fn unknown(text: &str) -> Vec<String> {
        unknown_fields(text, &[&VM])
    }

    #[test]
    fn known_names_are_accepted() {
        for text in [
            "",
            "name=web*",
            "NAME = web and memory>=1024",
            "host.name=h1 hosts.status!=up",
            "host=rack or web",
            "name=\"a=b c=d\" memory<5 sortby name desc page 2",
            "free text",
            "\"purple=up\"",
            "name=a=b",
        ] {
            assert_eq!(unknown(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn unknown_names_are_found() {
        for (text, expected) in [
            ("purple=up", vec!["purple"]),
            ("name=a and cluster.name=Default", vec!["cluster.name"]),
            ("host.memory > 5", vec!["host.memory"]),
            ("nam=\"a\"or memori<5 nam=b", vec!["nam", "memori"]),
            ("sortby purple", vec!["purple"]),
        ] {
            assert_eq!(unknown(text), expected, "{text}");
        }
    }

    #[test]
    fn pages_have_an_order() {
        for (search, expected) in [
            ("", "sortby id asc page 2"),
            ("name=\"a b\"", "name=\"a b\" sortby id asc page 2"),
            ("name=a sortby name", "name=a sortby name asc page 2"),
            ("name=a SortBy  name desc ", "name=a SortBy  name desc page 2"),
        ] {
            assert_eq!(page_of(search, Some("id"), 2).as_deref(), Ok(expected));
        }
        assert_eq!(page_of("name=a", None, 1).as_deref(), Ok("name=a page 1"));
        assert!(page_of("name=a page 3", None, 1).is_err());
    }

    #[test]
    fn hostile_texts_end() {
        for text in ["=", "\"", "====", "a\"b\"c\"", "é=é", "sortby", " < > ! ", "\0"] {
            unknown(text);
        }
        unknown(&"\"=".repeat(50_000));
    }
}

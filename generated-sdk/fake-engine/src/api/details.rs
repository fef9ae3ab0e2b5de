//! The parameter `detail`: collections that objects contain in place of links, such as `detail=statistics`. It is a
//! parameter of the query, of the path or of the accepted media type, and older than `follow`.

use super::registry::Registry;
use super::request::ApiRequest;

impl Registry {
    /// Lets objects of a type contain a collection if a request asks for it with `detail`.
    pub(crate) fn show_as_detail(&mut self, kind: &'static str, field: &'static str) {
        self.details.insert((kind, field));
    }

    /// The types with collections for which a request asks with `detail`, and these collections.
    pub(super) fn details_of(&self, request: &ApiRequest) -> Vec<(&'static str, &'static str)> {
        let wanted = wanted(request);
        self.details.iter().filter(|(_, field)| wanted.contains(field)).copied().collect()
    }
}

/// The details for which a request asks.
fn wanted(request: &ApiRequest) -> Vec<&str> {
    let header = request.header("Accept").unwrap_or_default();
    let of_header = header.split(',').flat_map(|range| range.split(';').skip(1)).filter_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("detail").then(|| value.trim())
    });
    let mut names = Vec::new();
    for text in of_header.chain(request.parameter("detail")) {
        add_names(text, &mut names);
    }
    names
}

/// Adds names separated by `+`, and removes those behind `-`. In a query, `+` is a space.
fn add_names<'t>(text: &'t str, names: &mut Vec<&'t str>) {
    for part in text.split(['+', ' ']) {
        let mut parts = part.split('-');
        names.extend(parts.next().filter(|name| !name.is_empty()));
        for removed in parts {
            names.retain(|name| *name != removed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_are_found_in_the_header_and_in_the_query() {
        for (accept, query, expected) in [
            ("application/xml", "", &[][..]),
            ("application/xml; detail=statistics", "", &["statistics"]),
            ("text/html, application/xml;q=0.5; Detail = main+statistics", "", &["main", "statistics"]),
            ("application/xml", "statistics disks", &["statistics", "disks"]),
            ("application/xml; detail=statistics", "-statistics+disks", &["disks"]),
        ] {
            let request = ApiRequest {
                headers: vec![("Accept".to_owned(), accept.to_owned())],
                query: vec![("detail".to_owned(), query.to_owned())],
                ..ApiRequest::default()
            };
            assert_eq!(wanted(&request), expected, "{accept} {query}");
        }
    }
}

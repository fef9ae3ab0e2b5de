//! A parser for the HTML of the pages: tags, attributes and nesting.

/// Elements without an end tag.
const VOID: [&str; 7] = ["br", "hr", "img", "input", "link", "meta", "wbr"];

/// Elements that can't be in a paragraph. Browsers end the paragraph before them.
const BLOCKS: [&str; 16] = [
    "article", "details", "div", "dl", "footer", "form", "h1", "h2", "h3", "h4", "header", "nav", "ol", "p", "pre",
    "ul",
];

/// A tag.
#[derive(Clone, Debug)]
pub(crate) struct Tag<'t> {
    pub(crate) name: &'t str,
    pub(crate) is_end: bool,
    attributes: Vec<(&'t str, &'t str)>,
}

impl<'t> Tag<'t> {
    pub(crate) fn get(&self, name: &str) -> Option<&'t str> {
        self.attributes.iter().find(|(other, _)| *other == name).map(|(_, value)| *value)
    }
}

/// Parses the tags of a page.
pub(crate) fn tags(html: &str) -> Vec<Tag<'_>> {
    let mut tags = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = &comment[comment.find("-->").expect("a comment has an end") + 3..];
            continue;
        }
        let end = end_of_tag(rest);
        let inside = &rest[..end];
        rest = &rest[end + 1..];
        if inside.starts_with('!') {
            continue;
        }
        let (is_end, inside) = inside.strip_prefix('/').map_or((false, inside), |inside| (true, inside));
        let name = inside.split(char::is_whitespace).next().unwrap_or_default();
        let good = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric());
        assert!(good, "`<{inside}>` is not a tag: a text was not escaped");
        tags.push(Tag { name, is_end, attributes: attributes(&inside[name.len()..]) });
    }
    tags
}

fn end_of_tag(text: &str) -> usize {
    let mut quoted = false;
    let end = text.char_indices().find(|(_, c)| {
        quoted ^= *c == '"';
        *c == '>' && !quoted
    });
    end.expect("a tag has an end").0
}

fn attributes(text: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        let name = &rest[..end];
        rest = &rest[end..];
        let mut value = "";
        if let Some(quoted) = rest.strip_prefix("=\"") {
            let end = quoted.find('"').expect("an attribute has an end");
            value = &quoted[..end];
            rest = &quoted[end + 1..];
        }
        assert!(!rest.starts_with('='), "an attribute without quotes: {text}");
        found.push((name, value));
        rest = rest.trim_start();
    }
    found
}

/// Returns the first nesting error of a page.
pub(crate) fn nesting(html: &str) -> Option<String> {
    let mut open: Vec<&str> = Vec::new();
    for tag in tags(html) {
        if VOID.contains(&tag.name) {
            continue;
        }
        if !tag.is_end {
            if open.contains(&"p") && BLOCKS.contains(&tag.name) {
                return Some(format!("<{}> in <p>: {open:?}", tag.name));
            }
            if open.contains(&"a") && tag.name == "a" {
                return Some(format!("<a> in <a>: {open:?}"));
            }
            open.push(tag.name);
        } else if open.pop() != Some(tag.name) {
            return Some(format!("</{}> closes nothing: {open:?}", tag.name));
        }
    }
    (!open.is_empty()).then(|| format!("never closed: {open:?}"))
}

/// The part of a page from the element with an `id` to the end of that element.
pub(crate) fn part<'t>(html: &'t str, id: &str) -> &'t str {
    let marker = format!(" id=\"{id}\"");
    let at = html.find(&marker).unwrap_or_else(|| panic!("nothing has the id {id}"));
    let start = html[..at].rfind('<').expect("an id is in a tag");
    let name: String = html[start + 1..].chars().take_while(char::is_ascii_alphanumeric).collect();
    let (opening, closing) = (format!("<{name}"), format!("</{name}>"));
    let (mut depth, mut end) = (0, start);
    loop {
        let rest = &html[end + 1..];
        let close = rest.find(&closing).expect("an element has an end");
        match rest[..close].find(&opening) {
            Some(open) => {
                depth += 1;
                end += 1 + open;
            }
            None if depth == 0 => return &html[start..end + 1 + close + closing.len()],
            None => {
                depth -= 1;
                end += 1 + close;
            }
        }
    }
}

/// Strips tags from HTML.
pub(crate) fn text(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        rest = &rest[end_of_tag(rest) + 1..];
    }
    out.push_str(rest);
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    for (entity, character) in entities {
        out = out.replace(entity, character);
    }
    out
}

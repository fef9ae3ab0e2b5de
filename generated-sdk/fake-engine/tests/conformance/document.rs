//! Documents in responses, XML or JSON, and the elements at a path.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde_json::Value;

/// An element.
#[derive(Debug, Default)]
pub(crate) struct Element {
    tag: String,
    attributes: Vec<(String, String)>,
    text: String,
    children: Vec<Element>,
}

/// The document in the body of a response.
pub(crate) enum Document {
    Xml(Element),
    Json(Value),
    None,
}

impl Document {
    pub(crate) fn read(body: &str) -> Self {
        if let Some(root) = read_xml(body) {
            return Self::Xml(root);
        }
        serde_json::from_str(body).map_or(Self::None, Self::Json)
    }

    /// The texts of the elements at a path.
    pub(crate) fn texts(&self, path: &str) -> Vec<String> {
        let (path, attribute) = path.split_once('@').map_or((path, None), |(path, name)| (path, Some(name)));
        let steps: Vec<&str> = path.split('/').collect();
        match self {
            Self::Xml(root) => {
                let mut found = Vec::new();
                collect_elements(root, &steps, &mut found);
                match attribute {
                    Some(name) => {
                        found.iter().filter_map(|element| element.attribute(name)).map(str::to_owned).collect()
                    }
                    None => found.iter().map(|element| element.text.clone()).collect(),
                }
            }
            Self::Json(value) => {
                let mut found = Vec::new();
                collect_values(value, &steps, &mut found);
                found
            }
            Self::None => Vec::new(),
        }
    }

    /// A field of the fault in the document, which can be in an action.
    pub(crate) fn of_fault(&self, field: &str) -> Option<String> {
        let paths = match self {
            Self::Json(_) => [field.to_owned(), format!("fault/{field}")],
            _ => [format!("fault/{field}"), format!("action/fault/{field}")],
        };
        paths.iter().find_map(|path| self.texts(path).into_iter().next())
    }
}

impl Element {
    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// Whether a step of a path means this element: its tag, or its tag with `rel` in brackets.
    fn is_meant(&self, step: &str) -> bool {
        match step.strip_suffix(']').and_then(|step| step.split_once('[')) {
            Some((tag, rel)) => self.tag == tag && self.attribute("rel") == Some(rel),
            None => self.tag == step,
        }
    }
}

fn collect_elements<'e>(element: &'e Element, steps: &[&str], found: &mut Vec<&'e Element>) {
    match steps {
        [step] if element.is_meant(step) => found.push(element),
        [step, rest @ ..] if element.is_meant(step) => {
            element.children.iter().for_each(|child| collect_elements(child, rest, found));
        }
        _ => {}
    }
}

fn collect_values(value: &Value, steps: &[&str], found: &mut Vec<String>) {
    match (value, steps) {
        (Value::Array(items), _) => items.iter().for_each(|item| collect_values(item, steps, found)),
        (Value::Object(fields), [step, rest @ ..]) => {
            if let Some(value) = fields.get(*step) {
                collect_values(value, rest, found);
            }
        }
        (Value::String(text), []) => found.push(text.clone()),
        (value, []) => found.push(value.to_string()),
        _ => {}
    }
}

fn read_xml(body: &str) -> Option<Element> {
    let mut reader = Reader::from_str(body);
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => open.push(element(&start)?),
            Event::Empty(start) => open.last_mut()?.children.push(element(&start)?),
            Event::End(_) => {
                let element = open.pop()?;
                open.last_mut()?.children.push(element);
            }
            Event::Text(text) => open.last_mut()?.text.push_str(&text),
            Event::CData(text) => open.last_mut()?.text.push_str(&text),
            Event::GeneralRef(reference) => {
                let text = match reference.resolve_char_ref().ok()? {
                    Some(character) => character.to_string(),
                    None => quick_xml::escape::resolve_predefined_entity(&reference)?.to_owned(),
                };
                open.last_mut()?.text.push_str(&text);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    let root = open.pop().filter(|_| open.is_empty())?;
    root.children.into_iter().next()
}

fn element(start: &BytesStart<'_>) -> Option<Element> {
    let mut element = Element { tag: start.name().0.to_owned(), ..Element::default() };
    for attribute in start.attributes() {
        let attribute = attribute.ok()?;
        let value = quick_xml::escape::unescape(&attribute.value).ok()?.into_owned();
        element.attributes.push((attribute.key.0.to_owned(), value));
    }
    Some(element)
}

//! Documents in responses, XML or JSON, and the elements at a path.

use roxmltree::Node;
use serde_json::Value;

/// The document in the body of a response.
pub(crate) enum Document {
    Xml(String),
    Json(Value),
    None,
}

impl Document {
    pub(crate) fn read(body: &str) -> Self {
        if roxmltree::Document::parse(body).is_ok() {
            return Self::Xml(body.to_owned());
        }
        serde_json::from_str(body).map_or(Self::None, Self::Json)
    }

    /// The texts of the elements at a path.
    pub(crate) fn texts(&self, path: &str) -> Vec<String> {
        let (path, attribute) = path.split_once('@').map_or((path, None), |(path, name)| (path, Some(name)));
        let steps: Vec<&str> = path.split('/').collect();
        match self {
            Self::Xml(body) => {
                let document = roxmltree::Document::parse(body).unwrap();
                let mut found = Vec::new();
                collect_elements(document.root_element(), &steps, &mut found);
                match attribute {
                    Some(name) => found.iter().filter_map(|node| node.attribute(name)).map(str::to_owned).collect(),
                    None => found.iter().map(|node| node.text().unwrap_or_default().to_owned()).collect(),
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

/// Whether a step of a path means an element: its tag, or its tag with `rel` in brackets.
fn is_meant(element: Node<'_, '_>, step: &str) -> bool {
    match step.strip_suffix(']').and_then(|step| step.split_once('[')) {
        Some((tag, rel)) => element.has_tag_name(tag) && element.attribute("rel") == Some(rel),
        None => element.has_tag_name(step),
    }
}

fn collect_elements<'d, 'i>(element: Node<'d, 'i>, steps: &[&str], found: &mut Vec<Node<'d, 'i>>) {
    match steps {
        [step] if is_meant(element, step) => found.push(element),
        [step, rest @ ..] if is_meant(element, step) => {
            element.children().for_each(|child| collect_elements(child, rest, found));
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

//! The text of an XML document, before it is decoded.

/// The tag of the root element.
pub(super) fn root_tag(text: &str) -> Option<&str> {
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    loop {
        let inner = rest.strip_prefix('<')?;
        rest = match inner.chars().next()? {
            '?' => inner.split_once("?>")?.1,
            '!' if inner.starts_with("!--") => inner.split_once("-->")?.1,
            '!' => after_document_type(inner)?,
            _ => return inner.split(|it: char| it.is_whitespace() || it == '>' || it == '/').next(),
        }
        .trim_start();
    }
}

/// Whether the root element has a default namespace. Elements of the API have none.
pub(super) fn has_namespace(text: &str) -> bool {
    let after_root = root_tag(text).and_then(|tag| text.split_once(&format!("<{tag}"))).map_or("", |(_, after)| after);
    let attributes = after_root.split('>').next().unwrap_or_default();
    let mut values = attributes.split("xmlns").skip(1).filter_map(|after| after.trim_start().strip_prefix('='));
    values.any(|value| !matches!(value.trim_start().get(..2), Some("\"\"" | "''")))
}

/// The text after a document type, whose declarations can contain `>`.
fn after_document_type(text: &str) -> Option<&str> {
    let mut depth = 0_usize;
    for (at, character) in text.char_indices() {
        match character {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            '>' if depth == 0 => return text.get(at + 1..),
            _ => {}
        }
    }
    None
}

/// The document without its document type. References to entities become empty, as in the engine.
pub(super) fn without_entities(text: &str) -> String {
    let Some((before, declaration)) = text.split_once("<!DOCTYPE") else { return text.to_owned() };
    let Some(after) = after_document_type(declaration) else { return text.to_owned() };
    let mut parts = after.split('&');
    let mut result = format!("{before}{}", parts.next().unwrap_or_default());
    for part in parts {
        let name = part.split(';').next().unwrap_or_default();
        match part.split_once(';') {
            Some((_, rest)) if !name.starts_with('#') && !["amp", "lt", "gt", "quot", "apos"].contains(&name) => {
                result.push_str(rest);
            }
            _ => {
                result.push('&');
                result.push_str(part);
            }
        }
    }
    result
}

/// The text of the element whose start tag is at an offset, if it contains nothing else, and where the text is.
pub(super) fn element_text(text: &str, offset: usize) -> Option<(usize, &str)> {
    let rest = text.get(offset..)?;
    let start = offset + rest.find('>')? + 1;
    let content = text.get(start..)?;
    Some((start, content.get(..content.find('<')?)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_found_behind_the_prolog() {
        for (text, expected) in [
            ("<vm/>", Some("vm")),
            ("\u{feff}<?xml version=\"1.0\"?>\n<!-- <a> -->\n<vm id=\"1\">", Some("vm")),
            ("<!DOCTYPE vm [<!ENTITY e \"x\">]><vm>", Some("vm")),
            ("hello", None),
            ("", None),
        ] {
            assert_eq!(root_tag(text), expected, "{text}");
        }
    }

    #[test]
    fn namespaces_are_found() {
        assert!(has_namespace("<?xml version='1.0'?><vm id='1' xmlns = 'http://example.com'/>"));
        for text in
            ["<vm/>", "<vm xmlns=\"\"/>", "<vm xmlns:x=\"http://example.com\"/>", "<vm><a xmlns=\"x\"/></vm>", ""]
        {
            assert!(!has_namespace(text), "{text}");
        }
    }

    #[test]
    fn entities_are_empty() {
        let text = without_entities("<!DOCTYPE vm [<!ENTITY e \"x\">]><vm><name>a&e;b&amp;&#65;</name></vm>");
        assert_eq!(text, "<vm><name>ab&amp;&#65;</name></vm>");
        assert_eq!(without_entities("<a>&e;</a>"), "<a>&e;</a>");
    }

    #[test]
    fn texts_of_elements_are_found() {
        let text = "<vm><type>SERVER</type><cpu><a/></cpu></vm>";
        assert_eq!(element_text(text, 4), Some((10, "SERVER")));
        assert_eq!(element_text(text, 999), None);
    }
}

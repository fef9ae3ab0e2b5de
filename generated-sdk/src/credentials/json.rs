//! As much of JSON as the answers of a single sign-on need: the texts of one object.

/// Members of the object that are text, by name. `None` when it is no object, nor an array of one.
pub(super) fn texts(json: &str) -> Option<Vec<(String, String)>> {
    let mut reader = Reader { rest: json.trim_start_matches('\u{FEFF}') };
    // Some servers wrap the object in an array.
    if reader.eat('[') && reader.eat(']') {
        return Some(Vec::new());
    }
    reader.object()
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    /// The next character that is no blank, when it is this one.
    fn eat(&mut self, wanted: char) -> bool {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
        match self.rest.strip_prefix(wanted) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn object(&mut self) -> Option<Vec<(String, String)>> {
        let mut members = Vec::new();
        if !self.eat('{') {
            return None;
        }
        if self.eat('}') {
            return Some(members);
        }
        loop {
            let name = self.string()?;
            if !self.eat(':') {
                return None;
            }
            if let Some(text) = self.value()? {
                members.push((name, text));
            }
            if self.eat('}') {
                return Some(members);
            }
            if !self.eat(',') {
                return None;
            }
        }
    }

    /// The next value, when it is text; other values are passed over.
    fn value(&mut self) -> Option<Option<String>> {
        let _ = self.eat('\0');
        if self.rest.starts_with('"') {
            return self.string().map(Some);
        }
        let mut depth = 0_usize;
        loop {
            let next = self.rest.chars().next()?;
            match next {
                '"' => {
                    self.string()?;
                    continue;
                }
                '{' | '[' => depth += 1,
                '}' | ']' if depth > 0 => depth -= 1,
                ',' | '}' | ']' if depth == 0 => return Some(None),
                _ => {}
            }
            self.rest = self.rest.get(next.len_utf8()..)?;
        }
    }

    fn string(&mut self) -> Option<String> {
        if !self.eat('"') {
            return None;
        }
        let mut text = String::new();
        let mut characters = self.rest.chars();
        loop {
            match characters.next()? {
                '"' => break,
                '\\' => text.push(match characters.next()? {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    'b' => '\u{8}',
                    'f' => '\u{C}',
                    'u' => {
                        let code: String = characters.by_ref().take(4).collect();
                        // Halves of pairs are of no use here.
                        char::from_u32(u32::from_str_radix(&code, 16).ok()?).unwrap_or('\u{FFFD}')
                    }
                    other => other,
                }),
                other => text.push(other),
            }
        }
        self.rest = characters.as_str();
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::texts;

    fn get(json: &str, name: &str) -> Option<String> {
        texts(json)?.into_iter().find(|(other, _)| other == name).map(|(_, text)| text)
    }

    #[test]
    fn texts_are_found_in_answers_as_servers_give_them() {
        let json =
            r#"{"access_token":"a\"b\\c\/\u0064","scope":"x","exp":"9223372036854775807","token_type":"bearer"}"#;
        assert_eq!(get(json, "access_token").unwrap(), "a\"b\\c/d");
        assert_eq!(get(&format!("[ {json} ]"), "token_type").unwrap(), "bearer");
        let nested = r#" { "n" : -1.5e3, "o":{"access_token":"no","l":[1,{"}":"]"}]}, "b":true, "t": "yes" , "e":[] }"#;
        assert_eq!(get(nested, "t").unwrap(), "yes");
        assert_eq!(get(nested, "access_token"), None);
        assert_eq!(texts("{}").unwrap(), []);
        assert_eq!(texts("[]").unwrap(), []);
    }

    #[test]
    fn what_is_no_json_is_none() {
        for text in [
            "",
            "<html>",
            "{",
            "{\"a\"",
            "{\"a\":",
            "{\"a\":\"b",
            "{\"a\":\"\\",
            "{\"a\":\"\\u12",
            "{\"a\":1",
            "\"a\"",
            "{a:1}",
        ] {
            assert_eq!(texts(text), None, "{text}");
        }
    }
}

//! The responses of a single sign-on.

use serde_json::{Deserializer, Map, Value};

/// The object of a JSON document; `None` when the document is not an object, nor an array that begins with one.
pub(super) fn object(json: &str) -> Option<Map<String, Value>> {
    let json = json.trim_start_matches('\u{FEFF}');
    match Deserializer::from_str(json).into_iter().next()?.ok()? {
        Value::Object(object) => Some(object),
        // Some servers wrap the object in an array.
        Value::Array(items) => match items.into_iter().next() {
            Some(Value::Object(object)) => Some(object),
            Some(_) => None,
            None => Some(Map::new()),
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::object;

    fn get(json: &str, name: &str) -> Option<String> {
        object(json)?.get(name)?.as_str().map(str::to_owned)
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
        assert_eq!(object("{}").unwrap(), Map::new());
        assert_eq!(object("[]").unwrap(), Map::new());
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
            assert_eq!(object(text), None, "{text}");
        }
    }
}

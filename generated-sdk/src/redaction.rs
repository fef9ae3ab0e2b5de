//! Masking the secrets in the bodies of messages: what a request sends as a secret, and what the model marks as one.

mod json;
mod piece;
mod tags;
mod xml;

use crate::http::Request;
use crate::secret::{MASK, Secrets};

pub(crate) use json::members as json_members;
use piece::Piece;
pub(crate) use tags::is_secret_parameter;

/// Fields of logins whose values are not secret. The values of all other fields are.
const NOT_SECRET: &[&str] = &["grant_type", "scope", "username", "token_type", "exp", "error", "error_code"];

/// The end of a text that is shown completely.
const ALL: usize = usize::MAX;

/// Masks the secret fields of an XML or JSON document. Other texts are unchanged.
pub(crate) fn document(text: &str) -> String {
    beginning(text, ALL)
}

/// The beginning of [`document`], of at least `length` bytes. The rest of the document is not read.
pub(crate) fn beginning(text: &str, length: usize) -> String {
    let mut shown = String::with_capacity(text.len().min(length));
    let mut visit = |piece: Piece<'_>| {
        shown.push_str(match piece {
            Piece::Shown(text) => start(text, length),
            Piece::Secret(_) => MASK,
        });
        shown.len() < length
    };
    match format(text) {
        Format::Xml => xml::walk(text, &mut visit),
        Format::Json => json::walk(text, &mut visit),
        Format::Other => visit(Piece::Shown(text)),
    };
    shown
}

/// The beginning of a text, of at least `length` bytes if it has that many.
fn start(text: &str, length: usize) -> &str {
    let end = (length.min(text.len())..=text.len()).find(|end| text.is_char_boundary(*end));
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

/// The body of a message without secrets, for recordings. `kind` is its content type.
pub(crate) fn recorded(text: &str, kind: &str, login: bool) -> String {
    let format = if kind.to_ascii_lowercase().contains("json") { Format::Json } else { format(text) };
    match format {
        _ if is_form(kind) => form(text),
        Format::Json => login_json(text),
        _ if login => MASK.to_owned(),
        Format::Xml => document(text),
        Format::Other => text.to_owned(),
    }
}

/// The parameters of a query, with the values of secret ones masked.
pub(crate) fn parameters(query: &[(String, String)]) -> Vec<(&str, &str)> {
    let shown = |(name, value)| (name, if tags::is_secret_key(None, name) { MASK } else { value });
    query.iter().map(|(name, value)| shown((name.as_str(), value.as_str()))).collect()
}

/// Masks the values of the secret parameters in the text of a query.
pub(crate) fn query(text: &str) -> String {
    fields(text, &|name| !tags::is_secret_key(None, name))
}

/// The URL with the values of secret parameters masked. The query of a login is omitted.
pub(crate) fn url(url: &::url::Url, login: bool) -> String {
    match url.as_str().split_once('?') {
        Some((before, parameters)) if !login => format!("{before}?{}", query(parameters)),
        Some((before, _)) => before.to_owned(),
        None => url.as_str().to_owned(),
    }
}

/// The secrets that a request sends: in headers, and in its body.
pub(crate) fn secrets(request: &Request) -> Secrets {
    let mut secrets = request.headers().secrets();
    let Some(body) = request.body() else { return secrets };
    let Ok(text) = std::str::from_utf8(body) else { return secrets };
    if is_form(request.headers().get("content-type").unwrap_or_default()) {
        for (name, value) in form_urlencoded::parse(body) {
            if !is_open_field(&name) {
                secrets.add(&value);
            }
        }
        return secrets;
    }
    let mut add = |piece: Piece<'_>, add_to: &dyn Fn(&str, &mut Secrets)| {
        if let Piece::Secret(text) = piece {
            add_to(text, &mut secrets);
        }
        true
    };
    match format(text) {
        Format::Xml => xml::walk(text, &mut |piece| add(piece, &xml::add_texts)),
        Format::Json => json::walk(text, &mut |piece| add(piece, &json::add_texts)),
        Format::Other => true,
    };
    secrets
}

/// Whether a content type is that of a form.
pub(crate) fn is_form(kind: &str) -> bool {
    kind.to_ascii_lowercase().contains("form-urlencoded")
}

/// Whether the value of a field of a login is not secret.
pub(crate) fn is_open_field(name: &str) -> bool {
    NOT_SECRET.contains(&name)
}

/// The format of a body.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Xml,
    Json,
    Other,
}

/// The format of a body, by its first character.
pub(crate) fn format(text: &str) -> Format {
    match text.trim_start_matches('\u{FEFF}').trim_start().as_bytes().first() {
        Some(b'<') => Format::Xml,
        Some(b'{' | b'[') => Format::Json,
        _ => Format::Other,
    }
}

/// Masks the values of a form, except those of known fields.
fn form(text: &str) -> String {
    fields(text, &is_open_field)
}

/// Masks the values of a form or a query, except those of some fields.
fn fields(text: &str, is_open: &dyn Fn(&str) -> bool) -> String {
    let fields = text.split('&').map(|field| match field.split_once('=') {
        Some((name, value)) if is_open(name) => format!("{name}={value}"),
        Some((name, _)) => format!("{name}={MASK}"),
        None if is_open(field) => field.to_owned(),
        None => MASK.to_owned(),
    });
    fields.collect::<Vec<_>>().join("&")
}

/// Masks the strings of a JSON document, except keys and the values of known fields. Works on invalid JSON as well.
fn login_json(text: &str) -> String {
    let mut shown = String::new();
    let mut name: Option<&str> = None;
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('"') {
        shown.push_str(before);
        let (inside, more) = json::split_string(after);
        rest = more;
        let is_name = rest.trim_start().starts_with(':');
        let visible = is_name || name.is_some_and(is_open_field);
        name = is_name.then_some(inside);
        shown.push('"');
        shown.push_str(if visible { inside } else { MASK });
        shown.push('"');
    }
    shown.push_str(rest);
    shown
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::registry;

    #[test]
    fn secrets_of_forms_and_json_are_masked() {
        assert_eq!(
            form("grant_type=password&username=u&password=p%26q&x"),
            "grant_type=password&username=u&password=***&***"
        );
        let json = r#"[{"access_token" : "a\"b\\", "exp":"9","scope":"s", "n": 1, "l": ["x"]}]"#;
        let masked = r#"[{"access_token" : "***", "exp":"9","scope":"s", "n": 1, "l": ["***"]}]"#;
        assert_eq!(login_json(json), masked);
        assert_eq!(query("max=3&root_password=x&follow"), "max=3&root_password=***&follow");
    }

    #[test]
    fn every_secret_member_is_masked() {
        for info in registry::structs() {
            for member in info.members.iter().filter(|member| member.is_secret) {
                let xml = format!("<{0}><{1} a='>'>hunter2</{1}><id>7</id></{0}>", info.tag, member.tag);
                let shown = document(&xml);
                assert!(!shown.contains("hunter2") && shown.contains("<id>7</id>"), "{shown}");
                let json = format!(r#"{{"{}":{{"{}" : ["hunter2"], "id": 7}}}}"#, info.tag, member.tag);
                let shown = document(&json);
                assert!(!shown.contains("hunter2") && shown.contains("\"id\": 7"), "{shown}");
            }
        }
    }

    #[test]
    fn parameters_and_results_of_actions_are_masked() {
        let secret: Vec<&str> =
            registry::action().members.iter().filter(|member| member.is_secret).map(|member| member.tag).collect();
        assert!(!secret.is_empty());
        for tag in secret {
            assert!(is_secret_parameter(tag));
            assert!(!document(&format!("<action><{tag}>hunter2</{tag}></action>")).contains("hunter2"), "{tag}");
            assert!(!document(&format!("{{\"{tag}\":\"hunter2\"}}")).contains("hunter2"), "{tag}");
        }
    }

    #[test]
    fn other_members_stay() {
        for open in [
            "<statistic><values><value><datum>3</datum></value></values><name>a</name></statistic>",
            "<ssh_public_key><content>ssh-rsa</content></ssh_public_key>",
            "no xml",
            "<",
            r#"{"vm":{"name":"a","l":[1,{"x":"y"}]},"t":tru"#,
        ] {
            assert_eq!(document(open), open);
        }
        let action =
            "<action><root_password>x</root_password><ticket><value>y</value><expiry>1</expiry></ticket></action>";
        let blank = action.replace(">x<", ">***<").replace(">y<", ">***<");
        assert_eq!(document(action), blank);
        assert_eq!(document("<a><password>x<![CDATA[<y>]]></password><b/></a>"), "<a><password>***</password><b/></a>");
        let tricky = "<a><password><![CDATA[x</password>y]]>z</password></a>";
        assert_eq!(document(tricky), "<a><password>***</password></a>");
        assert_eq!(document("<a><password>x"), "<a><password>***");
        assert_eq!(document("<a><p:password>x</p:password></a>"), "<a><p:password>***</p:password></a>");
        assert_eq!(document("<a><password/><b>x</b></a>"), "<a><password/><b>x</b></a>");
        let json = r#"{"host":{"root_password":"a\"b","name":"n"},"password":{"x":["}"]},"z":1}"#;
        let blank = r#"{"host":{"root_password":"***","name":"n"},"password":"***","z":1}"#;
        assert_eq!(document(json), blank);
        assert_eq!(document(r#"{"password":"unfinished"#), r#"{"password":"***""#);
    }

    #[test]
    fn only_the_beginning_is_read() {
        let long = format!("<vms>{}", "<vm><name>ä</name></vm>".repeat(1000));
        let shown = beginning(&long, 100);
        assert!((100..200).contains(&shown.len()) && long.starts_with(&shown), "{shown}");
        assert!(beginning(&"ä".repeat(1000), 99).len() <= 102);
    }

    /// Twenty times the text must not take four hundred times as long.
    #[test]
    fn time_is_linear() {
        type Case = (&'static str, fn(usize) -> String);
        let cases: [Case; 8] = [
            ("sections", |n| format!("<a><password>{}</password></a>", "<![CDATA[x]]>".repeat(n))),
            ("open sections", |n| format!("<a><password>{}", "<![CDATA[x]]><y>".repeat(n))),
            ("brackets", |n| "<".repeat(8 * n)),
            ("quotes", |n| "<a b=\"".repeat(2 * n)),
            ("comments", |n| "<!-- ".repeat(2 * n)),
            ("nesting", |n| "<a>".repeat(4 * n)),
            ("secrets", |n| "<password>x</password>".repeat(n)),
            ("json", |n| format!("{}{}", "[".repeat(4 * n), "\"password\":".repeat(n))),
        ];
        for (name, text) in cases {
            let time = |n: usize| {
                let text = text(n);
                let runs = (0..5).map(|_| {
                    let start = Instant::now();
                    assert!(!document(&text).is_empty());
                    start.elapsed()
                });
                runs.min().unwrap_or_default()
            };
            let (short, long) = (time(10_000), time(200_000));
            assert!(long < short * 130 + Duration::from_millis(20), "{name}: {short:?} and {long:?}");
        }
    }
}

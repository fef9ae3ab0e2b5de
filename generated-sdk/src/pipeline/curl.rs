//! Requests as commands for `curl`, with shell variables in place of secrets.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::http::{Method, Request};
use crate::redaction::{self, Format};
use crate::secret::MASK;

/// The maximum length of a body in the command, in bytes. Linux rejects arguments of 128 KiB.
const MAX_BODY: usize = 100 * 1024;

/// The options of a connection that `curl` needs.
#[derive(Clone, Debug, Default)]
pub(crate) struct CurlOptions {
    pub(crate) insecure: bool,
    pub(crate) compressed: bool,
    /// The file with the trusted authorities, if there are any.
    pub(crate) authorities: Option<CurlFile>,
    pub(crate) certificate: Option<CurlFile>,
    pub(crate) key: Option<CurlFile>,
    pub(crate) proxy: CurlProxy,
}

/// A file for `curl`.
#[derive(Clone, Debug)]
pub(crate) enum CurlFile {
    Path(PathBuf),
    /// The content is not in a file, or in several: the variable must have the path of a file.
    Variable,
}

/// The proxy for `curl`, which reads the same environment variables as the connection.
#[derive(Clone, Debug, Default)]
pub(crate) enum CurlProxy {
    #[default]
    Environment,
    None,
    Url(String),
    /// The URL contains a user or a password, or can't be read.
    Secret,
}

/// Returns a command that sends a request. Secrets are shell variables, such as `$OVIRT_TOKEN` and `$OVIRT_PASSWORD`.
pub(crate) fn command(request: &Request, options: &CurlOptions) -> String {
    let mut command = Command { text: "curl".to_owned(), variables: BTreeMap::new() };
    match request.method() {
        Method::Get => {}
        Method::Head => command.flag("--head"),
        method => command.flag(&format!("--request {method}")),
    }
    command.connection(options);
    command.headers(request);
    if let Some(body) = request.body() {
        let kind = request.headers().get("content-type").unwrap_or_default();
        command.body(kind, &String::from_utf8_lossy(body));
    }
    command.url(request);
    command.text
}

/// A command that grows word by word.
struct Command {
    text: String,
    /// How often each variable occurs.
    variables: BTreeMap<String, usize>,
}

impl Command {
    fn flag(&mut self, flag: &str) {
        self.text.push(' ');
        self.text.push_str(flag);
    }

    /// Appends text to the current word.
    fn quoted(&mut self, text: &str) {
        if !text.is_empty() {
            self.text.push('\'');
            self.text.push_str(&text.replace('\'', r"'\''"));
            self.text.push('\'');
        }
    }

    /// Appends a variable to the current word.
    fn variable(&mut self, name: &str) {
        self.text.push_str(&format!("\"$OVIRT_{name}\""));
    }

    /// Appends a variable that is named after a field, and numbered if there are several.
    fn secret(&mut self, field: &str) {
        let name = format!("SECRET_{}", variable_name(field));
        let count = self.variables.entry(name.clone()).or_default();
        *count += 1;
        match *count {
            1 => self.variable(&name),
            number => self.variable(&format!("{name}_{number}")),
        }
    }

    fn file(&mut self, flag: &str, file: &Option<CurlFile>, variable: &str) {
        let Some(file) = file else { return };
        self.flag(flag);
        self.text.push(' ');
        match file {
            CurlFile::Path(path) => self.quoted(&path.to_string_lossy()),
            CurlFile::Variable => self.variable(variable),
        }
    }

    fn connection(&mut self, options: &CurlOptions) {
        match options.insecure {
            true => self.flag("--insecure"),
            false => self.file("--cacert", &options.authorities, "CAFILE"),
        }
        self.file("--cert", &options.certificate, "CLIENT_CERTIFICATE");
        self.file("--key", &options.key, "CLIENT_KEY");
        match &options.proxy {
            CurlProxy::Environment => {}
            CurlProxy::None => self.flag("--noproxy '*'"),
            CurlProxy::Url(url) => {
                self.flag("--proxy ");
                self.quoted(url);
            }
            CurlProxy::Secret => {
                self.flag("--proxy ");
                self.variable("PROXY");
            }
        }
        if options.compressed {
            self.flag("--compressed");
        }
    }

    fn headers(&mut self, request: &Request) {
        for (name, value, secret) in request.headers().iter_with_secrecy() {
            let (scheme, rest) = value.split_once(' ').unwrap_or(("", value));
            if secret && scheme.eq_ignore_ascii_case("basic") {
                self.flag("--user \"$OVIRT_USERNAME:$OVIRT_PASSWORD\"");
                continue;
            }
            self.flag("--header ");
            match secret {
                // `curl` drops a header without a value, unless it ends with a semicolon.
                false if value.is_empty() => self.quoted(&format!("{name};")),
                false => self.quoted(&format!("{name}: {value}")),
                true if name.eq_ignore_ascii_case("authorization") && !rest.is_empty() && !scheme.is_empty() => {
                    self.quoted(&format!("{name}: {scheme} "));
                    self.variable(if scheme.eq_ignore_ascii_case("bearer") { "TOKEN" } else { "AUTHORIZATION" });
                }
                true => match value.split_once('=').filter(|_| name.eq_ignore_ascii_case("cookie")) {
                    Some((cookie, _)) => {
                        self.quoted(&format!("{name}: {cookie}="));
                        self.variable("SESSION");
                    }
                    None => {
                        self.quoted(&format!("{name}: "));
                        self.secret(name);
                    }
                },
            }
        }
    }

    fn body(&mut self, kind: &str, body: &str) {
        if redaction::is_form(kind) {
            return self.form(body);
        }
        self.flag("--data-raw ");
        if redaction::format(body) != Format::Xml || body.len() > MAX_BODY {
            // Other formats can have secrets anywhere.
            return self.variable("BODY");
        }
        self.masked(&redaction::document(body), |before| {
            let (_, tag) = before.rsplit_once('<').unwrap_or_default();
            tag.split(|c: char| c.is_whitespace() || c == '>').next().unwrap_or_default()
        });
    }

    fn form(&mut self, body: &str) {
        for (name, value) in form_urlencoded::parse(body.as_bytes()) {
            self.flag("--data-urlencode ");
            match redaction::is_open_field(&name) {
                true => self.quoted(&format!("{name}={value}")),
                false => {
                    self.quoted(&format!("{name}="));
                    self.variable(&variable_name(&name));
                }
            }
        }
    }

    fn url(&mut self, request: &Request) {
        let url = redaction::url(&request.url, request.login);
        if url.contains(['[', ']', '{', '}']) {
            self.flag("--globoff");
        }
        self.text.push(' ');
        self.masked(&url, |before| {
            let (_, parameter) = before.rsplit_once(['?', '&']).unwrap_or_default();
            parameter.trim_end_matches('=')
        });
    }

    /// Appends a text with variables in place of masked parts. `field` returns the name of a part from the text before
    /// it.
    fn masked<'t>(&mut self, text: &'t str, field: impl Fn(&'t str) -> &'t str) {
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(MASK) {
            self.quoted(before);
            self.secret(field(before));
            rest = after;
        }
        self.quoted(rest);
    }
}

/// The end of the name of a variable: upper case, with underscores.
fn variable_name(field: &str) -> String {
    field.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use ::url::Url;

    use super::*;

    fn request(method: Method, url: &str) -> Request {
        Request::new(method, Url::parse(url).unwrap(), "id".to_owned(), Duration::from_secs(1))
    }

    #[test]
    fn words_are_quoted() {
        let mut request = request(Method::Post, "https://[::1]/api/vms?search=name%3D'a'&password=hunter2");
        request.headers_mut().set("X-Empty", "");
        request.headers_mut().set("X-Quote", "it's $HOME `x`");
        request.headers_mut().set("Cookie", "JSESSIONID=s3cret");
        request.headers_mut().set("Proxy-Authorization", "s3cret");
        request.set_body("<a><password>s3cret</password><password>other</password><b>$x</b></a>");
        assert_eq!(
            command(&request, &CurlOptions::default()),
            "curl --request POST --header 'X-Empty;' --header 'X-Quote: it'\\''s $HOME `x`' \
             --header 'Cookie: JSESSIONID='\"$OVIRT_SESSION\" \
             --header 'Proxy-Authorization: '\"$OVIRT_SECRET_PROXY_AUTHORIZATION\" \
             --data-raw '<a><password>'\"$OVIRT_SECRET_PASSWORD\"'</password><password>'\"$OVIRT_SECRET_PASSWORD_2\"\
             '</password><b>$x</b></a>' --globoff \
             'https://[::1]/api/vms?search=name%3D%27a%27&password='\"$OVIRT_SECRET_PASSWORD_3\""
        );
    }

    #[test]
    fn options_of_the_connection_are_flags() {
        let options = CurlOptions {
            insecure: false,
            compressed: true,
            authorities: Some(CurlFile::Variable),
            certificate: Some(CurlFile::Path("/etc/it's.pem".into())),
            key: Some(CurlFile::Variable),
            proxy: CurlProxy::Url("http://proxy:3128".to_owned()),
        };
        let head = request(Method::Head, "https://e/api");
        assert_eq!(
            command(&head, &options),
            "curl --head --cacert \"$OVIRT_CAFILE\" --cert '/etc/it'\\''s.pem' --key \"$OVIRT_CLIENT_KEY\" --proxy \
             'http://proxy:3128' --compressed 'https://e/api'"
        );
        let options = CurlOptions { insecure: true, proxy: CurlProxy::Secret, ..options };
        let text = command(&request(Method::Get, "https://e/api"), &options);
        assert!(text.starts_with("curl --insecure --cert ") && text.contains(" --proxy \"$OVIRT_PROXY\" "), "{text}");
    }

    #[test]
    fn bodies_of_other_formats_and_long_ones_are_variables() {
        for body in
            ["{\"password\":\"s3cret\"}".to_owned(), "s3cret".to_owned(), format!("<a>{}</a>", "x".repeat(MAX_BODY))]
        {
            let mut request = request(Method::Put, "https://e/api");
            request.set_body(body);
            assert_eq!(
                command(&request, &CurlOptions::default()),
                "curl --request PUT --data-raw \"$OVIRT_BODY\" 'https://e/api'"
            );
        }
    }
}

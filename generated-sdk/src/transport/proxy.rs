//! The proxy of a connection: an option, or variables of the environment.

use std::ffi::OsString;

use ::url::Url;
use hyper_util::client::proxy::matcher::Matcher;

/// The proxy to use.
#[derive(Clone, Default)]
pub(crate) enum Proxy {
    /// The proxy that the environment configures, if any.
    #[default]
    Environment,
    /// No proxy, even if the environment configures one.
    None,
    /// The proxy at this URL.
    Url(String),
}

impl Proxy {
    /// The problem of the proxy for requests to a URL, with the option or variable that causes it. The HTTP client would
    /// ignore an invalid variable and connect directly. `read` reads a variable.
    pub(crate) fn problem(&self, url: &str, read: impl Fn(&str) -> Option<OsString>) -> Option<(&'static str, String)> {
        match self {
            Self::None => None,
            Self::Url(url) => problem(url, true).map(|problem| ("proxy", problem)),
            // Programs started by a web server must not trust variables that its clients can set.
            Self::Environment if read("REQUEST_METHOD").is_some() => None,
            Self::Environment => {
                let (name, value) = variable(url, read)?;
                let problem = match value.to_str() {
                    Some(value) => problem(value, false)?,
                    None => "not valid Unicode".to_owned(),
                };
                Some((name, format!("{problem}; `no_proxy` disables the proxy")))
            }
        }
    }
}

impl Proxy {
    /// Chooses the proxy of a request.
    pub(super) fn matcher(&self) -> Option<Matcher> {
        match self {
            Self::Environment => Some(Matcher::from_env()),
            Self::None => None,
            Self::Url(url) => Some(Matcher::builder().all(url.as_str()).build()),
        }
    }
}

/// The variable with the proxy for a URL, in the order in which the HTTP client looks for it.
fn variable(url: &str, read: impl Fn(&str) -> Option<OsString>) -> Option<(&'static str, OsString)> {
    let is_plain = url.trim_start().get(..7).is_some_and(|start| start.eq_ignore_ascii_case("http://"));
    let own = if is_plain { ["HTTP_PROXY", "http_proxy"] } else { ["HTTPS_PROXY", "https_proxy"] };
    let first_set = |names: [&'static str; 2]| {
        let found = names.into_iter().find_map(|name| read(name).map(|value| (name, value)));
        found.filter(|(_, value)| !value.is_empty())
    };
    first_set(own).or_else(|| first_set(["ALL_PROXY", "all_proxy"]))
}

/// The problem of the URL of a proxy. It does not repeat the URL, which can contain a password.
fn problem(url: &str, needs_scheme: bool) -> Option<String> {
    let url = url.trim();
    let whole = match url.contains("://") {
        false if !needs_scheme => format!("http://{url}"),
        _ => url.to_owned(),
    };
    match Url::parse(&whole) {
        Ok(url) if url.scheme().starts_with("socks") => {
            Some("SOCKS proxies are not supported; use an HTTP proxy (http:// or https://)".to_owned())
        }
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => {
            // What the HTTP client can't parse, it ignores.
            whole.parse::<::http::Uri>().is_err().then(|| "not a valid URL".to_owned())
        }
        Err(_) if !needs_scheme => Some("not a valid URL of a proxy, such as http://proxy.example.com:3128".to_owned()),
        Ok(_) | Err(_) => Some("the URL must begin with http:// or https:// and contain a host".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENGINE: &str = "https://engine.example.com/ovirt-engine/api";

    fn environment(variables: &[(&str, &str)], url: &str) -> Option<&'static str> {
        let read = |name: &str| variables.iter().find(|(other, _)| *other == name).map(|(_, value)| (*value).into());
        let (name, problem) = Proxy::Environment.problem(url, read)?;
        assert!(!problem.contains("hunter2"), "{problem}");
        Some(name)
    }

    #[test]
    fn invalid_variables_are_problems() {
        for bad in
            ["http://", "ftp://proxy", "proxy:port", "http://user:hunter2@proxy:99999", "socks5://proxy:1080", "a b"]
        {
            assert_eq!(environment(&[("HTTPS_PROXY", bad)], ENGINE), Some("HTTPS_PROXY"), "{bad}");
            assert_eq!(environment(&[("all_proxy", bad)], ENGINE), Some("all_proxy"), "{bad}");
            assert_eq!(environment(&[("HTTP_PROXY", bad)], ENGINE), None, "not for https://");
            assert_eq!(environment(&[("HTTP_PROXY", bad)], "http://e/api"), Some("HTTP_PROXY"));
            assert!(Proxy::Url(bad.to_owned()).problem(ENGINE, |_| None).is_some(), "{bad}");
        }
        for good in ["http://proxy", "https://user:hunter2@proxy:3128/", "proxy:3128", "proxy.example.com", ""] {
            assert_eq!(environment(&[("https_proxy", good)], ENGINE), None, "{good}");
        }
    }

    #[test]
    fn only_the_variable_that_counts_is_checked() {
        let used = [("HTTPS_PROXY", "http://proxy:3128"), ("https_proxy", "://"), ("ALL_PROXY", "socks5://proxy")];
        assert_eq!(environment(&used, ENGINE), None);
        assert_eq!(environment(&[("HTTPS_PROXY", ""), ("ALL_PROXY", "socks5://proxy")], ENGINE), Some("ALL_PROXY"));
        assert_eq!(environment(&[("HTTPS_PROXY", "://"), ("REQUEST_METHOD", "GET")], ENGINE), None);
        assert!(Proxy::None.problem(ENGINE, |_| Some("://".into())).is_none());
    }
}

//! The text form of injected failures.

use std::str::FromStr;
use std::time::Duration;

use ovirt_sdk::Error;

use super::injected_failures::InjectedFailure;
use crate::text_form::{read_count, read_duration, split};

impl InjectedFailure {
    /// Reads a failure from its kind and its options; `None` for another kind.
    pub(crate) fn read(kind: &str, options: &[(String, String)]) -> Option<Result<Self, String>> {
        let value = |name: &str| options.iter().find(|(option, _)| option == name).map(|(_, value)| value.as_str());
        let text = |name: &str| value(name).unwrap_or_default();
        let status = || match value("status").map(str::parse) {
            Some(Ok(status)) if (100..1000).contains(&status) => Ok(status),
            _ => Err(format!("`{kind}` needs a `status` such as 409")),
        };
        let (failure, own): (Result<Self, String>, &[&str]) = match kind {
            "latency" => match value("delay") {
                Some(_) => (Ok(Self::latency(Duration::ZERO)), &[]),
                None => (Err("`latency` needs a `delay` such as 200ms".to_owned()), &[]),
            },
            "reset" => (Ok(Self::reset()), &[]),
            "silence" => (Ok(Self::silence()), &[]),
            "truncated" => (Ok(Self::truncated()), &[]),
            "unauthorized" => (Ok(Self::unauthorized()), &[]),
            "unavailable" => (Ok(Self::unavailable()), &[]),
            "fault" => {
                let fault = status().map(|status| Self::fault(status, text("reason"), text("detail")));
                (fault, &["status", "reason", "detail"])
            }
            "response" => {
                let content_type = value("content-type").unwrap_or("text/plain");
                let response = status().map(|status| Self::response(status, content_type, text("body")));
                (response, &["status", "content-type", "body", "header"])
            }
            _ => return None,
        };
        Some(failure.and_then(|failure| failure.with(kind, options, own)))
    }

    fn with(mut self, kind: &str, options: &[(String, String)], own: &[&str]) -> Result<Self, String> {
        for (option, value) in options {
            self = match option.as_str() {
                "path" => self.on(value),
                "method" => self.method(value),
                "skip" => self.skip(read_count(value)?),
                "times" => self.times(read_count(value)?),
                "delay" => self.delay(read_duration(value)?),
                "after-execution" if value == "true" => self.after_execution(),
                "after-execution" if value == "false" => self,
                "header" if own.contains(&"header") => {
                    let (name, value) = value.split_once(':').ok_or("a `header` has a colon after its name")?;
                    self.header(name.trim(), value.trim())
                }
                other if own.contains(&other) => self,
                other => return Err(format!("`{kind}` has no option `{other}`")),
            };
        }
        Ok(self)
    }
}

/// The text form: the kind, and options such as `path=vms/*`.
impl FromStr for InjectedFailure {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let failure = split(text).and_then(|(kind, options)| {
            Self::read(&kind, &options).unwrap_or_else(|| Err(format!("no failure is called `{kind}`")))
        });
        failure.map_err(|problem| Error::custom(format!("invalid failure `{text}`: {problem}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_have_a_text_form() {
        let text = "fault status=409 reason=Operation%20Failed detail=locked path=vms/*/start method=POST times=2";
        let failure: InjectedFailure = text.parse().unwrap();
        let expected =
            InjectedFailure::fault(409, "Operation Failed", "locked").on("vms/*/start").method("POST").times(2);
        assert_eq!(failure.to_string(), expected.to_string());
        let all = [
            failure,
            InjectedFailure::latency(Duration::from_millis(1500)).everywhere(),
            InjectedFailure::response(302, "text/html", "<p>a, 100 %</p>\n").header("Location", "https://b/").skip(1),
            InjectedFailure::unauthorized().after_execution(),
            InjectedFailure::truncated().delay(Duration::from_secs(2)),
        ];
        for failure in all {
            let text = failure.to_string();
            assert_eq!(text.parse::<InjectedFailure>().unwrap().to_string(), text);
        }
        for (text, problem) in [
            ("noise", "no failure is called `noise`"),
            ("fault", "`fault` needs a `status` such as 409"),
            ("response status=9", "`response` needs a `status` such as 409"),
            ("latency", "`latency` needs a `delay` such as 200ms"),
            ("reset name=x", "`reset` has no option `name`"),
            ("response status=200 header=x", "a `header` has a colon after its name"),
        ] {
            let error = text.parse::<InjectedFailure>().unwrap_err().to_string();
            assert!(error.ends_with(problem), "{error}");
        }
    }
}

//! Reading the table.

/// A step of a table.
#[derive(Debug)]
pub(crate) enum Step {
    Advance { seconds: u64 },
    Request(Request),
}

#[derive(Debug, Default)]
pub(crate) struct Request {
    pub(crate) line: usize,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) account: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<String>,
    pub(crate) status: u16,
    pub(crate) expectations: Vec<Expectation>,
    /// Names of variables, and the paths to their values.
    pub(crate) sets: Vec<(String, String)>,
}

/// What a response must have.
#[derive(Debug)]
pub(crate) struct Expectation {
    /// The line of the table.
    pub(crate) text: String,
    pub(crate) kind: Kind,
}

#[derive(Debug)]
pub(crate) enum Kind {
    Reason(Option<String>),
    Detail(Option<String>),
    Has { path: String, text: Option<String> },
    HasNo { path: String, text: Option<String> },
    Count { path: String, count: usize },
    Header { name: String, value: Option<String> },
    Body(String),
    Contains(String),
}

/// Parses a table; the error names file and line.
pub(crate) fn parse(file: &str, text: &str) -> Result<Vec<Step>, String> {
    let mut steps = Vec::new();
    let mut current: Option<Request> = None;
    // The blank line at the end closes the last step.
    for (index, line) in text.lines().chain([""]).enumerate() {
        let number = index + 1;
        let error = |message: String| format!("{file}:{number}: {message}");
        if line.starts_with('#') {
            continue;
        }
        let line = line.trim_end();
        match (&mut current, line) {
            (None, "") => {}
            (Some(_), "") => {
                let request = current.take().unwrap();
                if request.status == 0 {
                    return Err(format!("{file}:{}: no line `= STATUS`", request.line));
                }
                steps.push(Step::Request(request));
            }
            (None, _) => match line.split_once(' ') {
                Some(("advance", seconds)) => {
                    let seconds = seconds.parse().map_err(|_| error(format!("not a number: {seconds}")))?;
                    steps.push(Step::Advance { seconds });
                }
                Some((method, path)) if method.bytes().all(|byte| byte.is_ascii_uppercase()) => {
                    let (method, path) = (method.to_owned(), path.to_owned());
                    current = Some(Request { line: number, method, path, ..Request::default() });
                }
                _ => return Err(error(format!("neither a request nor `advance`: {line}"))),
            },
            (Some(request), _) => add_line(request, line).map_err(error)?,
        }
    }
    Ok(steps)
}

fn add_line(request: &mut Request, line: &str) -> Result<(), String> {
    let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
    let owned = |text: &str| Some(text.replace("\\n", "\n")).filter(|text| !text.is_empty());
    let with_text = |rest: &str| {
        let (path, text) = rest.split_once(' ').unwrap_or((rest, ""));
        (path.to_owned(), owned(text))
    };
    let kind = match word {
        "=" => {
            request.status = rest.parse().map_err(|_| format!("not a status: {rest}"))?;
            return Ok(());
        }
        "as" => {
            request.account = Some(rest.to_owned());
            return Ok(());
        }
        ">" => {
            let body = request.body.get_or_insert_default();
            if !body.is_empty() {
                body.push('\n');
            }
            body.push_str(rest);
            return Ok(());
        }
        "set" => {
            let (name, path) = rest.split_once(' ').ok_or_else(|| format!("expected `set NAME PATH`: {line}"))?;
            request.sets.push((name.to_owned(), path.to_owned()));
            return Ok(());
        }
        "reason" => Kind::Reason(owned(rest)),
        "detail" => Kind::Detail(owned(rest)),
        "no" if rest == "reason" => Kind::Reason(None),
        "no" if rest == "detail" => Kind::Detail(None),
        "has" => match rest.strip_prefix("no ") {
            Some(rest) => {
                let (path, text) = with_text(rest);
                Kind::HasNo { path, text }
            }
            None => {
                let (path, text) = with_text(rest);
                Kind::Has { path, text }
            }
        },
        "count" => match rest.split_once(' ').map(|(count, path)| (count.parse(), path)) {
            Some((Ok(count), path)) => Kind::Count { path: path.to_owned(), count },
            _ => return Err(format!("expected `count N PATH`: {line}")),
        },
        "header" => {
            let (name, value) = with_text(rest);
            Kind::Header { name, value }
        }
        "body" => Kind::Body(owned(rest).unwrap_or_default()),
        "contains" => Kind::Contains(owned(rest).unwrap_or_default()),
        _ => match word.strip_suffix(':') {
            Some(name) => {
                request.headers.push((name.to_owned(), rest.to_owned()));
                return Ok(());
            }
            None => return Err(format!("unknown expectation: {line}")),
        },
    };
    request.expectations.push(Expectation { text: line.to_owned(), kind });
    Ok(())
}

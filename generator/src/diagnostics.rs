//! Diagnostics in the style of rustc: all problems of a run, each with file, line, column and help.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::yaml::{self, Mark};

/// A file of the model.
#[derive(Debug)]
pub struct Source {
    /// Path as messages show it, with `/` on every platform.
    pub path: String,
    /// The text of the file.
    pub text: String,
}

/// The files that diagnostics refer to.
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
}

/// A file among [`Sources`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(usize);

/// A node of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The file.
    pub file: FileId,
    /// The node.
    pub mark: Mark,
}

impl Sources {
    /// Adds a file.
    pub fn add(&mut self, path: String, text: String) -> FileId {
        self.files.push(Source { path, text });
        FileId(self.files.len() - 1)
    }

    /// Returns a file.
    pub fn get(&self, id: FileId) -> Option<&Source> {
        self.files.get(id.0)
    }

    /// Returns the number of items.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    fn range(&self, span: Span) -> Option<(&Source, std::ops::Range<usize>)> {
        let (file, start) = match span {
            Span::Node(position) => (position.file, None),
            Span::Offset(file, offset) => (file, Some(offset)),
            Span::Range(file, start, end) => {
                let source = self.get(file)?;
                let start = start.min(source.text.len());
                return Some((source, start..end.clamp(start, source.text.len())));
            }
        };
        let source = self.get(file)?;
        let start = match (start, span) {
            (None, Span::Node(position)) => yaml::locate(&source.text, position.mark),
            (start, _) => start.unwrap_or_default(),
        };
        let start = start.min(source.text.len());
        let rest = source.text.get(start..).unwrap_or_default();
        Some((source, start..start + token_len(rest)))
    }
}

/// Length of the scalar, or of the bracketed list, at the start of a text.
fn token_len(rest: &str) -> usize {
    let quoted = |quote: char| rest.chars().skip(1).take_while(move |c| *c != quote).map(char::len_utf8).sum::<usize>();
    match rest.chars().next() {
        Some(quote @ ('"' | '\'')) => (quoted(quote) + 2).min(rest.len()),
        Some('[') => rest.find(']').map_or(1, |end| end + 1),
        Some('{') => 1,
        _ => {
            let end = rest.find(['\n', ',', '}', ']', '#']).unwrap_or(rest.len());
            let text = rest.get(..end).unwrap_or_default();
            let text = text.find(": ").and_then(|colon| text.get(..colon)).unwrap_or(text);
            text.trim_end().trim_end_matches(':').len()
        }
    }
}

#[derive(Clone, Copy, Debug)]
enum Span {
    Node(Position),
    Offset(FileId, usize),
    Range(FileId, usize, usize),
}

/// A problem.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    message: String,
    primary: Option<(Span, String)>,
    context: Vec<(Position, String)>,
    help: Vec<String>,
}

impl Diagnostic {
    /// A problem at a node of the model. The label annotates the node.
    pub fn at(position: Position, message: impl Into<String>, label: impl Into<String>) -> Self {
        let primary = Some((Span::Node(position), label.into()));
        Self { message: message.into(), primary, context: Vec::new(), help: Vec::new() }
    }

    /// A problem at a byte of a file.
    pub fn at_offset(file: FileId, offset: usize, message: impl Into<String>, label: impl Into<String>) -> Self {
        let primary = Some((Span::Offset(file, offset), label.into()));
        Self { message: message.into(), primary, context: Vec::new(), help: Vec::new() }
    }

    /// A problem with a range of bytes of a file.
    pub fn at_range(
        file: FileId,
        range: std::ops::Range<usize>,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> Self {
        let primary = Some((Span::Range(file, range.start, range.end), label.into()));
        Self { message: message.into(), primary, context: Vec::new(), help: Vec::new() }
    }

    /// A problem without a position.
    pub fn general(message: impl Into<String>) -> Self {
        Self { message: message.into(), primary: None, context: Vec::new(), help: Vec::new() }
    }

    /// Annotates a related node.
    #[must_use]
    pub fn context(mut self, position: Position, label: impl Into<String>) -> Self {
        self.context.push((position, label.into()));
        self
    }

    /// Adds a `help:` line.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    /// Adds "did you mean" if one of the names is similar.
    #[must_use]
    pub fn suggest<'a>(self, wrong: &str, names: impl IntoIterator<Item = &'a str>) -> Self {
        match nearest(wrong, names) {
            Some(name) => self.help(format!("did you mean `{name}`?")),
            None => self,
        }
    }

    /// The file with the problem.
    fn file(&self) -> Option<FileId> {
        match self.primary.as_ref()?.0 {
            Span::Node(position) => Some(position.file),
            Span::Offset(file, _) | Span::Range(file, _, _) => Some(file),
        }
    }

    fn render(&self, sources: &Sources, renderer: &Renderer) -> String {
        let title = Level::ERROR.primary_title(self.message.as_str());
        let mut group = Group::with_title(title);
        if let Some((span, label)) = &self.primary
            && let Some((source, range)) = sources.range(*span)
        {
            let mut snippet = Snippet::source(source.text.as_str())
                .path(source.path.as_str())
                .annotation(AnnotationKind::Primary.span(range).label(label.as_str()));
            let mut elsewhere = Vec::new();
            for (position, label) in &self.context {
                if let Some((other, range)) = sources.range(Span::Node(*position)) {
                    let annotation = AnnotationKind::Context.span(range).label(label.as_str());
                    if other.path == source.path {
                        snippet = snippet.annotation(annotation);
                    } else {
                        let path = other.path.as_str();
                        elsewhere.push(Snippet::source(other.text.as_str()).path(path).annotation(annotation));
                    }
                }
            }
            group = group.element(snippet).elements(elsewhere);
        }
        group = group.elements(self.help.iter().map(|text| Level::HELP.message(text.as_str())));
        renderer.render(&[group])
    }
}

/// Returns the most similar name, if one is similar enough to be a plausible typo.
pub fn nearest<'a>(wrong: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (wrong.len() / 3).max(1);
    names
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(wrong, name), name))
        .filter(|(distance, name)| *distance <= limit && *name != wrong)
        .min()
        .map(|(_, name)| name)
}

/// The problems of a run.
///
/// A mistake can make many later checks fail. So problems that a file may have only because of an earlier mistake are
/// not reported: [`damage`](Self::damage) marks the files in question, and
/// [`push_derived`](Self::push_derived) drops their problems.
#[derive(Debug, Default)]
pub struct Diagnostics {
    list: RefCell<Vec<Diagnostic>>,
    damaged: RefCell<BTreeSet<FileId>>,
}

impl Diagnostics {
    /// Adds a problem, whose file is damaged from now on.
    pub fn push(&self, diagnostic: Diagnostic) {
        self.damaged.borrow_mut().extend(diagnostic.file());
        self.list.borrow_mut().push(diagnostic);
    }

    /// Adds a problem, unless it may be the consequence of another one.
    pub fn push_derived(&self, diagnostic: Diagnostic) {
        if !diagnostic.file().is_some_and(|file| self.is_damaged(file)) {
            self.list.borrow_mut().push(diagnostic);
        }
    }

    /// Marks a file that has, or depends on, a mistake.
    pub fn damage(&self, file: FileId) {
        self.damaged.borrow_mut().insert(file);
    }

    /// Whether a file has, or depends on, a mistake.
    pub fn is_damaged(&self, file: FileId) -> bool {
        self.damaged.borrow().contains(&file)
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.list.borrow().is_empty()
    }

    /// Returns the number of items.
    pub fn len(&self) -> usize {
        self.list.borrow().len()
    }

    /// Renders the problems sorted by file and position, followed by their number.
    pub fn render(&self, sources: &Sources, color: bool) -> String {
        self.render_for("the model", sources, color)
    }

    /// Like [`render`](Self::render), with another subject than the model.
    pub fn render_for(&self, what: &str, sources: &Sources, color: bool) -> String {
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let key = |diagnostic: &Diagnostic| match &diagnostic.primary {
            None => (None, 0),
            Some((Span::Offset(file, offset) | Span::Range(file, offset, _), _)) => {
                (sources.get(*file).map(|s| s.path.clone()), *offset)
            }
            Some((Span::Node(position), _)) => {
                let source = sources.get(position.file);
                (source.map(|s| s.path.clone()), source.map_or(0, |s| yaml::locate(&s.text, position.mark)))
            }
        };
        let list = self.list.borrow();
        let mut sorted: Vec<&Diagnostic> = list.iter().collect();
        sorted.sort_by_cached_key(|diagnostic| key(diagnostic));
        let mut text = String::new();
        for diagnostic in sorted {
            text.push_str(&diagnostic.render(sources, &renderer));
            text.push_str("\n\n");
        }
        let plural = if self.len() == 1 { "problem" } else { "problems" };
        text.push_str(&format!("{what} has {} {plural}\n", self.len()));
        text
    }
}

/// Returns a path relative to a folder, with `/` on every platform.
pub fn shown_path(path: &Path, folder: &Path) -> String {
    let relative: PathBuf = path.strip_prefix(folder).unwrap_or(path).components().collect();
    relative.to_string_lossy().replace('\\', "/")
}

//! Problems of a model, told the way rustc tells them: all of a run, each with its file, line, column and a way out.

use std::cell::RefCell;
use std::path::{Path, PathBuf};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::yaml::{self, Mark};

/// A file of the model.
#[derive(Debug)]
pub struct Source {
    /// Path as shown to people, with `/` on every system.
    pub path: String,
    /// What it contains.
    pub text: String,
}

/// All files of the model that were read.
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
}

/// A file among [`Sources`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(usize);

/// A node of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
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

    /// A file that was added.
    pub fn get(&self, id: FileId) -> Option<&Source> {
        self.files.get(id.0)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    fn span(&self, at: Location) -> Option<(&Source, std::ops::Range<usize>)> {
        let (file, start) = match at {
            Location::Node(place) => (place.file, None),
            Location::Offset(file, offset) => (file, Some(offset)),
            Location::Range(file, start, end) => {
                let source = self.get(file)?;
                let start = start.min(source.text.len());
                return Some((source, start..end.clamp(start, source.text.len())));
            }
        };
        let source = self.get(file)?;
        let start = match (start, at) {
            (None, Location::Node(place)) => yaml::locate(&source.text, place.mark),
            (start, _) => start.unwrap_or_default(),
        };
        let start = start.min(source.text.len());
        let rest = source.text.get(start..).unwrap_or_default();
        Some((source, start..start + token_len(rest)))
    }
}

/// How much of the text belongs to the scalar or the bracket at its beginning.
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
enum Location {
    Node(Place),
    Offset(FileId, usize),
    Range(FileId, usize, usize),
}

/// One problem.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    message: String,
    primary: Option<(Location, String)>,
    context: Vec<(Place, String)>,
    help: Vec<String>,
}

impl Diagnostic {
    /// A problem at a node of the model. The label says what is wrong with what stands there.
    pub fn at(place: Place, message: impl Into<String>, label: impl Into<String>) -> Self {
        let primary = Some((Location::Node(place), label.into()));
        Self { message: message.into(), primary, context: Vec::new(), help: Vec::new() }
    }

    /// A problem at a byte of a file.
    pub fn at_offset(file: FileId, offset: usize, message: impl Into<String>, label: impl Into<String>) -> Self {
        let primary = Some((Location::Offset(file, offset), label.into()));
        Self { message: message.into(), primary, context: Vec::new(), help: Vec::new() }
    }

    /// A problem with a range of bytes of a file.
    pub fn at_range(
        file: FileId,
        range: std::ops::Range<usize>,
        message: impl Into<String>,
        label: impl Into<String>,
    ) -> Self {
        let primary = Some((Location::Range(file, range.start, range.end), label.into()));
        Self { message: message.into(), primary, context: Vec::new(), help: Vec::new() }
    }

    /// A problem with no place in a file.
    pub fn general(message: impl Into<String>) -> Self {
        Self { message: message.into(), primary: None, context: Vec::new(), help: Vec::new() }
    }

    /// Adds another place that has to do with it.
    #[must_use]
    pub fn context(mut self, place: Place, label: impl Into<String>) -> Self {
        self.context.push((place, label.into()));
        self
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    /// Adds the name that was probably meant, if there is one near.
    #[must_use]
    pub fn suggest<'a>(self, wrong: &str, names: impl IntoIterator<Item = &'a str>) -> Self {
        match nearest(wrong, names) {
            Some(name) => self.help(format!("did you mean `{name}`?")),
            None => self,
        }
    }

    fn render(&self, sources: &Sources, renderer: &Renderer) -> String {
        let title = Level::ERROR.primary_title(self.message.as_str());
        let mut group = Group::with_title(title);
        if let Some((at, label)) = &self.primary
            && let Some((source, span)) = sources.span(*at)
        {
            let mut snippet = Snippet::source(source.text.as_str())
                .path(source.path.as_str())
                .annotation(AnnotationKind::Primary.span(span).label(label.as_str()));
            let mut elsewhere = Vec::new();
            for (place, label) in &self.context {
                if let Some((other, span)) = sources.span(Location::Node(*place)) {
                    let annotation = AnnotationKind::Context.span(span).label(label.as_str());
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

/// The name nearest to a wrong one, when it is near enough to be meant.
pub fn nearest<'a>(wrong: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (wrong.len() / 3).max(1);
    names
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(wrong, name), name))
        .filter(|(distance, name)| *distance <= limit && *name != wrong)
        .min()
        .map(|(_, name)| name)
}

/// Problems gathered over a run.
#[derive(Debug, Default)]
pub struct Diagnostics {
    list: RefCell<Vec<Diagnostic>>,
}

impl Diagnostics {
    /// Adds one.
    pub fn push(&self, diagnostic: Diagnostic) {
        self.list.borrow_mut().push(diagnostic);
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.list.borrow().is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.list.borrow().len()
    }

    /// All of them as text, by file and place, then a line that counts them.
    pub fn render(&self, sources: &Sources, colour: bool) -> String {
        self.render_of("the model", sources, colour)
    }

    /// The same for something else than the model; the closing line names it.
    pub fn render_of(&self, what: &str, sources: &Sources, colour: bool) -> String {
        let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
        let key = |diagnostic: &Diagnostic| match &diagnostic.primary {
            None => (None, 0),
            Some((Location::Offset(file, offset) | Location::Range(file, offset, _), _)) => {
                (sources.get(*file).map(|s| s.path.clone()), *offset)
            }
            Some((Location::Node(place), _)) => {
                let source = sources.get(place.file);
                (source.map(|s| s.path.clone()), source.map_or(0, |s| yaml::locate(&s.text, place.mark)))
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

/// A path relative to a folder, with `/` between its parts, as messages and marks of generated files show it.
pub fn shown_path(path: &Path, folder: &Path) -> String {
    let relative: PathBuf = path.strip_prefix(folder).unwrap_or(path).components().collect();
    relative.to_string_lossy().replace('\\', "/")
}

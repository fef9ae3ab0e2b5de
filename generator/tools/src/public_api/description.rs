//! The description of a public API.

use std::collections::BTreeMap;
use std::fmt::Write;

/// An item of the public API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiItem {
    /// The type, trait or module that it belongs to, or the type itself: `types::Vm`.
    pub owner: String,
    /// The name of a field, method, variant or constant.
    pub name: Option<String>,
    /// The declaration on one line, without the names of arguments.
    pub text: String,
    /// Whether using it causes a warning.
    pub is_deprecated: bool,
}

impl ApiItem {
    /// Whether it is the declaration of its owner, rather than a part of it.
    pub(crate) fn is_declaration(&self) -> bool {
        self.name.is_none() && !self.text.contains("impl ")
    }
}

/// The public API of the generated code.
#[derive(Clone, Debug, Default)]
pub struct PublicApi {
    /// All items by path.
    pub items: BTreeMap<String, ApiItem>,
}

/// An error: the generated code can't be described.
#[derive(Debug)]
pub struct ApiError {
    /// The file.
    pub path: String,
    /// The cause.
    pub cause: String,
}

impl ApiError {
    pub(super) fn new(path: &str, cause: impl std::fmt::Display) -> Self {
        Self { path: path.to_owned(), cause: cause.to_string() }
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "can't describe the public API of `{}`: {}", self.path, self.cause)
    }
}

impl std::error::Error for ApiError {}

impl PublicApi {
    /// Renders all items, grouped by owner, whose path is not repeated. The implemented traits are on one line.
    pub fn render(&self) -> String {
        let mut owners: BTreeMap<&str, Vec<&ApiItem>> = BTreeMap::new();
        for item in self.items.values() {
            owners.entry(&item.owner).or_default().push(item);
        }
        let mut text = String::new();
        for (owner, items) in owners {
            let suffix = format!(" for {owner}");
            let (traits, items): (Vec<&ApiItem>, Vec<&ApiItem>) =
                items.into_iter().partition(|item| item.text.starts_with("impl ") && item.text.ends_with(&suffix));
            let (declarations, members): (Vec<&ApiItem>, Vec<&ApiItem>) =
                items.into_iter().partition(|item| item.name.is_none());
            for item in declarations {
                let _ = writeln!(text, "{}", item.text);
            }
            if !traits.is_empty() {
                let traits = traits.iter().filter_map(|item| item.text.get(5..item.text.len() - suffix.len()));
                let _ = writeln!(text, "  impl {}", traits.collect::<Vec<_>>().join(", "));
            }
            let within = [format!("{owner}::"), format!("{owner}.")];
            for item in members {
                let shown =
                    within.iter().fold(item.text.clone(), |shown, path| shown.replacen(&format!(" {path}"), " ", 1));
                let _ = writeln!(text, "  {shown}");
            }
        }
        text
    }
}

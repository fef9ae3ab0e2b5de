//! Two models → what changed between them, and what that means.
//!
//! A change is judged for two readers: the user of the Rust crate, whose code compiles or not, and the engine, which
//! sees the same bytes or others. What a struct inherits counts as its own, since the crate flattens it; a change
//! that comes from a base is told once, at the base.

pub mod code;
pub mod render;
mod services;
pub mod side;
mod types;

use ovirt_sdk_generator::Read;
use ovirt_sdk_generator::syntax::Docs;

/// What happened to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// It is new.
    Added,
    /// It is something else now.
    Changed,
    /// It is gone.
    Removed,
}

/// What a change means for the code of a user of the Rust crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Consequence {
    /// Only what people read changes.
    Documentation,
    /// Every program compiles as before.
    Compatible,
    /// Programs compile, and should be changed some day.
    Deprecation,
    /// Some programs don't compile any more.
    Breaking,
}

impl Consequence {
    /// All of them, the gravest first.
    pub const ALL: [Self; 4] = [Self::Breaking, Self::Deprecation, Self::Compatible, Self::Documentation];

    /// As people read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Documentation => "documentation",
            Self::Compatible => "compatible",
            Self::Deprecation => "deprecation",
            Self::Breaking => "breaking",
        }
    }
}

/// The release that the changes ask for, by the rules of semantic versions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing that a program could see.
    Patch,
    /// Something new.
    Minor,
    /// Something that breaks programs.
    Major,
}

impl Verdict {
    /// As people read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Change {
    /// What changes for users of the crate.
    pub consequence: Consequence,
    /// What happened.
    pub kind: Kind,
    /// What kind of item it is: `type`, `member`, `method` and so on.
    pub what: &'static str,
    /// The item, such as `vm.fqdn` or `vms.add.clone`.
    pub item: String,
    /// What changed of it.
    pub text: String,
    /// What the engine sees of it; `None` when it sees the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wire: Option<String>,
}

/// What changed between two models.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Diff {
    /// The older model, as it was asked for, and its release.
    pub old: (String, String),
    /// The newer one.
    pub new: (String, String),
    /// The changes, the gravest first.
    pub changes: Vec<Change>,
    /// How many texts for people differ in things that are in both.
    pub texts: usize,
}

impl Diff {
    /// The release that the changes ask for.
    pub fn verdict(&self) -> Verdict {
        match self.changes.iter().map(|change| change.consequence).max() {
            Some(Consequence::Breaking) => Verdict::Major,
            Some(Consequence::Deprecation | Consequence::Compatible) => Verdict::Minor,
            Some(Consequence::Documentation) | None => Verdict::Patch,
        }
    }

    /// How many changes have a consequence.
    pub fn count(&self, consequence: Consequence) -> usize {
        self.changes.iter().filter(|change| change.consequence == consequence).count()
    }
}

/// Compares two models. The texts say how each was asked for.
pub fn diff(old: &Read, new: &Read, names: (String, String)) -> Diff {
    let mut found = Found::default();
    let (from, to) = (&old.model, &new.model);
    let root = |read: &Read| read.model.root.map(|id| read.model.service(id).name.to_string());
    if root(old) != root(new) {
        let text = format!("the root was {}, is {}", shown(root(old)), shown(root(new)));
        found.wired(Consequence::Breaking, Kind::Changed, "root", "", text, "paths begin elsewhere");
    }
    types::diff(old, new, &mut found);
    services::diff(from, to, &mut found);
    found.changes.sort_by(|a, b| b.consequence.cmp(&a.consequence).then_with(|| a.cmp(b)));
    let (old_name, new_name) = names;
    Diff {
        old: (old_name, from.version.clone()),
        new: (new_name, to.version.clone()),
        changes: found.changes,
        texts: found.texts,
    }
}

fn shown(text: Option<impl ToString>) -> String {
    text.map_or_else(|| "nothing".to_owned(), |text| format!("`{}`", text.to_string()))
}

/// Changes as they are found.
#[derive(Default)]
struct Found {
    changes: Vec<Change>,
    texts: usize,
}

impl Found {
    fn add(&mut self, consequence: Consequence, kind: Kind, what: &'static str, item: &str, text: impl Into<String>) {
        let (item, text) = (item.to_owned(), text.into());
        self.changes.push(Change { consequence, kind, what, item, text, wire: None });
    }

    fn wired(
        &mut self,
        consequence: Consequence,
        kind: Kind,
        what: &'static str,
        item: &str,
        text: impl Into<String>,
        wire: impl Into<String>,
    ) {
        let (item, text) = (item.to_owned(), text.into());
        self.changes.push(Change { consequence, kind, what, item, text, wire: Some(wire.into()) });
    }

    /// A wire name that is another one in what stays the same for programs.
    fn renamed(&mut self, what: &'static str, item: &str, name: &str, old: Option<&str>, new: Option<&str>) {
        if old != new {
            let text = format!("the {name} was {}, is {}", shown(old), shown(new));
            let wire = "only engines that use the new name understand it".to_owned();
            self.wired(Consequence::Compatible, Kind::Changed, what, item, text, wire);
        }
    }

    /// What people read about an item that is in both models.
    fn docs(&mut self, what: &'static str, item: &str, old: &Docs, new: &Docs) {
        match (&old.deprecated, &new.deprecated) {
            (None, Some(deprecated)) => {
                let note = deprecated.note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
                let text = format!("is deprecated{note}");
                self.add(Consequence::Deprecation, Kind::Changed, what, item, text);
            }
            (Some(_), None) => {
                self.add(Consequence::Documentation, Kind::Changed, what, item, "is deprecated no longer");
            }
            _ => {}
        }
        if old.since != new.since {
            let text = format!("since was {}, is {}", shown(old.since.as_ref()), shown(new.since.as_ref()));
            self.add(Consequence::Documentation, Kind::Changed, what, item, text);
        }
        let texts = |docs: &Docs| {
            (docs.summary.clone(), docs.details.clone(), docs.deprecated.as_ref().and_then(|it| it.note.clone()))
        };
        self.texts += usize::from(texts(old) != texts(new));
    }
}

/// Pairs of equal keys of two lists; the other side is `None` where an item has no counterpart.
fn pairs<'a, 'b, A, B, K: Ord>(
    old: impl IntoIterator<Item = &'a A>,
    new: impl IntoIterator<Item = &'b B>,
    old_key: impl Fn(&'a A) -> K,
    new_key: impl Fn(&'b B) -> K,
) -> Vec<(Option<&'a A>, Option<&'b B>)> {
    let mut found: std::collections::BTreeMap<K, (Option<&'a A>, Option<&'b B>)> = std::collections::BTreeMap::new();
    for item in old {
        found.entry(old_key(item)).or_default().0 = Some(item);
    }
    for item in new {
        found.entry(new_key(item)).or_default().1 = Some(item);
    }
    found.into_values().collect()
}

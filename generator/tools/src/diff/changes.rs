//! Changes between two models.

use ovirt_sdk_generator::syntax::Docs;

/// What happened to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The item is new.
    Added,
    /// The item changed.
    Changed,
    /// The item was removed.
    Removed,
}

/// What a change means for programs that use the crate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Consequence {
    /// Only documentation changes.
    Documentation,
    /// All programs compile as before.
    Compatible,
    /// Programs compile, but use something deprecated.
    Deprecation,
    /// Some programs no longer compile or behave differently.
    Breaking,
}

impl Consequence {
    /// All consequences, most serious first.
    pub const ALL: [Self; 4] = [Self::Breaking, Self::Deprecation, Self::Compatible, Self::Documentation];

    /// Returns the name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Documentation => "documentation",
            Self::Compatible => "compatible",
            Self::Deprecation => "deprecation",
            Self::Breaking => "breaking",
        }
    }
}

/// The kind of release that the changes require by semantic versioning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// No change that affects programs.
    Patch,
    /// Compatible additions.
    Minor,
    /// Breaking changes.
    Major,
}

impl Verdict {
    /// Returns the name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

/// A change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Change {
    /// What the change means for programs.
    pub consequence: Consequence,
    /// What happened.
    pub kind: Kind,
    /// Kind of the item: `type`, `field`, `method` and so on.
    pub item_kind: &'static str,
    /// The item, such as `vm.fqdn` or `vms.add.clone`.
    pub item: String,
    /// Description of the change.
    pub text: String,
    /// Effect on the wire format, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wire: Option<String>,
}

/// The changes between two models.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Diff {
    /// Name and API version of the older model.
    pub old: (String, String),
    /// Name and API version of the newer model.
    pub new: (String, String),
    /// Changes, most serious first.
    pub changes: Vec<Change>,
    /// Number of items in both models whose texts differ.
    pub reworded_texts: usize,
}

impl Diff {
    /// Returns the kind of release that the changes require.
    pub fn verdict(&self) -> Verdict {
        match self.changes.iter().map(|change| change.consequence).max() {
            Some(Consequence::Breaking) => Verdict::Major,
            Some(Consequence::Deprecation | Consequence::Compatible) => Verdict::Minor,
            Some(Consequence::Documentation) | None => Verdict::Patch,
        }
    }

    /// Counts the changes with a consequence.
    pub fn count(&self, consequence: Consequence) -> usize {
        self.changes.iter().filter(|change| change.consequence == consequence).count()
    }
}

pub(super) fn quoted(text: Option<impl ToString>) -> String {
    text.map_or_else(|| "nothing".to_owned(), |text| format!("`{}`", text.to_string()))
}

/// Collects changes.
#[derive(Default)]
pub(super) struct Changes {
    pub(super) list: Vec<Change>,
    pub(super) reworded_texts: usize,
    /// Changes of signatures in hand-written code, which the public API of the generated code does not contain.
    pub(super) hand_written: Vec<Change>,
    /// Services with renamed arguments, which change the generated code but nothing else.
    pub(super) renamed_arguments: std::collections::BTreeSet<String>,
}

impl Changes {
    pub(super) fn add(
        &mut self,
        consequence: Consequence,
        kind: Kind,
        item_kind: &'static str,
        item: &str,
        text: impl Into<String>,
    ) {
        let (item, text) = (item.to_owned(), text.into());
        self.list.push(Change { consequence, kind, item_kind, item, text, wire: None });
    }

    /// Adds a change of signatures in hand-written code, which always breaks programs.
    pub(super) fn add_hand_written(&mut self, item_kind: &'static str, item: &str, text: impl Into<String>) {
        let (consequence, kind) = (Consequence::Breaking, Kind::Changed);
        let (item, text) = (item.to_owned(), text.into());
        self.hand_written.push(Change { consequence, kind, item_kind, item, text, wire: None });
    }

    pub(super) fn add_with_wire(
        &mut self,
        consequence: Consequence,
        kind: Kind,
        item_kind: &'static str,
        item: &str,
        text: impl Into<String>,
        wire: impl Into<String>,
    ) {
        let (item, text) = (item.to_owned(), text.into());
        self.list.push(Change { consequence, kind, item_kind, item, text, wire: Some(wire.into()) });
    }

    /// Adds a changed wire name. The Rust name stays the same.
    pub(super) fn renamed(
        &mut self,
        item_kind: &'static str,
        item: &str,
        name: &str,
        old: Option<&str>,
        new: Option<&str>,
    ) {
        if old != new {
            let text = format!("{name} changes from {} to {}", quoted(old), quoted(new));
            let wire = "only engines that use the new name understand it".to_owned();
            self.add_with_wire(Consequence::Compatible, Kind::Changed, item_kind, item, text, wire);
        }
    }

    /// Adds a change of whether values are secret.
    pub(super) fn secret(&mut self, item_kind: &'static str, item: &str, old: bool, new: bool) {
        if old != new {
            let text = format!("now {} in `Debug` output and logs", if new { "hidden" } else { "shown" });
            self.add(Consequence::Compatible, Kind::Changed, item_kind, item, text);
        }
    }

    /// Adds changes of the documentation of an item.
    pub(super) fn docs(&mut self, item_kind: &'static str, item: &str, old: &Docs, new: &Docs) {
        match (&old.deprecated, &new.deprecated) {
            (None, Some(deprecated)) => {
                let note = deprecated.note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
                let text = format!("deprecated{note}");
                self.add(Consequence::Deprecation, Kind::Changed, item_kind, item, text);
            }
            (Some(_), None) => {
                self.add(Consequence::Documentation, Kind::Changed, item_kind, item, "no longer deprecated");
            }
            _ => {}
        }
        let rust_name = |docs: &Docs| docs.rust_name.as_ref().map(|name| name.value.to_string());
        if rust_name(old) != rust_name(new) {
            let own = || Some("its own name".to_owned());
            let (from, to) = (rust_name(old).or_else(own), rust_name(new).or_else(own));
            let text = format!("the Rust name changes from {} to {}", quoted(from), quoted(to));
            self.add(Consequence::Breaking, Kind::Changed, item_kind, item, text);
        }
        if old.since != new.since {
            let text = format!("`since` changes from {} to {}", quoted(old.since.as_ref()), quoted(new.since.as_ref()));
            self.add(Consequence::Documentation, Kind::Changed, item_kind, item, text);
        }
        let texts = |docs: &Docs| {
            (docs.summary.clone(), docs.details.clone(), docs.deprecated.as_ref().and_then(|it| it.note.clone()))
        };
        self.reworded_texts += usize::from(texts(old) != texts(new));
    }
}

/// Pairs the items of two lists by key. An item without counterpart is paired with `None`.
pub(super) fn pair_by_key<'a, 'b, A, B, K: Ord>(
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

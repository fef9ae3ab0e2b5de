//! [`Diff`] → plain text, Markdown for a release note, JSON for programs, or the API section of the changelog.

use std::fmt::Write;

use serde_json::json;

use super::changes::{Change, Consequence, Diff, Kind};

fn sign(kind: Kind) -> char {
    match kind {
        Kind::Added => '+',
        Kind::Changed => '~',
        Kind::Removed => '-',
    }
}

fn counts(diff: &Diff) -> String {
    let count = |consequence: Consequence| format!("{} {}", diff.count(consequence), consequence.as_str());
    let mut counts: Vec<String> = Consequence::ALL.map(count).into();
    if diff.reworded_texts > 0 {
        counts.push(format!("{} reworded texts", diff.reworded_texts));
    }
    counts.join(", ")
}

fn title(consequence: Consequence) -> &'static str {
    match consequence {
        Consequence::Breaking => "Breaking",
        Consequence::Deprecation => "Deprecated",
        Consequence::Compatible => "Compatible",
        Consequence::Documentation => "Documentation",
    }
}

fn side((name, release): &(String, String)) -> String {
    format!("{name} ({release})")
}

/// Renders plain text.
pub fn text(diff: &Diff) -> String {
    let mut text = format!("{} → {}\n", side(&diff.old), side(&diff.new));
    for consequence in Consequence::ALL {
        let changes: Vec<&Change> = diff.changes.iter().filter(|it| it.consequence == consequence).collect();
        if !changes.is_empty() {
            let _ = writeln!(text, "\n{}:", title(consequence).to_lowercase());
        }
        for change in changes {
            let wire = change.wire.as_ref().map(|wire| format!(" [wire: {wire}]")).unwrap_or_default();
            let _ =
                writeln!(text, "  {} {} {}: {}{wire}", sign(change.kind), change.item_kind, change.item, change.text);
        }
    }
    let _ = writeln!(text, "\n{}\nverdict: {}", counts(diff), diff.verdict().as_str());
    text
}

/// Renders Markdown for a release note.
pub fn markdown(diff: &Diff) -> String {
    let mut text = format!(
        "## API: {} → {}\n\n**Verdict: {}** ({})\n",
        side(&diff.old),
        side(&diff.new),
        diff.verdict().as_str(),
        counts(diff)
    );
    for consequence in Consequence::ALL {
        let changes: Vec<&Change> = diff.changes.iter().filter(|it| it.consequence == consequence).collect();
        if changes.is_empty() {
            continue;
        }
        let _ = writeln!(text, "\n### {}\n\n| item | change | wire |\n|---|---|---|", title(consequence));
        for change in changes {
            let wire = change.wire.as_deref().unwrap_or("unchanged");
            let cell = |text: &str| text.replace('|', "\\|").replace('\n', " ");
            let _ =
                writeln!(text, "| {} `{}` | {} | {} |", change.item_kind, change.item, cell(&change.text), cell(wire));
        }
    }
    text
}

/// Renders JSON for programs.
pub fn json(diff: &Diff) -> Result<String, serde_json::Error> {
    let side = |(name, release): &(String, String)| json!({ "name": name, "release": release });
    let counts: serde_json::Map<String, serde_json::Value> =
        Consequence::ALL.map(|it| (it.as_str().to_owned(), json!(diff.count(it)))).into_iter().collect();
    let whole = json!({
        "old": side(&diff.old),
        "new": side(&diff.new),
        "verdict": diff.verdict(),
        "counts": counts,
        "reworded_texts": diff.reworded_texts,
        "changes": diff.changes,
    });
    Ok(serde_json::to_string_pretty(&whole)? + "\n")
}

/// Renders the API section of the changelog, to be inserted under the heading of a release.
pub fn changelog(diff: &Diff) -> String {
    let mut text = format!("### API of oVirt {}\n", diff.new.1);
    if diff.old.1 != diff.new.1 {
        let _ = write!(
            text,
            "\nThe model follows oVirt {}. The previous release followed oVirt {}.\n",
            diff.new.1, diff.old.1
        );
    }
    let mut section = |title: &str, fits: &dyn Fn(&Change) -> bool| {
        let changes: Vec<&Change> = diff.changes.iter().filter(|it| fits(it)).collect();
        if !changes.is_empty() {
            let _ = write!(text, "\n#### {title}\n\n");
        }
        for change in changes {
            let _ = writeln!(text, "- {} `{}`: {}", change.item_kind, change.item, change.text.replace('\n', " "));
        }
    };
    section("Breaking", &|it| it.consequence == Consequence::Breaking);
    section("Deprecated", &|it| it.consequence == Consequence::Deprecation);
    section("Added", &|it| it.consequence == Consequence::Compatible && it.kind == Kind::Added);
    section("Changed", &|it| it.consequence == Consequence::Compatible && it.kind != Kind::Added);
    if diff.changes.iter().all(|it| it.consequence == Consequence::Documentation) {
        text.push_str("\nNo changes for programs.\n");
    }
    text
}

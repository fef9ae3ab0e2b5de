//! Suggestions for misspelled names.

use crate::object::Member;

/// Returns the most similar name, if there is one. Names that join words differently count as similar
/// (`diskAttachments`), and so does the tag of a member.
pub(super) fn suggestion(written: &str, members: &'static [Member], other: &'static str) -> Option<&'static str> {
    if let Some(member) = members.iter().find(|member| member.tag == written) {
        return Some(member.name);
    }
    similar(written, members.iter().map(|member| member.name).chain([other]))
}

/// Returns the most similar of some names, if there is one.
pub(super) fn similar(written: &str, names: impl Iterator<Item = &'static str>) -> Option<&'static str> {
    /// The maximum length of a name. Comparing takes the product of both lengths.
    const LONGEST: usize = 64;
    if written.len() > LONGEST {
        return None;
    }
    let given = plain(written);
    let near = |name: &'static str| {
        let name_plain = plain(name);
        let far = distance(&given, &name_plain);
        // One wrong letter of three, or a third of a long name.
        (far <= name_plain.len().min(given.len()) / 3).then_some((far, name))
    };
    names.filter_map(near).min_by_key(|(far, _)| *far).map(|(_, name)| name)
}

fn plain(name: &str) -> Vec<char> {
    name.chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The number of characters to insert, remove, replace or swap with the next one.
fn distance(one: &[char], other: &[char]) -> usize {
    // Rows of the usual table: this one, the one before it and the one before that.
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=other.len()).collect();
    let mut previous = None;
    for (index, &character) in one.iter().enumerate() {
        let mut row = Vec::with_capacity(last.len());
        let mut left = index + 1;
        row.push(left);
        let mut skipped = None;
        for (column, (&against, pair)) in other.iter().zip(last.windows(2)).enumerate() {
            let &[diagonal, above] = pair else { break };
            let mut least = (diagonal + usize::from(character != against)).min(above + 1).min(left + 1);
            if previous == Some(against)
                && skipped == Some(character)
                && let Some(swapped) = column.checked_sub(1).and_then(|column| before.get(column))
            {
                least = least.min(swapped + 1);
            }
            row.push(least);
            (left, skipped) = (least, Some(against));
        }
        before = std::mem::replace(&mut last, row);
        previous = Some(character);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object::{table, words};

    const MEMBERS: &[Member] = &table::<5>(words!(
        "id" "attribute";
        "name";
        "memory";
        "disk_attachments" "of" "disk_attachment";
        "numa_nodes" "tag" "vm_numa_nodes" "of" "vm_numa_node";
    ));

    #[test]
    fn distances_count_what_has_to_be_changed() {
        for (one, other, expected) in [
            ("", "", 0),
            ("", "abc", 3),
            ("name", "name", 0),
            ("nmae", "name", 1),
            ("mane", "name", 2),
            ("names", "name", 1),
            ("nam", "name", 1),
            ("nome", "name", 1),
            ("memroy", "memory", 1),
            ("kitten", "sitting", 3),
        ] {
            assert_eq!(distance(&plain(one), &plain(other)), expected, "{one} {other}");
            assert_eq!(distance(&plain(other), &plain(one)), expected, "{other} {one}");
        }
    }

    #[test]
    fn what_is_alike_is_suggested_and_nothing_else() {
        for (written, expected) in [
            ("nmae", Some("name")),
            ("Name", Some("name")),
            ("memroy", Some("memory")),
            ("diskAttachments", Some("disk_attachments")),
            ("disk-attachment", Some("disk_attachments")),
            ("vm_numa_nodes", Some("numa_nodes")),
            ("links", Some("_links")),
            ("xy", None),
            ("", None),
            ("comment", None),
        ] {
            assert_eq!(suggestion(written, MEMBERS, "_links"), expected, "{written}");
        }
        assert_eq!(suggestion(&"name".repeat(1_000_000), MEMBERS, "_links"), None);
    }
}

//! Recognizing messages of the engine by their texts, with any parameters.

/// The beginning of most messages: `Cannot`, an action and the type of an object.
const BEGINNINGS: [&str; 2] = ["Cannot ", "Failed "];

/// The part of a text that is searched, in characters.
const SEARCHED: usize = 4096;

/// The maximum length of an action with the type of its object, in bytes.
const LONGEST_BEGINNING: usize = 100;

/// Whether a text contains a message of a table. Each message is given as the literal parts between its parameters.
///
/// The text is a message, or a list of messages in brackets. A message matches as a whole, apart from its usual beginning
/// and sentences that follow it: names of objects in other messages can contain any text.
pub(super) fn contains(text: &str, table: &[&[&str]]) -> bool {
    let text: String = text.chars().take(SEARCHED).collect();
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    messages(&line).any(|message| table.iter().any(|parts| is_message(message, parts)))
}

/// The places where messages can begin.
fn messages(line: &str) -> impl Iterator<Item = &str> {
    let later = [": [", "., ", ":, "]
        .into_iter()
        .flat_map(move |before| line.match_indices(before).filter_map(move |(at, _)| line.get(at + before.len()..)));
    // Some messages begin with another sentence.
    let sentences = line.match_indices(". ").filter_map(|(at, _)| line.get(at + 2..));
    let further = sentences.filter(|rest| BEGINNINGS.iter().any(|beginning| rest.starts_with(beginning)));
    std::iter::once(line.trim_start_matches(['[', ' '])).chain(later).chain(further)
}

fn is_message(message: &str, parts: &[&str]) -> bool {
    let Some((first, rest)) = parts.split_first() else { return false };
    let from = |start: &str| start.strip_prefix(first).is_some_and(|after| has_rest(after, rest));
    // The first part can be a parameter, such as a detail of another message.
    if first.is_empty() {
        return has_rest(message, rest);
    }
    from(message) || without_beginning(message, first).any(from)
}

/// The continuations of a message after its usual beginning that start with a part.
fn without_beginning<'m>(message: &'m str, part: &'m str) -> impl Iterator<Item = &'m str> {
    let words = BEGINNINGS.into_iter().find_map(|beginning| message.strip_prefix(beginning)).unwrap_or_default();
    words.match_indices(part).take_while(|(at, _)| *at < LONGEST_BEGINNING).filter_map(|(at, _)| {
        let (between, start) = words.split_at_checked(at)?;
        // Action and type are words, without names of objects.
        let between = between.trim_end_matches([' ', '.', ':']);
        let only_words = between.chars().all(|c| c.is_alphanumeric() || " -/()".contains(c));
        (only_words && !between.is_empty()).then_some(start)
    })
}

/// Whether a text continues with these parts and then the sentence ends. Parameters before them stay in the sentence.
fn has_rest(text: &str, parts: &[&str]) -> bool {
    let Some((part, rest)) = parts.split_first() else { return is_end(text) };
    // Parameters can be empty.
    let part = part.trim_start();
    // A parameter at the end takes the rest of the sentence.
    if part.is_empty() && rest.is_empty() {
        return true;
    }
    let sentence = text.find(". ").map_or(text.len(), |end| end + 1);
    let matches = text.match_indices(part).take_while(|(at, _)| *at < sentence);
    matches.into_iter().any(|(at, _)| text.get(at + part.len()..).is_some_and(|after| has_rest(after, rest)))
}

/// Whether a sentence ends here.
fn is_end(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with(['.', ']', ',', ';']) || rest.starts_with(" -") || rest.starts_with(" Please")
}

#[cfg(test)]
mod tests {
    use super::contains;

    const TABLE: &[&[&str]] = &[
        &["VM is locked"],
        &["VM ", "is being exported"],
        &["because the VM is in Image Locked status"],
        &["The following disks are locked: ", ""],
        &["", "VM lease is not ready yet"],
    ];

    #[test]
    fn messages_are_recognized_with_any_parameters() {
        for text in [
            "[Cannot run VM: VM is locked. Please try again in a few minutes.]",
            "Operation Failed: [Cannot run VM. VM is locked]",
            "VM is locked",
            "[Cannot remove\n  VM. VM web1 is being exported.]",
            "[Cannot remove VM. VM ${VmName} is being exported.]",
            "[Cannot remove VM. VM is being exported.]",
            "[Cannot export VM because the VM is in Image Locked status.]",
            "[Cannot move Virtual Disk: The following disks are locked: ${diskAliases}. Please try again in a few minutes.]",
            "[Cannot edit Host., Cannot run VM: VM is locked.]",
            "[The import failed. Cannot run VM: VM is locked.]",
            "[There is no host. See below for details:, The host a did not satisfy it because VM lease is not ready yet.]",
        ] {
            assert!(contains(text, TABLE), "{text}");
        }
    }

    #[test]
    fn similar_messages_and_names_are_not_recognized() {
        for text in [
            "",
            "Cannot ",
            "[Cannot add Template. VM is locked or still running, try again once VM is in the Down state.]",
            "[Cannot add Network. The name of the logical network 'VM is locked' is already used.]",
            "[Cannot add VM. The disk VM is locked. Really is in use.]",
            "[Cannot run VM because the VM is in Up status.]",
            "[Cannot remove VM. VM web1 is down. It is being exported.]",
            "[Cannot remove VM. The VM is in use.]",
        ] {
            assert!(!contains(text, TABLE), "{text}");
        }
    }

    #[test]
    fn long_texts_are_searched_at_their_beginning() {
        let text = format!("Cannot {}", "VM is being exporte ".repeat(20_000));
        assert!(!contains(&text, TABLE));
    }
}

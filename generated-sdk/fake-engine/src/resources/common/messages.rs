//! How the engine's messages list names.

/// The number of names that a message lists.
const MOST: usize = 5;

/// Inserts names into a message of the engine in place of `${VARIABLE}`, and their number in place of
/// `${VARIABLE_COUNTER}`.
///
/// The engine separates the names by line breaks, and doesn't recognize a variable whose value has several lines: the
/// placeholder stays, and the assignment follows as a message of its own, in lower case and without underscores.
pub(crate) fn with_names(message: &str, variable: &str, names: &[String]) -> String {
    let mut items: Vec<String> = names.iter().take(MOST).map(|name| format!("\t{name}")).collect();
    if names.len() > MOST {
        items.push("\t...".to_owned());
    }
    let list = items.join(",\n");
    let message = message.replace(&format!("${{{variable}_COUNTER}}"), &names.len().to_string());
    match items.len() {
        0 | 1 => message.replace(&format!("${{{variable}}}"), &list),
        _ => format!("{message}, {}", format!("${variable} {list}").to_lowercase().replace('_', " ")),
    }
}

#[cfg(test)]
mod tests {
    use super::with_names;

    #[test]
    fn one_name_is_inserted() {
        let text = with_names("${HOSTS_COUNTER}: ${HOSTS}.", "HOSTS", &["host1".to_owned()]);
        assert_eq!(text, "1: \thost1.");
    }

    #[test]
    fn several_names_follow_the_message() {
        let names = ["a_B".to_owned(), "c".to_owned()];
        let text = with_names("${THE_HOSTS_COUNTER}: ${THE_HOSTS}.", "THE_HOSTS", &names);
        assert_eq!(text, "2: ${THE_HOSTS}., $the hosts \ta b,\n\tc");
    }
}

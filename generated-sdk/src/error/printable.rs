//! Texts of servers in error texts, without characters that change how a terminal or a log shows them.

use std::fmt::{self, Write};

/// A writer that replaces control characters and invisible formatting characters. Line breaks remain: error texts
/// separate their hint with one, and texts of servers are put on one line before.
pub(super) struct Printable<W>(pub(super) W);

impl<W: Write> Write for Printable<W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if !text.contains(|c| c != '\n' && is_unprintable(c)) {
            return self.0.write_str(text);
        }
        text.chars().try_for_each(|c| match c {
            '\t' => self.0.write_char(' '),
            '\n' => self.0.write_char('\n'),
            c if is_unprintable(c) => self.0.write_char(char::REPLACEMENT_CHARACTER),
            c => self.0.write_char(c),
        })
    }
}

/// Whether a character is a control character, or reorders, hides or breaks the text around it.
fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printable(text: &str) -> String {
        let mut shown = String::new();
        Printable(&mut shown).write_str(text).unwrap();
        shown
    }

    #[test]
    fn control_and_formatting_characters_are_replaced() {
        assert_eq!(printable("Für „web1“ fehlt 権限 🦀\nHint: no"), "Für „web1“ fehlt 権限 🦀\nHint: no");
        assert_eq!(printable("a\u{1B}[31mb\u{9B}2Jc\u{202E}d\u{7}\re\tf"), "a�[31mb�2Jc�d��e f");
        assert_eq!(printable("\u{200B}\u{2066}x\u{2069}\u{FEFF}\u{2028}\0"), "��x����");
    }
}

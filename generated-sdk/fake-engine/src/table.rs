//! Tables in text files that are part of the program.

/// Returns the rows of a table: one per line, each with `N` cells separated by `|`. The last cell can contain `|`.
/// Blank lines and lines that start with `#` are comments.
pub(crate) fn rows<const N: usize>(table: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).filter_map(row)
}

fn row<const N: usize>(line: &'static str) -> Option<[&'static str; N]> {
    let cells: Vec<&str> = line.splitn(N, '|').map(str::trim).collect();
    let row = cells.try_into().ok();
    debug_assert!(row.is_some(), "`{line}` doesn't have {N} cells");
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_trimmed_and_the_last_one_is_the_rest_of_the_line() {
        let table = "# a | comment\n\n 1 | one  | ^(a|b)$\n2 | |\n";
        assert_eq!(rows::<3>(table).collect::<Vec<_>>(), [["1", "one", "^(a|b)$"], ["2", "", ""]]);
    }
}

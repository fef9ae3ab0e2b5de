//! Numbers as Java writes them.

/// Elements of type `xs:double`; their values always have a fraction. Other decimals are written as they are.
const DOUBLES: [&str; 3] = ["memory_limit", "memory_usage", "usage"];
/// What the tags of the types with such elements have in common.
const TYPES: &str = "<quota_";
/// From here on, Java writes an exponent.
const WITH_EXPONENT: f64 = 1e7;

/// Whether the values of elements with a tag are doubles.
pub(super) fn is_double(tag: &str) -> bool {
    DOUBLES.contains(&tag)
}

/// A document whose doubles are written as Java does.
pub(super) fn with_doubles(text: String) -> String {
    if !text.contains(TYPES) {
        return text;
    }
    DOUBLES.iter().fold(text, |text, tag| {
        let start = format!("<{tag}>");
        let mut parts = text.split(&start);
        let mut result = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            result.push_str(&start);
            match part.split_once('<') {
                Some((number, rest)) => {
                    result.push_str(&number.parse().map_or_else(|_| number.to_owned(), double));
                    result.push('<');
                    result.push_str(rest);
                }
                None => result.push_str(part),
            }
        }
        result
    })
}

fn double(number: f64) -> String {
    if number.abs() < WITH_EXPONENT {
        return format!("{number:?}");
    }
    let text = format!("{number:E}");
    match text.split_once('E') {
        Some((digits, exponent)) if !digits.contains('.') => format!("{digits}.0E{exponent}"),
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_have_a_fraction() {
        for (number, expected) in [(-1.0, "-1.0"), (0.0, "0.0"), (2.5, "2.5"), (1e10, "1.0E10"), (1.25e9, "1.25E9")] {
            assert_eq!(double(number), expected);
        }
        let text = "<quota_storage_limit><limit>10</limit><usage>3</usage></quota_storage_limit>";
        let expected = "<quota_storage_limit><limit>10</limit><usage>3.0</usage></quota_storage_limit>";
        assert_eq!(with_doubles(text.to_owned()), expected);
        let other = "<network><usages><usage>vm</usage></usages></network>";
        assert_eq!(with_doubles(other.to_owned()), other);
    }
}

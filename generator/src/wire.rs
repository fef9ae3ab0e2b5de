//! Rules for names on the wire. The resolver applies them; exceptions are data of the model.

use std::collections::BTreeMap;

use crate::name::Name;
use crate::syntax::Positioned;

/// Names that are XML attributes in all types.
pub const XML_ATTRIBUTES: [&str; 3] = ["href", "id", "rel"];

/// The XML attribute that all resources have. No type of the model declares it.
pub const HREF: &str = "href";

/// The XML attribute with the identifier of an object.
pub const ID: &str = "id";

/// Plural and singular forms. Only the last word of a name changes.
#[derive(Debug)]
pub struct Plurals<'m> {
    irregular: &'m BTreeMap<Name, Positioned<String>>,
}

impl<'m> Plurals<'m> {
    /// Creates the rules with exceptions by singular word.
    pub fn new(irregular: &'m BTreeMap<Name, Positioned<String>>) -> Self {
        Self { irregular }
    }

    /// Returns the regular plural of a word.
    pub fn regular(word: &str) -> String {
        match word.strip_suffix('y') {
            Some(stem) => format!("{stem}ies"),
            None => format!("{word}s"),
        }
    }

    /// Returns the plural of a tag.
    pub fn plural(&self, tag: &str) -> String {
        let (head, last) = split_last(tag);
        let exception = self.irregular.iter().find(|(singular, _)| singular.as_str() == last);
        match exception {
            Some((_, plural)) => format!("{head}{}", plural.value),
            None => format!("{head}{}", Self::regular(last)),
        }
    }

    /// Returns the singular of a tag.
    pub fn singular(&self, tag: &str) -> String {
        let (head, last) = split_last(tag);
        let exception = self.irregular.iter().find(|(_, plural)| plural.value == last);
        if let Some((singular, _)) = exception {
            return format!("{head}{singular}");
        }
        // An empty stem would be an empty tag.
        let stem = |suffix| last.strip_suffix(suffix).filter(|stem| !stem.is_empty());
        match (stem("ies"), stem("s")) {
            (Some(stem), _) => format!("{head}{stem}y"),
            (None, Some(stem)) => format!("{head}{stem}"),
            (None, None) => tag.to_owned(),
        }
    }
}

/// Splits a tag before its last word.
fn split_last(tag: &str) -> (&str, &str) {
    match tag.rfind('_') {
        Some(at) => tag.split_at(at + 1),
        None => ("", tag),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Position;

    #[test]
    fn plurals_and_singulars() {
        let word = |text: &str| Name::new(text).expect("a name");
        let irregular = [("erratum", "errata"), ("key", "keys"), ("display", "displays")];
        let irregular = irregular
            .map(|(one, many)| (word(one), Positioned { value: many.to_owned(), position: Position::default() }))
            .into();
        let plurals = Plurals::new(&irregular);
        let table = [
            ("vm", "vms"),
            ("katello_erratum", "katello_errata"),
            ("authorized_key", "authorized_keys"),
            ("scheduling_policy", "scheduling_policies"),
            ("qos", "qoss"),
            ("display", "displays"),
            ("openstack_volume_authentication_key", "openstack_volume_authentication_keys"),
        ];
        for (one, many) in table {
            assert_eq!(plurals.plural(one), many);
            assert_eq!(plurals.singular(many), one);
        }
        assert_eq!(plurals.singular("weight"), "weight");
        assert_eq!(plurals.singular("devices"), "device");
        assert_eq!(plurals.singular("s"), "s");
    }
}

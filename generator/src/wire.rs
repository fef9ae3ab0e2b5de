//! The rules for names on the wire. Exceptions are data of the model; the resolver applies them.

use std::collections::BTreeMap;

use crate::name::Name;
use crate::syntax::At;

/// Names that are XML attributes, whatever type has them.
pub const XML_ATTRIBUTES: [&str; 3] = ["href", "id", "rel"];

/// The XML attribute that every resource has and no type of the model declares.
pub const HREF: &str = "href";

/// Plurals and singulars, by the last word of a name.
#[derive(Debug)]
pub struct Plurals<'m> {
    irregular: &'m BTreeMap<Name, At<String>>,
}

impl<'m> Plurals<'m> {
    /// Rules with these exceptions, by singular word.
    pub fn new(irregular: &'m BTreeMap<Name, At<String>>) -> Self {
        Self { irregular }
    }

    /// The plural that the rule gives to a word, whatever the exceptions say.
    pub fn regular(word: &str) -> String {
        match word.strip_suffix('y') {
            Some(stem) => format!("{stem}ies"),
            None => format!("{word}s"),
        }
    }

    /// The plural of a tag.
    pub fn plural(&self, tag: &str) -> String {
        let (head, last) = split_last(tag);
        let exception = self.irregular.iter().find(|(singular, _)| singular.as_str() == last);
        match exception {
            Some((_, plural)) => format!("{head}{}", plural.value),
            None => format!("{head}{}", Self::regular(last)),
        }
    }

    /// The singular of a tag.
    pub fn singular(&self, tag: &str) -> String {
        let (head, last) = split_last(tag);
        let exception = self.irregular.iter().find(|(_, plural)| plural.value == last);
        if let Some((singular, _)) = exception {
            return format!("{head}{singular}");
        }
        // A stem of nothing would be a tag of nothing.
        let stem = |suffix| last.strip_suffix(suffix).filter(|stem| !stem.is_empty());
        match (stem("ies"), stem("s")) {
            (Some(stem), _) => format!("{head}{stem}y"),
            (None, Some(stem)) => format!("{head}{stem}"),
            (None, None) => tag.to_owned(),
        }
    }
}

/// A tag as the words before its last one, with their underscore, and the last one.
fn split_last(tag: &str) -> (&str, &str) {
    match tag.rfind('_') {
        Some(at) => tag.split_at(at + 1),
        None => ("", tag),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Place;

    #[test]
    fn plurals_and_singulars() {
        let word = |text: &str| Name::new(text).expect("a name");
        let irregular = [("erratum", "errata"), ("key", "keys"), ("display", "displays")];
        let irregular =
            irregular.map(|(one, many)| (word(one), At { value: many.to_owned(), place: Place::default() })).into();
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

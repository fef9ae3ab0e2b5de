//! The parameter `follow`: paths separated by commas, of steps separated by dots, such as `nics,disk_attachments.disk`.

use ovirt_sdk::object::Member;

use super::request::ApiRequest;

/// The paths to follow from an object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct FollowPaths<'r>(Vec<Vec<&'r str>>);

impl<'r> FollowPaths<'r> {
    /// The paths in a request.
    pub(super) fn of(request: &'r ApiRequest) -> Self {
        Self::parse(request.parameter("follow").unwrap_or_default())
    }

    fn parse(text: &'r str) -> Self {
        let paths = text.split(',').map(str::trim).filter(|path| !path.is_empty());
        Self(paths.map(|path| path.split('.').map(str::trim).collect()).collect())
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &[&'r str]> {
        self.0.iter().map(Vec::as_slice)
    }

    /// Whether nothing is followed from the object.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The paths to follow from the value of a field; `None` if the field isn't followed.
    pub(super) fn of_field(&self, field: &Member) -> Option<Self> {
        let mut is_followed = false;
        let mut paths = Vec::new();
        for (step, rest) in self.0.iter().filter_map(|path| path.split_first()) {
            if is_named(field, step) {
                is_followed = true;
                if !rest.is_empty() {
                    paths.push(rest.to_vec());
                }
            }
        }
        is_followed.then_some(Self(paths))
    }
}

/// Whether a step names a field; case and underscores don't count.
pub(super) fn is_named(field: &Member, step: &str) -> bool {
    is_same(field.name, step) || field.rel.is_some_and(|rel| is_same(rel, step))
}

/// Whether two names are the same; case and underscores don't count.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    plain(one).eq(plain(other))
}

/// The bytes of a name without underscores and capitals.
fn plain(name: &str) -> impl Iterator<Item = u8> {
    name.bytes().filter(|byte| *byte != b'_').map(|byte| byte.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ovirt_sdk::object::Struct as _;
    use ovirt_sdk::types::Vm;

    #[test]
    fn paths_continue_at_the_fields_that_they_name() {
        let paths = FollowPaths::parse(" nics.vnic_profile.network, Disk_Attachments,nics ,");
        let of_field = |name: &str| {
            let field = Vm::INFO.members.iter().find(|field| field.name == name).unwrap();
            paths.of_field(field)
        };
        assert_eq!(of_field("nics"), Some(FollowPaths(vec![vec!["vnic_profile", "network"]])));
        assert_eq!(of_field("disk_attachments"), Some(FollowPaths::default()));
        assert_eq!(of_field("tags"), None);
        assert!(FollowPaths::parse("").is_empty());
    }
}

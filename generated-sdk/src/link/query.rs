//! The parameter of requests with the links to follow.

use super::{Certain, Link, Path, Paths};
use crate::object::{Following, Kind, Member, Struct, StructInfo};

/// The text of the parameter.
#[derive(Clone, Debug)]
#[doc(hidden)]
pub struct FollowText {
    pub(crate) text: String,
    /// Whether it was written by hand, so that it can contain mistakes.
    pub(crate) is_raw: bool,
}

/// What the `follow` method of a request takes: a text such as `nics,disk_attachments.disk`, or a [`Link`], a [`Path`] or
/// [`Paths`] from the objects that the request returns.
#[diagnostic::on_unimplemented(
    message = "a request for `{Answer}` can't follow `{Self}`",
    note = "it follows links of the objects that it returns, if all of them have the link",
    note = "a link to an `Option` is one that some objects lack: read it with `Connection::follow_each`"
)]
pub trait Query<Answer> {
    /// The text of the parameter.
    #[doc(hidden)]
    fn into_follow(self) -> FollowText;
}

impl<Answer, S: Into<String>> Query<Answer> for S {
    fn into_follow(self) -> FollowText {
        FollowText { text: self.into(), is_raw: true }
    }
}

impl<Answer: Certain, T: Certain> Query<Answer> for Link<Answer::Object, T> {
    fn into_follow(self) -> FollowText {
        FollowText { text: self.name().to_owned(), is_raw: false }
    }
}

impl<Answer: Certain, T: Struct> Query<Answer> for Path<Answer::Object, T> {
    fn into_follow(self) -> FollowText {
        FollowText { text: self.text(), is_raw: false }
    }
}

impl<Answer: Certain, T: Struct> Query<Answer> for &Path<Answer::Object, T> {
    fn into_follow(self) -> FollowText {
        FollowText { text: self.text(), is_raw: false }
    }
}

impl<Answer: Certain> Query<Answer> for Paths<Answer::Object> {
    fn into_follow(self) -> FollowText {
        FollowText { text: self.text(), is_raw: false }
    }
}

/// The steps of a text that an engine can't follow from objects of a struct, with the struct in which they are.
pub(crate) fn unfollowed(text: &str, info: &'static StructInfo) -> Vec<String> {
    let mut found = Vec::new();
    for path in text.split(',').map(str::trim).filter(|path| !path.is_empty()) {
        let mut at = info;
        for step in path.split('.').map(str::trim) {
            match at.members.iter().position(|member| is_named(member, step)) {
                Some(index) if at.members.get(index).is_some_and(may_be_followed) => match target(at, index) {
                    Some(next) => at = next,
                    None => break,
                },
                _ => {
                    let problem = format!("{step} of {}", at.name);
                    if !found.contains(&problem) {
                        found.push(problem);
                    }
                    break;
                }
            }
        }
    }
    found
}

/// Whether a step names a member; case and underscores don't count.
fn is_named(member: &Member, step: &str) -> bool {
    let letters =
        |text: &'_ str| text.chars().filter(|it| *it != '_').map(|it| it.to_ascii_lowercase()).collect::<String>();
    letters(member.name) == letters(step)
}

/// An engine also follows references to parents, which the model does not list.
fn may_be_followed(member: &Member) -> bool {
    member.following != Following::Never || member.is_link && member.rel.is_none()
}

/// The struct of a member.
fn target(info: &StructInfo, index: usize) -> Option<&'static StructInfo> {
    match info.new_object().slot(index)?.kind() {
        Kind::Object(info) | Kind::List(info) => Some(info),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Vm;

    #[test]
    fn only_what_engines_never_follow_is_reported() {
        for (text, expected) in [
            ("", vec![]),
            ("nics,disk_attachments.disk", vec![]),
            (" NICs , diskAttachments.disk.permissions.role", vec![]),
            ("host,cdroms.vm", vec![]),
            ("name", vec!["name of vm"]),
            ("nics.vnic_profiles,floppies", vec!["vnic_profiles of nic", "floppies of vm"]),
            ("purple.nics,purple", vec!["purple of vm"]),
            ("numa_nodes", vec!["numa_nodes of vm"]),
            (".,", vec![" of vm"]),
        ] {
            assert_eq!(unfollowed(text, Vm::INFO), expected, "{text}");
        }
    }
}

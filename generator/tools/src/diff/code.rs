//! The differences between the code generated from two models.

use similar::TextDiff;

use ovirt_sdk_generator::LoadedModel;
use ovirt_sdk_generator::emit::EmitError;

/// Returns a unified diff of all files that differ.
pub fn diff(old: &LoadedModel, new: &LoadedModel) -> Result<String, EmitError> {
    let (from, to) = (ovirt_sdk_generator::generate(old)?, ovirt_sdk_generator::generate(new)?);
    let mut text = String::new();
    let nothing = String::new();
    let paths: std::collections::BTreeSet<&String> = from.keys().chain(to.keys()).collect();
    for path in paths {
        let (a, b) = (from.get(path), to.get(path));
        if a != b {
            let header =
                |side: &str, there: bool| if there { format!("{side}/{path}") } else { "/dev/null".to_owned() };
            let diff = TextDiff::from_lines(a.unwrap_or(&nothing).as_str(), b.unwrap_or(&nothing).as_str());
            let mut unified = diff.unified_diff();
            text.push_str(&unified.header(&header("a", a.is_some()), &header("b", b.is_some())).to_string());
        }
    }
    Ok(text)
}

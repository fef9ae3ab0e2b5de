//! Configuration options of the engine that clients can read.

mod migration_policies;

use crate::api::{Call, Fault, Registry, Reply};
use crate::resources::common::cluster_level::{self, LISTED, MINORS, parse_minors};
use crate::resources::common::well_known::ENGINE_VERSION;
use crate::resources::permissions::is_administrator;
use crate::table;
use ovirt_sdk::types::{List, SystemOption, SystemOptionValue};

/// The version of values that apply to all cluster levels.
const GENERAL: &str = "general";

/// The access to an option that every user can read.
const FOR_USERS: &str = "user";
/// The versions of an option whose values are not in the table.
const COMPUTED: &str = "computed";

/// The values of an option, with their versions.
type Values = Vec<(String, String)>;

pub(super) fn register(registry: &mut Registry) {
    registry.on("system_option", "get", get);
}

fn get(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let name = call.id();
    let wanted = call.request.parameter("version").filter(|version| !version.is_empty());
    let may_read = |access: &str| access == FOR_USERS || is_administrator(call.state, &call.request.user);
    let values: List<SystemOptionValue> = rows()
        .filter(|[row, access, ..]| *row == name && may_read(access))
        .flat_map(values)
        .filter(|(version, _)| wanted.is_none_or(|wanted| wanted == version))
        .map(|(version, value)| SystemOptionValue::new().version(version).value(value))
        .collect();
    if values.is_empty() {
        return Err(Fault::not_found());
    }
    let option = SystemOption::with_id(name.as_str()).name(name.as_str());
    Ok(Reply::Computed(Box::new(option.values(values))))
}

/// Rows of the table of options: name, access, versions and value.
fn rows() -> impl Iterator<Item = [&'static str; 4]> {
    table::rows(include_str!("options/options.txt"))
}

/// The values of an option in a row, with their versions.
fn values([name, _, versions, value]: [&'static str; 4]) -> Values {
    match (versions, name) {
        (COMPUTED, "MigrationPolicies") => by_level(migration_policies::value),
        (COMPUTED, "ProductRPMVersion") => vec![(GENERAL.to_owned(), ENGINE_VERSION.to_owned())],
        (COMPUTED, "ServerCPUList") => by_level(cpu_list),
        (COMPUTED, "SupportedClusterLevels") => vec![(GENERAL.to_owned(), supported_levels())],
        _ => values_of_row(versions, value),
    }
}

fn values_of_row(versions: &str, value: &str) -> Values {
    let versions = match parse_minors(versions) {
        Some((first, last)) => (first..=last).map(version).collect(),
        None => vec![versions.to_owned()],
    };
    versions.into_iter().map(|version| (version, value.to_owned())).collect()
}

fn by_level(value: fn(i64) -> String) -> Values {
    MINORS.into_iter().map(|minor| (version(minor), value(minor))).collect()
}

fn version(minor: i64) -> String {
    format!("4.{minor}")
}

/// The CPU types of a level: number, name, flags, model and architecture.
fn cpu_list(minor: i64) -> String {
    let types = cluster_level::cpu_types(minor)
        .map(|row| format!("{}:{}:{}:{}:{}", row.number, row.name, row.flags, row.model, row.architecture));
    types.collect::<Vec<_>>().join("; ") + ";"
}

fn supported_levels() -> String {
    format!("[{}]", LISTED.map(version).join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_have_general_values_or_one_for_each_level() {
        let mut access = Vec::new();
        for name in rows().map(|[name, ..]| name) {
            let own = || rows().filter(|[other, ..]| *other == name);
            let versions: Vec<String> = own().flat_map(values).map(|(version, _)| version).collect();
            assert!(versions == [GENERAL] || versions == MINORS.map(version), "{name}: {versions:?}");
            let of_rows: Vec<&str> = own().map(|[_, access, ..]| access).collect();
            assert!(of_rows.iter().all(|access| *access == of_rows[0]), "{name}: {of_rows:?}");
            access.push(of_rows[0]);
        }
        access.sort_unstable();
        access.dedup();
        assert_eq!(access, ["admin", FOR_USERS]);
    }

    #[test]
    fn lists_have_the_format_of_the_engine() {
        assert!(cpu_list(8).starts_with("1:Intel Nehalem Family:vmx,nx,model_Nehalem:Nehalem:x86_64; 2:Secure Intel"));
        assert!(cpu_list(8).ends_with("4:IBM z14:sie,model_z14-base:z14-base:s390x;"));
        assert_eq!(supported_levels(), "[4.2, 4.7, 4.8, 4.6, 4.5, 4.4, 4.3]");
    }
}

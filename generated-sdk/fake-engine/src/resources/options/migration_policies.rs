//! The option with the policies for migrations of VMs, which has the form of JSON.

/// A policy for migrations.
struct Policy {
    id: &'static str,
    name: &'static str,
    /// The first minor version of the cluster levels that have the policy.
    since: i64,
    max_migrations: u8,
    is_compressed: bool,
    is_zero_copy: bool,
    /// The downtime to begin with, in milliseconds.
    initial_downtime: u16,
    /// The downtimes after numbers of stalled iterations.
    downtimes: &'static [(u8, u16)],
    /// The actions when nothing else helps.
    last: &'static [Action],
}

enum Action {
    Abort,
    PostCopy,
    SetDowntime(u16),
}

const POLICIES: [Policy; 4] = [
    Policy {
        id: "80554327-0569-496b-bdeb-fcbbf52b827b",
        name: "Minimal downtime",
        since: 2,
        max_migrations: 2,
        is_compressed: false,
        is_zero_copy: false,
        initial_downtime: 100,
        downtimes: &[(1, 150), (2, 200), (3, 300), (4, 400), (6, 500)],
        last: &[Action::Abort],
    },
    Policy {
        id: "80554327-0569-496b-bdeb-fcbbf52b827c",
        name: "Suspend workload if needed",
        since: 2,
        max_migrations: 1,
        is_compressed: true,
        is_zero_copy: false,
        initial_downtime: 100,
        downtimes: &[(1, 150), (2, 200), (3, 300), (4, 400), (6, 500)],
        last: &[Action::SetDowntime(5000), Action::Abort],
    },
    Policy {
        id: "a7aeedb2-8d66-4e51-bb22-32595027ce71",
        name: "Post-copy migration",
        since: 2,
        max_migrations: 2,
        is_compressed: false,
        is_zero_copy: false,
        initial_downtime: 100,
        downtimes: &[(1, 150), (2, 200)],
        last: &[Action::PostCopy, Action::Abort],
    },
    Policy {
        id: "57237b82-b8c2-425f-b425-114b35219626",
        name: "Very large VMs",
        since: 7,
        max_migrations: 1,
        is_compressed: false,
        is_zero_copy: true,
        initial_downtime: 300,
        downtimes: &[(1, 400), (2, 500), (3, 700), (4, 1000), (6, 1500)],
        last: &[Action::SetDowntime(5000), Action::Abort],
    },
];

/// The value of the option for a cluster level.
pub(super) fn value(minor: i64) -> String {
    let policies = POLICIES.iter().filter(|policy| policy.since <= minor);
    list(policies.map(policy))
}

fn policy(policy: &Policy) -> String {
    let Policy { id, name, max_migrations, is_compressed, .. } = policy;
    let zero_copy = if policy.is_zero_copy { "\"zeroCopy\":true," } else { "" };
    let items = policy.downtimes.iter().map(|(limit, downtime)| {
        let action = action(&Action::SetDowntime(*downtime));
        format!("{{\"stallingLimit\":{limit},\"convergenceItem\":{action}}}")
    });
    let (items, last) = (list(items), list(policy.last.iter().map(action)));
    let initial = list([action(&Action::SetDowntime(policy.initial_downtime))]);
    format!(
        "{{\"id\":{{\"uuid\":\"{id}\"}},\"maxMigrations\":{max_migrations},\"autoConvergence\":true,\
         \"migrationCompression\":{is_compressed},\"enableGuestEvents\":true,{zero_copy}\"name\":\"{name}\",\
         \"description\":\"\",\"config\":{{\"convergenceItems\":{items},\"initialItems\":{initial},\"lastItems\":{last}}}}}"
    )
}

fn action(action: &Action) -> String {
    let (action, parameters) = match action {
        Action::Abort => ("abort", String::new()),
        Action::PostCopy => ("postcopy", String::new()),
        Action::SetDowntime(milliseconds) => ("setDowntime", format!("\"{milliseconds}\"")),
    };
    format!("{{\"action\":\"{action}\",\"params\":[{parameters}]}}")
}

fn list(items: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", items.into_iter().collect::<Vec<_>>().join(","))
}

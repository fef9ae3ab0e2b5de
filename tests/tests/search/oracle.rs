//! Random conditions find the same objects as a filter in the test.

use std::collections::BTreeSet;

use ovirt_sdk::search::{Condition, vm};
use ovirt_sdk::types::{Boot, BootDevice, OperatingSystem, Vm, VmStatus, VmType};

use crate::engine;

const MIB: i64 = 1 << 20;

/// A condition of the test, with its own meaning.
#[derive(Clone, Debug)]
enum Expression {
    Text(Field, String),
    OtherText(Field, String),
    Memory(Relation, i64),
    Type(VmType, bool),
    Status(VmStatus, bool),
    All(Vec<Expression>),
    Any(Vec<Expression>),
    Not(Box<Expression>),
}

#[derive(Clone, Copy, Debug)]
enum Field {
    Name,
    Comment,
    Description,
    Cluster,
}

#[derive(Clone, Copy, Debug)]
enum Relation {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    More,
    MoreOrEqual,
}

impl Expression {
    fn random(random: &mut fastrand::Rng, depth: usize, in_negation: bool) -> Self {
        let parts = |random: &mut fastrand::Rng| -> Vec<Self> {
            (0..random.usize(1..4)).map(|_| Self::random(random, depth - 1, in_negation)).collect()
        };
        match random.usize(0..if depth == 0 { 5 } else { 9 }) {
            // Searches can't negate an order.
            2 if !in_negation => {
                let relations = [
                    Relation::Equal,
                    Relation::NotEqual,
                    Relation::Less,
                    Relation::LessOrEqual,
                    Relation::More,
                    Relation::MoreOrEqual,
                ];
                let relation = relations[random.usize(..relations.len())];
                let memory = random.i64(1..6) * 512 * MIB;
                let is_exact = matches!(relation, Relation::Equal | Relation::NotEqual);
                Self::Memory(relation, if is_exact { memory } else { memory + random.i64(-1..2) })
            }
            3 => Self::Type([VmType::Server, VmType::Desktop][random.usize(..2)].clone(), random.bool()),
            4 => Self::Status(
                [VmStatus::Up, VmStatus::Down, VmStatus::Migrating][random.usize(..3)].clone(),
                random.bool(),
            ),
            5 | 6 => Self::All(parts(random)),
            7 => Self::Any(parts(random)),
            8 => Self::Not(Box::new(Self::random(random, depth - 1, true))),
            kind => {
                let field = [Field::Name, Field::Comment, Field::Description, Field::Cluster][random.usize(..4)];
                let patterns =
                    ["web*", "*b*", "db 1", "DB*", "*", "x", "Default", "a*b*", "and", "or b", "*_*", "100%"];
                let pattern = patterns[random.usize(..patterns.len())].to_owned();
                if kind == 0 { Self::Text(field, pattern) } else { Self::OtherText(field, pattern) }
            }
        }
    }

    fn condition(&self) -> Condition<Vm> {
        let all = |parts: &[Self]| parts.iter().map(Self::condition).collect::<Vec<_>>();
        match self {
            Self::Text(field, pattern) => field.constant().eq(pattern),
            Self::OtherText(field, pattern) => field.constant().ne(pattern),
            Self::Memory(relation, bytes) => match relation {
                Relation::Equal => vm::MEMORY.eq(*bytes),
                Relation::NotEqual => vm::MEMORY.ne(*bytes),
                Relation::Less => vm::MEMORY.lt(*bytes),
                Relation::LessOrEqual => vm::MEMORY.le(*bytes),
                Relation::More => vm::MEMORY.gt(*bytes),
                Relation::MoreOrEqual => vm::MEMORY.ge(*bytes),
            },
            Self::Type(value, true) => vm::TYPE.eq(value.clone()),
            Self::Type(value, false) => vm::TYPE.ne(value.clone()),
            Self::Status(value, true) => vm::STATUS.eq(value.clone()),
            Self::Status(value, false) => vm::STATUS.ne(value.clone()),
            Self::All(parts) => Condition::all(all(parts)),
            Self::Any(parts) => Condition::any(all(parts)),
            Self::Not(inner) => !inner.condition(),
        }
    }

    fn holds(&self, vm: &Vm) -> bool {
        match self {
            Self::Text(field, pattern) => field.value(vm).is_some_and(|value| matches(pattern, &value)),
            Self::OtherText(field, pattern) => !field.value(vm).is_some_and(|value| matches(pattern, &value)),
            Self::Memory(relation, bytes) => {
                let memory = vm.memory.unwrap();
                match relation {
                    Relation::Equal => memory == *bytes,
                    Relation::NotEqual => memory != *bytes,
                    Relation::Less => memory < *bytes,
                    Relation::LessOrEqual => memory <= *bytes,
                    Relation::More => memory > *bytes,
                    Relation::MoreOrEqual => memory >= *bytes,
                }
            }
            Self::Type(value, expected) => (vm.type_.as_ref() == Some(value)) == *expected,
            Self::Status(value, expected) => (vm.status.as_ref() == Some(value)) == *expected,
            Self::All(parts) => parts.iter().all(|part| part.holds(vm)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(vm)),
            Self::Not(inner) => !inner.holds(vm),
        }
    }
}

impl Field {
    fn constant(self) -> ovirt_sdk::search::Field<Vm, ovirt_sdk::search::Text> {
        match self {
            Self::Name => vm::NAME,
            Self::Comment => vm::COMMENT,
            Self::Description => vm::DESCRIPTION,
            Self::Cluster => vm::CLUSTER,
        }
    }

    fn value(self, vm: &Vm) -> Option<String> {
        match self {
            Self::Name => vm.name.clone(),
            Self::Comment => vm.comment.clone(),
            Self::Description => vm.description.clone(),
            Self::Cluster => vm.cluster.as_ref()?.name.clone(),
        }
    }
}

/// Whether a text matches a pattern in which `*` stands for any characters.
fn matches(pattern: &str, text: &str) -> bool {
    fn rest(pattern: &[char], text: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('*', after)) => (0..=text.len()).any(|skipped| rest(after, &text[skipped..])),
            Some((first, after)) => text.first() == Some(first) && rest(after, &text[1..]),
        }
    }
    let chars = |text: &str| text.to_lowercase().chars().collect::<Vec<_>>();
    rest(&chars(pattern), &chars(text))
}

fn names<'v>(vms: impl IntoIterator<Item = &'v Vm>) -> BTreeSet<String> {
    vms.into_iter().map(|vm| vm.name.clone().unwrap()).collect()
}

#[tokio::test]
async fn random_conditions_find_what_a_filter_finds() {
    let (engine, connection) = engine().await;
    let vms = connection.system().vms();
    let mut random = fastrand::Rng::with_seed(20_261_129);
    let comments = ["", "web", "db 1", "a b", "and", "or b", "100%", "under_score"];
    for number in 0..24 {
        let name = format!("{}{number}", ["web", "db", "x_"][number % 3]);
        let memory = random.i64(1..6) * 512 * MIB;
        let of_type = [VmType::Server, VmType::Desktop][random.usize(..2)].clone();
        // Nothing to boot from is an error, and the CD drive always counts.
        let os = OperatingSystem::new().boot(Boot::new().devices([BootDevice::Cdrom]));
        let mut wanted = crate::vm(&name).os(os).memory(memory).type_(of_type).description(format!("a {name} b"));
        if number % 4 > 0 {
            wanted = wanted.comment(comments[random.usize(..comments.len())]);
        }
        let added = vms.add(wanted).send().await.unwrap();
        if number % 5 == 0 {
            vms.vm(&added).start().send().await.unwrap();
        }
    }
    engine.advance(std::time::Duration::from_secs(600));
    let all = vms.list().follow("cluster").send().await.unwrap();
    assert!(
        all.iter().any(|vm| vm.status == Some(VmStatus::Up)) && all.iter().any(|vm| vm.status == Some(VmStatus::Down))
    );
    let mut found_some = 0;
    for _ in 0..400 {
        let expression = Expression::random(&mut random, 3, false);
        let condition = expression.condition();
        let text = condition.to_text().unwrap();
        let found = vms.list().search(condition).send().await.unwrap();
        let expected = names(all.iter().filter(|vm| expression.holds(vm)));
        assert_eq!(names(&found), expected, "{text}\n{expression:?}");
        found_some += usize::from(!expected.is_empty() && expected.len() < all.len());
    }
    assert!(found_some > 100, "most conditions are trivial: {found_some}");
}

#[tokio::test]
async fn hostile_texts_find_exactly_their_object_or_fail() {
    let (_engine, connection) = engine().await;
    let vms = connection.system().vms();
    let texts = [
        "plain",
        "two words",
        "  outer blanks  ",
        "status=up",
        "sortby name desc page 2",
        "and",
        "or name=x",
        "host.name",
        "100%",
        "1000",
        "under_score",
        "underXscore",
        "a\\b",
        "a\"b",
        "it's",
        "a;b",
        "a*b",
        "aXb",
        "ends with \\",
        "a\\\\b",
        "äöü ☃ 漢字",
        "(parentheses)",
        "<tag>&amp",
        "null",
        "tab\tinside",
    ];
    for (number, text) in texts.iter().enumerate() {
        vms.add(crate::vm(format!("vm{number}")).comment(*text)).send().await.unwrap();
    }
    let mut rejected = Vec::new();
    for (number, text) in texts.iter().enumerate() {
        match vms.list().search(vm::COMMENT.literal(text)).send().await {
            Ok(found) => assert_eq!(names(&found), BTreeSet::from([format!("vm{number}")]), "{text:?}"),
            Err(error) => {
                assert_eq!(error.status(), None, "nothing was sent: {error}");
                rejected.push(*text);
            }
        }
    }
    assert_eq!(rejected, ["a\"b", "it's", "a;b", "a*b", "ends with \\", "a\\\\b", "tab\tinside"]);
}

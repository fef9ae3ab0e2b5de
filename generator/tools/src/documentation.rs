//! Checks what a person adds to a model: every item has a summary that says something and is short enough, and passwords
//! are marked as secrets.
//!
//! The generator does not check this, so that a model can be generated from before all of it is described.

use std::collections::BTreeSet;

use ovirt_sdk_generator::LoadedModel;
use ovirt_sdk_generator::diagnostics::{Diagnostic, Diagnostics, Position};
use ovirt_sdk_generator::model::{
    BaseType, Following, Method, Model, Parameter, Primitive, Search, Service, Type, TypeKind, TypeRef,
};
use ovirt_sdk_generator::name::Name;
use ovirt_sdk_generator::syntax::{Docs, Positioned};

/// Maximum length of a summary.
const SUMMARY: usize = 110;

/// Maximum length of a line of details.
const LINE: usize = 100;

/// Maximum number of lines of an example.
const EXAMPLE: usize = 20;

/// The last word of the names of passwords.
const PASSWORD: &str = "password";

/// Words that add nothing to a name.
const EMPTY_WORDS: [&str; 11] = ["the", "a", "an", "of", "this", "is", "to", "for", "its", "service", "object"];

/// Checks a model. The error is the rendered problems.
pub fn check(read: &LoadedModel, color: bool) -> Result<(), String> {
    let problems = Diagnostics::default();
    check_model(&read.model, &problems);
    if problems.is_empty() { Ok(()) } else { Err(problems.render(&read.sources, color)) }
}

fn check_model(model: &Model, problems: &Diagnostics) {
    let item = Item { problems };
    for ty in &model.types {
        check_type(model, ty, &item);
    }
    for service in &model.services {
        check_service(model, service, &item);
    }
    for search in &model.searches {
        check_search(search, &item);
    }
}

struct Item<'p> {
    problems: &'p Diagnostics,
}

fn check_type(model: &Model, ty: &Type, item: &Item<'_>) {
    item.check(&ty.name, &ty.name, ty.position, &ty.docs);
    match &ty.kind {
        TypeKind::Struct(it) => {
            for field in &it.fields {
                if let Following::Sometimes(reason) = &field.following {
                    let what = format!("the reason for `{}` in `follow` of `{}`", field.name, ty.name);
                    item.sentence(&what, ty.position, reason);
                }
            }
            let own = it.fields.iter().filter(|it| it.owner.is_some_and(|owner| model.ty(owner).name == ty.name));
            for field in own {
                item.check(&ty.name, &field.name, field.position, &field.docs);
                item.secret(&ty.name, &field.name, field.position, field.ty, field.secret);
            }
        }
        TypeKind::Enum(values) => {
            for value in values {
                item.check(&ty.name, &value.name, value.position, &value.docs);
            }
        }
    }
}

/// Fields without a summary are described by their path.
fn check_search(search: &Search, item: &Item<'_>) {
    item.check(&search.name, &search.name, search.position, &search.docs);
    for field in search.fields.iter().filter(|field| field.docs.summary.is_some()) {
        item.check(&search.name, &field.name, field.position, &field.docs);
    }
    for reference in &search.references {
        item.check(&search.name, &reference.name, reference.position, &reference.docs);
    }
}

fn check_service(model: &Model, service: &Service, item: &Item<'_>) {
    item.check(&service.name, &service.name, service.position, &service.docs);
    for method in &service.methods {
        check_method(model, service, method, None, item);
        for signature in &method.signatures {
            check_method(model, service, signature, Some(method), item);
        }
    }
    for waiter in &service.waiters {
        item.check(&service.name, &waiter.name.value, waiter.name.position, &waiter.docs);
    }
    for locator in &service.locators {
        item.check(&service.name, &locator.name, locator.position, &locator.docs);
    }
}

fn check_method(model: &Model, service: &Service, method: &Method, base: Option<&Method>, item: &Item<'_>) {
    item.check(&service.name, &method.name, method.position, &method.docs);
    if let Some(example) = &method.example {
        item.example(&service.name, &method.name, example);
    }
    let in_base = |parameter: &Parameter| {
        base.is_some_and(|base| base.parameters.iter().any(|other| other.name == parameter.name))
    };
    for parameter in &method.parameters {
        let elsewhere = model.parameters.contains_key(&parameter.name) || in_base(parameter);
        item.secret(&service.name, &parameter.name, parameter.position, parameter.ty, parameter.secret);
        if parameter.docs.summary.is_some() || !elsewhere {
            item.check(&service.name, &parameter.name, parameter.position, &parameter.docs);
        }
    }
}

impl Item<'_> {
    fn sentence(&self, what: &str, position: Position, text: &str) {
        if !text.ends_with('.') || text.contains('\n') {
            let message = format!("{what} is not a sentence on one line");
            self.problems.push(Diagnostic::at(position, message, "write one line that ends with a period"));
        }
    }

    fn check(&self, owner: &Name, name: &Name, position: Position, docs: &Docs) {
        let path = if owner == name { name.to_string() } else { format!("{owner}.{name}") };
        let report = |message: String, label: &str| self.problems.push(Diagnostic::at(position, message, label));
        let Some(summary) = &docs.summary else {
            report(format!("`{path}` has no summary"), "describe it in one sentence");
            return;
        };
        if summary.chars().count() > SUMMARY {
            report(
                format!("the summary of `{path}` is longer than {SUMMARY} characters"),
                "move the rest to `details`",
            );
        }
        self.sentence(&format!("the summary of `{path}`"), position, summary);
        if says_nothing(name, summary) {
            report(format!("the summary of `{path}` only repeats its name"), "describe what it means");
        }
        let details = docs.details.iter().flat_map(|details| details.lines());
        for line in details.filter(|line| line.chars().count() > LINE) {
            let beginning: String = line.chars().take(30).collect();
            report(
                format!("a line in the details of `{path}` is longer than {LINE} characters"),
                &format!("{beginning}…"),
            );
        }
        if docs.deprecated.as_ref().is_some_and(|deprecated| deprecated.note.is_none()) {
            report(format!("the deprecation of `{path}` has no note"), "say what to use instead");
        }
    }

    /// Reports a password that is not marked as a secret.
    fn secret(&self, owner: &Name, name: &Name, position: Position, ty: TypeRef, is_secret: bool) {
        let is_text = ty.base == BaseType::Primitive(Primitive::String);
        if is_text && !is_secret && name.words().last() == Some(PASSWORD) {
            let message = format!("`{owner}.{name}` looks like a secret");
            let problem = Diagnostic::at(position, message, "not marked")
                .help("add `secret: true`, so that it never reaches logs and errors");
            self.problems.push(problem);
        }
    }

    fn example(&self, owner: &Name, name: &Name, example: &Positioned<String>) {
        let report =
            |message: String, label: &str| self.problems.push(Diagnostic::at(example.position, message, label));
        let lines = example.value.lines().count();
        if lines > EXAMPLE {
            let message = format!("the example of `{owner}.{name}` has {lines} lines");
            report(message, &format!("at most {EXAMPLE} lines; put longer programs in the cookbook"));
        }
        for line in example.value.lines().filter(|line| line.chars().count() > LINE) {
            let message = format!("a line in the example of `{owner}.{name}` is longer than {LINE} characters");
            report(message, line.trim());
        }
    }
}

fn says_nothing(name: &Name, summary: &str) -> bool {
    let stem = |word: &str| word.strip_suffix('s').unwrap_or(word).to_owned();
    let known: BTreeSet<String> = name.words().chain(EMPTY_WORDS).map(stem).collect();
    let lower = summary.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(stem).all(|word| known.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_must_add_to_the_name() {
        let name = |text: &str| Name::new(text).expect("a name");
        assert!(says_nothing(&name("memory"), "The memory."));
        assert!(says_nothing(&name("cpu_topologies"), "The CPU topologie of this object."));
        assert!(!says_nothing(&name("memory"), "Memory of the virtual machine, in bytes."));
    }

    #[test]
    fn passwords_must_be_secret() {
        let account = |secret: &str| {
            let field = format!("{{ type: string, summary: Needed to log in.{secret} }}");
            let files = [
                ("model.yaml", "api: A\nversion: \"1.0\"\nroot: system\n".to_owned()),
                ("services/system.yaml", "service: system\nsummary: All that there is.\n".to_owned()),
                (
                    "types/user.yaml",
                    format!("struct: user\nsummary: Somebody who logs in.\nattributes:\n  root_password: {field}\n"),
                ),
            ];
            let files = files.into_iter().map(|(path, text)| (path.to_owned(), text)).collect();
            check(&ovirt_sdk_generator::parse_model(&files, "model").expect("a valid model"), false)
        };
        assert_eq!(account(", secret: true"), Ok(()));
        let problems = account("").expect_err("it is not marked");
        assert!(problems.contains("`user.root_password` looks like a secret"), "{problems}");
    }
}

//! A file of `services/` → [`Service`].

use super::mapping::{Mapping, NamedEntry, NodeReader};
use super::waiters::read_waiter;
use crate::diagnostics::Diagnostic;
use crate::syntax::{Direction, Locator, Method, Parameter, Positioned, Service};

pub(super) fn read(mut mapping: Mapping<'_>, stem: &str) -> Option<Service> {
    let name = mapping.required("service", NodeReader::name)?;
    if name.value != *stem {
        let message = format!("the file name does not match `{}`", name.value);
        let problem = Diagnostic::at(name.position, message, format!("the file is named `{stem}.yaml`"))
            .help(format!("rename the file to `{}.yaml`, or the service to `{stem}`", name.value));
        mapping.reader().problems.push(problem);
    }
    let extends = mapping.optional("extends", NodeReader::name);
    let area = mapping.optional("area", NodeReader::text);
    let module = mapping.optional("module", NodeReader::text);
    let found_by = mapping.optional("found_by", NodeReader::path);
    let docs = mapping.docs();
    mapping.reason(&[]);
    let methods = mapping.optional("methods", NodeReader::entries).unwrap_or_default();
    let locators = mapping.optional("locators", NodeReader::entries).unwrap_or_default();
    let id_search = mapping.optional("id_search", NodeReader::name);
    let waiters = mapping.optional("waiters", NodeReader::entries).unwrap_or_default();
    let reader = mapping.finish();
    let methods = methods.into_iter().filter_map(|entry| read_method(reader, entry, false)).collect();
    let locators = locators.into_iter().filter_map(|entry| read_locator(reader, entry)).collect();
    let waiters = waiters.into_iter().filter_map(|entry| read_waiter(reader, entry)).collect();
    Some(Service { name, extends, area, module, found_by, docs, methods, locators, id_search, waiters })
}

fn read_method<'a>(reader: NodeReader<'a>, entry: NamedEntry<'a>, is_signature: bool) -> Option<Method> {
    let mut mapping = reader.map(entry.node)?;
    let docs = mapping.docs();
    let parameters = mapping.optional("parameters", NodeReader::entries).unwrap_or_default();
    let (mut example, mut segment, mut returns_action) = (None, None, false);
    let (mut already, mut signatures) = (Vec::new(), Vec::new());
    if !is_signature {
        example = mapping.optional("example", read_example);
        segment = mapping.optional("segment", NodeReader::wire_name);
        returns_action = mapping.optional("answer", read_answer).is_some();
        already = mapping.optional("already", NodeReader::texts).unwrap_or_default();
        signatures = mapping.optional("signatures", NodeReader::entries).unwrap_or_default();
        mapping.reason(&["segment", "answer", "already"]);
    } else {
        mapping.reason(&[]);
    }
    mapping.finish();
    let parameters = parameters.into_iter().filter_map(|entry| read_parameter(reader, entry)).collect();
    let signatures = signatures.into_iter().filter_map(|entry| read_method(reader, entry, true)).collect();
    Some(Method { name: entry.name, docs, example, segment, returns_action, already, parameters, signatures })
}

fn read_example<'a>(reader: NodeReader<'a>, node: &'a crate::yaml::Node) -> Option<Positioned<String>> {
    let text = reader.positioned_text(node)?;
    Some(Positioned { value: text.value.trim_end().to_owned(), position: text.position })
}

fn read_answer<'a>(reader: NodeReader<'a>, node: &'a crate::yaml::Node) -> Option<()> {
    let text = reader.text(node)?;
    if text == "action" {
        return Some(());
    }
    let problem = Diagnostic::at(reader.position(node), format!("unknown answer `{text}`"), "unknown answer")
        .help("the only valid value is `action`: the engine responds with `<action>` instead of the entity");
    reader.problems.push(problem);
    None
}

fn read_parameter<'a>(reader: NodeReader<'a>, entry: NamedEntry<'a>) -> Option<Parameter> {
    let mut mapping = reader.map(entry.node)?;
    let ty = mapping.required("type", NodeReader::type_name);
    let direction = mapping.optional("direction", read_direction).unwrap_or_default();
    let secret = mapping.optional("secret", NodeReader::flag).unwrap_or_default();
    let docs = mapping.docs();
    let tag = mapping.optional("tag", NodeReader::wire_name);
    mapping.reason(&["tag"]);
    let required = mapping.optional("required", NodeReader::flag).unwrap_or_default();
    let mandatory = mapping.optional("mandatory", NodeReader::texts).unwrap_or_default();
    let optional = mapping.optional("optional", NodeReader::texts).unwrap_or_default();
    // Only imports need it; the text explains the lists to readers of the file.
    mapping.optional("corrected", NodeReader::text);
    mapping.finish();
    Some(Parameter { name: entry.name, ty: ty?, direction, secret, docs, tag, required, mandatory, optional })
}

fn read_direction<'a>(reader: NodeReader<'a>, node: &'a crate::yaml::Node) -> Option<Direction> {
    let text = reader.text(node)?;
    let all = [Direction::In, Direction::Out, Direction::InOut];
    let found = all.into_iter().find(|direction| direction.as_str() == text);
    if found.is_none() {
        let problem = Diagnostic::at(reader.position(node), format!("unknown direction `{text}`"), "unknown direction")
            .help("valid directions are `in` (the default), `out` and `inout`");
        reader.problems.push(problem);
    }
    found
}

fn read_locator<'a>(reader: NodeReader<'a>, entry: NamedEntry<'a>) -> Option<Locator> {
    let mut mapping = reader.map(entry.node)?;
    let service = mapping.required("service", NodeReader::name);
    let parameter = mapping.optional("parameter", NodeReader::name);
    let segment = mapping.optional("segment", NodeReader::wire_name);
    let docs = mapping.docs();
    mapping.reason(&["segment"]);
    mapping.finish();
    Some(Locator { name: entry.name, service: service?, parameter, segment, docs })
}

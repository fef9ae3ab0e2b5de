//! A file of `services/` → [`Service`].

use super::fields::{Entry, Fields, Reader};
use crate::diagnostics::Diagnostic;
use crate::syntax::{At, Direction, Locator, Method, Parameter, Service};

pub(super) fn read(mut fields: Fields<'_>, stem: &str) -> Option<Service> {
    let name = fields.required("service", Reader::name)?;
    if name.value != *stem {
        let message = format!("the file of `{}` has another name", name.value);
        let problem = Diagnostic::at(name.place, message, format!("the file is called {stem}.yaml"))
            .help(format!("rename the file to {}.yaml, or the service to `{stem}`", name.value));
        fields.reader().problems.push(problem);
    }
    let extends = fields.optional("extends", Reader::name);
    let area = fields.optional("area", Reader::text);
    let module = fields.optional("module", Reader::text);
    let docs = fields.docs();
    let methods = fields.optional("methods", Reader::entries).unwrap_or_default();
    let locators = fields.optional("locators", Reader::entries).unwrap_or_default();
    let reader = fields.finish();
    let methods = methods.into_iter().filter_map(|entry| read_method(reader, entry, false)).collect();
    let locators = locators.into_iter().filter_map(|entry| read_locator(reader, entry)).collect();
    Some(Service { name, extends, area, module, docs, methods, locators })
}

fn read_method<'a>(reader: Reader<'a>, entry: Entry<'a>, is_signature: bool) -> Option<Method> {
    let mut fields = reader.map(entry.node)?;
    let docs = fields.docs();
    let parameters = fields.optional("parameters", Reader::entries).unwrap_or_default();
    let (mut example, mut segment, mut answers_action, mut signatures) = (None, None, false, Vec::new());
    if !is_signature {
        example = fields.optional("example", read_example);
        segment = fields.optional("segment", Reader::wire_name);
        answers_action = fields.optional("answer", read_answer).is_some();
        signatures = fields.optional("signatures", Reader::entries).unwrap_or_default();
        fields.reason(&["segment", "answer"]);
    }
    fields.finish();
    let parameters = parameters.into_iter().filter_map(|entry| read_parameter(reader, entry)).collect();
    let signatures = signatures.into_iter().filter_map(|entry| read_method(reader, entry, true)).collect();
    Some(Method { name: entry.name, docs, example, segment, answers_action, parameters, signatures })
}

fn read_example<'a>(reader: Reader<'a>, node: &'a crate::yaml::Node) -> Option<At<String>> {
    let text = reader.text_at(node)?;
    Some(At { value: text.value.trim_end().to_owned(), place: text.place })
}

fn read_answer<'a>(reader: Reader<'a>, node: &'a crate::yaml::Node) -> Option<()> {
    let text = reader.text(node)?;
    if text == "action" {
        return Some(());
    }
    let problem = Diagnostic::at(reader.place(node), format!("`{text}` is no kind of answer"), "unknown")
        .help("the one odd answer is `action`: the engine sends `<action>` where the model says entity");
    reader.problems.push(problem);
    None
}

fn read_parameter<'a>(reader: Reader<'a>, entry: Entry<'a>) -> Option<Parameter> {
    let mut fields = reader.map(entry.node)?;
    let ty = fields.required("type", Reader::type_name);
    let direction = fields.optional("direction", read_direction).unwrap_or_default();
    let docs = fields.docs();
    let tag = fields.optional("tag", Reader::wire_name);
    fields.reason(&["tag"]);
    let mandatory = fields.optional("mandatory", Reader::texts).unwrap_or_default();
    let optional = fields.optional("optional", Reader::texts).unwrap_or_default();
    fields.finish();
    Some(Parameter { name: entry.name, ty: ty?, direction, docs, tag, mandatory, optional })
}

fn read_direction<'a>(reader: Reader<'a>, node: &'a crate::yaml::Node) -> Option<Direction> {
    let text = reader.text(node)?;
    let all = [Direction::In, Direction::Out, Direction::InOut];
    let found = all.into_iter().find(|direction| direction.as_str() == text);
    if found.is_none() {
        let problem = Diagnostic::at(reader.place(node), format!("`{text}` is no direction"), "unknown direction")
            .help("a parameter goes `in` (the default), `out` or `inout`");
        reader.problems.push(problem);
    }
    found
}

fn read_locator<'a>(reader: Reader<'a>, entry: Entry<'a>) -> Option<Locator> {
    let mut fields = reader.map(entry.node)?;
    let service = fields.required("service", Reader::name);
    let parameter = fields.optional("parameter", Reader::name);
    let segment = fields.optional("segment", Reader::wire_name);
    let docs = fields.docs();
    fields.reason(&["segment"]);
    fields.finish();
    Some(Locator { name: entry.name, service: service?, parameter, segment, docs })
}

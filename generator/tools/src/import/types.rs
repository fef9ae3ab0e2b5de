//! Java's types → facts: structs with attributes and links, enums with values.

use super::case;
use super::document::{Map, Value};
use super::java::{Declaration, DeclarationKind};
use super::reader::FactReader;
use ovirt_sdk_generator::diagnostics::nearest;
use ovirt_sdk_generator::name::Name;

impl FactReader<'_> {
    pub(super) fn type_document(&mut self, declaration: &Declaration) -> Option<(Name, Map)> {
        self.only(&declaration.modifiers, &["Type", "Deprecated"], "a type");
        let name = self.name(&declaration.name)?;
        let mut document = Map::default();
        let is_enum = declaration.kind == DeclarationKind::Enum;
        document.set(if is_enum { "enum" } else { "struct" }, Value::Text(name.to_string()));
        match declaration.extends.as_slice() {
            [] => {}
            [base] if self.index.types.get(base.text.as_str()) == Some(&DeclarationKind::Interface) => {
                if let Some(base) = self.name(base) {
                    document.set("extends", Value::Text(base.to_string()));
                }
            }
            [base] => {
                let known = nearest(&base.text, self.index.types.keys().copied());
                let help = known.map_or("a type extends another type".to_owned(), |it| format!("did you mean `{it}`?"));
                self.report_help(base, format!("`{}` is not a struct", base.text), "can't be extended", help);
            }
            [_, second, ..] => {
                self.report(second, "a type extends only one other type".to_owned(), "second type");
            }
        }
        self.docs(&declaration.modifiers, &mut document);
        self.nothing_inner(declaration, "a type");
        let (mut attributes, mut links, mut values) = (Map::default(), Map::default(), Map::default());
        for method in &declaration.methods {
            self.only(&method.modifiers, &["Link", "Deprecated"], "an attribute or link");
            if !method.parameters.is_empty() || method.body.is_some() {
                let label = "attributes and links have neither parameters nor a body";
                self.report(&method.name, format!("`{}` is not an attribute or link", method.name.text), label);
            }
            let (Some(name), Some(ty)) = (self.name(&method.name), self.type_value(&method.ty)) else { continue };
            let mut field = Map::default();
            field.set("type", ty);
            self.docs(&method.modifiers, &mut field);
            let section = if method.modifiers.has("Link") { &mut links } else { &mut attributes };
            self.once(section, &method.name, &name, field);
        }
        for constant in &declaration.constants {
            self.only(&constant.modifiers, &["Deprecated"], "a value of an enum");
            let Some(name) = self.checked(&constant.name, case::from_constant(&constant.name.text)) else { continue };
            let mut value = Map::default();
            self.docs(&constant.modifiers, &mut value);
            // In the published model, the annotation deprecates the whole enum, and only the tag deprecates the value.
            if constant.modifiers.has("Deprecated") {
                document.set("deprecated", Value::Flag(true));
                if !constant.modifiers.is_tagged_deprecated() {
                    value.remove("deprecated");
                }
            }
            self.once(&mut values, &constant.name, &name, value);
        }
        for (key, section) in [("attributes", attributes), ("links", links), ("values", values)] {
            if !section.is_empty() || (key == "values" && is_enum) {
                document.set(key, Value::Map(section));
            }
        }
        Some((name, document))
    }
}

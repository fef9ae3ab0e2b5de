//! Java → the declarations that describe the API: interfaces, enums, annotations and methods, with positions.
//!
//! Only this module uses tree-sitter. Syntax with no meaning in upstream's model is reported rather than skipped,
//! because it may declare something that the importer does not know yet.

use std::ops::Range;

use tree_sitter::{Node, Parser};

use ovirt_sdk_generator::diagnostics::{Diagnostic, Diagnostics, FileId};

/// A piece of source text with its position.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub(super) text: String,
    pub(super) range: Range<usize>,
}

/// A file.
#[derive(Debug)]
pub(super) struct Unit {
    pub(super) file: FileId,
    pub(super) package: String,
    pub(super) declarations: Vec<Declaration>,
}

/// A declaration of an interface, enum or annotation.
#[derive(Debug)]
pub(super) struct Declaration {
    pub(super) kind: DeclarationKind,
    pub(super) name: Token,
    pub(super) modifiers: Modifiers,
    /// The interfaces that it extends.
    pub(super) extends: Vec<Token>,
    pub(super) methods: Vec<Method>,
    pub(super) inner: Vec<Declaration>,
    pub(super) constants: Vec<Constant>,
}

/// The kind of a declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DeclarationKind {
    Interface,
    Enum,
    Annotation,
}

/// Annotations and documentation of a declaration.
#[derive(Debug, Default)]
pub(super) struct Modifiers {
    pub(super) annotations: Vec<Annotation>,
    /// Documentation comment, for its tags.
    pub(super) comment: Option<Token>,
}

/// `@Area("Storage")`.
#[derive(Debug)]
pub(super) struct Annotation {
    pub(super) name: Token,
    pub(super) values: Vec<String>,
}

/// A value of an enum.
#[derive(Debug)]
pub(super) struct Constant {
    pub(super) name: Token,
    pub(super) modifiers: Modifiers,
}

/// A method of an interface.
#[derive(Debug)]
pub(super) struct Method {
    pub(super) name: Token,
    pub(super) modifiers: Modifiers,
    pub(super) ty: TypeUse,
    pub(super) parameters: Vec<(TypeUse, Token)>,
    /// The statements of a default method.
    pub(super) body: Option<Vec<Expression>>,
}

/// The type of a method or parameter.
#[derive(Debug)]
pub(super) struct TypeUse {
    /// Name without package.
    pub(super) name: Token,
    pub(super) list: bool,
}

/// An expression of a default method.
#[derive(Debug)]
pub(super) enum Expression {
    /// `target.name(arguments)`.
    Call { target: Option<Box<Expression>>, name: Token, arguments: Vec<Expression> },
    /// `target[NAME]`.
    Item(Box<Expression>),
}

/// Parses a file.
pub(super) fn parse(file: FileId, text: &str, problems: &Diagnostics) -> Option<Unit> {
    let mut parser = Parser::new();
    let tree = match parser.set_language(&tree_sitter_java::LANGUAGE.into()) {
        Ok(()) => parser.parse(text, None)?,
        Err(error) => {
            problems.push(Diagnostic::general(format!("can't load the Java grammar: {error}")));
            return None;
        }
    };
    let reader = JavaReader { file, text, problems };
    if tree.root_node().has_error() {
        reader.syntax_errors(tree.root_node());
        return None;
    }
    Some(reader.unit(tree.root_node()))
}

#[derive(Clone, Copy)]
struct JavaReader<'t> {
    file: FileId,
    text: &'t str,
    problems: &'t Diagnostics,
}

fn named(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| !child.is_extra()).collect()
}

impl JavaReader<'_> {
    fn token(self, node: Node<'_>) -> Token {
        let range = node.byte_range();
        Token { text: self.text.get(range.clone()).unwrap_or_default().to_owned(), range }
    }

    fn field(self, node: Node<'_>, field: &str) -> Token {
        self.token(node.child_by_field_name(field).unwrap_or(node))
    }

    fn report(self, node: Node<'_>, message: impl Into<String>, label: impl Into<String>) {
        // Only the first line of a node is shown.
        let range = node.byte_range();
        let shown = self.text.get(range.clone()).unwrap_or_default();
        let length = shown.find('\n').unwrap_or(shown.len());
        let problem = Diagnostic::at_range(self.file, range.start..range.start + length, message, label);
        self.problems.push(problem);
    }

    fn unknown(self, node: Node<'_>, place: &str) {
        let kind = node.kind().replace('_', " ");
        self.report(node, format!("unexpected {kind} in {place}"), "not supported in a model");
    }

    fn syntax_errors(self, node: Node<'_>) {
        if node.is_missing() {
            self.report(node, "invalid Java", format!("missing `{}`", node.kind()));
        } else if node.is_error() {
            self.report(node, "invalid Java", "syntax error");
        } else if node.has_error() {
            let mut cursor = node.walk();
            node.children(&mut cursor).for_each(|child| self.syntax_errors(child));
        }
    }

    fn unit(self, root: Node<'_>) -> Unit {
        let mut unit = Unit { file: self.file, package: String::new(), declarations: Vec::new() };
        for node in named(root) {
            match node.kind() {
                "package_declaration" => {
                    unit.package = named(node).last().map(|name| self.token(*name).text).unwrap_or_default();
                }
                "import_declaration" => {}
                _ => unit.declarations.extend(self.declaration(node, "a file of the model")),
            }
        }
        unit
    }

    fn declaration(self, node: Node<'_>, place: &str) -> Option<Declaration> {
        let kind = match node.kind() {
            "interface_declaration" => DeclarationKind::Interface,
            "enum_declaration" => DeclarationKind::Enum,
            "annotation_type_declaration" => DeclarationKind::Annotation,
            _ => {
                self.unknown(node, place);
                return None;
            }
        };
        let mut found = Declaration {
            kind,
            name: self.field(node, "name"),
            modifiers: self.modifiers(node),
            extends: Vec::new(),
            methods: Vec::new(),
            inner: Vec::new(),
            constants: Vec::new(),
        };
        for child in named(node) {
            match child.kind() {
                "extends_interfaces" => {
                    let types = named(child).into_iter().flat_map(named);
                    found.extends = types.filter_map(|ty| self.type_name(ty)).collect();
                }
                "interface_body" | "enum_body" => self.body(child, &mut found),
                "modifiers" | "identifier" | "annotation_type_body" => {}
                _ => self.unknown(child, "a declaration"),
            }
        }
        Some(found)
    }

    fn body(self, body: Node<'_>, found: &mut Declaration) {
        for node in named(body) {
            match node.kind() {
                "method_declaration" => found.methods.extend(self.method(node)),
                "enum_constant" => {
                    found.constants.push(Constant { name: self.field(node, "name"), modifiers: self.modifiers(node) });
                    for field in ["arguments", "body"] {
                        if let Some(more) = node.child_by_field_name(field) {
                            self.unknown(more, "a value of an enum");
                        }
                    }
                }
                "enum_body_declarations" => named(node).into_iter().for_each(|it| self.unknown(it, "an enum")),
                _ => found.inner.extend(self.declaration(node, "an interface")),
            }
        }
    }

    fn modifiers(self, node: Node<'_>) -> Modifiers {
        let mut modifiers = Modifiers::default();
        let mut before = node.prev_sibling();
        while let Some(comment) = before.filter(|it| it.is_extra()) {
            let token = self.token(comment);
            if token.text.starts_with("/**") {
                modifiers.comment = Some(token);
                break;
            }
            before = comment.prev_sibling();
        }
        let nodes = named(node).into_iter().filter(|child| child.kind() == "modifiers");
        for annotation in nodes.flat_map(named) {
            if let Some(name) = annotation.child_by_field_name("name") {
                let values = annotation.child_by_field_name("arguments").map(|it| self.strings(it)).unwrap_or_default();
                modifiers.annotations.push(Annotation { name: self.last_part(name), values });
            }
        }
        modifiers
    }

    /// The last part of a qualified name.
    fn last_part(self, node: Node<'_>) -> Token {
        match node.kind() {
            "scoped_identifier" => self.field(node, "name"),
            _ => self.token(node),
        }
    }

    /// The string arguments of an annotation. An argument with another name than `value` describes the annotation itself,
    /// as in `@Deprecated(since = "4.7", forRemoval = true)`, and is no fact of the model.
    fn strings(self, node: Node<'_>) -> Vec<String> {
        match node.kind() {
            "string_literal" => {
                let fragments = named(node).into_iter().map(|part| self.fragment(part));
                vec![fragments.collect()]
            }
            "annotation_argument_list" | "element_value_array_initializer" => {
                named(node).into_iter().flat_map(|child| self.strings(child)).collect()
            }
            "element_value_pair" if self.field(node, "key").text != "value" => Vec::new(),
            "element_value_pair" => {
                node.child_by_field_name("value").map(|value| self.strings(value)).unwrap_or_default()
            }
            "parenthesized_expression" => named(node).into_iter().flat_map(|child| self.strings(child)).collect(),
            "binary_expression" if self.field(node, "operator").text == "+" => {
                let sides = ["left", "right"].into_iter().filter_map(|side| node.child_by_field_name(side));
                vec![sides.flat_map(|side| self.strings(side)).collect()]
            }
            _ => {
                self.report(node, "annotation values must be strings", "not a string");
                Vec::new()
            }
        }
    }

    /// A part of a string.
    fn fragment(self, node: Node<'_>) -> String {
        let text = self.token(node).text;
        match (node.kind(), text.as_str()) {
            ("escape_sequence", "\\n") => "\n".to_owned(),
            ("escape_sequence", "\\t") => "\t".to_owned(),
            ("escape_sequence", "\\\"" | "\\'" | "\\\\") => text.get(1..).unwrap_or_default().to_owned(),
            ("escape_sequence", _) => {
                self.report(node, "this escape sequence is not supported", "write the character itself");
                String::new()
            }
            _ => text,
        }
    }

    fn method(self, node: Node<'_>) -> Option<Method> {
        let known = ["modifiers", "identifier", "formal_parameters", "dimensions", "block"];
        let ty = node.child_by_field_name("type")?;
        for child in named(node).into_iter().filter(|child| *child != ty && !known.contains(&child.kind())) {
            self.unknown(child, "a method");
        }
        let ty = self.type_use(ty, node)?;
        let mut parameters = Vec::new();
        for parameter in node.child_by_field_name("parameters").map(named).unwrap_or_default() {
            match (parameter.kind(), parameter.child_by_field_name("type")) {
                ("formal_parameter", Some(ty)) => {
                    parameters.extend(self.type_use(ty, parameter).map(|ty| (ty, self.field(parameter, "name"))));
                }
                _ => self.unknown(parameter, "a method"),
            }
        }
        let body = node.child_by_field_name("body").map(|body| {
            let statements = named(body).into_iter().flat_map(|statement| match statement.kind() {
                "expression_statement" => named(statement),
                _ => vec![statement],
            });
            statements.filter_map(|statement| self.expression(statement)).collect()
        });
        Some(Method { name: self.field(node, "name"), modifiers: self.modifiers(node), ty, parameters, body })
    }

    /// The type of a method or parameter. The brackets of a list are after the type or after the name: `Integer[] counts()`
    /// and `Integer counts()[]` are the same.
    fn type_use(self, node: Node<'_>, declared: Node<'_>) -> Option<TypeUse> {
        let brackets = |node: Node<'_>| {
            node.child_by_field_name("dimensions").map_or(0, |it| self.token(it).text.matches('[').count())
        };
        let (element, dimensions) = match node.kind() {
            "array_type" => (node.child_by_field_name("element")?, brackets(node) + brackets(declared)),
            _ => (node, brackets(declared)),
        };
        if dimensions > 1 {
            self.report(node, "lists of lists are not supported", "more than one dimension");
            return None;
        }
        Some(TypeUse { name: self.type_name(element)?, list: dimensions == 1 })
    }

    /// The name of a type without its package. Java imports never rename types.
    fn type_name(self, node: Node<'_>) -> Option<Token> {
        match node.kind() {
            "type_identifier" | "void_type" | "integral_type" | "floating_point_type" | "boolean_type" => {
                Some(self.token(node))
            }
            "scoped_type_identifier" => named(node).last().and_then(|last| self.type_name(*last)),
            _ => {
                self.unknown(node, "a type");
                None
            }
        }
    }

    fn expression(self, node: Node<'_>) -> Option<Expression> {
        match node.kind() {
            "method_invocation" => {
                let target = match node.child_by_field_name("object") {
                    Some(object) => Some(Box::new(self.expression(object)?)),
                    None => None,
                };
                let arguments = node.child_by_field_name("arguments").map(named).unwrap_or_default();
                let arguments: Option<Vec<Expression>> = arguments.into_iter().map(|it| self.expression(it)).collect();
                Some(Expression::Call { target, name: self.field(node, "name"), arguments: arguments? })
            }
            "array_access" => Some(Expression::Item(Box::new(self.expression(node.child_by_field_name("array")?)?))),
            _ => {
                self.unknown(node, "the input of a method");
                None
            }
        }
    }
}

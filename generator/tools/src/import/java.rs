//! Java text → what of it can say something about the API: interfaces, enums, annotations and methods, with positions.
//!
//! The only module that knows tree-sitter. Whatever has no meaning in upstream's model is reported, not skipped:
//! it may be a fact that this reader does not know yet.

use std::ops::Range;

use tree_sitter::{Node, Parser};

use ovirt_sdk_generator::diagnostics::{Diagnostic, Diagnostics, FileId};

/// A piece of text and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Word {
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

/// An interface, or another declaration of a type.
#[derive(Debug)]
pub(super) struct Declaration {
    pub(super) kind: DeclarationKind,
    pub(super) name: Word,
    pub(super) head: Head,
    /// What it extends.
    pub(super) extends: Vec<Word>,
    pub(super) methods: Vec<Method>,
    pub(super) inner: Vec<Declaration>,
    pub(super) constants: Vec<Constant>,
}

/// What is declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DeclarationKind {
    Interface,
    Enum,
    Annotation,
}

/// What stands before a declaration.
#[derive(Debug, Default)]
pub(super) struct Head {
    pub(super) annotations: Vec<Annotation>,
    /// Its documentation comment, for the facts among its tags.
    pub(super) comment: Option<Word>,
}

/// `@Area("Storage")`.
#[derive(Debug)]
pub(super) struct Annotation {
    pub(super) name: Word,
    pub(super) values: Vec<String>,
}

/// A value of an enum.
#[derive(Debug)]
pub(super) struct Constant {
    pub(super) name: Word,
    pub(super) head: Head,
}

/// A method of an interface.
#[derive(Debug)]
pub(super) struct Method {
    pub(super) name: Word,
    pub(super) head: Head,
    pub(super) ty: TypeUse,
    pub(super) parameters: Vec<(TypeUse, Word)>,
    /// The statements of a default method.
    pub(super) body: Option<Vec<Expression>>,
}

/// The type of a method or parameter.
#[derive(Debug)]
pub(super) struct TypeUse {
    /// Its name, without its package.
    pub(super) name: Word,
    pub(super) list: bool,
}

/// An expression of a default method.
#[derive(Debug)]
pub(super) enum Expression {
    /// `target.name(arguments)`.
    Call { target: Option<Box<Expression>>, name: Word, arguments: Vec<Expression> },
    /// `target[NAME]`.
    Item(Box<Expression>),
}

/// Reads a file; problems go to `problems`.
pub(super) fn parse(file: FileId, text: &str, problems: &Diagnostics) -> Option<Unit> {
    let mut parser = Parser::new();
    let tree = match parser.set_language(&tree_sitter_java::LANGUAGE.into()) {
        Ok(()) => parser.parse(text, None)?,
        Err(error) => {
            problems.push(Diagnostic::general(format!("the Java grammar does not fit the parser: {error}")));
            return None;
        }
    };
    let reader = Reader { file, text, problems };
    if tree.root_node().has_error() {
        reader.syntax_errors(tree.root_node());
        return None;
    }
    Some(reader.unit(tree.root_node()))
}

#[derive(Clone, Copy)]
struct Reader<'t> {
    file: FileId,
    text: &'t str,
    problems: &'t Diagnostics,
}

fn named(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| !child.is_extra()).collect()
}

impl Reader<'_> {
    fn word(self, node: Node<'_>) -> Word {
        let range = node.byte_range();
        Word { text: self.text.get(range.clone()).unwrap_or_default().to_owned(), range }
    }

    fn field(self, node: Node<'_>, field: &str) -> Word {
        self.word(node.child_by_field_name(field).unwrap_or(node))
    }

    fn report(self, node: Node<'_>, message: impl Into<String>, label: impl Into<String>) {
        // A long node is shown by its first line.
        let range = node.byte_range();
        let shown = self.text.get(range.clone()).unwrap_or_default();
        let length = shown.find('\n').unwrap_or(shown.len());
        let problem = Diagnostic::at_range(self.file, range.start..range.start + length, message, label);
        self.problems.push(problem);
    }

    fn unknown(self, node: Node<'_>, place: &str) {
        let kind = node.kind().replace('_', " ");
        self.report(node, format!("{place} can't hold this {kind}"), "has no meaning in a model of the API");
    }

    fn syntax_errors(self, node: Node<'_>) {
        if node.is_missing() {
            self.report(node, "the file is no Java", format!("`{}` is missing", node.kind()));
        } else if node.is_error() {
            self.report(node, "the file is no Java", "not understood");
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
                    unit.package = named(node).last().map(|name| self.word(*name).text).unwrap_or_default();
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
            head: self.head(node),
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
                    found.constants.push(Constant { name: self.field(node, "name"), head: self.head(node) });
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

    fn head(self, node: Node<'_>) -> Head {
        let mut head = Head::default();
        let mut before = node.prev_sibling();
        while let Some(comment) = before.filter(|it| it.is_extra()) {
            let word = self.word(comment);
            if word.text.starts_with("/**") {
                head.comment = Some(word);
                break;
            }
            before = comment.prev_sibling();
        }
        let modifiers = named(node).into_iter().filter(|child| child.kind() == "modifiers");
        for annotation in modifiers.flat_map(named) {
            let values = annotation.child_by_field_name("arguments").map(|it| self.strings(it)).unwrap_or_default();
            head.annotations.push(Annotation { name: self.field(annotation, "name"), values });
        }
        head
    }

    /// The texts among the arguments of an annotation.
    fn strings(self, node: Node<'_>) -> Vec<String> {
        match node.kind() {
            "string_literal" => {
                let fragments = named(node).into_iter().map(|part| self.word(part).text);
                vec![fragments.collect()]
            }
            "annotation_argument_list" | "element_value_array_initializer" => {
                named(node).into_iter().flat_map(|child| self.strings(child)).collect()
            }
            "element_value_pair" => {
                node.child_by_field_name("value").map(|value| self.strings(value)).unwrap_or_default()
            }
            _ => {
                self.report(node, "an annotation of the model has texts as its values", "no text");
                Vec::new()
            }
        }
    }

    fn method(self, node: Node<'_>) -> Option<Method> {
        let ty = self.type_use(node.child_by_field_name("type")?)?;
        let mut parameters = Vec::new();
        for parameter in node.child_by_field_name("parameters").map(named).unwrap_or_default() {
            match (parameter.kind(), parameter.child_by_field_name("type")) {
                ("formal_parameter", Some(ty)) => {
                    parameters.extend(self.type_use(ty).map(|ty| (ty, self.field(parameter, "name"))));
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
        Some(Method { name: self.field(node, "name"), head: self.head(node), ty, parameters, body })
    }

    fn type_use(self, node: Node<'_>) -> Option<TypeUse> {
        match node.kind() {
            "array_type" => {
                let dimensions = self.field(node, "dimensions").text.matches('[').count();
                if dimensions != 1 {
                    self.report(node, "a list of lists has no meaning in the API", "more than one dimension");
                    return None;
                }
                Some(TypeUse { name: self.type_name(node.child_by_field_name("element")?)?, list: true })
            }
            _ => Some(TypeUse { name: self.type_name(node)?, list: false }),
        }
    }

    /// The name of a type without its package: imports in upstream's model never rename.
    fn type_name(self, node: Node<'_>) -> Option<Word> {
        match node.kind() {
            "type_identifier" | "void_type" | "integral_type" | "floating_point_type" | "boolean_type" => {
                Some(self.word(node))
            }
            "scoped_type_identifier" => named(node).last().and_then(|last| self.type_name(*last)),
            _ => {
                self.unknown(node, "a place for a type");
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

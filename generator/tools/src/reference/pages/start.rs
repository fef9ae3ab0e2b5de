//! The start page: services by area, and types from A to Z.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Piece, Site};
use crate::reference::text::plain;
use ovirt_sdk_generator::model::TypeKind;
use ovirt_sdk_generator::syntax::Docs;

/// The start page.
#[derive(Debug, Serialize)]
pub(in crate::reference) struct StartPage {
    structs: usize,
    enums: usize,
    services: usize,
    methods: usize,
    root: Option<Piece>,
    areas: Vec<Area>,
    letters: Vec<Letter>,
}

/// An area of the product.
#[derive(Debug, Serialize)]
struct Area {
    title: String,
    anchor: String,
    services: Vec<Row>,
}

/// The types whose names start with a letter.
#[derive(Debug, Serialize)]
struct Letter {
    letter: char,
    types: Vec<Row>,
}

/// An item with a link to its page.
#[derive(Debug, Serialize)]
struct Row {
    piece: Piece,
    summary: String,
    is_enum: bool,
    deprecated: bool,
}

impl Row {
    fn new(piece: Piece, docs: &Docs, is_enum: bool) -> Self {
        let summary = docs.summary.as_deref().map(plain).unwrap_or_default();
        Self { piece, summary, is_enum, deprecated: docs.deprecated.is_some() }
    }
}

impl Site<'_> {
    /// The start page.
    pub(in crate::reference) fn start(&self) -> StartPage {
        let model = self.model;
        let mut areas: BTreeMap<Option<&str>, Vec<Row>> = BTreeMap::new();
        for (id, service) in model.services() {
            let row = Row::new(self.service_name(id), &service.docs, false);
            areas.entry(service.area.as_deref()).or_default().push(row);
        }
        let others = areas.remove(&None).map(|services| (None, services));
        let areas = areas.into_iter().chain(others).map(|(area, services)| Area {
            title: area.unwrap_or("Everything else").to_owned(),
            // Anchors of sections start with a capital letter.
            anchor: format!(
                "Area-{}",
                area.unwrap_or("none").to_lowercase().replace(|c: char| !c.is_alphanumeric(), "-")
            ),
            services,
        });
        let mut letters: Vec<Letter> = Vec::new();
        let mut enums = 0;
        for (id, ty) in model.types() {
            let is_enum = matches!(ty.kind, TypeKind::Enum(_));
            enums += usize::from(is_enum);
            let row = Row::new(self.type_name(id), &ty.docs, is_enum);
            let letter = ty.name.as_str().chars().next().unwrap_or_default().to_ascii_uppercase();
            match letters.last_mut() {
                Some(last) if last.letter == letter => last.types.push(row),
                _ => letters.push(Letter { letter, types: vec![row] }),
            }
        }
        StartPage {
            structs: model.types.len() - enums,
            enums,
            services: model.services.len(),
            methods: model.services.iter().map(|service| service.methods.len()).sum(),
            root: model.root.map(|root| self.service_name(root)),
            areas: areas.collect(),
            letters,
        }
    }
}

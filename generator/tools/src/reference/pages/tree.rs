//! The page with the tree of services.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Piece, Site};
use crate::reference::ways::Way;
use ovirt_sdk_generator::model::ServiceId;

/// The page with the tree of services.
#[derive(Debug, Serialize)]
pub(in crate::reference) struct TreePage {
    root: Option<Node>,
    paths: usize,
    /// Services that no locator leads to.
    unreached: Vec<Piece>,
}

/// A service at a path.
#[derive(Debug, Serialize)]
struct Node {
    /// The path before its last segment.
    before: String,
    segment: Piece,
    service: Piece,
    methods: Vec<Piece>,
    /// Locators that lead back to a service above.
    back: Vec<Piece>,
    children: Vec<Node>,
}

/// The ways that go on from each way.
type Below<'w> = BTreeMap<&'w [crate::reference::ways::Step], Vec<(ServiceId, &'w Way)>>;

impl Site<'_> {
    /// The page with the tree of services.
    pub(in crate::reference) fn tree(&self) -> TreePage {
        let mut below: Below<'_> = BTreeMap::new();
        let mut paths = 0;
        for (id, way) in self.ways.all() {
            paths += 1;
            if let Some((_, before)) = way.split_last() {
                below.entry(before).or_default().push((id, way));
            }
        }
        for ways in below.values_mut() {
            ways.sort_by_key(|(_, way)| way.last().map(|step| step.segment(self.model)));
        }
        let unreached = self.model.services().filter(|(id, _)| self.ways.to(*id).is_empty());
        let start = Way::new();
        TreePage {
            root: self.model.root.map(|root| self.node(root, &start, &below)),
            paths,
            unreached: unreached.map(|(id, _)| self.service_name(id)).collect(),
        }
    }

    fn node(&self, id: ServiceId, way: &Way, below: &Below<'_>) -> Node {
        let mut path = self.path(way);
        let segment = path.pop().unwrap_or_else(|| Piece::text("/"));
        let methods = self.model.methods_of(id).into_iter().filter_map(|(owner, at)| {
            let method = self.model.service(owner).methods.get(at)?;
            Some(Piece::link(method.name.as_str(), self.links.method(id, &method.name)))
        });
        let children = below.get(way.as_slice()).into_iter().flatten();
        let back = self
            .ways
            .back_from(id)
            .iter()
            .filter(|step| way.iter().any(|passed| passed.to == step.to) || step.to == id);
        Node {
            before: path.into_iter().map(|piece| piece.text).collect(),
            segment: Piece { href: Some(self.links.service(id)), ..segment },
            service: self.service_name(id),
            methods: methods.collect(),
            back: back
                .filter_map(|step| {
                    Some(Piece::link(step.locator(self.model)?.name.as_str(), self.links.service(step.to)))
                })
                .collect(),
            children: children.map(|(id, way)| self.node(*id, way, below)).collect(),
        }
    }
}

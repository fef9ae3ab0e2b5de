//! The page with the tree of services.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Piece, Site};
use crate::reference::service_paths::ServicePath;
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

/// Paths by the path that they extend.
type Below<'w> = BTreeMap<&'w [crate::reference::service_paths::Step], Vec<(ServiceId, &'w ServicePath)>>;

impl Site<'_> {
    /// The page with the tree of services.
    pub(in crate::reference) fn tree(&self) -> TreePage {
        let mut below: Below<'_> = BTreeMap::new();
        let mut paths = 0;
        for (id, path) in self.paths.all() {
            paths += 1;
            if let Some((_, before)) = path.split_last() {
                below.entry(before).or_default().push((id, path));
            }
        }
        for paths in below.values_mut() {
            paths.sort_by_key(|(_, path)| path.last().map(|step| step.segment(self.model)));
        }
        let unreached = self.model.services().filter(|(id, _)| self.paths.to(*id).is_empty());
        let start = ServicePath::new();
        TreePage {
            root: self.model.root.map(|root| self.node(root, &start, &below)),
            paths,
            unreached: unreached.map(|(id, _)| self.service_name(id)).collect(),
        }
    }

    fn node(&self, id: ServiceId, path: &ServicePath, below: &Below<'_>) -> Node {
        let mut pieces = self.path_pieces(path);
        let segment = pieces.pop().unwrap_or_else(|| Piece::text("/"));
        let methods = self.model.methods_of(id).into_iter().filter_map(|(owner, at)| {
            let method = self.model.service(owner).methods.get(at)?;
            Some(Piece::link(method.name.as_str(), self.links.method(id, &method.name)))
        });
        let children = below.get(path.as_slice()).into_iter().flatten();
        let back = self
            .paths
            .back_from(id)
            .iter()
            .filter(|step| path.iter().any(|passed| passed.to == step.to) || step.to == id);
        Node {
            before: pieces.into_iter().map(|piece| piece.text).collect(),
            segment: Piece { href: Some(self.links.service(id)), ..segment },
            service: self.service_name(id),
            methods: methods.collect(),
            back: back
                .filter_map(|step| {
                    Some(Piece::link(step.locator(self.model)?.name.as_str(), self.links.service(step.to)))
                })
                .collect(),
            children: children.map(|(id, path)| self.node(*id, path, below)).collect(),
        }
    }
}

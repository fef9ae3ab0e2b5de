//! `<action>` documents with the parameters and results of any action.
//!
//! There is no public struct for them, because each action has its own parameters.

use std::fmt;

use crate::generated::action::{LINKS_AT, MEMBERS, SLOTS};
use crate::markup::DataError;
use crate::object::{self, Slot, Struct, StructTexts, TableOf};
use crate::unknown::Unknown;

/// An `<action>`. Its members are those of all actions.
pub(crate) struct Action {
    slots: Vec<Box<dyn Slot + Send + Sync>>,
    unknown: Unknown,
}

impl Default for Action {
    fn default() -> Self {
        Self { slots: SLOTS.iter().map(|new| new()).collect(), unknown: Unknown::new() }
    }
}

impl Clone for Action {
    fn clone(&self) -> Self {
        object::clone(self)
    }
}

impl PartialEq for Action {
    fn eq(&self, other: &Self) -> bool {
        object::same(self, other)
    }
}

impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        object::debug(self, f)
    }
}

impl Struct for Action {
    const TEXTS: StructTexts = StructTexts {
        name: "action",
        tag: "action",
        plural_tag: "actions",
        links_at: Some(LINKS_AT),
        other_rels: &[],
        members: MEMBERS,
    };
    type Table = TableOf<Self, { SLOTS.len() }>;

    fn field(&self, index: usize) -> Option<&dyn Slot> {
        self.slots.get(index).map(|slot| &**slot as &dyn Slot)
    }

    fn each_set_field<'o>(
        &'o self,
        visit: &mut dyn FnMut(usize, &'o dyn Slot) -> Result<(), DataError>,
    ) -> Result<(), DataError> {
        let mut set = self.slots.iter().enumerate().filter(|(_, slot)| slot.is_set());
        set.try_for_each(|(index, slot)| visit(index, &**slot))
    }

    fn field_mut(&mut self, index: usize) -> Option<&mut dyn Slot> {
        self.slots.get_mut(index).map(|slot| &mut **slot as &mut dyn Slot)
    }

    fn unknown_content(&self) -> &Unknown {
        &self.unknown
    }

    fn unknown_content_mut(&mut self) -> &mut Unknown {
        &mut self.unknown
    }
}

//! The roles of types in the SDK, and what each role needs of its type.

use super::Positioned;
use crate::diagnostics::Position;
use crate::name::Name;

/// The role of a type in the SDK.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RoleKind {
    /// Describes why the engine rejected a request.
    Fault,
    /// An operation in progress.
    Job,
    /// A part of a job.
    Step,
    /// An entry of the engine's log.
    Event,
}

/// What a field of a role contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// A text.
    Text,
    /// A text or an enum.
    State,
    /// A date.
    Date,
    /// An integer.
    Integer,
}

/// A key of a role that names a field of its type.
#[derive(Clone, Copy, Debug)]
pub struct RoleField {
    /// The key.
    pub key: &'static str,
    /// What the field contains.
    pub content: Content,
    /// Whether the role needs it.
    pub required: bool,
}

/// A key of a role that lists states of one of its fields.
#[derive(Clone, Copy, Debug)]
pub struct RoleStates {
    /// The key.
    pub key: &'static str,
    /// The key of the field.
    pub field: &'static str,
}

const fn required(key: &'static str, content: Content) -> RoleField {
    RoleField { key, content, required: true }
}

const fn optional(key: &'static str, content: Content) -> RoleField {
    RoleField { key, content, required: false }
}

impl RoleKind {
    /// All roles.
    pub const ALL: [Self; 4] = [Self::Fault, Self::Job, Self::Step, Self::Event];

    /// Returns the key in the model.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fault => "fault",
            Self::Job => "job",
            Self::Step => "step",
            Self::Event => "event",
        }
    }

    /// The keys for fields.
    pub fn fields(self) -> &'static [RoleField] {
        match self {
            Self::Fault => const { &[required("reason", Content::Text), optional("detail", Content::Text)] },
            Self::Job | Self::Step => {
                const {
                    &[
                        required("status", Content::State),
                        optional("description", Content::Text),
                        optional("progress", Content::Integer),
                        optional("time", Content::Date),
                    ]
                }
            }
            Self::Event => {
                const {
                    &[
                        required("description", Content::Text),
                        optional("code", Content::Integer),
                        optional("severity", Content::State),
                        optional("time", Content::Date),
                        optional("correlation_id", Content::Text),
                    ]
                }
            }
        }
    }

    /// The keys for states.
    pub fn states(self) -> &'static [RoleStates] {
        match self {
            Self::Fault => &[],
            Self::Job | Self::Step => {
                const {
                    &[
                        RoleStates { key: "succeeded", field: "status" },
                        RoleStates { key: "running", field: "status" },
                        RoleStates { key: "failed", field: "status" },
                    ]
                }
            }
            Self::Event => {
                const {
                    &[
                        RoleStates { key: "harmless", field: "severity" },
                        RoleStates { key: "failures", field: "severity" },
                        RoleStates { key: "severities", field: "severity" },
                    ]
                }
            }
        }
    }

    /// Whether the objects of an operation can be searched for.
    pub fn has_search(self) -> bool {
        matches!(self, Self::Job | Self::Event)
    }

    /// The role without which this one makes no sense.
    pub fn needs(self) -> Option<Self> {
        (self == Self::Step).then_some(Self::Job)
    }
}

/// The type that has a role.
#[derive(Clone, Debug)]
pub struct Role {
    /// The role.
    pub kind: RoleKind,
    /// Where the role is declared.
    pub position: Position,
    /// The type.
    pub ty: Positioned<Name>,
    /// Its fields by key.
    pub fields: Vec<(&'static str, Positioned<Name>)>,
    /// States of these fields by key.
    pub states: Vec<(RoleStates, Vec<Positioned<Name>>)>,
    /// The search field with the correlation ID of the operation.
    pub search: Option<Positioned<Name>>,
}

impl Role {
    /// Returns the field of a key.
    pub fn field(&self, key: &str) -> Option<&Positioned<Name>> {
        self.fields.iter().find(|(known, _)| *known == key).map(|(_, field)| field)
    }
}

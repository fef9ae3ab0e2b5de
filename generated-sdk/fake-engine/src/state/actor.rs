//! Who causes what happens.

/// Who causes what happens now.
#[derive(Clone, Debug, Default)]
pub(crate) struct Actor {
    /// The user name with the domain: `admin@internal-authz`.
    pub(crate) user: String,
    /// The correlation ID of the request.
    pub(crate) correlation_id: String,
    /// The path of the current job.
    pub(crate) job: Option<String>,
}

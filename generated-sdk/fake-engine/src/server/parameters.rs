//! Parameters of requests outside the API.

use crate::encoding::{Malformed, pairs};
use crate::engine::HttpRequest;

/// The parameters of a query and a form.
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// Reads the parameters of the query, then those of a form.
    pub(super) fn read(request: &HttpRequest) -> Result<Self, Malformed> {
        let mut parameters = pairs(&request.query)?;
        if request.method == "POST" {
            parameters.extend(pairs(&String::from_utf8_lossy(&request.body))?);
        }
        Ok(Self(parameters))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }
}

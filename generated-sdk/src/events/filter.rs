//! Which events a watch returns.

use crate::generated::roles::{EVENT, Event};
use crate::jobs::refers_to;

/// A filter; what is empty or `None` matches everything.
#[derive(Clone, Debug, Default)]
pub(super) struct Filter {
    pub(super) codes: Vec<i64>,
    pub(super) min_severity: Option<String>,
    pub(super) objects: Vec<String>,
    pub(super) correlation_id: Option<String>,
}

impl Filter {
    pub(super) fn matches(&self, event: &Event) -> bool {
        let is_code = self.codes.is_empty() || EVENT.code(event).is_some_and(|code| self.codes.contains(&code));
        let rank = || EVENT.rank(EVENT.severity(event).as_deref());
        let is_severe = self.min_severity.as_deref().is_none_or(|least| rank() >= EVENT.rank(Some(least)));
        let is_about = self.objects.is_empty() || self.objects.iter().any(|id| refers_to(event, id));
        let wanted = self.correlation_id.as_deref();
        let of_operation = wanted.is_none() || EVENT.correlation_id(event) == wanted;
        is_code && is_severe && is_about && of_operation
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{Host, LogSeverity, Vm};

    #[test]
    fn all_conditions_count() {
        let event = Event::new()
            .code(32)
            .severity(LogSeverity::Error)
            .vm(Vm::with_id("7"))
            .host(Host::with_id("8"))
            .correlation_id("start-1");
        let full = Filter {
            codes: vec![1, 32],
            min_severity: Some("warning".to_owned()),
            objects: vec!["9".to_owned(), "8".to_owned()],
            correlation_id: Some("start-1".to_owned()),
        };
        assert!(full.matches(&event) && Filter::default().matches(&Event::new()));
        let mut others = vec![full.clone(); 4];
        others[0].codes = vec![33];
        others[1].min_severity = Some("alert".to_owned());
        others[2].objects = vec!["1".to_owned()];
        others[3].correlation_id = Some("start-2".to_owned());
        assert!(others.iter().all(|filter| !filter.matches(&event)));
        let newer = event.severity(LogSeverity::Unknown("fatal".to_owned()));
        assert!(full.matches(&newer), "severities of newer engines");
    }
}

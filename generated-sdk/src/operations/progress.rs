//! The progress of operations.

use std::convert::Infallible;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use crate::connection::Connection;
use crate::generated::roles::{JOB, Job, STEP, Step};
use crate::list::List;
use crate::request::TypedRequest;
use crate::service::{Location, id_of};

/// Timeout of a request.
pub(super) const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// The progress of an operation: a job and its steps.
///
/// `Display` shows the description of the job and the latest step in progress: `Adding Disk data1: Creating Volume (40 %)`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Progress {
    /// The job.
    pub job: Job,
    /// The steps of the job, at all levels. Empty if they can't be read.
    pub steps: List<Step>,
}

impl Progress {
    /// Reads the steps of a job.
    pub(super) async fn read(connection: &Connection, job: Job) -> Self {
        let steps = steps(connection, &job).await;
        Self { job, steps }
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(JOB.description(&self.job).unwrap_or("job"))?;
        let is_current = |step: &&Step| STEP.is_running(*step);
        // The steps are in the order of their start; a step comes after the one that contains it.
        let current = self.steps.iter().rfind(is_current).filter(|_| JOB.is_running(&self.job));
        match current {
            Some(step) => {
                write!(f, ": {}", STEP.description(step).unwrap_or("in progress"))?;
                STEP.progress(step).map_or(Ok(()), |percent| write!(f, " ({percent} %)"))
            }
            None => JOB.status(&self.job).map_or(Ok(()), |status| write!(f, ": {status}")),
        }
    }
}

/// A function that is called with the progress of an operation.
pub(super) type OnProgress = Box<dyn FnMut(&Progress) + Send>;

/// Passes changes of a job from its wait to a function for progress, which needs the steps as well.
#[derive(Clone, Debug, Default)]
pub(super) struct Changes(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    latest: Mutex<Option<Job>>,
    notify: Notify,
}

impl Changes {
    /// The job has changed.
    pub(super) fn push(&self, job: &Job) {
        *self.0.latest.lock().unwrap_or_else(PoisonError::into_inner) = Some(job.clone());
        self.0.notify.notify_one();
    }

    /// Reports changes as they come.
    pub(super) async fn report(&self, connection: &Connection, call: &mut OnProgress) -> Infallible {
        loop {
            self.0.notify.notified().await;
            self.report_latest(connection, call).await;
        }
    }

    /// Reports the latest change, unless it was reported before.
    pub(super) async fn report_latest(&self, connection: &Connection, call: &mut OnProgress) {
        let latest = self.0.latest.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(job) = latest {
            call(&Progress::read(connection, job).await);
        }
    }
}

/// The steps of a job. What can't be read is left out: the job itself decides about the operation.
async fn steps(connection: &Connection, job: &Job) -> List<Step> {
    match (id_of(job), jobs(connection), STEP.collection) {
        (Ok(id), Some(jobs), Some(steps)) => {
            let steps = jobs.object(id).child(steps);
            TypedRequest::<List<Step>>::list(&steps).timeout(REQUEST_TIMEOUT).send().await.unwrap_or_default()
        }
        _ => List::default(),
    }
}

/// The collection of jobs.
pub(super) fn jobs(connection: &Connection) -> Option<Location> {
    Location::at_root(connection, JOB.collection)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{JobStatus, StepStatus};

    #[test]
    fn the_current_step_is_shown() {
        let step = |text: &str, status| Step::new().description(text).status(status);
        let steps = List::from(vec![
            step("Validating", StepStatus::Finished),
            step("Executing", StepStatus::Started),
            step("Creating Volume", StepStatus::Started).progress(40),
        ]);
        let job = Job::new().description("Adding Disk data1").status(JobStatus::Started);
        let mut progress = Progress { job, steps };
        assert_eq!(progress.to_string(), "Adding Disk data1: Creating Volume (40 %)");
        progress.job.status = Some(JobStatus::Finished);
        assert_eq!(progress.to_string(), "Adding Disk data1: finished");
        assert_eq!(Progress { job: Job::new(), steps: List::default() }.to_string(), "job");
    }
}

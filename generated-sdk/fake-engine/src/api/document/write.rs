//! Documents of responses. All documents are written here.

use ovirt_sdk::object::{Member, Object, Slot, StructInfo};
use ovirt_sdk::service::Service as _;
use ovirt_sdk::unstable::{self, Record, Root};
use ovirt_sdk::xml::{self, EncodeOptions};
use ovirt_sdk::{DataError, types};

use super::java_numbers;
use super::json::{self, EmptyArrays};
use super::media_type::{Format, accepted_format};
use crate::api::fault::{Body, Fault};
use crate::api::follow_paths::FollowPaths;
use crate::api::registry::{Argument, Registry};
use crate::api::request::ApiRequest;
use crate::api::response::ApiResponse;
use crate::encoding::html;

static STATUS: Member = unstable::element("status");
static JOB: Member = unstable::element("job");
static FAULT: Member = unstable::element("fault");
static ASYNC: Member = unstable::element("async");

/// A document of a response.
pub(in crate::api) enum Document<'d> {
    Object(Box<dyn Object>),
    /// Objects of a type, which are made one by one.
    List(&'static StructInfo, Objects<'d>),
    Action(Action),
}

/// Objects, or the fault of the first one that can't be shown.
pub(in crate::api) type Objects<'d> = &'d mut dyn Iterator<Item = Result<Box<dyn Object>, Fault>>;

/// An `<action>`: the parameters that were sent, those that the action returns, and how it went.
#[derive(Default)]
pub(in crate::api) struct Action {
    /// `complete`, `pending` or `failed`.
    pub(in crate::api) status: &'static str,
    /// Whether the operation continues after the response.
    pub(in crate::api) is_async: bool,
    /// Address and identifier of the job.
    pub(in crate::api) job: Option<(String, String)>,
    pub(in crate::api) fault: Option<Fault>,
    /// Addresses of the resource and of the action, while the job is running.
    pub(in crate::api) links: Vec<(&'static str, String)>,
    pub(in crate::api) attributes: Vec<(&'static str, String)>,
    pub(in crate::api) parameters: Vec<Argument>,
}

/// Writes a document.
pub(in crate::api) fn write(status: u16, document: Document<'_>) -> Result<ApiResponse, Fault> {
    let text = match document {
        Document::Object(object) => xml::Document::from(object).write(&layout()),
        Document::List(info, objects) => {
            let mut fault = None;
            let text = unstable::encode_objects(layout(), info, &mut || match objects.next()? {
                Ok(object) => Some(object),
                Err(problem) => {
                    fault = Some(problem);
                    None
                }
            });
            match fault {
                Some(fault) => return Err(fault),
                None => text,
            }
        }
        Document::Action(action) => write_action(action),
    };
    let text = text.map_err(|error| Fault::internal(error.to_string()))?;
    Ok(ApiResponse::xml(status, java_numbers::with_doubles(text)))
}

/// Writes a fault.
pub(crate) fn write_fault(fault: Fault) -> ApiResponse {
    let Fault { status, body } = fault;
    match body {
        Body::Empty => ApiResponse::empty(status),
        Body::Raw(response) => response,
        Body::Document { reason, detail } => {
            let (reason, detail) = (html(&reason), html(&detail));
            let detail = if detail.is_empty() { detail } else { format!("    <detail>{detail}</detail>\n") };
            ApiResponse::xml(
                status,
                format!(
                    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<fault>\n{detail}    \
                     <reason>{reason}</reason>\n</fault>\n"
                ),
            )
        }
    }
}

/// A response in the format that a request accepts. Responses without an XML document stay as they are.
pub(crate) fn in_accepted_format(mut response: ApiResponse, request: &ApiRequest, registry: &Registry) -> ApiResponse {
    if accepted_format(request).unwrap_or(Format::Xml) != Format::Json {
        return response;
    }
    let has_array = |path: &str| Root::info().find(path).is_some_and(|service| registry.touches_list(service.name));
    let in_list = |href: &str, rel: &str| {
        href.strip_prefix(&request.base).is_some_and(|address| has_array(&format!("{address}/{rel}")))
    };
    let arrays = EmptyArrays {
        registry,
        follow: FollowPaths::of(request),
        in_root: has_array(&request.segments.join("/")),
        in_list: &in_list,
    };
    let content_type = response.headers.iter_mut().find(|(name, _)| name == "Content-Type");
    if let Some((_, media_type)) = content_type
        && media_type.starts_with("application/xml")
        && let Some(text) = std::str::from_utf8(&response.body).ok().and_then(|text| json::from_xml(text, &arrays))
    {
        *media_type = "application/json".to_owned();
        response.body = text.into_bytes();
    }
    response
}

/// The layout of the engine's documents.
fn layout<'o>() -> EncodeOptions<'o> {
    unstable::indent(EncodeOptions::new().declaration(true).unknown(true), 4)
}

fn write_action(action: Action) -> Result<String, DataError> {
    let status = Some(action.status.to_owned());
    let is_async = action.is_async.then_some(true);
    let job = action.job.map(|(href, id)| Box::new(types::Job::with_id(id).href(href)));
    let text = action.fault.as_ref().and_then(Fault::text);
    let fault = text.map(|(reason, detail)| Box::new(types::Fault::new().reason(reason).detail(detail)));
    let mut members: Vec<(&'static Member, &dyn Slot)> =
        action.parameters.iter().map(|(member, slot)| (*member, &**slot)).collect();
    // The object of an action on a job takes the place of the job that runs the action.
    let is_own = |tag: &str| tag == STATUS.tag || tag == FAULT.tag || tag == ASYNC.tag && is_async.is_some();
    members.retain(|(member, _)| !is_own(member.tag) && (member.tag != JOB.tag || job.is_none()));
    members.extend([(&STATUS, &status as &dyn Slot), (&JOB, &job), (&FAULT, &fault), (&ASYNC, &is_async)]);
    members.sort_by_key(|(member, _)| member.tag);
    let record = Record { tag: "action", attributes: &action.attributes, links: &action.links, members: &members };
    let text = unstable::encode_record(layout(), &record)?;
    Ok(if fault.is_some() { with_plain_quotes(&text) } else { text })
}

/// An action whose fault has quotation marks as the engine writes them.
fn with_plain_quotes(text: &str) -> String {
    let (Some(start), Some(end)) = (text.find("<fault>"), text.find("</fault>")) else { return text.to_owned() };
    let (before, rest) = text.split_at(start);
    let (fault, after) = rest.split_at(end.saturating_sub(start));
    format!("{before}{}{after}", fault.replace("&quot;", "\""))
}

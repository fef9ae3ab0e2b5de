//! The API reference as a static site: model and names → pages → HTML, with a search that needs no server.

mod folder;
mod links;
mod mark;
mod pages;
mod render;
mod search;
mod service_paths;
mod text;
mod uses;

pub use folder::{FolderError, write};
pub use mark::{COMMAND, MARK};
use ovirt_sdk_generator::LoadedModel;
use ovirt_sdk_generator::files::Files;
pub use render::ReferenceError;

/// Default folder of the site, relative to the root of the workspace.
pub const FOLDER: &str = "target/reference";

/// Renders the files of the site, by path relative to its folder.
pub fn render(loaded: &LoadedModel) -> Result<Files, ReferenceError> {
    let links = links::Links::new(&loaded.model);
    let paths = service_paths::ServicePaths::find(&loaded.model);
    let uses = uses::Uses::find(&loaded.model);
    render::files(&pages::Site {
        model: &loaded.model,
        names: &loaded.names,
        links: &links,
        paths: &paths,
        uses: &uses,
    })
}

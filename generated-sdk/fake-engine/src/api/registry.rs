//! The registry of resources, and the arguments of the functions in it.

use std::collections::{HashMap, HashSet};

use ovirt_sdk::object::{Member, Object, Slot};

use super::declarations::{Command, UnknownObject};
use super::fault::Fault;
use super::reply::Reply;
use super::request::ApiRequest;
use super::target::Target;
use crate::effect::{Effect, EffectKind};
use crate::hooks::Hooks;
use crate::path::last;
use crate::routes::Method;
use crate::signal::{Signal, SignalKind};
use crate::state::State;

/// The argument of functions that only read: the state, the registry and the current request.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) state: &'a State,
    pub(crate) registry: &'a Registry,
    pub(crate) request: &'a ApiRequest,
}

/// The argument of a handler: a request whose body was read.
pub(crate) struct Call<'a> {
    pub(crate) state: &'a mut State,
    pub(crate) registry: &'a Registry,
    pub(crate) request: &'a ApiRequest,
    pub(crate) target: Target,
    pub(crate) method: &'static Method,
    /// The objects in the body, for methods that add or update objects.
    pub(super) bodies: Vec<Box<dyn Object>>,
    /// The parameters in the body, for actions.
    pub(super) parameters: Vec<Argument>,
    /// The description of the job of the command.
    pub(super) job_title: Option<String>,
}

/// A parameter of an action with its value.
pub(super) type Argument = (&'static Member, Box<dyn Slot>);

/// Handles a method of a service.
pub(crate) type Handler = fn(&mut Call<'_>) -> Result<Reply, Fault>;

/// Completes a copy of the stored object at a path for a response: fields that follow from others, or that are shown
/// only on request.
pub(crate) type Render = fn(&Context<'_>, &str, &mut dyn Object);

/// Returns the paths of the objects in a collection of the object at a path.
pub(crate) type Members = fn(&State, &str) -> Vec<String>;

/// Returns the objects in a collection of the object at a path. An object with an `href` has this address.
pub(crate) type Compute = fn(&Context<'_>, &str) -> Vec<Box<dyn Object>>;

/// Returns the path of the object with an identifier in a collection of the object at a path.
pub(crate) type Find = fn(&State, &str, &str) -> Option<String>;

/// Returns the path of the object with a name, for references whose name alone is ambiguous.
pub(crate) type ResolveName = fn(&State, Reference<'_>, &str) -> Option<String>;

/// Checks whether the user may read what a method reads of its target.
pub(crate) type AuthorizeReading = fn(&Context<'_>, &Target, &Method) -> Result<(), Fault>;

/// Checks whether the user may make a change.
pub(crate) type AuthorizeChange = fn(&Call<'_>) -> Result<(), Fault>;

/// Completes the object that was added at a path.
pub(crate) type Created = fn(&mut Call<'_>, &str);

/// Checks whether an identifier can be one of the objects of a collection.
pub(crate) type IdCheck = fn(&str) -> Result<(), Fault>;

/// Whether the user may see the object at a path.
pub(crate) type IsVisible<'c> = Box<dyn Fn(&str) -> bool + 'c>;

/// Returns what the user of a request may see; `None` if everything.
pub(crate) type Visible = for<'c> fn(&Context<'c>) -> Option<IsVisible<'c>>;

/// Checks whether an object shows a link or an action, by its segment.
pub(crate) type ShowsLink = fn(&dyn Object, &str) -> bool;

/// The place of a reference by name.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reference<'a> {
    /// The path that the request is about.
    pub(crate) path: &'a str,
    /// The object in the body, as it was sent.
    pub(crate) sent: &'a dyn Object,
}

/// A collection whose objects are stored elsewhere.
#[derive(Clone, Copy)]
pub(crate) struct View {
    pub(crate) members: Members,
    /// Finds one object without listing all.
    find: Option<Find>,
    /// Whether the addresses of its objects are below the collection instead of where they are stored.
    pub(crate) own_addresses: bool,
}

impl View {
    /// The path of the object with an identifier in the collection of the object at a path.
    pub(crate) fn find(&self, state: &State, parent: &str, id: &str) -> Option<String> {
        match self.find {
            Some(find) => find(state, parent, id),
            None => (self.members)(state, parent).into_iter().find(|path| last(path) == id),
        }
    }
}

/// The arguments that an action needs, and the engine's name of the action.
#[derive(Clone, Copy)]
pub(super) struct Arguments {
    pub(super) paths: &'static [&'static str],
    pub(super) java_name: &'static str,
}

/// Everything that is special about resources. What is not registered is created, read, updated and removed in the same
/// way for all of them.
#[derive(Default)]
pub(crate) struct Registry {
    hooks: Hooks<State>,
    handlers: HashMap<(&'static str, &'static str), Handler>,
    renders: HashMap<&'static str, Render>,
    views: HashMap<&'static str, View>,
    computed: HashMap<&'static str, Compute>,
    names: HashMap<&'static str, ResolveName>,
    new_objects: HashSet<(&'static str, &'static str)>,
    kept_names: HashSet<(&'static str, &'static str)>,
    id_checks: HashMap<&'static str, IdCheck>,
    unknown_objects: HashMap<(&'static str, &'static str), UnknownObject>,
    signatures: HashSet<(&'static str, &'static str)>,
    without_object: HashSet<(&'static str, &'static str)>,
    with_empty_lists: HashSet<&'static str>,
    with_empty_links: HashSet<&'static str>,
    touched_lists: HashSet<&'static str>,
    shown_secrets: HashSet<(&'static str, &'static str)>,
    arguments: HashMap<(&'static str, &'static str), Arguments>,
    without_max: HashSet<&'static str>,
    pub(super) details: HashSet<(&'static str, &'static str)>,
    shows_link: HashMap<&'static str, ShowsLink>,
    commands: HashMap<(&'static str, &'static str), Command>,
    authorize: Option<(AuthorizeReading, AuthorizeChange)>,
    created: Option<Created>,
    visible: Option<Visible>,
    #[cfg(test)]
    effects: Vec<EffectKind>,
}

/// Registration. Services, methods, types and fields have their names in the model: `vm_nics`, `add`, `nic`.
impl Registry {
    /// Handles a method of a service.
    pub(crate) fn on(&mut self, service: &'static str, method: &'static str, handler: Handler) {
        once(self.handlers.insert((service, method), handler).is_none(), method);
    }

    /// Sets what an effect does; see [`on_effect!`](crate::api::on_effect).
    pub(crate) fn on_effect(&mut self, kind: EffectKind, hook: fn(&mut State, &Effect)) {
        once(self.hooks.set_effect(kind, hook).is_none(), kind.name());
        #[cfg(test)]
        self.effects.push(kind);
    }

    /// Sets what happens if the work behind an effect fails; see [`on_failure!`](crate::api::on_failure).
    pub(crate) fn on_failure(&mut self, kind: EffectKind, hook: fn(&mut State, &Effect)) {
        once(self.hooks.set_failure(kind, hook).is_none(), kind.name());
    }

    /// Subscribes to a signal; see [`on_signal!`](crate::api::on_signal).
    pub(crate) fn on_signal(&mut self, kind: SignalKind, hook: fn(&mut State, &Signal)) {
        self.hooks.add_signal(kind, hook);
    }

    /// Completes objects of a type for responses.
    pub(crate) fn render(&mut self, kind: &'static str, render: Render) {
        once(self.renders.insert(kind, render).is_none(), kind);
    }

    /// Sets which objects are in the collections of a service. They keep the addresses at which they are stored.
    pub(crate) fn view(&mut self, service: &'static str, members: Members) {
        self.add_view(service, View { members, find: None, own_addresses: false });
    }

    /// Like [`view`](Self::view), with addresses below the collection.
    pub(crate) fn view_with_addresses(&mut self, service: &'static str, members: Members) {
        self.add_view(service, View { members, find: None, own_addresses: true });
    }

    fn add_view(&mut self, service: &'static str, view: View) {
        once(self.views.insert(service, view).is_none(), service);
    }

    /// Sets how to find one object of a view without listing all.
    pub(crate) fn find_in_view(&mut self, service: &'static str, find: Find) {
        if let Some(view) = self.views.get_mut(service) {
            view.find = Some(find);
        }
    }

    /// Computes the objects of the collections of a service whenever they are read.
    pub(crate) fn compute(&mut self, service: &'static str, compute: Compute) {
        once(self.computed.insert(service, compute).is_none(), service);
    }

    /// Resolves references by name to objects of a type whose names are not unique.
    pub(crate) fn resolve_name(&mut self, kind: &'static str, resolve: ResolveName) {
        once(self.names.insert(kind, resolve).is_none(), kind);
    }

    /// Declares that a field of a type describes a new object: a name in it doesn't refer to an existing one.
    pub(crate) fn describes_new(&mut self, kind: &'static str, field: &'static str) {
        self.new_objects.insert((kind, field));
    }

    /// Leaves names in a field of a type as they were sent: the resource resolves them.
    pub(crate) fn resolves_names(&mut self, kind: &'static str, field: &'static str) {
        self.kept_names.insert((kind, field));
    }

    /// Sets how identifiers of a collection are checked. By default, they are UUIDs unless an object has another one.
    pub(crate) fn check_ids(&mut self, service: &'static str, check: IdCheck) {
        once(self.id_checks.insert(service, check).is_none(), service);
    }

    /// Sets the response to a method of a service if an object in the path doesn't exist.
    pub(crate) fn unknown_object(&mut self, service: &'static str, method: &'static str, response: UnknownObject) {
        once(self.unknown_objects.insert((service, method), response).is_none(), method);
    }

    /// Declares that a request to a method must have all mandatory fields of one of its signatures.
    pub(crate) fn match_signatures(&mut self, service: &'static str, method: &'static str) {
        self.signatures.insert((service, method));
    }

    /// Declares that an action needs arguments: dotted paths whose last names can be alternatives. `java_name` is the name
    /// of the action in the engine's message.
    pub(crate) fn require_arguments(
        &mut self,
        service: &'static str,
        action: &'static str,
        paths: &'static [&'static str],
        java_name: &'static str,
    ) {
        once(self.arguments.insert((service, action), Arguments { paths, java_name }).is_none(), action);
    }

    /// Declares that a method runs a command that appears as a job.
    pub(crate) fn command(&mut self, service: &'static str, method: &'static str, command: Command) {
        once(self.commands.insert((service, method), command).is_none(), method);
    }

    /// Sets which links and actions the objects of a service show; without this, all that the service has.
    pub(crate) fn shows_link(&mut self, service: &'static str, shows: ShowsLink) {
        once(self.shows_link.insert(service, shows).is_none(), service);
    }

    /// Declares that the lists of a service ignore the parameter `max`.
    pub(crate) fn ignore_max(&mut self, service: &'static str) {
        once(self.without_max.insert(service), service);
    }

    /// Declares that the response to an action doesn't contain the object to which the action was applied.
    pub(crate) fn respond_without_object(&mut self, service: &'static str, action: &'static str) {
        self.without_object.insert((service, action));
    }

    /// Declares that responses show a field of a type although it is a secret.
    pub(crate) fn show_secret(&mut self, kind: &'static str, field: &'static str) {
        once(self.shown_secrets.insert((kind, field)), field);
    }

    /// Declares that the list of a service has an array in JSON even if it is empty.
    pub(crate) fn touch_list(&mut self, service: &'static str) {
        once(self.touched_lists.insert(service), service);
    }

    /// Declares that objects of a type show lists of references even if they are empty.
    pub(crate) fn show_empty_lists(&mut self, kind: &'static str) {
        self.with_empty_lists.insert(kind);
    }

    /// Declares that whole objects of a type have an array of links in JSON even if they have no links.
    pub(crate) fn show_empty_links(&mut self, kind: &'static str) {
        once(self.with_empty_links.insert(kind), kind);
    }

    /// Sets how requests are authorized: before and after the body is read.
    pub(crate) fn authorize(&mut self, reading: AuthorizeReading, change: AuthorizeChange) {
        once(self.authorize.replace((reading, change)).is_none(), "authorize");
    }

    /// Sets what happens after a request has added an object.
    pub(crate) fn created(&mut self, created: Created) {
        once(self.created.replace(created).is_none(), "created");
    }

    /// Sets how lists are filtered by what the user may see.
    pub(crate) fn visible(&mut self, visible: Visible) {
        once(self.visible.replace(visible).is_none(), "visible");
    }
}

/// Lookup.
impl Registry {
    pub(crate) fn hooks(&self) -> &Hooks<State> {
        &self.hooks
    }

    pub(super) fn handler_of(&self, service: &str, method: &str) -> Option<Handler> {
        self.handlers.get(&(service, method)).copied()
    }

    pub(super) fn render_of(&self, kind: &str) -> Option<Render> {
        self.renders.get(kind).copied()
    }

    pub(super) fn view_of(&self, service: &str) -> Option<View> {
        self.views.get(service).copied()
    }

    pub(super) fn compute_of(&self, service: &str) -> Option<Compute> {
        self.computed.get(service).copied()
    }

    pub(super) fn resolve_name_of(&self, kind: &str) -> Option<ResolveName> {
        self.names.get(kind).copied()
    }

    pub(super) fn id_check_of(&self, service: &str) -> Option<IdCheck> {
        self.id_checks.get(service).copied()
    }

    pub(super) fn unknown_object_of(&self, service: &str, method: &str) -> Option<UnknownObject> {
        self.unknown_objects.get(&(service, method)).copied()
    }

    pub(super) fn arguments_of(&self, service: &str, action: &str) -> Option<Arguments> {
        self.arguments.get(&(service, action)).copied()
    }

    pub(super) fn command_of(&self, service: &str, method: &str) -> Option<Command> {
        self.commands.get(&(service, method)).copied()
    }

    pub(super) fn shows_link_of(&self, service: &str) -> Option<ShowsLink> {
        self.shows_link.get(service).copied()
    }

    pub(super) fn ignores_max(&self, service: &str) -> bool {
        self.without_max.contains(service)
    }

    pub(super) fn matches_signatures(&self, service: &str, method: &str) -> bool {
        self.signatures.contains(&(service, method))
    }

    pub(super) fn responds_with_object(&self, service: &str, action: &str) -> bool {
        !self.without_object.contains(&(service, action))
    }

    /// Whether responses leave out a field of a type because it is a secret.
    pub(super) fn hides(&self, kind: &str, field: &Member) -> bool {
        field.is_secret && !self.shown_secrets.contains(&(kind, field.name))
    }

    pub(super) fn touches_list(&self, service: &str) -> bool {
        self.touched_lists.contains(service)
    }

    pub(super) fn shows_empty_lists(&self, kind: &str) -> bool {
        self.with_empty_lists.contains(kind)
    }

    pub(super) fn shows_empty_links(&self, kind: &str) -> bool {
        self.with_empty_links.contains(kind)
    }

    pub(super) fn is_new(&self, kind: &'static str, field: &'static str) -> bool {
        self.new_objects.contains(&(kind, field))
    }

    /// Whether names in a field of a type stay as they were sent.
    pub(super) fn keeps_names(&self, kind: &str, field: &str) -> bool {
        self.kept_names.contains(&(kind, field))
    }

    /// The first check of [`authorize`](Self::authorize).
    pub(super) fn check_reading(&self, context: &Context<'_>, target: &Target, method: &Method) -> Result<(), Fault> {
        self.authorize.map_or(Ok(()), |(reading, _)| reading(context, target, method))
    }

    /// The second check of [`authorize`](Self::authorize).
    pub(super) fn check_change(&self, call: &Call<'_>) -> Result<(), Fault> {
        self.authorize.map_or(Ok(()), |(_, change)| change(call))
    }

    pub(super) fn created_hook(&self) -> Option<Created> {
        self.created
    }

    /// The filter of [`visible`](Self::visible).
    pub(super) fn visibility<'c>(&self, context: &Context<'c>) -> Option<IsVisible<'c>> {
        self.visible.and_then(|visible| visible(context))
    }

    /// The names of the services, methods and types that are registered, to check that the model has them.
    #[cfg(test)]
    pub(crate) fn names(&self) -> Names {
        Names {
            methods: (self.handlers.keys())
                .chain(self.unknown_objects.keys())
                .chain(&self.signatures)
                .chain(&self.without_object)
                .chain(self.arguments.keys())
                .chain(self.commands.keys())
                .copied()
                .collect(),
            services: (self.views.keys())
                .chain(self.computed.keys())
                .chain(self.id_checks.keys())
                .chain(&self.without_max)
                .chain(&self.touched_lists)
                .chain(self.shows_link.keys())
                .copied()
                .collect(),
            types: (self.renders.keys())
                .chain(self.names.keys())
                .chain(&self.with_empty_lists)
                .chain(&self.with_empty_links)
                .copied()
                .chain(self.shown_secrets.iter().map(|(kind, _)| *kind))
                .chain(self.details.iter().map(|(kind, _)| *kind))
                .collect(),
            effects: self.effects.clone(),
        }
    }
}

/// The names that are registered.
#[cfg(test)]
pub(crate) struct Names {
    pub(crate) methods: Vec<(&'static str, &'static str)>,
    pub(crate) services: Vec<&'static str>,
    pub(crate) types: Vec<&'static str>,
    /// In the order of registration: each kind must be there once.
    pub(crate) effects: Vec<EffectKind>,
}

/// Fails in tests if something is registered twice: one of the two would be dead code.
fn once(is_first: bool, name: &str) {
    debug_assert!(is_first, "`{name}` is registered twice");
}

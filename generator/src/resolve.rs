//! [`syntax::Model`] → [`Model`]: names become ids, rules and quirks become wire names, inherited members come in.
//!
//! Reports references to nothing, cycles, and quirks that the rules give anyway: all that would keep the result from
//! being what it says. What is resolved but senseless is found by [`check`](crate::check).

mod family;

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostics::{Diagnostic, Diagnostics, Place};
use crate::model::{
    BaseType, Locator, Member, Method, Model, Parameter, Primitive, Segment, Service, ServiceId, Struct, Type, TypeId,
    TypeKind, TypeRef, Value, Verb,
};
use crate::name::Name;
use crate::syntax::{self, At, Docs, TypeName};
use crate::wire::{HREF, Plurals, XML_ATTRIBUTES};

/// Resolves a model. The result is whole only when no problem was added.
pub fn resolve(mut from: syntax::Model, problems: &Diagnostics) -> Model {
    from.types.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    from.services.sort_by(|a, b| a.name.value.cmp(&b.name.value));
    let types = from.types.iter().enumerate().map(|(index, ty)| (ty.name.value.clone(), TypeId(index))).collect();
    let services =
        from.services.iter().enumerate().map(|(index, it)| (it.name.value.clone(), ServiceId(index))).collect();
    let plurals = Plurals::new(&from.api.plurals);
    let resolver = Resolver { from: &from, types, services, plurals, problems };
    let root = from.api.root.as_ref().and_then(|root| resolver.service(root));
    resolver.check_plurals();
    resolver.check_primitives();
    let ids = || (0..from.types.len()).map(TypeId);
    let own: Vec<Vec<Member>> = ids().map(|id| resolver.own_members(id)).collect();
    let mut model = Model {
        title: from.api.title.clone(),
        version: from.api.version.clone(),
        root,
        search: from.api.search.as_ref().map(|name| name.value.clone()),
        envelope: from.api.envelope.clone(),
        parameters: from.api.parameters.clone(),
        types: ids().filter_map(|id| resolver.ty(id, &own)).collect(),
        services: from.services.iter().map(|service| resolver.whole_service(service)).collect(),
    };
    link_rels(&mut model);
    model
}

struct Resolver<'s> {
    from: &'s syntax::Model,
    types: BTreeMap<Name, TypeId>,
    services: BTreeMap<Name, ServiceId>,
    plurals: Plurals<'s>,
    problems: &'s Diagnostics,
}

impl<'s> Resolver<'s> {
    fn service(&self, name: &At<Name>) -> Option<ServiceId> {
        let found = self.services.get(&name.value).copied();
        if found.is_none() {
            let message = format!("unknown service `{}`", name.value);
            let problem = Diagnostic::at(name.place, message, "no file of `services/` declares it")
                .suggest(name.value.as_str(), self.services.keys().map(Name::as_str));
            self.problems.push(problem);
        }
        found
    }

    fn source(&self, id: TypeId) -> Option<&'s syntax::Type> {
        self.from.types.get(id.0)
    }

    fn source_struct(&self, id: TypeId) -> Option<&'s syntax::Struct> {
        match &self.source(id)?.kind {
            syntax::TypeKind::Struct(it) => Some(it),
            syntax::TypeKind::Enum(_) => None,
        }
    }

    fn unknown_type(&self, name: &Name, place: Place) {
        let known = self.types.keys().map(Name::as_str).chain(Primitive::ALL.map(Primitive::as_str));
        let message = format!("unknown type `{name}`");
        let problem = Diagnostic::at(place, message, "no file of `types/` declares it").suggest(name.as_str(), known);
        self.problems.push(problem);
    }

    fn type_ref(&self, name: &At<TypeName>) -> Option<TypeRef> {
        let list = name.value.list;
        let primitive = Primitive::ALL.into_iter().find(|primitive| name.value.name == *primitive.as_str());
        if let Some(primitive) = primitive {
            return Some(TypeRef { base: BaseType::Primitive(primitive), list });
        }
        let Some(id) = self.types.get(&name.value.name).copied() else {
            self.unknown_type(&name.value.name, name.place);
            return None;
        };
        let is_struct = self.source_struct(id).is_some();
        Some(TypeRef { base: if is_struct { BaseType::Struct(id) } else { BaseType::Enum(id) }, list })
    }

    /// The struct that a type extends, unless there is none or it is wrong; `report` it then.
    fn base(&self, id: TypeId, report: bool) -> Option<TypeId> {
        let extends = self.source_struct(id)?.extends.as_ref()?;
        let base = self.types.get(&extends.value).copied();
        match base {
            Some(base) if self.source_struct(base).is_some() => Some(base),
            Some(_) if report => {
                let message = format!("`{}` is an enum and can't be extended", extends.value);
                self.problems.push(Diagnostic::at(extends.place, message, "not a struct"));
                None
            }
            None if report => {
                self.unknown_type(&extends.value, extends.place);
                None
            }
            _ => None,
        }
    }

    /// The struct and what it extends, the root of the family first. A cycle is cut, and reported once.
    fn family(&self, id: TypeId, report: bool) -> Vec<TypeId> {
        let mut family = vec![id];
        let mut last = id;
        while let Some(base) = self.base(last, report && last == id) {
            if let Some(at) = family.iter().position(|member| *member == base) {
                let cycle = family.get(at..).unwrap_or_default();
                if report && cycle.iter().min() == Some(&id) {
                    self.report_cycle(cycle);
                }
                break;
            }
            family.push(base);
            last = base;
        }
        family.reverse();
        family
    }

    fn report_cycle(&self, cycle: &[TypeId]) {
        let extends = |id: &TypeId| self.source_struct(*id).and_then(|it| it.extends.as_ref());
        let mut places = cycle.iter().filter_map(extends);
        let names: Vec<&str> = cycle
            .iter()
            .chain(cycle.first())
            .filter_map(|id| self.source(*id))
            .map(|ty| ty.name.value.as_str())
            .collect();
        if let Some(first) = places.next() {
            let message = format!("a struct can't extend itself: {}", names.join(" → "));
            let problem = Diagnostic::at(first.place, message, "the cycle begins here");
            self.problems.push(places.fold(problem, |problem, at| problem.context(at.place, "and goes on here")));
        }
    }

    fn ty(&self, id: TypeId, own: &[Vec<Member>]) -> Option<Type> {
        let source = self.source(id)?;
        let kind = match &source.kind {
            syntax::TypeKind::Struct(it) => TypeKind::Struct(self.whole_struct(id, &source.name.value, it, own)),
            syntax::TypeKind::Enum(values) => {
                let value = |value: &syntax::Value| Value {
                    name: value.name.value.clone(),
                    place: value.name.place,
                    docs: value.docs.clone(),
                };
                let mut values: Vec<Value> = values.iter().map(value).collect();
                values.sort_by(|a, b| a.name.cmp(&b.name));
                TypeKind::Enum(values)
            }
        };
        Some(Type {
            name: source.name.value.clone(),
            place: source.name.place,
            builtin: source.builtin,
            docs: source.docs.clone(),
            kind,
        })
    }

    fn whole_struct(&self, id: TypeId, name: &Name, source: &syntax::Struct, own: &[Vec<Member>]) -> Struct {
        let family = self.family(id, true);
        let tag = self.apply(&source.tag, "tag", name.as_str().to_owned());
        let plural_tag = self.apply(&source.plural_tag, "plural_tag", self.plurals.plural(&tag));
        self.check_lists_of_members(&family, source);
        self.check_resource(id, &family);
        let (mut members, mut links_at, mut references, mut found_by) = (Vec::new(), None, Vec::new(), None);
        for ancestor in &family {
            let Some(it) = self.source_struct(*ancestor) else { continue };
            members.extend(own.get(ancestor.0).into_iter().flatten().cloned());
            references.extend(it.references.iter().map(|reference| reference.value.clone()));
            found_by = it.found_by.as_ref().map(|name| name.value.clone()).or(found_by);
            if it.resource && links_at.is_none() {
                members.push(self.href(*ancestor));
                links_at = Some(members.len());
            }
        }
        let attributes_after = members.iter().skip(links_at.unwrap_or_default()).filter(|it| it.xml_attribute).count();
        members.sort_by_key(|member| (!member.xml_attribute, member.xml_attribute.then(|| member.name.clone())));
        Struct {
            base: self.base(id, false),
            is_abstract: source.is_abstract,
            references,
            found_by,
            tag,
            plural_tag,
            members,
            links_at: links_at.map(|at| at + attributes_after),
            other_rels: Vec::new(),
        }
    }

    /// The members that a struct declares itself, in the engine's order: attributes, then links, each by name.
    fn own_members(&self, id: TypeId) -> Vec<Member> {
        let Some(source) = self.source_struct(id) else { return Vec::new() };
        let rank = |member: &&syntax::Member| {
            let first = source.order.iter().position(|name| name.value == member.name.value);
            (first.unwrap_or(usize::MAX), member.link, member.name.value.clone())
        };
        let mut sorted: Vec<&syntax::Member> = source.members.iter().collect();
        sorted.sort_by_key(rank);
        sorted.into_iter().filter_map(|member| self.member(id, member)).collect()
    }

    fn member(&self, owner: TypeId, source: &syntax::Member) -> Option<Member> {
        let ty = self.type_ref(&source.ty)?;
        let name = &source.name.value;
        if *name == *HREF {
            let problem = Diagnostic::at(source.name.place, format!("`{HREF}` can't be declared"), "not for a model")
                .help("every struct that is marked as `resource`, and what extends it, has it");
            self.problems.push(problem);
            return None;
        }
        let tag = self.apply(&source.tag, "tag", name.as_str().to_owned());
        let item_tag = ty.list.then(|| self.apply(&source.item_tag, "item_tag", self.item_tag(ty, name)));
        let linked_list = source.link && ty.list;
        let rel = linked_list.then(|| self.apply(&source.rel, "rel", name.joined()));
        if !linked_list && let Some(rel) = &source.rel {
            let problem =
                Diagnostic::at(rel.place, "only lists under `links` have a rel", "never linked by the engine");
            self.problems.push(problem);
        }
        if !ty.list
            && let Some(item) = &source.item_tag
        {
            let message = format!("`{name}` is no list and has no items");
            self.problems.push(Diagnostic::at(item.place, message, "no list"));
        }
        Some(Member {
            name: name.clone(),
            place: source.name.place,
            owner: Some(owner),
            ty,
            link: source.link,
            secret: source.secret,
            docs: source.docs.clone(),
            xml_attribute: XML_ATTRIBUTES.contains(&name.as_str()),
            tag,
            item_tag,
            rel,
        })
    }

    /// The tag of the items of a list: that of their struct, or else the singular of the list's own name.
    fn item_tag(&self, ty: TypeRef, name: &Name) -> String {
        match ty.base {
            BaseType::Struct(item) => self.tag_of(item),
            _ => self.plurals.singular(name.as_str()),
        }
    }

    fn tag_of(&self, id: TypeId) -> String {
        let own = self.source_struct(id).and_then(|it| it.tag.as_ref()).map(|tag| tag.value.clone());
        own.or_else(|| self.source(id).map(|ty| ty.name.value.to_string())).unwrap_or_default()
    }

    fn href(&self, owner: TypeId) -> Member {
        let place = self.source(owner).map(|ty| ty.name.place);
        Member {
            name: Name::new(HREF).unwrap_or_default(),
            place: place.unwrap_or_default(),
            owner: None,
            ty: TypeRef { base: BaseType::Primitive(Primitive::String), list: false },
            link: false,
            secret: false,
            docs: Docs {
                summary: Some("Path of the object on the engine, as the engine sends it.".to_owned()),
                ..Docs::default()
            },
            tag: HREF.to_owned(),
            item_tag: None,
            rel: None,
            xml_attribute: true,
        }
    }

    /// The quirk, or else what the rule gives. A quirk that says what the rule says is reported.
    fn apply(&self, quirk: &Option<At<String>>, key: &str, rule: String) -> String {
        match quirk {
            Some(quirk) if quirk.value == rule => {
                let message = format!("the rule gives the {key} `{rule}` already");
                let problem = Diagnostic::at(quirk.place, message, "not an exception").help("remove the quirk");
                self.problems.push(problem);
                rule
            }
            Some(quirk) => quirk.value.clone(),
            None => rule,
        }
    }

    fn check_plurals(&self) {
        for (one, many) in &self.from.api.plurals {
            if Plurals::regular(one.as_str()) == many.value {
                let message = format!("the rule gives the plural `{}` of `{one}` already", many.value);
                self.problems.push(Diagnostic::at(many.place, message, "not an exception").help("remove it"));
            }
        }
    }

    /// Reports types that nobody could use: the primitive would be meant wherever their name stands.
    fn check_primitives(&self) {
        for ty in &self.from.types {
            if Primitive::ALL.iter().any(|primitive| ty.name.value == *primitive.as_str()) {
                let message = format!("`{}` is a primitive type", ty.name.value);
                self.problems.push(Diagnostic::at(ty.name.place, message, "can't be declared").help("rename it"));
            }
        }
    }

    fn whole_service(&self, source: &syntax::Service) -> Service {
        let base = source.extends.as_ref().and_then(|base| self.service(base));
        self.check_service_cycle(source);
        let mut methods: Vec<Method> = source.methods.iter().map(|method| self.method(method, None)).collect();
        methods.sort_by(|a, b| a.name.cmp(&b.name));
        let mut locators: Vec<Locator> = source.locators.iter().filter_map(|it| self.locator(it)).collect();
        locators.sort_by(|a, b| a.name.cmp(&b.name));
        Service {
            name: source.name.value.clone(),
            place: source.name.place,
            base,
            area: source.area.clone(),
            module: source.module.clone(),
            docs: source.docs.clone(),
            methods,
            locators,
        }
    }

    fn check_service_cycle(&self, source: &syntax::Service) {
        let parent = |service: &'s syntax::Service| {
            let id = self.services.get(&service.extends.as_ref()?.value)?;
            self.from.services.get(id.0)
        };
        let Some(start) = self.services.get(&source.name.value).and_then(|id| self.from.services.get(id.0)) else {
            return;
        };
        let mut seen = vec![start];
        while let Some(next) = seen.last().and_then(|last| parent(last)) {
            let first = next.name.value == start.name.value;
            if first && seen.iter().all(|service| service.name.value >= start.name.value) {
                let names: Vec<&str> = seen.iter().chain([&start]).map(|it| it.name.value.as_str()).collect();
                let place = start.extends.as_ref().map_or(start.name.place, |extends| extends.place);
                let message = format!("a service can't extend itself: {}", names.join(" → "));
                self.problems.push(Diagnostic::at(place, message, "the cycle begins here"));
            }
            if seen.iter().any(|service| service.name.value == next.name.value) {
                return;
            }
            seen.push(next);
        }
    }

    fn method(&self, source: &syntax::Method, signature_of: Option<&syntax::Method>) -> Method {
        let verb = Verb::of(&signature_of.unwrap_or(source).name.value);
        if verb != Verb::Action
            && let Some(segment) = &source.segment
        {
            let message = format!("`{}` has no segment of its own", source.name.value);
            self.problems.push(Diagnostic::at(segment.place, message, "only actions have one"));
        }
        let action = verb == Verb::Action && signature_of.is_none();
        let segment = action.then(|| self.apply(&source.segment, "segment", source.name.value.joined()));
        let mut parameters: Vec<Parameter> =
            source.parameters.iter().filter_map(|parameter| self.parameter(parameter)).collect();
        parameters.sort_by(|a, b| a.name.cmp(&b.name));
        let mut signatures: Vec<Method> =
            source.signatures.iter().map(|signature| self.method(signature, Some(source))).collect();
        signatures.sort_by(|a, b| a.name.cmp(&b.name));
        Method {
            name: source.name.value.clone(),
            place: source.name.place,
            verb,
            segment,
            answers_action: source.answers_action,
            docs: source.docs.clone(),
            example: source.example.clone(),
            parameters,
            signatures,
        }
    }

    fn parameter(&self, source: &syntax::Parameter) -> Option<Parameter> {
        let ty = self.type_ref(&source.ty)?;
        Some(Parameter {
            name: source.name.value.clone(),
            place: source.name.place,
            ty,
            direction: source.direction,
            docs: source.docs.clone(),
            tag: self.apply(&source.tag, "tag", source.name.value.to_string()),
            item_tag: ty.list.then(|| self.item_tag(ty, &source.name.value)),
            mandatory: source.mandatory.clone(),
            optional: source.optional.clone(),
        })
    }

    fn locator(&self, source: &syntax::Locator) -> Option<Locator> {
        let service = self.service(&source.service)?;
        let segment = match (&source.parameter, &source.segment) {
            (Some(parameter), None) => Segment::Parameter(parameter.value.clone()),
            (None, segment) => Segment::Text(self.apply(segment, "segment", source.name.value.joined())),
            (Some(parameter), Some(_)) => {
                let message = format!("the locator `{}` has a segment and a parameter", source.name.value);
                let problem = Diagnostic::at(parameter.place, message, "only one of them can stand in the path");
                self.problems.push(problem);
                return None;
            }
        };
        Some(Locator {
            name: source.name.value.clone(),
            place: source.name.place,
            service,
            segment,
            docs: source.docs.clone(),
        })
    }
}

/// Gives each struct the rels to which its services lead and that no member has: the engine builds the links of an
/// object from the locators of the service that returns it.
fn link_rels(model: &mut Model) {
    let mut rels: BTreeMap<TypeId, BTreeSet<String>> = BTreeMap::new();
    for service in &model.services {
        let outs =
            service.methods.iter().filter(|method| method.verb == Verb::Get).flat_map(|method| &method.parameters);
        for out in outs.filter(|parameter| parameter.direction.is_out() && !parameter.ty.list) {
            if let BaseType::Struct(id) = out.ty.base {
                let segments = service.locators.iter().filter_map(|locator| match &locator.segment {
                    Segment::Text(segment) => Some(segment.clone()),
                    Segment::Parameter(_) => None,
                });
                rels.entry(id).or_default().extend(segments);
            }
        }
    }
    for (id, rels) in rels {
        if let Some(Type { kind: TypeKind::Struct(it), .. }) = model.types.get_mut(id.0) {
            let known = |rel: &String| it.members.iter().any(|member| member.rel.as_ref() == Some(rel));
            it.other_rels = rels.into_iter().filter(|rel| !known(rel)).collect();
            // The root of the API has no address of its own, and links all the same: before its members.
            if !it.other_rels.is_empty() {
                let attributes = it.members.iter().filter(|member| member.xml_attribute).count();
                it.links_at.get_or_insert(attributes);
            }
        }
    }
}

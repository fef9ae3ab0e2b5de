//! What objects have in the engine's JSON besides their members: links, actions and the status of their creation.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::field_path::FieldPath;
use super::keys::{HREF, REL};
use super::read_values::Scalars;
use crate::generated::wire;
use crate::markup::encoder::Encoder;
use crate::markup::text::excerpt;
use crate::markup::{DataError, LINK};
use crate::object::{LinkPlaces, Object, get, is_action_of};
use crate::unknown::Link;

/// A key of an object that is no member.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Part {
    /// The links: a sequence.
    Links,
    /// An element with the links of actions.
    Leading(&'static str),
    /// An element with a text.
    Trailing(&'static str),
}

impl Part {
    pub(super) fn named(name: &str) -> Option<Self> {
        let among = |tags: &[&'static str]| tags.iter().copied().find(|tag| *tag == name);
        match name {
            LINK => Some(Self::Links),
            _ => among(wire::LEADING).map(Self::Leading).or_else(|| among(wire::TRAILING).map(Self::Trailing)),
        }
    }

    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Links => LINK,
            Self::Leading(tag) | Self::Trailing(tag) => tag,
        }
    }
}

/// The parts of an object that were read. The object gets them when its address is known.
#[derive(Default)]
pub(super) struct Envelope {
    links: Vec<Link>,
    actions: Option<(&'static str, Vec<Link>)>,
    texts: Vec<(&'static str, String)>,
}

impl Envelope {
    /// Moves the parts into the object, as if they had been read from XML.
    pub(super) fn close(self, object: &mut dyn Object) {
        let (mut places, mut order) = (LinkPlaces::default(), Vec::new());
        for link in self.links.iter().filter(|link| !link.rel.is_empty() && !link.href.is_empty()) {
            places.accept(object, &link.rel, &link.href, &mut order);
        }
        if let Some((tag, links)) = self.actions {
            let own = get::<_, String>(object, HREF).cloned();
            let is_plain = own.is_some_and(|own| links.iter().all(|link| is_action_of(&own, &link.rel, &link.href)));
            if is_plain {
                let words: Vec<&str> = [tag].into_iter().chain(links.iter().map(|link| link.rel.as_str())).collect();
                object.unknown_mut().set_actions(words.join(" "));
            } else if let Ok(element) = element_of_links(tag, &links) {
                object.unknown_mut().push_element(&element);
            }
        }
        for (tag, text) in self.texts {
            if let Ok(element) = Encoder::fragment(|encoder| encoder.scalar(tag, &text)) {
                object.unknown_mut().push_element(&element);
            }
        }
    }
}

/// Links as an XML element. Fails if XML can't represent them.
fn element_of_links(tag: &'static str, links: &[Link]) -> Result<String, DataError> {
    Encoder::fragment(|encoder| {
        encoder.begin(tag, None);
        for link in links {
            encoder.link(&link.rel, &link.href)?;
        }
        encoder.end(tag);
        Ok(())
    })
}

/// Reads a part.
pub(super) struct EnvelopePart<'e> {
    pub(super) envelope: &'e mut Envelope,
    pub(super) part: Part,
    pub(super) path: &'e FieldPath<'e>,
}

impl<'de> DeserializeSeed<'de> for EnvelopePart<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let Self { envelope, part, path } = self;
        match part {
            Part::Links => deserializer.deserialize_seq(Links { to: &mut envelope.links, path }),
            Part::Leading(tag) => {
                let (_, to) = envelope.actions.insert((tag, Vec::new()));
                deserializer.deserialize_map(Actions { to, path })
            }
            Part::Trailing(tag) => {
                let mut text: Option<String> = None;
                Scalars { to: &mut text, path }.deserialize(deserializer)?;
                envelope.texts.extend(text.map(|text| (tag, text)));
                Ok(())
            }
        }
    }
}

/// Reads a sequence of links.
struct Links<'l> {
    to: &'l mut Vec<Link>,
    path: &'l FieldPath<'l>,
}

impl<'de> DeserializeSeed<'de> for Links<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Links<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` to be a sequence of links", self.path)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        for index in 0.. {
            let mut link = Link { rel: String::new(), href: String::new() };
            let path = self.path.item(index);
            if seq.next_element_seed(LinkFields { to: &mut link, path: &path })?.is_none() {
                break;
            }
            self.to.push(link);
        }
        Ok(())
    }
}

/// Reads the links of actions: a map with a sequence.
struct Actions<'a> {
    to: &'a mut Vec<Link>,
    path: &'a FieldPath<'a>,
}

impl<'de> Visitor<'de> for Actions<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` to be a map with a sequence of links", self.path)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { to, path } = self;
        while let Some(key) = map.next_key::<String>()? {
            match &*key {
                LINK => map.next_value_seed(Links { to: &mut *to, path: &path.key(LINK) })?,
                _ if path.ignores_unknown() => drop(map.next_value::<IgnoredAny>()?),
                other => return Err(unknown(other, path)),
            }
        }
        Ok(())
    }
}

/// Reads a link.
struct LinkFields<'l> {
    to: &'l mut Link,
    path: &'l FieldPath<'l>,
}

impl<'de> DeserializeSeed<'de> for LinkFields<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for LinkFields<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` to be a map with `{REL}` and `{HREF}`", self.path)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { to, path } = self;
        while let Some(key) = map.next_key::<String>()? {
            let (text, name) = match &*key {
                REL => (&mut to.rel, REL),
                HREF => (&mut to.href, HREF),
                _ if path.ignores_unknown() => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
                other => return Err(unknown(other, path)),
            };
            let mut value: Option<String> = None;
            map.next_value_seed(Scalars { to: &mut value, path: &path.key(name) })?;
            *text = value.unwrap_or_default();
        }
        Ok(())
    }
}

fn unknown<E: Error>(key: &str, path: &FieldPath<'_>) -> E {
    E::custom(format_args!("unknown key `{}` of `{path}`", excerpt(key)))
}

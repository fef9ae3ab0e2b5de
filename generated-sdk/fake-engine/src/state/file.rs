//! The state as a file: XML, with each object as the API writes it.

use std::fmt::Write as _;

use ovirt_sdk::object;
use ovirt_sdk::registry;
use ovirt_sdk::unstable::{self, Decoder};
use ovirt_sdk::xml::{DecodeOptions, Document, EncodeOptions};
use ovirt_sdk::{DataError, Error};

use super::actor::Actor;
use super::record::Record;
use super::store::State;
use super::tasks::Task;
use crate::clock::Clock;
use crate::effect::Effect;
use crate::hooks::Hooks;
use crate::random::Random;

/// The version of the file format.
const FORMAT: &str = "2";

impl State {
    /// Writes the state as text.
    pub(crate) fn save(&self) -> Result<String, Error> {
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        let (random, now) = (self.random.position(), self.now);
        // Writing to a string does not fail.
        let _ = writeln!(out, "<fake_engine form=\"{FORMAT}\" now=\"{now}\" random=\"{random}\">");
        for (name, value) in &self.counters {
            let _ = writeln!(out, "<counter name=\"{}\" value=\"{value}\"/>", escaped(name));
        }
        for (path, collection) in self.collections.iter() {
            for record in collection.records() {
                save_record(&mut out, path, record)?;
            }
        }
        for Task { at, effect, actor } in self.tasks.all() {
            let (kind, user) = (effect.kind().name(), escaped(&actor.user));
            let _ = write!(out, "<task at=\"{at}\" effect=\"{kind}\" user=\"{user}\"");
            let _ = write!(out, " correlation_id=\"{}\"", escaped(&actor.correlation_id));
            let _ = writeln!(out, " job=\"{}\">", escaped(actor.job.as_deref().unwrap_or_default()));
            for (name, text) in effect.arguments() {
                let _ = writeln!(out, "<argument name=\"{name}\" text=\"{}\"/>", escaped(&text));
            }
            out.push_str("</task>\n");
        }
        out.push_str("</fake_engine>\n");
        Ok(out)
    }

    /// Reads the state from a text and sets the clock to its time.
    pub(crate) fn load(text: &str, hooks: Hooks<Self>, clock: Clock) -> Result<Self, Error> {
        let mut state = Self::new(hooks, clock, 0);
        let mut format = String::new();
        unstable::decode(DecodeOptions::new(), text, |decoder| {
            decoder.root("fake_engine")?;
            let (mut now, mut random) = (None, 0);
            // The decoder reads attributes before children; their values are needed only at the end.
            let loaded = &mut state;
            decoder.children(
                &mut |name, value| match name {
                    "form" => format = value.to_owned(),
                    "now" => now = value.parse().ok(),
                    "random" => random = value.parse().unwrap_or(0),
                    _ => {}
                },
                &mut |tag, decoder| match tag {
                    "counter" => loaded.load_counter(decoder),
                    "record" => loaded.load_record(decoder),
                    "task" => loaded.load_task(decoder),
                    _ => decoder.pass(),
                },
            )?;
            state.random = Random::new(random);
            if let Some(now) = now {
                state.clock.catch_up(now);
                state.now = now;
            }
            Ok(())
        })?;
        if format != FORMAT {
            let problem = format!("the state file has format `{format}`; this version reads format `{FORMAT}`");
            return Err(unstable::request_error(problem));
        }
        Ok(state)
    }

    fn load_counter(&mut self, decoder: &mut Decoder<'_>) -> Result<(), DataError> {
        let [name, value] = attributes(decoder, ["name", "value"])?;
        self.counters.insert(name, value.parse().unwrap_or(0));
        Ok(())
    }

    fn load_record(&mut self, decoder: &mut Decoder<'_>) -> Result<(), DataError> {
        let (mut collection, mut id) = (String::new(), String::new());
        let (mut notes, mut object) = (Vec::new(), None);
        decoder.children(
            &mut |name, value| match name {
                "collection" => collection = value.to_owned(),
                _ => id = value.to_owned(),
            },
            &mut |tag, decoder| match (tag, registry::by_tag(tag)) {
                ("note", _) => {
                    let [key, value] = attributes(decoder, ["key", "value"])?;
                    notes.push((key, value));
                    Ok(())
                }
                (_, Some(tagged)) => {
                    let mut read = tagged.info().new_object();
                    decoder.object(&mut *read)?;
                    object = Some(read);
                    Ok(())
                }
                _ => decoder.pass(),
            },
        )?;
        if let Some(object) = object {
            let mut record = Record::new(id, object);
            record.notes.extend(notes);
            self.collections.get_or_create(&collection).insert(record);
        }
        Ok(())
    }

    fn load_task(&mut self, decoder: &mut Decoder<'_>) -> Result<(), DataError> {
        let (mut at, mut kind, mut actor, mut arguments) = (0, String::new(), Actor::default(), Vec::new());
        decoder.children(
            &mut |name, value| match name {
                "at" => at = value.parse().unwrap_or(0),
                "effect" => kind = value.to_owned(),
                "user" => actor.user = value.to_owned(),
                "correlation_id" => actor.correlation_id = value.to_owned(),
                "job" => actor.job = (!value.is_empty()).then(|| value.to_owned()),
                _ => {}
            },
            &mut |_, decoder| {
                let [name, text] = attributes(decoder, ["name", "text"])?;
                arguments.push((name, text));
                Ok(())
            },
        )?;
        let effect = Effect::read(&kind, &arguments)
            .ok_or_else(|| decoder.error_here(format!("the state file has an invalid effect `{kind}`")))?;
        self.tasks.push(Task { at, effect, actor });
        Ok(())
    }
}

/// Reads an element that has only these attributes.
fn attributes(decoder: &mut Decoder<'_>, names: [&str; 2]) -> Result<[String; 2], DataError> {
    let mut values = [String::new(), String::new()];
    decoder.children(
        &mut |name, value| {
            if let Some((_, slot)) = names.iter().zip(&mut values).find(|(other, _)| **other == name) {
                *slot = value.to_owned();
            }
        },
        &mut |_, decoder| decoder.pass(),
    )?;
    Ok(values)
}

fn save_record(out: &mut String, collection: &str, record: &Record) -> Result<(), Error> {
    let _ = writeln!(out, "<record collection=\"{}\" id=\"{}\">", escaped(collection), escaped(&record.id));
    for (key, value) in &record.notes {
        let _ = writeln!(out, "<note key=\"{}\" value=\"{}\"/>", escaped(key), escaped(value));
    }
    let document = Document::from(object::copy(&*record.object));
    // Several types can share a tag; the tag of the type itself is unique.
    out.push_str(&document.write(&EncodeOptions::new().root(record.object.info().tag))?);
    out.push_str("</record>\n");
    Ok(())
}

/// Escapes a text for an attribute.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            '\t' => out.push_str("&#9;"),
            _ => out.push(character),
        }
    }
    out
}

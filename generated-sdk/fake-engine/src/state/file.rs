//! The state as a file: XML, with each object as the API writes it.

use std::fmt::Write as _;
use std::sync::Arc;

use super::{Actor, Record, State, tasks::Task};
use crate::api::registry::Registry;
use crate::clock::Clock;
use ovirt_sdk::Error;
use ovirt_sdk::object;
use ovirt_sdk::unstable::{self, Decoder};
use ovirt_sdk::xml::{DecodeOptions, Document, EncodeOptions};

/// The form of the file.
const FORM: &str = "1";

impl State {
    /// The state as text.
    pub(crate) fn save(&self) -> Result<String, Error> {
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        let (random, now) = (self.random.position(), self.now);
        // Writing to a string does not fail.
        let _ = writeln!(out, "<fake_engine form=\"{FORM}\" now=\"{now}\" random=\"{random}\">");
        for (name, value) in &self.counters {
            let _ = writeln!(out, "<counter name=\"{}\" value=\"{value}\"/>", escaped(name));
        }
        for (path, collection) in self.collections.iter() {
            for record in collection.records() {
                save_record(&mut out, path, record)?;
            }
        }
        for task in self.tasks.all() {
            let Task { at, effect, arguments, actor } = task;
            let _ = write!(out, "<task at=\"{at}\" effect=\"{}\" user=\"{}\"", escaped(effect), escaped(&actor.user));
            let _ = write!(out, " correlation_id=\"{}\"", escaped(&actor.correlation_id));
            let _ = writeln!(out, " job=\"{}\">", escaped(actor.job.as_deref().unwrap_or_default()));
            for argument in arguments {
                let _ = writeln!(out, "<argument text=\"{}\"/>", escaped(argument));
            }
            out.push_str("</task>\n");
        }
        out.push_str("</fake_engine>\n");
        Ok(out)
    }

    /// The state that a text describes; the clock is set to its time.
    pub(crate) fn load(text: &str, registry: Arc<Registry>, clock: Clock) -> Result<Self, Error> {
        let mut state = Self::new(registry, clock, 0);
        let mut form = String::new();
        unstable::decode(DecodeOptions::new(), text, |decoder| {
            decoder.root("fake_engine")?;
            let (mut now, mut random) = (None, 0);
            // The decoder hands over attributes before children; what they say is needed at the end only.
            let loaded = &mut state;
            decoder.children(
                &mut |name, value| match name {
                    "form" => form = value.to_owned(),
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
            state.random = super::Random::new(random);
            if let Some(now) = now {
                state.clock.catch_up(now);
                state.now = now;
            }
            Ok(())
        })?;
        if form != FORM {
            return Err(unstable::request_error(format!(
                "the state has the form `{form}`; this version reads form `{FORM}`"
            )));
        }
        Ok(state)
    }

    fn load_counter(&mut self, decoder: &mut Decoder<'_>) -> Result<(), Error> {
        let mut counter = (String::new(), 0);
        decoder.children(
            &mut |name, value| match name {
                "name" => counter.0 = value.to_owned(),
                _ => counter.1 = value.parse().unwrap_or(0),
            },
            &mut |_, decoder| decoder.pass(),
        )?;
        self.counters.insert(counter.0, counter.1);
        Ok(())
    }

    fn load_record(&mut self, decoder: &mut Decoder<'_>) -> Result<(), Error> {
        let (mut place, mut notes, mut object) = ((String::new(), String::new()), Vec::new(), None);
        decoder.children(
            &mut |name, value| match name {
                "collection" => place.0 = value.to_owned(),
                _ => place.1 = value.to_owned(),
            },
            &mut |tag, decoder| match tag {
                "note" => {
                    let mut note = (String::new(), String::new());
                    decoder.children(
                        &mut |name, value| match name {
                            "key" => note.0 = value.to_owned(),
                            _ => note.1 = value.to_owned(),
                        },
                        &mut |_, decoder| decoder.pass(),
                    )?;
                    notes.push(note);
                    Ok(())
                }
                tag => match object::by_tag(tag) {
                    Some(tagged) => {
                        let mut read = tagged.info().new_object();
                        decoder.object(&mut *read)?;
                        object = Some(read);
                        Ok(())
                    }
                    None => decoder.pass(),
                },
            },
        )?;
        if let Some(object) = object {
            let (collection, id) = place;
            let mut record = Record::new(id, object);
            record.notes.extend(notes);
            self.collections.make(&collection).insert(record);
        }
        Ok(())
    }

    fn load_task(&mut self, decoder: &mut Decoder<'_>) -> Result<(), Error> {
        let mut task = Task { at: 0, effect: String::new(), arguments: Vec::new(), actor: Actor::default() };
        let mut arguments = Vec::new();
        decoder.children(
            &mut |name, value| match name {
                "at" => task.at = value.parse().unwrap_or(0),
                "effect" => task.effect = value.to_owned(),
                "user" => task.actor.user = value.to_owned(),
                "correlation_id" => task.actor.correlation_id = value.to_owned(),
                "job" => task.actor.job = (!value.is_empty()).then(|| value.to_owned()),
                _ => {}
            },
            &mut |_, decoder| {
                decoder.children(&mut |_, value| arguments.push(value.to_owned()), &mut |_, decoder| decoder.pass())
            },
        )?;
        task.arguments = arguments;
        self.tasks.push(task);
        Ok(())
    }
}

fn save_record(out: &mut String, collection: &str, record: &Record) -> Result<(), Error> {
    let _ = writeln!(out, "<record collection=\"{}\" id=\"{}\">", escaped(collection), escaped(&record.id));
    for (key, value) in &record.notes {
        let _ = writeln!(out, "<note key=\"{}\" value=\"{}\"/>", escaped(key), escaped(value));
    }
    let document = Document::from(object::copy(&*record.object));
    // A tag that several structs share would be read as the first of them.
    out.push_str(&document.write(&EncodeOptions::new().root(record.object.info().tag))?);
    out.push_str("</record>\n");
    Ok(())
}

/// A text as an attribute holds it.
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

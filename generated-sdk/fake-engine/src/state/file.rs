//! The state as XML, with each object as the API writes it: the content of the frames of a state file.

use std::fmt::Write as _;

use ovirt_sdk::object;
use ovirt_sdk::registry;
use ovirt_sdk::unstable::{self, Decoder};
use ovirt_sdk::xml::{DecodeOptions, Document, EncodeOptions};
use ovirt_sdk::{DataError, Error};

use super::actor::Actor;
use super::changes::Change;
use super::journal::Sink;
use super::record::Record;
use super::store::State;
use super::tasks::{Key, Task};
use crate::effect::Effect;
use crate::incident::Incident;
use crate::random::Random;
use crate::stored::Stored;

/// The length at which a part of a whole state is written.
const PART: usize = 1 << 20;

impl State {
    /// Writes the whole state in parts.
    pub(super) fn write_all(&self, sink: &mut Sink<'_>) -> Result<(), Error> {
        let mut out = self.begin_document();
        for (name, value) in &self.counters {
            write_counter(&mut out, name, *value);
        }
        write_incidents(&mut out, &self.incidents);
        for (key, task) in self.tasks.all() {
            write_task(&mut out, key, task);
        }
        for (path, collection) in self.collections.iter() {
            for record in collection.records() {
                write_record(&mut out, path, record)?;
                if out.len() > PART {
                    sink(&end_document(std::mem::replace(&mut out, self.begin_document())))?;
                }
            }
        }
        sink(&end_document(out))
    }

    /// Writes what has changed since the last time.
    pub(super) fn write_changes(&self) -> Result<String, Error> {
        let mut out = self.begin_document();
        for name in self.changes.counters() {
            write_counter(&mut out, name, self.counters.get(name).copied().unwrap_or(0));
        }
        if self.changes.has_incidents() {
            write_incidents(&mut out, &self.incidents);
        }
        for key in self.tasks.removed() {
            let _ = writeln!(out, "<done at=\"{}\" number=\"{}\"/>", key.0, key.1);
        }
        for (key, task) in self.tasks.added() {
            write_task(&mut out, key, task);
        }
        for change in self.changes.records() {
            match change {
                Change::Removed(path) => {
                    let _ = writeln!(out, "<removed path=\"{}\"/>", escaped(path));
                }
                Change::Touched(path) => {
                    // An object that doesn't exist was removed later.
                    if let (Some(record), Some((collection, _))) = (self.record(path), path.rsplit_once('/')) {
                        write_record(&mut out, collection, record)?;
                    }
                }
            }
        }
        Ok(end_document(out))
    }

    fn begin_document(&self) -> String {
        let (random, now) = (self.random.position(), self.now_millis());
        format!("<fake_engine now=\"{now}\" random=\"{random}\">\n")
    }

    /// Applies a document that [`write_all`](Self::write_all) or [`write_changes`](Self::write_changes) wrote.
    pub(super) fn apply_document(&mut self, text: &str) -> Result<(), Error> {
        unstable::decode(DecodeOptions::new(), text, |decoder| {
            decoder.root("fake_engine")?;
            let (mut now, mut random) = (None, None);
            decoder.children(
                &mut |name, value| match name {
                    "now" => now = value.parse().ok(),
                    "random" => random = value.parse().ok(),
                    _ => {}
                },
                &mut |tag, decoder| match tag {
                    "counter" => self.load_counter(decoder),
                    "incidents" => self.load_incidents(decoder),
                    "record" => self.load_record(decoder),
                    "removed" => {
                        let [path, _] = attributes(decoder, ["path", ""])?;
                        self.remove(&path);
                        Ok(())
                    }
                    "task" => self.load_task(decoder),
                    "done" => {
                        let [at, number] = attributes(decoder, ["at", "number"])?;
                        self.tasks.forget((at.parse().unwrap_or(0), number.parse().unwrap_or(0)));
                        Ok(())
                    }
                    _ => decoder.pass(),
                },
            )?;
            self.random = Random::new(random.unwrap_or(0));
            self.now = now.unwrap_or(self.now);
            Ok(())
        })?;
        Ok(())
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
            self.collections.get_or_create(&collection).put(record);
        }
        Ok(())
    }

    fn load_incidents(&mut self, decoder: &mut Decoder<'_>) -> Result<(), DataError> {
        let [texts, _] = attributes(decoder, ["texts", ""])?;
        let incidents = texts.lines().map(Incident::from_text).collect::<Option<Vec<Incident>>>();
        let problem = || decoder.error_here(format!("the state file has an invalid incident: {texts}"));
        self.incidents = incidents.ok_or_else(problem)?;
        Ok(())
    }

    fn load_task(&mut self, decoder: &mut Decoder<'_>) -> Result<(), DataError> {
        let (mut at, mut number, mut kind) = (0, 0, String::new());
        let (mut actor, mut arguments) = (Actor::default(), Vec::new());
        decoder.children(
            &mut |name, value| match name {
                "at" => at = value.parse().unwrap_or(0),
                "number" => number = value.parse().unwrap_or(0),
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
        self.tasks.restore(number, Task { at, effect, actor });
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

fn end_document(mut out: String) -> String {
    out.push_str("</fake_engine>");
    out
}

// Writing to a string does not fail.

fn write_counter(out: &mut String, name: &str, value: i64) {
    let _ = writeln!(out, "<counter name=\"{}\" value=\"{value}\"/>", escaped(name));
}

fn write_incidents(out: &mut String, incidents: &[Incident]) {
    let texts: Vec<String> = incidents.iter().map(Stored::to_text).collect();
    let _ = writeln!(out, "<incidents texts=\"{}\"/>", escaped(&texts.join("\n")));
}

fn write_task(out: &mut String, key: Key, Task { at, effect, actor }: &Task) {
    let (kind, user) = (effect.kind().name(), escaped(&actor.user));
    let _ = write!(out, "<task at=\"{at}\" number=\"{}\" effect=\"{kind}\" user=\"{user}\"", key.1);
    let _ = write!(out, " correlation_id=\"{}\"", escaped(&actor.correlation_id));
    let _ = writeln!(out, " job=\"{}\">", escaped(actor.job.as_deref().unwrap_or_default()));
    for (name, text) in effect.arguments() {
        let _ = writeln!(out, "<argument name=\"{name}\" text=\"{}\"/>", escaped(&text));
    }
    out.push_str("</task>\n");
}

fn write_record(out: &mut String, collection: &str, record: &Record) -> Result<(), Error> {
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

//! Properties of every struct of the API, checked with random objects.

use std::fmt::Debug;

use ovirt_sdk::formats::Readable;
use ovirt_sdk::formats::engine_json::{EngineJson, ToEngineJson};
use ovirt_sdk::object::{self, Kind, Object, ScalarKind, Struct};
use ovirt_sdk::types::{self, DateTime, List};
use ovirt_sdk::xml;
use ovirt_sdk_tests::every_struct;
use ovirt_sdk_tests::random::Random;
use serde::Serialize;
use serde::de::{DeserializeOwned, DeserializeSeed};

/// Number of random objects per struct.
const EACH: u32 = 4;
const LEVELS: u32 = 2;

macro_rules! for_each {
    ($($name:ident,)*) => {
        #[test]
        fn values_survive_a_round_trip() {
            $(written_is_read::<types::$name>();)*
        }
    };
}
every_struct!(for_each);

fn written_is_read<T: Struct + Serialize + DeserializeOwned + ToEngineJson + Readable>() {
    let mut random = Random::new(T::INFO.name.bytes().fold(3, |seed, byte| seed * 31 % 1_000_003 + u64::from(byte)));
    for _ in 0..EACH {
        let source = random.object(T::INFO, LEVELS);
        let value: T = xml::from_str(&random.write(&source)).unwrap();
        json(&value);
        let text = toml::to_string(&value).unwrap();
        same(&toml::from_str(&text), &value, &text);
        by_table(&value);
        engine_json(&value);

        let source = random.collection(T::INFO, LEVELS - 1);
        let mut list: List<T> = xml::from_str(&random.write(&source)).unwrap();
        json(&list);
        engine_list(&list);
        list.set_href(Some("/ovirt-engine/api/somewhere"));
        json(&list);
    }
    json(&T::default());
    json(&List::<T>::new());
}

fn json<V: Serialize + DeserializeOwned + PartialEq + Debug>(value: &V) {
    let text = serde_json::to_string(value).unwrap();
    same(&serde_json::from_str(&text), value, &text);
    // Deserialize from borrowed strings, from owned strings and from a reader.
    let tree = serde_json::to_value(value).unwrap();
    same(&V::deserialize(&tree), value, &text);
    same(&serde_json::from_value(tree), value, &text);
    same(&serde_json::from_reader(text.as_bytes()), value, &text);
}

/// Checks the same round trip through `dyn Object`, without the static type.
fn by_table<T: Struct + Serialize>(value: &T) {
    let object: &dyn Object = value;
    let text = serde_json::to_string(object).unwrap();
    assert_eq!(text, serde_json::to_string(value).unwrap());
    let read = T::INFO.deserialize(&mut serde_json::Deserializer::from_str(&text)).unwrap();
    assert!(object::equal(&*read, object), "{read:#?}\nis not\n{object:#?}\n{text}");
}

/// Checks the round trip in the engine's JSON, which has no offsets of dates.
fn engine_json<T: Struct + DeserializeOwned + ToEngineJson + Readable>(value: &T) {
    let text = serde_json::to_string(&EngineJson(value)).unwrap();
    let mut expected = value.clone();
    in_utc(&mut expected);
    let read = serde_json::from_str::<EngineJson<T>>(&text).map(|EngineJson(read)| read);
    same(&read, &expected, &text);
    same(&serde_json::from_str(&text), &expected, &text);
    let tree: serde_json::Value = serde_json::from_str(&text).unwrap();
    same(&serde_json::from_value(tree), &expected, &text);
    let object: &dyn Object = value;
    assert_eq!(serde_json::to_string(&EngineJson(object)).unwrap(), text);
    let read = EngineJson(T::INFO).deserialize(&mut serde_json::Deserializer::from_str(&text)).unwrap();
    assert!(object::equal(&*read, &expected), "{text}");
}

fn engine_list<T: Struct>(list: &List<T>) {
    let text = serde_json::to_string(&EngineJson(list)).unwrap();
    let mut expected = list.clone();
    expected.iter_mut().for_each(|item| in_utc(item));
    let read = serde_json::from_str::<EngineJson<List<T>>>(&text).map(|EngineJson(read)| read);
    same(&read, &expected, &text);
}

/// Converts all dates to UTC and milliseconds.
fn in_utc(object: &mut dyn Object) {
    for index in 0..object.info().members.len() {
        let Some(slot) = object.slot_mut(index).filter(|slot| slot.is_set()) else { continue };
        match slot.kind() {
            Kind::Value(ScalarKind::Date) => {
                let date: DateTime = slot.text().unwrap().parse().unwrap();
                assert!(slot.assign(&DateTime::from_unix_millis(date.unix_millis())));
            }
            Kind::Object(_) => in_utc(slot.make_object().unwrap()),
            Kind::List(_) => {
                let list = slot.make_list().unwrap();
                (0..list.count()).for_each(|index| in_utc(list.object_mut(index).unwrap()));
            }
            _ => {}
        }
    }
}

fn same<V: PartialEq + Debug, E: Debug>(read: &Result<V, E>, value: &V, text: &str) {
    assert!(read.as_ref().is_ok_and(|read| read == value), "{read:#?}\nis not\n{value:#?}\n{text}");
}

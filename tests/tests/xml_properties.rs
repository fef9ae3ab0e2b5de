//! Properties of every struct of the API, checked with random objects.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::string_slice, reason = "tests fail so")]
#![recursion_limit = "64"]

use std::fmt::Debug;

use ovirt_sdk::object::{self, Struct, StructInfo};
use ovirt_sdk::registry;
use ovirt_sdk::types::{self, List};
use ovirt_sdk::xml::{self, DecodeOptions, Document, EncodeOptions};
use ovirt_sdk_tests::every_struct;
use ovirt_sdk_tests::pieces::Pieces;
use ovirt_sdk_tests::random::Random;

/// Number of random objects per struct.
const EACH: u32 = 4;
const LEVELS: u32 = 2;
const STRICT: DecodeOptions = DecodeOptions::new().strict(true);

macro_rules! for_each {
    ($($name:ident,)*) => {
        /// Every struct, in the order of the SDK's registry.
        fn infos() -> Vec<&'static StructInfo> {
            vec![$(<types::$name as Struct>::INFO),*]
        }

        #[test]
        fn values_survive_a_round_trip() {
            $(written_is_read::<types::$name>();)*
        }

        #[test]
        fn the_order_of_elements_is_not_significant() {
            $(order_means_nothing::<types::$name>();)*
        }

        #[test]
        fn collections_read_in_pieces_have_the_same_items() {
            $(pieces_are_the_same::<types::$name>();)*
        }

        #[test]
        fn untyped_documents_equal_typed_ones() {
            $(document_is_typed::<types::$name>();)*
        }

        #[test]
        fn every_struct_is_send_and_sync() {
            fn free<T: Send + Sync + Unpin + Clone + Debug + Default + 'static>() {}
            $(
                free::<types::$name>();
                free::<List<types::$name>>();
                free::<Option<Box<types::$name>>>();
            )*
        }
    };
}
every_struct!(for_each);

#[test]
fn all_structs_are_covered() {
    let named: Vec<_> = infos().iter().map(|info| info.name).collect();
    let all: Vec<_> = registry::structs().iter().map(|info| info.name).collect();
    assert_eq!(named, all, "the list in tests/src/every.rs is not that of the model");
}

/// A generator with a different seed for each struct.
fn random<T: Struct>() -> Random {
    Random::new(T::INFO.name.bytes().fold(7, |seed, byte| seed * 31 % 1_000_003 + u64::from(byte)))
}

fn read<T: xml::Root>(text: &str) -> T {
    STRICT.from_str(text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn same<V: PartialEq + Debug>(one: &V, other: &V, text: &str) {
    assert!(one == other, "{one:#?}\nis not\n{other:#?}\n{text}");
}

fn written_is_read<T: Struct>() {
    let mut random = random::<T>();
    for _ in 0..EACH {
        let source = random.object(T::INFO, LEVELS);
        written_is_read_of::<T>(&random.write(&source));
        let source = random.collection(T::INFO, LEVELS - 1);
        written_is_read_of::<List<T>>(&random.write(&source));
    }
}

fn written_is_read_of<V: xml::Root + PartialEq + Debug>(source: &str) {
    let value: V = read(source);
    let indented = xml::to_string(&value).expect(source);
    let compact = EncodeOptions::new().indent(false).to_string(&value).expect(source);
    let declared = EncodeOptions::new().declaration(true).to_string(&value).expect(source);
    let unknown = EncodeOptions::new().unknown(true).to_string(&value).expect(source);
    for text in [&indented, &compact, &declared] {
        same(&read(text), &value, text);
    }
    assert_eq!(indented, unknown, "nothing is unknown");
    assert_eq!(declared.split_once('\n').map(|(_, rest)| rest), Some(&*indented));
    let mut bytes = Vec::new();
    xml::to_writer(&mut bytes, &value).expect(source);
    assert_eq!(bytes, indented.as_bytes());
    same(&xml::from_slice(indented.as_bytes()).expect("as from_str"), &value, &indented);
    same(&xml::from_reader(Pieces::new(indented.as_bytes(), 100)).expect("as from_str"), &value, &indented);
}

fn order_means_nothing<T: Struct>() {
    let mut random = random::<T>();
    for _ in 0..EACH {
        let mut source = random.object(T::INFO, LEVELS);
        let text = random.write(&source);
        let value: T = read(&text);
        random.shuffle(&mut source);
        let shuffled = random.write(&source);
        same(&read(&shuffled), &value, &shuffled);
        assert_eq!(xml::to_string(&value).expect(&text), xml::to_string(&read::<T>(&shuffled)).expect(&shuffled));
    }
}

fn pieces_are_the_same<T: Struct>() {
    let mut random = random::<T>();
    for _ in 0..EACH {
        let source = random.collection(T::INFO, LEVELS - 1);
        let text = random.write(&source);
        let list: List<T> = read(&text);
        for most in [1, 7, 4096] {
            let items: Result<List<T>, _> = STRICT.items(Pieces::new(text.as_bytes(), most)).collect();
            same(&items.unwrap_or_else(|error| panic!("{error}\n{text}")), &list, &text);
        }
    }
}

fn document_is_typed<T: Struct>() {
    let mut random = random::<T>();
    let one = random.object(T::INFO, LEVELS);
    let text = random.write(&one);
    let value: T = read(&text);
    let document = Document::read(text.as_bytes(), &STRICT).expect(&text);
    assert_eq!(document.info().name, T::INFO.name);
    assert_eq!(document.objects().count(), 1);
    assert!(document.objects().all(|object| object::equal(object, &value)), "{text}");
    assert!(document == Document::from(Box::new(value.clone()) as Box<dyn object::Object>));
    assert_eq!(document.write(&EncodeOptions::new()).expect(&text), xml::to_string(&value).expect(&text));

    let many = random.collection(T::INFO, LEVELS - 1);
    let text = random.write(&many);
    let list: List<T> = read(&text);
    let document = Document::read(text.as_bytes(), &STRICT).expect(&text);
    assert_eq!(document.objects().count(), list.len());
    assert!(document.objects().zip(&list).all(|(object, item)| object::equal(object, item)), "{text}");
    assert_eq!(document.write(&EncodeOptions::new()).expect(&text), xml::to_string(&list).expect(&text));
}

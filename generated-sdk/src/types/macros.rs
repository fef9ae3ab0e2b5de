//! Macros for the common parts of all generated types.

/// What a struct has for its fields: accessors that fail if a field is unset, constants of its links, its table, and the
/// traits that follow from it.
///
/// First the name of the struct, the number of its fields and what else the table says about it, then all positions of
/// fields. Then a row for each field: its label and properties for [`StructTexts`](crate::object::StructTexts), the function
/// that reads it, the accessor, the field and the returned type; the module of the functions that make it a slot, if it is not
/// converted here; for a link that can be followed, its constant, its name in the API and what it leads to; then why some
/// objects lack it.
macro_rules! object {
    (
        $struct:ident $name:literal $count:literal;
        { $($info:tt)* };
        $($index:literal)*;
        $($label:literal $($property:literal)* $read:ident $accessor:ident $field:ident: $type:ty $(as $erased:ident)? $(=> $link:ident $member:literal $target:ty $(= $reason:literal)?)?;)*
    ) => {
        impl $struct {
            $($(
                #[doc = concat!("The link [`", $label, "`](Self#structfield.", stringify!($field), "), for [`follow`](crate::follow).")]
                $(
                    #[doc = concat!("\n", $reason, " So a request can't follow it, but [`follow_each`](crate::Connection::follow_each) can.")]
                )?
                pub const $link: crate::link::Link<Self, $target> = crate::link::Link::new($member);
            )?)*

            $(
                #[doc = concat!("[`", $label, "`](Self#structfield.", stringify!($field), "), or an error when it is absent.")]
                pub fn $accessor(&self) -> std::result::Result<$type, crate::markup::DataError> {
                    crate::object::$read($name, $label, &self.$field)
                }
            )*

            /// The content that the model does not know.
            pub fn unknown(&self) -> &crate::unknown::Unknown {
                &self.unknown
            }
        }

        impl crate::object::Struct for $struct {
            const TEXTS: crate::object::StructTexts = crate::object::StructTexts {
                name: $name,
                $($info)*,
                members: crate::object::words!($($label $($property)*;)*),
            };
            #[doc(hidden)]
            type Table = crate::object::TableOf<Self, $count>;

            #[allow(unreachable_code, unused_variables, reason = "a struct can have no fields")]
            fn field(&self, index: usize) -> std::option::Option<&dyn crate::object::Slot> {
                let slot: &dyn crate::object::Slot = match index {
                    $($index => $(crate::object::$erased::slot)? (&self.$field),)*
                    _ => return None,
                };
                Some(slot)
            }

            fn each_set_field<'o>(
                &'o self,
                visit: &mut dyn FnMut(usize, &'o dyn crate::object::Slot) -> std::result::Result<(), crate::markup::DataError>,
            ) -> std::result::Result<(), crate::markup::DataError> {
                crate::object::visit_set(self, &[$(self.$field.is_some()),*], visit)
            }

            #[allow(unreachable_code, unused_variables, reason = "a struct can have no fields")]
            fn field_mut(&mut self, index: usize) -> std::option::Option<&mut dyn crate::object::Slot> {
                let slot: &mut dyn crate::object::Slot = match index {
                    $($index => $(crate::object::$erased::slot_mut)? (&mut self.$field),)*
                    _ => return None,
                };
                Some(slot)
            }

            fn unknown_content(&self) -> &crate::unknown::Unknown {
                &self.unknown
            }

            fn unknown_content_mut(&mut self) -> &mut crate::unknown::Unknown {
                &mut self.unknown
            }
        }

        impl std::default::Default for $struct {
            fn default() -> Self {
                Self { $($field: None,)* unknown: crate::unknown::Unknown::new() }
            }
        }

        impl std::clone::Clone for $struct {
            fn clone(&self) -> Self {
                crate::object::clone(self)
            }
        }

        impl std::cmp::PartialEq for $struct {
            fn eq(&self, other: &Self) -> bool {
                crate::object::same_struct(self, other)
            }
        }

        impl std::fmt::Debug for $struct {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                crate::object::debug(self, f)
            }
        }

        crate::types::object_in_formats!($struct);
    };
}
pub(crate) use object;

/// The enum of fields of which at most one is set, and the method that returns it. Each row: the variant, the field and
/// its type.
macro_rules! one_of {
    ($struct:ident; $enum:ident $method:ident; $($variant:ident $field:ident: $type:ty;)*) => {
        #[doc = concat!("What [`", stringify!($struct), "::", stringify!($method), "`] returns: the field that is set.")]
        #[derive(Clone, Copy, Debug, PartialEq)]
        #[non_exhaustive]
        pub enum $enum<'o> {
            $(
                #[doc = concat!("The object in `", stringify!($field), "`.")]
                $variant(&'o $type),
            )*
        }

        impl<'o> $enum<'o> {
            /// The object, whatever its type.
            pub fn object(self) -> &'o dyn crate::object::Object {
                match self {
                    $(Self::$variant(object) => object,)*
                }
            }
        }

        impl $struct {
            /// Returns which of these fields is set, if any:
            ///
            $(#[doc = concat!("- `", stringify!($field), "`")])*
            pub fn $method(&self) -> std::option::Option<$enum<'_>> {
                $(
                    if let std::option::Option::Some(object) = &self.$field {
                        return std::option::Option::Some($enum::$variant(object));
                    }
                )*
                std::option::Option::None
            }
        }
    };
}
pub(crate) use one_of;

/// The texts of an enum of the model, and its traits. Each row: the variant and its text in the API.
macro_rules! text_enum {
    ($enum:ident, $name:literal; $($variant:ident $text:literal;)*) => {
        impl $enum {
            /// All known values.
            pub const KNOWN: &'static [Self] = &[$(Self::$variant),*];

            /// Returns the value as text, as in the API.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Unknown(text) => text,
                }
            }
        }

        impl crate::markup::text_enum::TextEnum for $enum {
            fn table() -> crate::markup::text_enum::EnumTable<Self> {
                crate::markup::text_enum::EnumTable {
                    name: $name,
                    values: Self::KNOWN,
                    variants: &[$(stringify!($variant)),*],
                    text: Self::as_str,
                    unknown: Self::Unknown,
                }
            }
        }

        impl std::fmt::Debug for $enum {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                crate::markup::text_enum::debug(self, f)
            }
        }

        impl std::cmp::PartialEq for $enum {
            fn eq(&self, other: &Self) -> bool {
                crate::markup::text_enum::same(self, other)
            }
        }

        impl crate::object::FieldValue for $enum {
            type Access = crate::object::ScalarAccess;
        }

        crate::types::enum_in_formats!($enum, $name);

        impl std::cmp::Eq for $enum {}

        impl std::cmp::Ord for $enum {
            /// Compares by the order of the values in the API; unknown values come last.
            fn cmp(&self, other: &Self) -> std::cmp::Ordering {
                crate::markup::text_enum::compare(self, other)
            }
        }

        impl std::cmp::PartialOrd for $enum {
            fn partial_cmp(&self, other: &Self) -> std::option::Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

        impl std::hash::Hash for $enum {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                crate::markup::text_enum::hash(self, state);
            }
        }

        impl<S: std::convert::AsRef<str>> std::convert::From<S> for $enum {
            /// Converts a text; an unknown text is kept unchanged.
            fn from(text: S) -> Self {
                crate::markup::text_enum::from_text(text.as_ref())
            }
        }

        impl std::str::FromStr for $enum {
            type Err = std::convert::Infallible;

            /// Converts a text; an unknown text is kept unchanged.
            fn from_str(text: &str) -> std::result::Result<Self, std::convert::Infallible> {
                Ok(crate::markup::text_enum::from_text(text))
            }
        }

        impl std::fmt::Display for $enum {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}
pub(crate) use text_enum;

/// A struct for serde. These are macros so that the feature costs nothing when it is off.
#[cfg(feature = "serde")]
macro_rules! object_in_formats {
    ($struct:ident) => {
        impl ::serde::Serialize for $struct {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
                crate::formats::write_object(self, serializer)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $struct {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
                crate::formats::read_object(deserializer)
            }
        }

        impl crate::formats::engine_json::sealed::Sealed for $struct {}

        impl crate::formats::engine_json::ToEngineJson for $struct {
            fn write<S: ::serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
                crate::formats::engine_json::write_engine_object(self, serializer)
            }
        }
    };
}
#[cfg(not(feature = "serde"))]
macro_rules! object_in_formats {
    ($struct:ident) => {};
}
pub(crate) use object_in_formats;

/// An enum for serde.
#[cfg(feature = "serde")]
macro_rules! enum_in_formats {
    ($enum:ident, $name:literal) => {
        impl ::serde::Serialize for $enum {
            fn serialize<S: ::serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $enum {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
                crate::formats::read_text($name, deserializer)
            }
        }
    };
}
#[cfg(not(feature = "serde"))]
macro_rules! enum_in_formats {
    ($enum:ident, $name:literal) => {};
}
pub(crate) use enum_in_formats;

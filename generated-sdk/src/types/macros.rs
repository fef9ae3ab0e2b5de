//! Macros for the common parts of all generated types.

/// The accessors of a struct that fail if a field is unset, and the constants of its links. Each row: the function that
/// reads the field, the accessor, the field and the returned type; for a link that can be followed, its constant, its name
/// in the API and what it leads to; then why some objects lack it.
macro_rules! accessors {
    (
        $struct:ident;
        $($read:ident $accessor:ident $field:ident: $type:ty $(=> $link:ident $name:literal $target:ty $(= $reason:literal)?)?;)*
    ) => {
        impl $struct {
            $($(
                #[doc = concat!("The link [`", stringify!($field), "`](Self#structfield.", stringify!($field), "), for [`follow`](crate::follow).")]
                $(
                    #[doc = concat!("\n", $reason, " So a request can't follow it, but [`follow_each`](crate::Connection::follow_each) can.")]
                )?
                pub const $link: crate::link::Link<Self, $target> = crate::link::Link::new($name);
            )?)*

            $(
                #[doc = concat!("[`", stringify!($field), "`](Self#structfield.", stringify!($field), "), or an error when it is absent.")]
                pub fn $accessor(&self) -> std::result::Result<$type, crate::markup::DataError> {
                    crate::object::$read(<Self as crate::object::Struct>::INFO, stringify!($accessor), &self.$field)
                }
            )*

            /// The content that the model does not know.
            pub fn unknown(&self) -> &crate::unknown::Unknown {
                &self.unknown
            }
        }
    };
}
pub(crate) use accessors;

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

/// The fields of a struct by their position in its table, and the traits that follow from them: first all positions,
/// then all fields.
macro_rules! slots {
    ($struct:ident; $($index:literal)*; $($field:ident,)*) => {
        impl crate::object::Object for $struct {
            fn info(&self) -> &'static crate::object::StructInfo {
                <Self as crate::object::Struct>::INFO
            }

            #[allow(unreachable_code, reason = "a struct can have no fields")]
            fn slot(&self, index: usize) -> std::option::Option<&dyn crate::object::Slot> {
                Some(match index {
                    $($index => crate::object::slot(&self.$field),)*
                    _ => return None,
                })
            }

            fn each_set<'o>(
                &'o self,
                visit: &mut dyn FnMut(usize, &'o dyn crate::object::Slot) -> std::result::Result<(), crate::markup::DataError>,
            ) -> std::result::Result<(), crate::markup::DataError> {
                crate::object::visit_set(self, &[$(self.$field.is_some()),*], visit)
            }

            #[allow(unreachable_code, reason = "a struct can have no fields")]
            fn slot_mut(&mut self, index: usize) -> std::option::Option<&mut dyn crate::object::Slot> {
                Some(match index {
                    $($index => crate::object::slot_mut(&mut self.$field),)*
                    _ => return None,
                })
            }

            fn unknown(&self) -> &crate::unknown::Unknown {
                &self.unknown
            }

            fn unknown_mut(&mut self) -> &mut crate::unknown::Unknown {
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
pub(crate) use slots;

/// The traits of an enum of the model.
macro_rules! text_enum {
    ($enum:ident, $name:literal) => {
        impl crate::markup::text_enum::TextEnum for $enum {
            const NAME: &'static str = $name;
            const VALUES: &'static [Self] = Self::KNOWN;
            fn text(&self) -> &str {
                self.as_str()
            }
            fn unknown(text: std::string::String) -> Self {
                Self::Unknown(text)
            }
            fn is_unknown(&self) -> bool {
                matches!(self, Self::Unknown(_))
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

        impl std::convert::From<&str> for $enum {
            /// Converts a text; an unknown text is kept unchanged.
            fn from(text: &str) -> Self {
                crate::markup::text_enum::from_text(text)
            }
        }

        impl std::convert::From<std::string::String> for $enum {
            /// Converts a text; an unknown text is kept unchanged.
            fn from(text: std::string::String) -> Self {
                crate::markup::text_enum::from_text(&text)
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

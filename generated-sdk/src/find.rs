//! Finding objects of a collection by the field that identifies them.

use crate::error::Error;
use crate::list::List;
use crate::markup::DataError;
use crate::object::{Struct, text};
use crate::request::{Reply, Sending, TypedRequest};
use crate::service::{Location, Service, id_of};

/// The path of the field that identifies an object, and the query parameter for searches if they can find it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lookup {
    pub(crate) path: &'static str,
    pub(crate) search: Option<&'static str>,
}

/// Finds all objects with an identifying text.
///
/// This function and the ones below box their futures. If the methods of the handles did so, the compiler would check for
/// each of them that its future can move between threads.
pub(crate) fn find_all<T: Struct>(location: &Location, lookup: Lookup, name: String) -> Sending<Vec<T>> {
    Box::pin(all(location.clone(), lookup, name))
}

/// Finds the only object with an identifying text.
pub(crate) fn find<T: Struct>(location: &Location, lookup: Lookup, name: String) -> Sending<T> {
    Box::pin(only(location.clone(), lookup, name))
}

/// Finds the service of the only object with an identifying text.
pub(crate) fn find_service<T: Struct, S: Service>(location: &Location, lookup: Lookup, name: String) -> Sending<S> {
    let found = find::<T>(location, lookup, name);
    let location = location.clone();
    Box::pin(async move { Ok(S::at(location.object(id_of(&found.await?)?))) })
}

/// Finds the only object with the identifying text of the value, or else adds the value. The flag tells whether it was
/// added.
pub(crate) fn find_or_create<T: Struct>(location: &Location, lookup: Lookup, value: T) -> Sending<(T, bool)> {
    Box::pin(only_or_new(location.clone(), lookup, value))
}

async fn all<T: Struct>(location: Location, lookup: Lookup, name: String) -> Result<Vec<T>, Error> {
    let list = || TypedRequest::<List<T>>::list(&location);
    let found = match lookup.search.zip(search_pattern(&name)) {
        Some((search, pattern)) => {
            match list().query(search, format!("{}={pattern}", lookup.path)).send().await {
                // Some collections support searches, but not by name.
                Err(error) if error.fault().is_some() && !error.is_auth() => list().send().await?,
                other => other?,
            }
        }
        None => list().send().await?,
    };
    let has_name = |item: &T| text(item, lookup.path).is_some_and(|other| other == name);
    Ok(found.into_iter().filter(has_name).collect())
}

async fn only<T: Struct>(location: Location, lookup: Lookup, name: String) -> Result<T, Error> {
    let found = all::<T>(location.clone(), lookup, name.clone()).await?;
    match at_most_one(&location, lookup, &name, found)? {
        Some(found) => Ok(found),
        None => Err(Error::matches(location.path()?, T::INFO.name, lookup.path, &name, Vec::new())),
    }
}

/// Returns the object, or an error if there are several.
pub(crate) fn at_most_one<T: Struct>(
    location: &Location,
    lookup: Lookup,
    name: &str,
    found: Vec<T>,
) -> Result<Option<T>, Error> {
    if found.len() > 1 {
        let ids = found.iter().map(|item| id_of(item).unwrap_or_default().to_owned());
        return Err(Error::matches(location.path()?, T::INFO.name, lookup.path, name, ids.collect()));
    }
    Ok(found.into_iter().next())
}

async fn only_or_new<T: Struct>(location: Location, lookup: Lookup, value: T) -> Result<(T, bool), Error> {
    let name = text(&value, lookup.path);
    let name = name.ok_or_else(|| DataError::absent(T::INFO.name, lookup.path))?;
    let search = || all::<T>(location.clone(), lookup, name.clone());
    if let Some(found) = at_most_one(&location, lookup, &name, search().await?)? {
        return Ok((found, false));
    }
    match TypedRequest::<T>::add(&location, &value).send_reply().await {
        Ok(Reply { value: Some(created), .. }) => Ok((created, true)),
        // The engine added the object without returning it.
        Ok(_) => Ok((at_most_one(&location, lookup, &name, search().await?)?.unwrap_or(value), true)),
        // Another client may have added it in the meantime.
        Err(error) if error.is_conflict() => {
            at_most_one(&location, lookup, &name, search().await?)?.map(|found| (found, false)).ok_or(error)
        }
        Err(error) => Err(error),
    }
}

/// The search pattern for a name. The query language can't escape special characters, so wildcards replace them, and
/// the results are filtered afterwards. `None` if the pattern would consist of wildcards only.
fn search_pattern(name: &str) -> Option<String> {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.');
    let pattern: String = name.chars().map(|c| if plain(c) { c } else { '*' }).collect();
    name.chars().any(plain).then_some(pattern)
}

/// Defines the methods of a handle that find objects by the field that identifies them.
macro_rules! named {
    ($service:ident $(=> $object:ty)?; $type:ty; $path:literal, $search:expr; find_or_create) => {
        crate::find::named!($service $(=> $object)?; $type; $path, $search;);

        impl $service {
            #[doc = concat!("Finds the only object with the `", $path, "` of the value, or else adds the value.")]
            ///
            /// Returns the object, and whether it was added.
            ///
            /// # Errors
            ///
            #[doc = concat!("When the value has no `", $path, "`, or when several objects have the same; the error lists their IDs.")]
            pub fn find_or_create(&self, value: impl Into<$type>) -> crate::request::Sending<($type, bool)> {
                let lookup = crate::find::Lookup { path: $path, search: $search };
                crate::find::find_or_create(&self.0, lookup, value.into())
            }

            /// Blocking counterpart of [`find_or_create`](Self::find_or_create).
            ///
            /// # Errors
            ///
            /// The same errors; also fails within an async runtime.
            #[cfg(feature = "blocking")]
            pub fn find_or_create_blocking(
                &self,
                value: impl Into<$type>,
            ) -> std::result::Result<($type, bool), crate::Error> {
                crate::blocking::block_on(self.find_or_create(value))?
            }
        }
    };
    ($service:ident $(=> $object:ty)?; $type:ty; $path:literal, $search:expr;) => {
        impl $service {
            $(
                #[doc = concat!("Finds the only object with exactly this `", $path, "` and returns its service.")]
                ///
                /// # Errors
                ///
                /// When no object has it, or when several have it; the error lists their IDs.
                pub fn find_service(&self, name: impl Into<std::string::String>) -> crate::request::Sending<$object> {
                    let lookup = crate::find::Lookup { path: $path, search: $search };
                    crate::find::find_service::<$type, $object>(&self.0, lookup, name.into())
                }

                /// Blocking counterpart of [`find_service`](Self::find_service).
                ///
                /// # Errors
                ///
                /// The same errors; also fails within an async runtime.
                #[cfg(feature = "blocking")]
                pub fn find_service_blocking(
                    &self,
                    name: impl Into<std::string::String>,
                ) -> std::result::Result<$object, crate::Error> {
                    crate::blocking::block_on(self.find_service(name))?
                }
            )?

            #[doc = concat!("Finds the only object with exactly this `", $path, "`, which can contain any characters.")]
            ///
            /// # Errors
            ///
            /// When no object has it, or when several have it; the error lists their IDs.
            pub fn find(&self, name: impl Into<std::string::String>) -> crate::request::Sending<$type> {
                let lookup = crate::find::Lookup { path: $path, search: $search };
                crate::find::find(&self.0, lookup, name.into())
            }

            #[doc = concat!("Finds all objects with exactly this `", $path, "`.")]
            pub fn find_all(&self, name: impl Into<std::string::String>) -> crate::request::Sending<std::vec::Vec<$type>> {
                let lookup = crate::find::Lookup { path: $path, search: $search };
                crate::find::find_all(&self.0, lookup, name.into())
            }

            /// Blocking counterpart of [`find`](Self::find).
            ///
            /// # Errors
            ///
            /// The same errors; also fails within an async runtime.
            #[cfg(feature = "blocking")]
            pub fn find_blocking(
                &self,
                name: impl Into<std::string::String>,
            ) -> std::result::Result<$type, crate::Error> {
                crate::blocking::block_on(self.find(name))?
            }

            /// Blocking counterpart of [`find_all`](Self::find_all).
            ///
            /// # Errors
            ///
            /// When the request fails; also fails within an async runtime.
            #[cfg(feature = "blocking")]
            pub fn find_all_blocking(
                &self,
                name: impl Into<std::string::String>,
            ) -> std::result::Result<std::vec::Vec<$type>, crate::Error> {
                crate::blocking::block_on(self.find_all(name))?
            }
        }
    };
}
pub(crate) use named;

#[cfg(test)]
mod tests {
    use super::search_pattern;

    #[test]
    fn names_become_patterns() {
        assert_eq!(search_pattern("web-1.example").as_deref(), Some("web-1.example"));
        assert_eq!(search_pattern("a b\"c").as_deref(), Some("a*b*c"));
        assert_eq!(search_pattern("***"), None);
        assert_eq!(search_pattern(""), None);
    }
}

//! Objects of a collection by name.

use crate::error::Error;
use crate::list::List;
use crate::markup::DataError;
use crate::object::{Struct, get};
use crate::request::{Reply, TypedRequest};
use crate::service::Location;

/// How the objects of a collection are found: the member that names them, and the parameter that takes a query.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NameLookup {
    pub(crate) member: &'static str,
    pub(crate) search: Option<&'static str>,
}

/// All objects with a name.
pub(crate) async fn find_all<T: Struct + Send>(
    location: Location,
    lookup: NameLookup,
    name: String,
) -> Result<Vec<T>, Error> {
    let all = || TypedRequest::<List<T>>::list(&location);
    let list = match lookup.search.zip(pattern(&name)) {
        Some((search, pattern)) => {
            match all().query(search, format!("{}={pattern}", lookup.member)).send().await {
                // Some collections have the parameter, but not the name among what can be searched.
                Err(error) if error.fault().is_some() && !error.is_auth() => all().send().await?,
                other => other?,
            }
        }
        None => all().send().await?,
    };
    let named = |item: &T| get::<_, String>(item, lookup.member).is_some_and(|other| *other == name);
    Ok(list.into_iter().filter(named).collect())
}

/// The one object with a name.
pub(crate) async fn find<T: Struct + Send>(location: Location, lookup: NameLookup, name: String) -> Result<T, Error> {
    let found = find_all::<T>(location.clone(), lookup, name.clone()).await?;
    match one(&location, lookup, &name, found)? {
        Some(found) => Ok(found),
        None => Err(Error::matches(location.path()?, T::INFO.name, lookup.member, &name, Vec::new())),
    }
}

fn one<T: Struct>(location: &Location, lookup: NameLookup, name: &str, found: Vec<T>) -> Result<Option<T>, Error> {
    if found.len() > 1 {
        let ids = found.iter().map(|item| get::<_, String>(item, "id").cloned().unwrap_or_default());
        return Err(Error::matches(location.path()?, T::INFO.name, lookup.member, name, ids.collect()));
    }
    Ok(found.into_iter().next())
}

/// The one object with the name of a value, or else the object that is made of the value; whether it was made.
pub(crate) async fn find_or_create<T: Struct + Send>(
    location: Location,
    lookup: NameLookup,
    value: T,
) -> Result<(T, bool), Error> {
    let name = get::<_, String>(&value, lookup.member).cloned();
    let name = name.ok_or_else(|| DataError::absent(T::INFO.name, lookup.member))?;
    let look = || find_all::<T>(location.clone(), lookup, name.clone());
    if let Some(found) = one(&location, lookup, &name, look().await?)? {
        return Ok((found, false));
    }
    match TypedRequest::<T>::add(&location, &value).send_reply().await {
        Ok(Reply { value: Some(created), .. }) => Ok((created, true)),
        // It has been made, and the engine does not say as what.
        Ok(_) => Ok((one(&location, lookup, &name, look().await?)?.unwrap_or(value), true)),
        // Somebody else may have been quicker.
        Err(error) if error.is_conflict() => {
            one(&location, lookup, &name, look().await?)?.map(|found| (found, false)).ok_or(error)
        }
        Err(error) => Err(error),
    }
}

/// What to search for: the query language has no way to quote its own characters, so they become wildcards, and the
/// answer is filtered. `None` when nothing else is left.
fn pattern(name: &str) -> Option<String> {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.');
    let wide: String = name.chars().map(|c| if plain(c) { c } else { '*' }).collect();
    name.chars().any(plain).then_some(wide)
}

/// The methods of a handle that find by name.
macro_rules! named {
    ($service:ident; $type:ty; $member:literal, $search:expr; find_or_create) => {
        crate::find::named!($service; $type; $member, $search;);

        impl $service {
            /// The one object with the name of the value, or else the object that the engine makes of the value; and
            /// whether it was made.
            ///
            /// # Errors
            ///
            /// When the value has no name, or when several objects have it, which are listed.
            pub fn find_or_create(&self, value: impl Into<$type>) -> crate::request::Sending<($type, bool)> {
                let lookup = crate::find::NameLookup { member: $member, search: $search };
                std::boxed::Box::pin(crate::find::find_or_create(self.0.clone(), lookup, value.into()))
            }

            /// As [`find_or_create`](Self::find_or_create), for programs without an async runtime.
            ///
            /// # Errors
            ///
            /// As there, and within an async runtime.
            #[cfg(feature = "blocking")]
            pub fn find_or_create_blocking(
                &self,
                value: impl Into<$type>,
            ) -> std::result::Result<($type, bool), crate::Error> {
                crate::blocking::block_on(self.find_or_create(value))?
            }
        }
    };
    ($service:ident; $type:ty; $member:literal, $search:expr;) => {
        impl $service {
            /// The one object with this name, exactly and whatever characters it has.
            ///
            /// # Errors
            ///
            /// When there is none, or when there are several, which are listed.
            pub fn find(&self, name: impl Into<std::string::String>) -> crate::request::Sending<$type> {
                let lookup = crate::find::NameLookup { member: $member, search: $search };
                std::boxed::Box::pin(crate::find::find(self.0.clone(), lookup, name.into()))
            }

            /// All objects with this name.
            pub fn find_all(&self, name: impl Into<std::string::String>) -> crate::request::Sending<std::vec::Vec<$type>> {
                let lookup = crate::find::NameLookup { member: $member, search: $search };
                std::boxed::Box::pin(crate::find::find_all(self.0.clone(), lookup, name.into()))
            }

            /// As [`find`](Self::find), for programs without an async runtime.
            ///
            /// # Errors
            ///
            /// As there, and within an async runtime.
            #[cfg(feature = "blocking")]
            pub fn find_blocking(
                &self,
                name: impl Into<std::string::String>,
            ) -> std::result::Result<$type, crate::Error> {
                crate::blocking::block_on(self.find(name))?
            }

            /// As [`find_all`](Self::find_all), for programs without an async runtime.
            ///
            /// # Errors
            ///
            /// As any request, and within an async runtime.
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
    use super::pattern;

    #[test]
    fn names_become_patterns() {
        assert_eq!(pattern("web-1.example").as_deref(), Some("web-1.example"));
        assert_eq!(pattern("a b\"c").as_deref(), Some("a*b*c"));
        assert_eq!(pattern("***"), None);
        assert_eq!(pattern(""), None);
    }
}

//! Documents of any type.

use super::options::{DecodeOptions, EncodeOptions, utf8};
use crate::markup::DataError;
use crate::markup::text::excerpt;
use crate::object::{self, Object, Objects, StructInfo};
use crate::registry::{self, Tagged};
use crate::unknown::Unknown;

/// A document of any type, which its root element determines: an object, a collection, or an `<action>` with the
/// parameters or results of one.
///
/// ```
/// use ovirt_sdk::xml::{DecodeOptions, Document, EncodeOptions};
///
/// let document = Document::read(b"<tags><tag id='1'/></tags>", &DecodeOptions::new().strict(true))?;
/// assert_eq!(document.info().name, "tag");
/// assert_eq!(document.objects().count(), 1);
/// assert_eq!(document.write(&EncodeOptions::new().indent(false))?, r#"<tags><tag id="1"/></tags>"#);
/// # Ok::<(), ovirt_sdk::Error>(())
/// ```
#[derive(Debug)]
pub struct Document {
    info: &'static StructInfo,
    content: Content,
}

#[derive(Debug)]
enum Content {
    One(Box<dyn Object>),
    Many(Many),
}

#[derive(Debug)]
struct Many {
    info: &'static StructInfo,
    objects: Vec<Box<dyn Object>>,
    href: Option<String>,
    unknown: Unknown,
}

impl Objects for Many {
    fn push_new(&mut self) -> Option<&mut dyn Object> {
        self.objects.push(self.info.new_object());
        self.objects.last_mut().map(|object| &mut **object)
    }

    fn close(&mut self) {
        self.objects.shrink_to_fit();
    }

    fn count(&self) -> usize {
        self.objects.len()
    }

    fn object(&self, index: usize) -> Option<&dyn Object> {
        self.objects.get(index).map(|object| &**object)
    }

    fn object_mut(&mut self, index: usize) -> Option<&mut dyn Object> {
        self.objects.get_mut(index).map(|object| &mut **object)
    }

    fn push_object(&mut self, object: Box<dyn Object>) -> bool {
        let fits = object.info().name == self.info.name;
        if fits {
            self.objects.push(object);
        }
        fits
    }

    fn clear(&mut self) {
        self.objects.clear();
    }

    fn address(&self) -> Option<&str> {
        self.href.as_deref()
    }

    fn note_href(&mut self, href: &str) {
        self.href = Some(href.to_owned());
    }

    fn unknown(&self) -> &Unknown {
        &self.unknown
    }

    fn unknown_mut(&mut self) -> &mut Unknown {
        &mut self.unknown
    }
}

impl Document {
    /// Reads a document.
    ///
    /// # Errors
    ///
    /// The errors of [`from_slice`](super::from_slice); also fails if no type of the API has the root tag.
    pub fn read(bytes: &[u8], options: &DecodeOptions) -> Result<Self, DataError> {
        options.decode(utf8(bytes)?, |decoder| {
            let tag = decoder.any_root()?;
            match registry::by_tag(tag) {
                Some(Tagged::One(info)) => {
                    let mut object = info.new_object();
                    decoder.object(&mut *object)?;
                    Ok(Self { info, content: Content::One(object) })
                }
                Some(Tagged::Many(info)) => {
                    let mut many = Many { info, objects: Vec::new(), href: None, unknown: Unknown::default() };
                    decoder.list(info.tag, &mut many)?;
                    Ok(Self { info, content: Content::Many(many) })
                }
                None if tag == registry::action().tag => {
                    let mut action = registry::action().new_object();
                    decoder.object(&mut *action)?;
                    Ok(Self::from(action))
                }
                None => Err(decoder.wrong_root(tag, format!("no type of the API has the tag `<{}>`", excerpt(tag)))),
            }
        })
    }

    /// Writes the document.
    ///
    /// # Errors
    ///
    /// The errors of [`to_string`](super::to_string).
    pub fn write(&self, options: &EncodeOptions<'_>) -> Result<String, DataError> {
        options.encode(None, |encoder| match &self.content {
            Content::One(object) => encoder.document(options.root.unwrap_or(self.info.tag), &**object),
            Content::Many(many) => {
                encoder.collection(options.root.unwrap_or(self.info.plural_tag), self.info.tag, many)
            }
        })
    }

    /// Returns the object, or the objects of the collection.
    pub fn into_objects(self) -> Vec<Box<dyn Object>> {
        match self.content {
            Content::One(object) => vec![object],
            Content::Many(many) => many.objects,
        }
    }

    /// The type of the objects.
    pub fn info(&self) -> &'static StructInfo {
        self.info
    }

    /// The object, or the objects of the collection.
    pub fn objects(&self) -> impl Iterator<Item = &dyn Object> {
        let objects = match &self.content {
            Content::One(object) => std::slice::from_ref(object),
            Content::Many(many) => many.objects.as_slice(),
        };
        objects.iter().map(|object| &**object)
    }
}

impl PartialEq for Document {
    fn eq(&self, other: &Self) -> bool {
        match (&self.content, &other.content) {
            (Content::One(one), Content::One(other)) => object::equal(&**one, &**other),
            (Content::Many(one), Content::Many(other)) => {
                one.href == other.href
                    && one.unknown == other.unknown
                    && one.objects.len() == other.objects.len()
                    && one.objects.iter().zip(&other.objects).all(|(one, other)| object::equal(&**one, &**other))
            }
            _ => false,
        }
    }
}

impl From<Box<dyn Object>> for Document {
    fn from(object: Box<dyn Object>) -> Self {
        Self { info: object.info(), content: Content::One(object) }
    }
}

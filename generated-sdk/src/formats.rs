//! Objects in JSON, YAML, TOML and other formats through [serde](https://serde.rs) (feature `serde`).
//!
//! Every struct and enum of [`types`](crate::types), [`List`](crate::types::List) and
//! [`DateTime`](crate::types::DateTime) implement `Serialize` and `Deserialize`; `dyn Object` implements `Serialize`, and
//! a [`StructInfo`](crate::object::StructInfo) is the `DeserializeSeed` of an object of its struct.
//!
//! ```
//! use ovirt_sdk::types::{Cluster, Cpu, CpuTopology, Vm};
//!
//! let vm = Vm::new()
//!     .name("web1")
//!     .cpu(Cpu::new().topology(CpuTopology::new().cores(2).sockets(1)))
//!     .memory(1 << 30)
//!     .cluster(Cluster::with_name("Default"));
//! let json = serde_json::to_string(&vm)?;
//! assert_eq!(
//!     json,
//!     concat!(
//!         r#"{"name":"web1","cpu":{"topology":{"cores":2,"sockets":1}},"#,
//!         r#""memory":1073741824,"cluster":{"name":"Default"}}"#
//!     )
//! );
//! assert_eq!(serde_json::from_str::<Vm>(&json)?, vm);
//!
//! let error = serde_json::from_str::<Vm>(r#"{"nmae": "web1"}"#).unwrap_err();
//! assert!(error.to_string().starts_with("unknown member `nmae` of `vm`, did you mean `name`?"));
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! # What is written
//!
//! - An object is a map. Its keys are the names of the API (`disk_attachments`, `type`), in the order in which the engine
//!   writes them. Unset fields are left out. Empty values are written as an empty text, map or sequence.
//! - Integers, decimals and booleans are written as such. Values of enums are the texts of the API, including unknown
//!   ones. Dates are texts as in XML: RFC 3339 with the engine's offset, or without an offset if it wrote none.
//! - A list is a sequence. The addresses of all lists of an object are in a map under the key `_links`, which comes last.
//!   The engine sends most lists as addresses only. Such a list is written in `_links` only.
//!
//!   ```
//!   use ovirt_sdk::{types::Vm, xml};
//!
//!   let vm: Vm = xml::from_str(
//!       r#"<vm>
//!            <link rel="nics" href="/ovirt-engine/api/vms/7/nics"/>
//!            <link rel="tags" href="/ovirt-engine/api/vms/7/tags"/>
//!            <tags><tag id="1"/></tags>
//!          </vm>"#,
//!   )?;
//!   assert_eq!(
//!       serde_json::to_value(&vm)?,
//!       serde_json::json!({
//!           "tags": [{"id": "1"}],
//!           "_links": {"nics": "/ovirt-engine/api/vms/7/nics", "tags": "/ovirt-engine/api/vms/7/tags"},
//!       })
//!   );
//!   assert_eq!(serde_json::from_value::<Vm>(serde_json::to_value(&vm)?)?, vm);
//!   # Ok::<(), Box<dyn std::error::Error>>(())
//!   ```
//!
//!   A list at the top level is a sequence, or a map if it has an address: `{"href": …, "items": […]}`.
//! - [Unknown](crate::types::Unknown) content is left out. Only XML can represent it.
//! - Passwords and other secrets are written, as in XML, because documents are complete.
//!
//! A decimal that is not finite is written as a text, as in XML: `NaN`, `INF` or `-INF`. (`serde_json` may read the last
//! bit of a decimal incorrectly, unless its feature `float_roundtrip` is on.)
//!
//! # What is read
//!
//! Reading a written document returns an equal object, except for unknown content. Hand-written documents have more
//! freedom:
//!
//! - Fields come in any order. `null` is an unset field.
//! - Integers, decimals and booleans may be texts: `"memory": "1073741824"`.
//! - A list may have any of its forms everywhere.
//! - The [engine's own JSON](engine_json) is read too: dates as numbers of milliseconds, lists as maps with a sequence
//!   (`{"nic": […]}`), addresses of lists in `link`, names of actions in `actions`, and keys that are tags.
//!
//! Reading is strict where a mistake would go unnoticed: unknown and repeated fields are errors, and so are texts of enums
//! that the model does not know ([`Lenient`] allows them), numbers in place of texts (unless the format does not
//! distinguish them), and more than 128 levels of nesting. [`EngineJson`](engine_json::EngineJson) ignores unknown fields
//! and allows such texts, because engines may be newer than the SDK. Errors contain the
//! path of the field, such as `vm.nics[0].mac.address`, with items counted from 0. They contain no secrets, though a
//! format may add the line of the document.
//!
//! # The engine's JSON
//!
//! [`engine_json`] writes and reads the form that the engine itself speaks, for programs that send JSON to it or share
//! documents with such programs. The client of this SDK requests XML.
//!
//! Reading requires a self-describing format, such as JSON, YAML, TOML, CBOR and MessagePack. Other formats, such as
//! bincode and postcard, can only be written.

pub mod engine_json;
mod envelope;
mod field_path;
mod keys;
mod lenient;
mod read;
mod read_values;
mod redacting_visitor;
mod suggestion;
mod write;

pub use lenient::Lenient;
pub use read::Readable;
pub(crate) use read::{read_object, read_text};
pub(crate) use write::write_object;

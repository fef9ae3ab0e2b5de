//! Objects in JSON, YAML, TOML and other formats, by the traits of [serde](https://serde.rs) (feature `serde`).
//!
//! Every struct and enum of [`types`](crate::types), [`List`](crate::types::List) and
//! [`DateTime`](crate::types::DateTime) implement `Serialize` and `Deserialize`; `dyn Object` implements `Serialize`, and
//! an [`StructInfo`](crate::object::StructInfo) is the `DeserializeSeed` of an object of its struct.
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
//! - An object is a map. Its keys are the names that the API has for its members (`disk_attachments`, `type`), in the
//!   order in which the engine writes them. Members that are absent are left out; what is empty is written as empty: an
//!   empty text, map or sequence.
//! - Integers, decimals and booleans are what the format has for them. Values of enums are the texts of the API, also
//!   those that the SDK does not know. Dates are texts as in XML: RFC 3339, with the offset that the engine wrote, or
//!   without one when it wrote none.
//! - A list is a sequence. Where the engine has it is written beside it: the addresses of all lists of an object that
//!   have one are in a map under the key `_links`, which comes last. The engine sends most lists as addresses only. Such
//!   a list is written in `_links` and nowhere else.
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
//!   A list that is written by itself is a sequence; when it has an address, it is a map: `{"href": …, "items": […]}`.
//! - What the engine sent and the model does not [know](crate::types::Unknown) is left out. Only XML can carry it.
//! - Passwords and other secrets are written, as in XML: a document is meant to be complete.
//!
//! A decimal that is not finite is an error, since the engine has none. (`serde_json` may read the last bit of a decimal
//! wrong, unless it has its feature `float_roundtrip`.)
//!
//! # What is read
//!
//! What is written is read again, and is equal to what it was made of, but for what is unknown. People write documents,
//! too, so reading is more generous:
//!
//! - Members come in any order. `null` is an absent member.
//! - Integers, decimals and booleans may be texts: `"memory": "1073741824"`.
//! - A list may have any of its forms wherever it is.
//!
//! It is strict where a mistake would go unnoticed. A member that the struct does not have is an error, and so is one
//! that comes twice, a number where a text is expected (unless the format takes one for the other), and nesting of more
//! than 128 levels. Errors name the type and the member, as a path such as `vm.nics[0].mac.address`, in which items are
//! counted from 0. They show no secret, though a format may add the line in which it stands.
//!
//! The engine's own JSON has another shape: numbers are texts there, lists are wrapped (`{"nic": […]}`), `link` is a
//! sequence, and dates are numbers. It is not read: ask the engine for XML, as the SDK does.
//!
//! The format has to say what its values are, as JSON, YAML, TOML, CBOR and MessagePack do. Those that leave it to the
//! type, such as bincode and postcard, are written but can't be read.

mod field_path;
mod keys;
mod read;
mod redacting_visitor;
mod suggestion;
mod write;

pub(crate) use read::{read_object, read_text};
pub(crate) use write::write_object;

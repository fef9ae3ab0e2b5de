//! Virtual machines out of a description in the Open Virtualization Format.

use crate::api::{Call, Fault, Reply};
use crate::path::is_uuid;
use crate::resources::common::well_known::NIL;
use crate::resources::common::{devices, disk_attachment, nic, references, snapshot, vm_defaults, vm_validation};
use crate::resources::paths::{DISKS, VMS};
use crate::state::{Severity, State};
use ovirt_sdk::types::{Cpu, CpuTopology, DiskAttachment, Mac, Nic, NicInterface, Template, Vm, VmStatus};

/// The values from a description.
#[derive(Debug, Default)]
struct Described {
    id: Option<String>,
    name: Option<String>,
    description: Option<String>,
    memory: Option<i64>,
    topology: Option<CpuTopology>,
    nics: Vec<Nic>,
    /// The identifiers of its disks.
    disks: Vec<String>,
}

pub(crate) fn add_from_configuration(call: &mut Call<'_>, mut vm: Vm) -> Result<Reply, Fault> {
    let initialization = vm.initialization.take().unwrap_or_default();
    let configuration = initialization.configuration.unwrap_or_default();
    let missing: Vec<&str> = [
        (configuration.type_.is_none(), "initialization.configuration.type"),
        (configuration.data.is_none(), "initialization.configuration.data"),
    ]
    .into_iter()
    .filter_map(|(missing, name)| missing.then_some(name))
    .collect();
    if !missing.is_empty() {
        return Err(Fault::incomplete("Vm", &missing, "add"));
    }
    let described = read(&configuration.data.unwrap_or_default());
    let state = &mut *call.state;
    vm.id = described.id.clone().filter(|_| initialization.regenerate_ids != Some(true));
    if let Some(id) = &vm.id {
        vm_validation::check_id(state, &format!("{VMS}/{id}"))?;
    }
    vm.name = vm.name.or(described.name);
    if vm.name.is_none() {
        return Err(Fault::bad("The OVF has no name of a VM."));
    }
    vm_validation::check_name(state, vm.name.as_deref(), None, "import VM")?;

    vm.description = vm.description.or(described.description);
    vm.memory = vm.memory.or(described.memory);
    if let (None, Some(topology)) = (&vm.cpu, described.topology) {
        vm.cpu = Some(Box::new(Cpu::new().topology(topology)));
    }
    vm.template = Some(Box::new(Template::with_id(NIL)));
    vm.original_template = vm.template.clone();
    vm.status = Some(VmStatus::Down);
    let path = vm_defaults::insert(state, vm);
    for nic in described.nics {
        nic::add_with_any_address(state, &path, nic)?;
    }
    for (index, id) in described.disks.iter().enumerate() {
        attach(state, &path, &format!("{DISKS}/{id}"), index == 0);
    }
    devices::add_default_devices(state, &path);
    snapshot::add_active(state, &path);
    let text = format!(
        "VM {} was imported from its configuration by {}.",
        state.name_of(&path),
        references::acting_user(state)
    );
    state.event(1152, Severity::Normal, &text, &[&path]);
    Ok(Reply::Created(path))
}

/// Attaches a disk that is there.
fn attach(state: &mut State, vm: &str, disk: &str, bootable: bool) {
    if state.contains(disk) {
        disk_attachment::attach(state, vm, disk, DiskAttachment::new().bootable(bootable));
    }
}

/// Reads what the engine itself would need of a description.
fn read(text: &str) -> Described {
    let mut described = Described { name: inside(text, "Name"), ..Described::default() };
    let content = text.split("<Content").nth(1).or_else(|| text.split("VirtualSystem ").nth(1)).unwrap_or_default();
    described.id = attribute(content.split('>').next().unwrap_or_default(), "id").filter(|id| is_uuid(id));
    described.description = inside(content, "Description");
    for part in text.split("<Disk ").skip(1) {
        let head = part.split('>').next().unwrap_or_default();
        let file = attribute(head, "fileRef").or_else(|| attribute(head, "diskId")).unwrap_or_default();
        described.disks.extend(file.split('/').next().filter(|id| is_uuid(id)).map(str::to_owned));
    }
    for item in text.split("<Item>").skip(1).filter_map(|part| part.split("</Item>").next()) {
        read_item(&mut described, item);
    }
    described
}

fn read_item(described: &mut Described, item: &str) {
    let number = |tag: &str| inside(item, tag).and_then(|text| text.parse::<i64>().ok());
    match inside(item, "ResourceType").as_deref() {
        Some("3") => {
            let topology = CpuTopology::new().threads(number("threads_per_cpu").unwrap_or(1));
            let topology = topology.cores(number("cpu_per_socket").unwrap_or(1));
            let sockets = number("num_of_sockets").or_else(|| number("VirtualQuantity")).unwrap_or(1);
            described.topology = Some(topology.sockets(sockets));
        }
        Some("4") => described.memory = number("VirtualQuantity").map(|mebibytes| mebibytes.saturating_mul(1 << 20)),
        Some("10") => {
            let count = described.nics.len() + 1;
            let name = inside(item, "Name").unwrap_or_else(|| format!("nic{count}"));
            let mut nic = Nic::new().name(name).interface(NicInterface::Virtio).linked(true).plugged(true);
            nic.mac = inside(item, "MACAddress").map(|address| Box::new(Mac::new().address(address)));
            described.nics.push(nic);
        }
        _ => {}
    }
}

/// The text of the first element that has this name, with any prefix.
fn inside(text: &str, tag: &str) -> Option<String> {
    let open = [format!("<{tag}>"), format!(":{tag}>")];
    let (_, rest) = open.iter().find_map(|open| text.split_once(open.as_str()))?;
    let (inside, _) = rest.split_once("</")?;
    let text = inside.trim();
    let plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
    (!text.is_empty()).then_some(plain)
}

/// An attribute of the head of an element, with any prefix.
fn attribute(head: &str, name: &str) -> Option<String> {
    let wanted = [format!(" {name}=\""), format!(":{name}=\"")];
    let (_, rest) = wanted.iter().find_map(|wanted| head.split_once(wanted.as_str()))?;
    rest.split_once('"').map(|(value, _)| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OVF: &str = r#"<?xml version="1.0"?>
<ovf:Envelope xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1/" xmlns:rasd="http://example.org/rasd">
<References><File ovf:href="11111111-2222-3333-4444-555555555555/a" ovf:id="a"/></References>
<Section><Disk ovf:diskId="a" ovf:size="1" ovf:fileRef="11111111-2222-3333-4444-555555555555/a"/></Section>
<Content ovf:id="out"><Name>R&amp;D</Name><Description>old</Description>
<Section ovf:id="aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"/>
<Item><rasd:ResourceType>3</rasd:ResourceType><rasd:num_of_sockets>2</rasd:num_of_sockets>
<rasd:cpu_per_socket>4</rasd:cpu_per_socket></Item>
<Item><rasd:ResourceType>4</rasd:ResourceType><rasd:VirtualQuantity>512</rasd:VirtualQuantity></Item>
<Item><rasd:ResourceType>10</rasd:ResourceType><rasd:Name>nic7</rasd:Name></Item>
</Content></ovf:Envelope>"#;

    #[test]
    fn a_description_is_read() {
        let described = read(OVF);
        assert_eq!(described.name.as_deref(), Some("R&D"));
        assert_eq!(described.id, None, "the content has no identifier of a machine");
        assert_eq!(described.memory, Some(512 << 20));
        assert_eq!(described.topology, Some(CpuTopology::new().cores(4).sockets(2).threads(1)));
        assert_eq!(described.disks, ["11111111-2222-3333-4444-555555555555"]);
        assert_eq!(described.nics.first().and_then(|nic| nic.name.as_deref()), Some("nic7"));
        let with_id = "<ovf:VirtualSystem ovf:id=\"aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee\"><ovf:Name>x</ovf:Name>";
        assert_eq!(read(with_id).id.as_deref(), Some("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"));
    }
}

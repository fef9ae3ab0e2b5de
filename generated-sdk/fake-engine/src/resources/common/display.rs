//! Displays of virtual machines: graphics consoles, video devices, and which of them work together.

use crate::api::Fault;
use crate::resources::common::references;
use crate::resources::paths::{CLUSTERS, GRAPHICS_CONSOLES};
use crate::state::State;
use ovirt_sdk::types::{
    Architecture, BiosType, Cluster, DisplayType, GraphicsConsole, GraphicsType, VideoType, Vm, VmType,
};

type Pair = (GraphicsType, VideoType);

/// The protocols and video types that operating systems for x86 support, preferred pairs first.
const X86: [Pair; 4] = [
    (GraphicsType::Spice, VideoType::Qxl),
    (GraphicsType::Vnc, VideoType::Vga),
    (GraphicsType::Vnc, VideoType::Qxl),
    (GraphicsType::Vnc, VideoType::Bochs),
];
const OTHERS: [Pair; 1] = [(GraphicsType::Vnc, VideoType::Vga)];
/// The first minor version of a cluster 4.x with Bochs devices.
const BOCHS_SINCE: i64 = 5;

/// The pairs that work in a virtual machine.
fn supported(state: &State, vm: &Vm) -> Vec<Pair> {
    if vm.cpu.as_ref().and_then(|cpu| cpu.architecture.as_ref()).is_some_and(|it| *it != Architecture::X8664) {
        return OTHERS.to_vec();
    }
    let cluster = references::path_of(CLUSTERS, &vm.cluster).and_then(|path| state.get::<Cluster>(&path));
    let minor = cluster.and_then(|cluster| cluster.version.as_ref()?.minor).unwrap_or(BOCHS_SINCE);
    X86.iter().filter(|(_, video)| minor >= BOCHS_SINCE || *video != VideoType::Bochs).cloned().collect()
}

fn is_uefi(vm: &Vm) -> bool {
    let bios = vm.bios.as_ref().and_then(|bios| bios.type_.as_ref());
    matches!(bios, Some(BiosType::Q35Ovmf | BiosType::Q35SecureBoot))
}

/// The protocols of the graphics consoles of a virtual machine or a template.
pub(crate) fn protocols(state: &State, owner: &str) -> Vec<GraphicsType> {
    let consoles = state.list::<GraphicsConsole>(&format!("{owner}/{GRAPHICS_CONSOLES}"));
    consoles.filter_map(|(_, console)| console.protocol.clone()).collect()
}

/// The type of the display of a virtual machine with some consoles.
pub(crate) fn type_of(protocols: &[GraphicsType]) -> Option<DisplayType> {
    match protocols {
        [] => None,
        all if all.contains(&GraphicsType::Spice) => Some(DisplayType::Spice),
        _ => Some(DisplayType::Vnc),
    }
}

/// The protocol of the console that a client asks for with the settings of a display, if it does.
pub(crate) fn wanted_protocol(sent: &Vm) -> Option<GraphicsType> {
    let display = sent.display.as_deref()?;
    match (&display.video_type, &display.type_) {
        (Some(VideoType::Qxl), _) => Some(GraphicsType::Spice),
        (Some(VideoType::Vga | VideoType::Cirrus | VideoType::Bochs), _) => Some(GraphicsType::Vnc),
        (_, Some(DisplayType::Spice)) => Some(GraphicsType::Spice),
        (_, Some(DisplayType::Vnc)) => Some(GraphicsType::Vnc),
        _ => None,
    }
}

/// Selects the video device of a virtual machine with some consoles, as the engine does when the client sets only the
/// type of the display.
pub(crate) fn select_video(state: &State, vm: &Vm, protocols: &[GraphicsType]) -> VideoType {
    let pairs = supported(state, vm);
    let fits = |video: &VideoType| protocols.iter().all(|protocol| pairs.contains(&(protocol.clone(), video.clone())));
    if vm.type_ == Some(VmType::Server) && is_uefi(vm) && fits(&VideoType::Bochs) {
        return VideoType::Bochs;
    }
    let mut videos = pairs.iter().map(|(_, video)| video);
    videos.find(|video| fits(video)).cloned().unwrap_or(VideoType::Vga)
}

/// Fails if the video device doesn't work with the consoles of a virtual machine.
pub(crate) fn check_devices(state: &State, vm: &Vm, protocols: &[GraphicsType], action: &str) -> Result<(), Fault> {
    let Some(video) = vm.display.as_ref().and_then(|display| display.video_type.clone()) else { return Ok(()) };
    let pairs = supported(state, vm);
    if !protocols.iter().all(|protocol| pairs.contains(&(protocol.clone(), video.clone()))) {
        let why = "Selected display type is not supported by the operating system.";
        return Err(Fault::invalid(action, why));
    }
    if video == VideoType::Bochs && !is_uefi(vm) {
        return Err(Fault::invalid(action, "Selected display type is not supported by the firmware."));
    }
    Ok(())
}

/// Fails if more monitors are wanted than the consoles of a virtual machine allow.
pub(crate) fn check_monitors(vm: &Vm, protocols: &[GraphicsType], action: &str) -> Result<(), Fault> {
    let monitors = vm.display.as_ref().and_then(|display| display.monitors).unwrap_or(1);
    let most = match protocols {
        [] => return Ok(()),
        all if all.contains(&GraphicsType::Vnc) => 1,
        _ => 4,
    };
    if monitors <= most {
        return Ok(());
    }
    Err(Fault::invalid(
        action,
        "Illegal number of monitors is provided, max allowed number of monitors is 1 for VNC and the max number in the \
         ValidNumOfMonitors configuration variable for SPICE.",
    ))
}

/// Fails if a virtual machine can't run with its display. A client can replace the display for one run.
pub(crate) fn check_runnable(state: &State, path: &str, vm: &Vm, once: Option<&Vm>, action: &str) -> Result<(), Fault> {
    match once.and_then(|once| once.display.as_ref()?.type_.as_ref()) {
        Some(_) => Ok(()),
        None => {
            let video = vm.display.as_ref().and_then(|display| display.video_type.as_ref());
            if video == Some(&VideoType::Bochs) {
                Ok(())
            } else {
                check_devices(state, vm, &protocols(state, path), action)
            }
        }
    }
}

//! Gluster volumes of clusters and their bricks.

use crate::api::{Call, Fault, Registry, Reply};
use crate::path::{above, last};
use crate::resources::paths::{GLUSTER_BRICKS, HOSTS};
use crate::state::{Severity, State};
use ovirt_sdk::types::{
    Cluster, GlusterBrick, GlusterBrickStatus, GlusterVolume, GlusterVolumeProfileDetails, GlusterVolumeStatus,
    GlusterVolumeType, List, Option as VolumeOption, TransportType,
};

const CREATE: &str = "create Gluster Volume";

pub(super) fn register(registry: &mut Registry) {
    registry.on("gluster_volumes", "add", add);
    registry.on("gluster_volume", "remove", remove);
    registry.on("gluster_volume", "start", |call| switch(call, true));
    registry.on("gluster_volume", "stop", |call| switch(call, false));
    registry.on("gluster_volume", "rebalance", rebalance);
    registry.on("gluster_volume", "start_profile", start_profile);
    registry.on("gluster_volume", "set_option", set_option);
    registry.on("gluster_volume", "reset_option", reset_option);
    registry.on("gluster_volume", "reset_all_options", |call| {
        let path = call.path();
        call.state.find_mut::<GlusterVolume>(&path)?.options = None;
        Ok(Reply::Completed)
    });
    registry.on("gluster_volume", "get_profile_statistics", |call| {
        let volume = call.state.find::<GlusterVolume>(&call.path())?;
        let mut details = GlusterVolumeProfileDetails::new();
        (details.id, details.name) = (volume.id.clone(), volume.name.clone());
        Ok(Reply::Output("details", Box::new(Some(Box::new(details)))))
    });
    registry.on("gluster_bricks", "add", add_bricks);
    registry.on("gluster_bricks", "remove", remove_bricks);
    registry.on("gluster_bricks", "activate", |call| listed(call).map(|_| Reply::Completed));
    registry.on("gluster_bricks", "migrate", |call| listed(call).map(|_| Reply::Completed));
    registry.on("gluster_bricks", "stop_migrate", |call| listed(call).map(|_| Reply::Completed));
    registry.on("gluster_brick", "remove", remove_brick);
    registry.on("gluster_brick", "replace", |_| {
        let detail = "Replace brick is not supported. First migrate brick and add new brick instead.";
        Err(Fault::operation(503, detail))
    });
}

fn add(call: &mut Call<'_>) -> Result<Reply, Fault> {
    call.require(&["name", "volume_type", "bricks"])?;
    let mut volume: GlusterVolume = call.body()?;
    let bricks = volume.bricks.take().unwrap_or_default().into_vec();
    let has_service = call.state.find::<Cluster>(&call.parent())?.gluster_service == Some(true);
    if !has_service {
        return Err(Fault::cannot(CREATE, "Cluster does not support Gluster service."));
    }
    check_volume(call.state, &call.target.path, &volume, &bricks)?;
    let cluster = call.parent();
    (volume.id, volume.statistics) = (None, None);
    volume.cluster = Some(Box::new(Cluster::with_id(last(&cluster))));
    volume.status = Some(GlusterVolumeStatus::Down);
    volume.replica_count.get_or_insert(0);
    volume.stripe_count.get_or_insert(0);
    volume.disperse_count.get_or_insert(0);
    volume.redundancy_count.get_or_insert(0);
    volume.transport_types.get_or_insert_with(|| vec![TransportType::Tcp]);
    let name = volume.name.clone().unwrap_or_default();
    let path = call.state.insert(&call.target.path, volume);
    for brick in bricks {
        insert_brick(call.state, &path, brick);
    }
    let text = format!("Gluster Volume {name} created on cluster {}.", call.state.name_of(&cluster));
    call.state.event(4000, Severity::Normal, &text, &[&cluster]);
    Ok(Reply::Created(path))
}

fn check_volume(state: &State, collection: &str, volume: &GlusterVolume, bricks: &[GlusterBrick]) -> Result<(), Fault> {
    let type_ = volume.volume_type.as_ref();
    if matches!(type_, Some(GlusterVolumeType::Disperse | GlusterVolumeType::DistributedDisperse)) {
        return Err(Fault::invalid(CREATE, "Creation of disperse volume is not supported."));
    }
    let name = volume.name.as_deref().unwrap_or_default();
    if state.by_name(collection, name).is_some() {
        return Err(Fault::cannot(CREATE, &format!("Volume name {name} already exists.")));
    }
    let replicas = volume.replica_count.unwrap_or(0);
    let count = i64::try_from(bricks.len()).unwrap_or(i64::MAX);
    let is_replicated = matches!(type_, Some(GlusterVolumeType::Replicate | GlusterVolumeType::DistributedReplicate));
    if is_replicated && replicas < 2 {
        return Err(Fault::cannot(CREATE, "Replica count must be > 2 for a REPLICATED volume."));
    }
    if type_ == Some(&GlusterVolumeType::Replicate) && count != replicas {
        let reason = "Number of bricks must be equal to the replica count for a REPLICATED volume.";
        return Err(Fault::invalid(CREATE, reason));
    }
    if is_replicated && count.checked_rem(replicas) != Some(0) {
        let reason = "Number of bricks must be a multiple of replica count for a DISTRIBUTED REPLICATE volume.";
        return Err(Fault::invalid(CREATE, reason));
    }
    bricks.iter().try_for_each(|brick| check_brick(state, brick, CREATE))
}

fn check_brick(state: &State, brick: &GlusterBrick, action: &str) -> Result<(), Fault> {
    let missing = [("server_id", brick.server_id.is_none()), ("brick_dir", brick.brick_dir.is_none())];
    let missing: Vec<&str> = missing.into_iter().filter_map(|(name, is)| is.then_some(name)).collect();
    if !missing.is_empty() {
        return Err(Fault::incomplete("GlusterBrick", &missing, "add"));
    }
    let server = brick.server_id.as_deref().unwrap_or_default();
    match state.contains(&format!("{HOSTS}/{server}")) {
        true => Ok(()),
        false => Err(Fault::invalid(action, "Invalid server id in brick.")),
    }
}

fn insert_brick(state: &mut State, volume: &str, mut brick: GlusterBrick) -> String {
    let server = state.name_of(&format!("{HOSTS}/{}", brick.server_id.as_deref().unwrap_or_default()));
    brick.name = Some(format!("{server}:{}", brick.brick_dir.as_deref().unwrap_or_default()));
    brick.id = None;
    let runs = is_running(state, volume);
    brick.status = Some(if runs { GlusterBrickStatus::Up } else { GlusterBrickStatus::Down });
    brick.gluster_volume = Some(Box::new(GlusterVolume::with_id(last(volume)).href(volume)));
    state.insert(&format!("{volume}/{GLUSTER_BRICKS}"), brick)
}

fn is_running(state: &State, volume: &str) -> bool {
    state.get::<GlusterVolume>(volume).is_some_and(|volume| volume.status == Some(GlusterVolumeStatus::Up))
}

fn remove(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let name = call.state.find::<GlusterVolume>(&path)?.name.clone().unwrap_or_default();
    if is_running(call.state, &path) {
        return Err(Fault::cannot("remove Gluster Volume", &format!("Gluster Volume {name} is up.")));
    }
    call.remove()
}

fn switch(call: &mut Call<'_>, on: bool) -> Result<Reply, Fault> {
    let path = call.path();
    let name = call.state.find::<GlusterVolume>(&path)?.name.clone().unwrap_or_default();
    let (verb, state, code) = if on { ("start", "started", 4004) } else { ("stop", "stopped", 4006) };
    if is_running(call.state, &path) == on && !(on && call.flag("force") == Some(true)) {
        let action = format!("{verb} Gluster Volume");
        return Err(Fault::cannot(&action, &format!("Gluster Volume {name} already {state}.")));
    }
    let (volume, brick) = match on {
        true => (GlusterVolumeStatus::Up, GlusterBrickStatus::Up),
        false => (GlusterVolumeStatus::Down, GlusterBrickStatus::Down),
    };
    call.state.find_mut::<GlusterVolume>(&path)?.status = Some(volume);
    for one in call.state.paths(&format!("{path}/{GLUSTER_BRICKS}")) {
        call.state.find_mut::<GlusterBrick>(&one)?.status = Some(brick.clone());
    }
    let cluster = call.state.name_of(above(&path, 2));
    let text = format!("Gluster Volume {name} {state} on cluster {cluster}.");
    call.state.event(code, Severity::Normal, &text, &[]);
    Ok(Reply::Completed)
}

fn rebalance(call: &mut Call<'_>) -> Result<Reply, Fault> {
    const REBALANCE: &str = "rebalance Gluster Volume";
    let path = call.path();
    let volume = call.state.find::<GlusterVolume>(&path)?;
    let is_distributed =
        matches!(volume.volume_type, Some(GlusterVolumeType::Distribute | GlusterVolumeType::DistributedReplicate));
    if !is_distributed {
        return Err(Fault::invalid(REBALANCE, "Gluster Volume is not distributed."));
    }
    if call.state.paths(&format!("{path}/{GLUSTER_BRICKS}")).len() < 2 {
        return Err(Fault::invalid(REBALANCE, "Gluster Volume has a single brick."));
    }
    check_started(call.state, &path, REBALANCE)?;
    Ok(Reply::Completed)
}

fn start_profile(call: &mut Call<'_>) -> Result<Reply, Fault> {
    check_started(call.state, &call.path(), "start profiling Gluster Volume")?;
    Ok(Reply::Completed)
}

fn check_started(state: &State, path: &str, action: &str) -> Result<(), Fault> {
    state.find::<GlusterVolume>(path)?;
    match is_running(state, path) {
        true => Ok(()),
        false => Err(Fault::cannot(action, "Gluster Volume should be started.")),
    }
}

fn set_option(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let option: std::option::Option<VolumeOption> = call.object("option");
    let Some(option) = option.filter(|option| option.name.is_some() && option.value.is_some()) else {
        return Err(Fault::incomplete("Action", &["option.name", "option.value"], "setOption"));
    };
    let volume = call.state.find_mut::<GlusterVolume>(&path)?;
    let mut options = volume.options.take().unwrap_or_default().into_vec();
    options.retain(|other| other.name != option.name);
    options.push(option);
    volume.options = Some(options.into());
    Ok(Reply::Completed)
}

fn reset_option(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let path = call.path();
    let option: std::option::Option<VolumeOption> = call.object("option");
    let Some(name) = option.and_then(|option| option.name) else {
        return Err(Fault::incomplete("Action", &["option.name"], "resetOption"));
    };
    let volume = call.state.find_mut::<GlusterVolume>(&path)?;
    let mut options = volume.options.take().unwrap_or_default().into_vec();
    options.retain(|other| other.name.as_ref() != Some(&name));
    volume.options = (!options.is_empty()).then(|| options.into());
    Ok(Reply::Completed)
}

fn add_bricks(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let volume = call.parent();
    let mut bricks = Vec::new();
    while let Ok(brick) = call.body::<GlusterBrick>() {
        check_brick(call.state, &brick, "add Brick(s)")?;
        bricks.push(brick);
    }
    if bricks.is_empty() {
        return Err(Fault::incomplete("GlusterBricks", &["bricks"], "add"));
    }
    let added = bricks.into_iter().map(|brick| insert_brick(call.state, &volume, brick)).collect();
    Ok(Reply::List(added))
}

/// The paths of the bricks that an action names.
fn listed(call: &Call<'_>) -> Result<Vec<String>, Fault> {
    let bricks: List<GlusterBrick> = call.parameter("bricks").unwrap_or_default();
    if bricks.is_empty() {
        return Err(Fault::incomplete("Action", &["bricks"], call.method.name));
    }
    let collection = call.path();
    bricks.iter().map(|brick| call.state.reference(&collection, brick)?.ok_or_else(Fault::not_found)).collect()
}

fn remove_bricks(call: &mut Call<'_>) -> Result<Reply, Fault> {
    let bricks = listed(call)?;
    check_left(call, bricks.len())?;
    for brick in bricks {
        call.state.remove(&brick);
    }
    Ok(Reply::Completed)
}

fn remove_brick(call: &mut Call<'_>) -> Result<Reply, Fault> {
    check_left(call, 1)?;
    call.remove()
}

fn check_left(call: &Call<'_>, removed: usize) -> Result<(), Fault> {
    let volume = call.parent();
    match call.state.paths(&format!("{volume}/{GLUSTER_BRICKS}")).len() > removed {
        true => Ok(()),
        false => Err(Fault::cannot("remove Brick(s)", "Cannot remove all the bricks from a Volume.")),
    }
}

//! The entities of the search language, by the type of the API.

mod generic;
mod linked;
mod network;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use ovirt_sdk::object::StructInfo;

use super::entity::Entity;

impl Entity {
    /// The entity of a type. Types for which the engine has no search fields are searched by the fields of the API.
    pub(crate) fn of_type(info: &'static StructInfo) -> Cow<'static, Self> {
        let entity = match info.name {
            "vm" => &linked::VM,
            "host" => &linked::HOST,
            "template" | "instance_type" => &linked::TEMPLATE,
            "vm_pool" => &linked::POOL,
            "cluster" => &linked::CLUSTER,
            "data_center" => &linked::DATA_CENTER,
            "storage_domain" => &linked::DOMAIN,
            "disk" => &linked::DISK,
            "gluster_volume" => &linked::VOLUME,
            "quota" => &linked::QUOTA,
            "network" => &network::NETWORK,
            "vnic_profile" => &network::VNIC_PROFILE,
            "external_provider"
            | "external_host_provider"
            | "open_stack_image_provider"
            | "open_stack_network_provider"
            | "open_stack_volume_provider" => &network::PROVIDER,
            "user" => &linked::USER,
            "group" => &linked::GROUP,
            "event" => &linked::EVENT,
            "job" => &linked::JOB,
            _ => return Cow::Owned(generic::entity(info)),
        };
        Cow::Borrowed(entity)
    }

    /// Users of a directory.
    pub(crate) fn directory_user() -> &'static Self {
        &linked::DIRECTORY_USER
    }

    /// Groups of a directory.
    pub(crate) fn directory_group() -> &'static Self {
        &linked::DIRECTORY_GROUP
    }
}

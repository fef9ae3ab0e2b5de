//! Data centers, clusters, hosts and networks that the inventory begins with.

use crate::fake_engine::exchange::Options;
use crate::fake_engine::state::{State, last};
use crate::types::{Cluster, DataCenter, DataCenterStatus};

pub(super) fn fill(state: &mut State, _options: &Options) {
    let data_center =
        DataCenter::new().name("Default").description("The default Data Center").status(DataCenterStatus::Up);
    let data_center = state.insert("datacenters", data_center);
    let cluster = Cluster::new().name("Default").description("The default server cluster");
    state.insert("clusters", cluster.data_center(DataCenter::with_id(last(&data_center))));
}

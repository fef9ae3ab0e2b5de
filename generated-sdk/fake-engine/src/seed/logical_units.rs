//! LUNs on block storage.

use crate::resources::common::logical_unit::{ADDRESS, PORT};
use crate::resources::common::units::GIB;
use crate::resources::paths::LOGICAL_UNITS;
use crate::state::State;
use ovirt_sdk::types::{HostStorage, LogicalUnit, StorageType};

/// Adds LUNs to an inventory: two of iSCSI targets for each of Fibre Channel.
pub(super) fn fill(state: &mut State) {
    for number in 1..=6_i64 {
        let iscsi = number <= 4;
        let tail = state.random_below(u64::MAX);
        let unit = LogicalUnit::new()
            .id(format!("36001405{:024x}", u128::from(tail) << 16 | u128::from(number.unsigned_abs())))
            .lun_mapping(number)
            .size((10 * number).saturating_mul(GIB))
            .vendor_id(if iscsi { "LIO-ORG" } else { "NETAPP" })
            .product_id(if iscsi { format!("lun{number}") } else { "LUN C-Mode".to_owned() })
            .serial(format!("SLIO-ORG_lun{number}_{tail:016x}"))
            .paths(1)
            .active_paths(1)
            .discard_max_size(1 << 23)
            .discard_zeroes_data(false);
        let unit = match iscsi {
            true => unit.address(ADDRESS).port(PORT).portal(format!("{ADDRESS}:{PORT},1")).target(target(number)),
            false => unit,
        };
        let type_ = if iscsi { StorageType::Iscsi } else { StorageType::Fcp };
        let id = unit.id.clone().unwrap_or_default();
        state.insert(LOGICAL_UNITS, HostStorage::with_id(id).type_(type_).logical_units(vec![unit]));
    }
}

fn target(number: i64) -> String {
    format!("iqn.2003-01.org.linux-iscsi.storage1.x8664:sn.target{}", (number + 1) / 2)
}

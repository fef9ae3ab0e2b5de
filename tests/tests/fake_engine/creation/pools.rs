//! Pools.

use ovirt_sdk::types::{Cluster, Nic, Template, VmPool, VmStatus};

use super::{conflict, engine, invalid, minute, refusal, template};

#[tokio::test]
async fn a_pool_has_its_machines_and_grows() {
    let (engine, connection) = engine().await;
    template(&engine, &connection, "base").await;
    let (pools, vms) = (connection.system().vm_pools(), connection.system().vms());
    let wanted = VmPool::new().name("desk").size(2).prestarted_vms(1).cluster(Cluster::with_name("Default"));
    let of_blank = wanted.clone().template(Template::with_name("Blank"));
    conflict(pools.add(of_blank).send().await, "VM-Pool must be based on  non-blank Template.");
    let wanted = wanted.template(Template::with_name("base"));
    invalid(pools.add(wanted.clone().size(0).prestarted_vms(0)).send().await, "Cannot create Pool with 0 VMs");
    let made = pools.add(wanted).send().await.unwrap();
    minute(&engine);
    let members = vms.list().search("pool=desk sortby name").send().await.unwrap();
    let told: Vec<_> = members.iter().map(|vm| (vm.name.clone().unwrap(), vm.status.clone().unwrap())).collect();
    assert_eq!(told, [("desk-1".to_owned(), VmStatus::Up), ("desk-2".to_owned(), VmStatus::Down)]);

    let pool = pools.pool(made.try_id().unwrap());
    invalid(pool.update(VmPool::new().size(1)).send().await, "Cannot decrease VMs from VM-Pool.");
    pool.update(VmPool::new().size(3)).send().await.unwrap();
    minute(&engine);
    assert_eq!(pool.get().send().await.unwrap().size, Some(3));
    pool.allocate_vm().send().await.unwrap();
    conflict(pool.allocate_vm().send().await, "User is already attached to maximum number of VMs");
    minute(&engine);
    let up = vms.list().search("pool=desk and status=up").send().await.unwrap();
    assert_eq!(up.len(), 2, "another one waits for the next user");

    let running = vms.vm(members[0].try_id().unwrap());
    let allocated = running.permissions().list().send().await.unwrap().len();
    running.nics().add(Nic::new().name("more")).send().await.unwrap();
    running.shutdown().send().await.unwrap();
    minute(&engine);
    let free = running.permissions().list().send().await.unwrap().len();
    assert_eq!(free + 1, allocated, "the permission of its user is gone");
    assert_eq!(running.nics().list().send().await.unwrap().len(), 1, "and what it was");
    pool.allocate_vm().send().await.unwrap();
    minute(&engine);
    conflict(running.remove().send().await, "");
    conflict(running.detach().send().await, "VM is running");
    let free = vms.list().search("pool=desk and status=down").send().await.unwrap();
    let free = vms.vm(free[0].try_id().unwrap());
    free.detach().send().await.unwrap();
    assert_eq!(pool.get().send().await.unwrap().size, Some(2));
    // Nobody has a permit on a pool that isn't there.
    assert_eq!(refusal(free.detach().send().await).0, 403);
    pool.remove().send().await.unwrap();
    minute(&engine);
    let left = vms.list().search("name=desk*").send().await.unwrap();
    assert_eq!(left.len(), 1, "what was detached stays");
}

"""Runs typical operations of the official Python SDK against a fake engine.

The first failed check ends the program with an exception. If all checks pass, it prints their number.
"""

import time

import ovirtsdk4 as sdk
from ovirtsdk4 import types

import engine as engines

PASSED = 0


def check(description, condition):
    """Counts a passed check; raises AssertionError for a failed one."""
    global PASSED
    if not condition:
        raise AssertionError(description)
    PASSED += 1


def expect_error(description, error_type, call, *fragments):
    """Checks that a call raises an error whose text contains all fragments. Returns the error."""
    try:
        call()
    except error_type as error:
        text = str(error)
        for fragment in fragments:
            check(f"{description}: {fragment!r} is not in {text!r}", fragment in text)
        check(description, True)
        return error
    raise AssertionError(f"{description}: no error raised")


def wait_until(description, get, condition, seconds=60):
    """Polls until the condition holds for the result of `get`. Returns that result."""
    deadline = time.monotonic() + seconds
    while True:
        value = get()
        if condition(value):
            check(description, True)
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{description}: timed out: {getattr(value, 'status', value)}")
        time.sleep(0.05)


def check_login(engine):
    def connect(**options):
        return engines.connect(engine, **options)

    connection = connect()
    check("the connection works", connection.test(raise_exception=True))
    token = connection.authenticate()
    check("login returns a token", token)
    other = connect(username=None, password=None, token=token)
    check("another connection can use the token", other.system_service().get().product_info is not None)
    other.close(logout=False)
    expect_error("wrong password", sdk.AuthError, lambda: connect(password="wrong").authenticate(), "access_denied")
    expect_error("unknown profile", sdk.AuthError, lambda: connect(username="admin@nowhere").authenticate())
    expect_error("untrusted certificate", sdk.Error, lambda: connect(ca_file=None).test(raise_exception=True))
    return connection


def check_initial_objects(system):
    api = system.get()
    check("product and version", api.product_info.name == "oVirt Engine" and api.product_info.version.major == 4)
    check("blank template", api.special_objects.blank_template.id == "00000000-0000-0000-0000-000000000000")
    clusters = system.clusters_service().list(search="name=Default", follow="data_center")
    check("one cluster has the name Default", len(clusters) == 1)
    check("follow includes the data center", clusters[0].data_center.name == "Default")
    hosts = system.hosts_service().list(search="status=up")
    check("two hosts are up", len(hosts) >= 2 and all(host.status == types.HostStatus.UP for host in hosts))
    domain = system.storage_domains_service().list(search="name=data")[0]
    check("the data domain has free space", domain.available > 0 and domain.type == types.StorageDomainType.DATA)
    check("ovirtmgmt exists", "ovirtmgmt" in [network.name for network in system.networks_service().list()])
    profiles = system.vnic_profiles_service().list(follow="network")
    check("ovirtmgmt has a vNIC profile", "ovirtmgmt" in [profile.network.name for profile in profiles])


def create_and_start_vm(connection, system):
    vms = system.vms_service()
    description = "a <VM> & its \"name\""
    boot_devices = [types.BootDevice.HD, types.BootDevice.NETWORK]
    vm = vms.add(
        types.Vm(
            name="web1",
            description=description,
            memory=2 * 2**30,
            cluster=types.Cluster(name="Default"),
            template=types.Template(name="Blank"),
            cpu=types.Cpu(topology=types.CpuTopology(cores=2, sockets=1, threads=1)),
            os=types.OperatingSystem(boot=types.Boot(devices=boot_devices)),
        ),
        query={"correlation_id": "creating web1!"},
    )
    service = vms.vm_service(vm.id)
    check("the response contains the attributes", vm.description == description and vm.memory == 2 * 2**30)
    check("the response contains nested objects", vm.cpu.topology.cores == 2)
    check("a list of enum values is kept", service.get().os.boot.devices == boot_devices)
    check("a new VM is down", service.get().status == types.VmStatus.DOWN)

    attachment = service.disk_attachments_service().add(
        types.DiskAttachment(
            disk=types.Disk(
                name="web1_data",
                format=types.DiskFormat.COW,
                provisioned_size=10 * 2**30,
                storage_domains=[types.StorageDomain(name="data")],
            ),
            interface=types.DiskInterface.VIRTIO_SCSI,
            bootable=True,
            active=True,
        )
    )
    disk = system.disks_service().disk_service(attachment.disk.id)
    expect_error("a VM with a locked disk can't start", sdk.Error, service.start, "locked")
    wait_until("the disk is ready", disk.get, lambda it: it.status == types.DiskStatus.OK)
    check("the disk has the requested size", disk.get().provisioned_size == 10 * 2**30)
    profile = system.vnic_profiles_service().list(search="name=ovirtmgmt")[0]
    nic = service.nics_service().add(types.Nic(name="nic1", vnic_profile=types.VnicProfile(id=profile.id)))
    check("the NIC has a MAC address", nic.mac.address.count(":") == 5)

    service.start()
    wait_until("the VM is up", service.get, lambda it: it.status == types.VmStatus.UP)
    expect_error("a running VM can't be started", sdk.Error, service.start)
    expect_error("a running VM can't be removed", sdk.Error, service.remove)
    host = connection.follow_link(service.get().host)
    check("the VM's host is up", host.status == types.HostStatus.UP)
    check("a link can be followed", [nic.name for nic in connection.follow_link(service.get().nics)] == ["nic1"])
    followed = vms.list(search="name=web1", follow="nics,disk_attachments.disk")[0]
    check("follow includes the NICs", followed.nics[0].name == "nic1")
    check("follow includes the disks", followed.disk_attachments[0].disk.name == "web1_data")
    check("statistics exist", any(it.name == "memory.installed" for it in service.statistics_service().list()))
    return service


def check_snapshots(service):
    snapshots = service.snapshots_service()
    added = snapshots.add(types.Snapshot(description="before", persist_memorystate=False))
    snapshot = snapshots.snapshot_service(added.id)
    wait_until("the snapshot is ready", snapshot.get, lambda it: it.snapshot_status == types.SnapshotStatus.OK)
    check("the snapshot is listed", "before" in [it.description for it in snapshots.list()])
    service.stop()
    wait_until("the VM is down", service.get, lambda it: it.status == types.VmStatus.DOWN)
    snapshot.restore()
    wait_until("the snapshot is restored", service.get, lambda it: it.status == types.VmStatus.DOWN)
    wait_until("no snapshot is locked", snapshots.list, lambda found: all(
        it.snapshot_status == types.SnapshotStatus.OK for it in found))
    snapshot.remove()
    wait_until("the snapshot is removed", snapshots.list, lambda found: added.id not in [it.id for it in found])


def check_jobs_and_events(system):
    jobs = system.jobs_service().list(search="correlation_id=creatingweb1")
    check("jobs can be searched by correlation ID, without its invalid characters", isinstance(jobs, list))
    events = system.events_service().list(max=5)
    check("the newest event is first", events and events[0].index > events[-1].index)
    newer = system.events_service().list(from_=events[-1].index)
    check("from returns newer events only", all(event.index > events[-1].index for event in newer))
    found = system.events_service().list(search="web1")
    check("events can be searched", found and all("web1" in event.description for event in found))


def check_tags_and_permissions(system, service):
    tags = system.tags_service()
    tag = tags.add(types.Tag(name="production"))
    service.tags_service().add(types.Tag(name="production"))
    check("the VM has the tag", [it.name for it in service.tags_service().list()] == ["production"])
    tagged_vms = system.vms_service().list(search="tag=production")
    check("VMs can be searched by tag", [it.name for it in tagged_vms] == ["web1"])
    tags.tag_service(tag.id).remove()
    check("a removed tag is unassigned", service.tags_service().list() == [])
    users = system.users_service()
    user = users.add(types.User(user_name="jdoe@internal-authz", domain=types.Domain(name="internal-authz")))
    permissions = service.permissions_service()
    permissions.add(types.Permission(role=types.Role(name="UserVmManager"), user=types.User(id=user.id)))
    check("the permission is listed", user.id in [it.user.id for it in permissions.list() if it.user])


def check_errors(system):
    vms = system.vms_service()
    duplicate = types.Vm(name="web1", cluster=types.Cluster(name="Default"), template=types.Template(name="Blank"))
    error = expect_error("name already in use", sdk.Error, lambda: vms.add(duplicate))
    check("it is a conflict", error.code == 409 and error.fault.reason == "Operation Failed")
    missing = vms.vm_service("00000000-0000-0000-0000-00000000ffff")
    expect_error("no such VM", sdk.NotFoundError, missing.get)
    expect_error("malformed ID", sdk.NotFoundError, vms.vm_service("x1").get)
    error = expect_error("missing name", sdk.Error, lambda: vms.add(types.Vm(cluster=types.Cluster(name="Default"))))
    check("the detail names the missing attribute", error.code == 400 and "name" in error.fault.detail)
    check("a search without matches is empty", vms.list(search="name=nothing") == [])
    check("a malformed search is empty", vms.list(search="name=") == [])


def update_and_remove_vm(system, service):
    vm = service.get()
    service.update(types.Vm(description="to be removed"))
    check("the description is updated", service.get().description == "to be removed")
    check("other attributes keep their values", service.get().memory == vm.memory)
    disks = [it.disk.id for it in service.disk_attachments_service().list()]
    service.remove()
    wait_until("the VM is removed", lambda: system.vms_service().list(search="name=web1"), lambda found: found == [])
    wait_until("its disks are removed", lambda: {disk.id for disk in system.disks_service().list()}, lambda found: not set(disks) & found)


def main():
    # Fast enough not to wait for VMs to boot, slow enough to see intermediate states.
    with engines.running_engine("--speed", "20", "--user", "jdoe@internal:secret") as engine:
        connection = check_login(engine)
        system = connection.system_service()
        check_initial_objects(system)
        service = create_and_start_vm(connection, system)
        check_snapshots(service)
        check_jobs_and_events(system)
        check_tags_and_permissions(system, service)
        check_errors(system)
        update_and_remove_vm(system, service)
        connection.close()
    print(f"{PASSED} checks passed")


main()

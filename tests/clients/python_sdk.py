"""What a user of the official Python SDK does with an engine, against a fake one.

OVIRT_URL, OVIRT_USERNAME, OVIRT_PASSWORD and OVIRT_CAFILE say where it is. Every check that fails ends the program
with an exception; at the end it prints how many passed.
"""

import os
import time

import ovirtsdk4 as sdk
from ovirtsdk4 import types

PASSED = 0


def check(what, condition):
    """Counts a check that passed; stops at one that did not."""
    global PASSED
    if not condition:
        raise AssertionError(what)
    PASSED += 1


def refused(what, error, call, *words):
    """Checks that a call is refused with an error that has these words."""
    try:
        call()
    except error as problem:
        text = str(problem)
        for word in words:
            check(f"{what}: {word!r} is not in {text!r}", word in text)
        check(what, True)
        return problem
    raise AssertionError(f"{what}: nothing was refused")


def wait(what, get, done, seconds=60):
    """Asks until something is as wanted."""
    end = time.monotonic() + seconds
    while True:
        value = get()
        if done(value):
            check(what, True)
            return value
        if time.monotonic() > end:
            raise AssertionError(f"{what}: it does not happen: {getattr(value, 'status', value)}")
        time.sleep(0.05)


def connect(**options):
    settings = {
        "url": os.environ["OVIRT_URL"],
        "username": os.environ["OVIRT_USERNAME"],
        "password": os.environ["OVIRT_PASSWORD"],
        "ca_file": os.environ["OVIRT_CAFILE"],
    }
    settings.update(options)
    return sdk.Connection(**settings)


def login():
    connection = connect()
    check("the connection works", connection.test(raise_exception=True))
    token = connection.authenticate()
    check("there is a token", token)
    other = connect(username=None, password=None, token=token)
    check("the token can be used", other.system_service().get().product_info is not None)
    other.close(logout=False)
    refused("a wrong password", sdk.AuthError, lambda: connect(password="wrong").authenticate(), "access_denied")
    refused("an unknown profile", sdk.AuthError, lambda: connect(username="admin@nowhere").authenticate())
    refused("no trust", sdk.Error, lambda: connect(ca_file=None).test(raise_exception=True))
    return connection


def inventory(system):
    api = system.get()
    check("a product", api.product_info.name == "oVirt Engine" and api.product_info.version.major == 4)
    check("a blank template", api.special_objects.blank_template.id == "00000000-0000-0000-0000-000000000000")
    clusters = system.clusters_service().list(search="name=Default", follow="data_center")
    check("one cluster", len(clusters) == 1)
    check("its data center is filled in", clusters[0].data_center.name == "Default")
    hosts = system.hosts_service().list(search="status=up")
    check("hosts that are up", len(hosts) >= 2 and all(host.status == types.HostStatus.UP for host in hosts))
    domain = system.storage_domains_service().list(search="name=data")[0]
    check("storage with room", domain.available > 0 and domain.type == types.StorageDomainType.DATA)
    check("networks", "ovirtmgmt" in [network.name for network in system.networks_service().list()])
    profiles = system.vnic_profiles_service().list(follow="network")
    check("profiles of networks", "ovirtmgmt" in [profile.network.name for profile in profiles])


def machine(connection, system):
    vms = system.vms_service()
    vm = vms.add(
        types.Vm(
            name="web1",
            description="a <machine> & its \"name\"",
            memory=2 * 2**30,
            cluster=types.Cluster(name="Default"),
            template=types.Template(name="Blank"),
            cpu=types.Cpu(topology=types.CpuTopology(cores=2, sockets=1, threads=1)),
            os=types.OperatingSystem(boot=types.Boot(devices=[types.BootDevice.HD, types.BootDevice.NETWORK])),
        ),
        query={"correlation_id": "making web1!"},
    )
    service = vms.vm_service(vm.id)
    check("what was sent is kept", vm.description == "a <machine> & its \"name\"" and vm.memory == 2 * 2**30)
    check("parts, too", vm.cpu.topology.cores == 2)
    boot = [types.BootDevice.HD, types.BootDevice.NETWORK]
    check("a list of values", service.get().os.boot.devices == boot)
    check("it is down", service.get().status == types.VmStatus.DOWN)

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
    refused("a locked disk", sdk.Error, service.start, "locked")
    wait("the disk is made", disk.get, lambda it: it.status == types.DiskStatus.OK)
    check("of the wanted size", disk.get().provisioned_size == 10 * 2**30)
    profile = system.vnic_profiles_service().list(search="name=ovirtmgmt")[0]
    nic = service.nics_service().add(types.Nic(name="nic1", vnic_profile=types.VnicProfile(id=profile.id)))
    check("an address of hardware", nic.mac.address.count(":") == 5)

    service.start()
    wait("the machine runs", service.get, lambda it: it.status == types.VmStatus.UP)
    refused("a machine that runs can't be started", sdk.Error, service.start)
    refused("nor removed", sdk.Error, service.remove)
    host = connection.follow_link(service.get().host)
    check("it runs on a host", host.status == types.HostStatus.UP)
    check("links are followed", [nic.name for nic in connection.follow_link(service.get().nics)] == ["nic1"])
    filled = vms.list(search="name=web1", follow="nics,disk_attachments.disk")[0]
    check("and filled in", filled.nics[0].name == "nic1")
    check("at any depth", filled.disk_attachments[0].disk.name == "web1_data")
    check("statistics", any(it.name == "memory.installed" for it in service.statistics_service().list()))
    return service


def snapshot(service):
    snapshots = service.snapshots_service()
    added = snapshots.add(types.Snapshot(description="before", persist_memorystate=False))
    one = snapshots.snapshot_service(added.id)
    wait("the snapshot is made", one.get, lambda it: it.snapshot_status == types.SnapshotStatus.OK)
    check("it is listed", "before" in [it.description for it in snapshots.list()])
    service.stop()
    wait("the machine is down", service.get, lambda it: it.status == types.VmStatus.DOWN)
    one.restore()
    wait("it is restored", service.get, lambda it: it.status == types.VmStatus.DOWN)
    wait("all is well", lambda: snapshots.list(), lambda all_: all(
        it.snapshot_status == types.SnapshotStatus.OK for it in all_))
    one.remove()
    wait("the snapshot is gone", snapshots.list, lambda all_: added.id not in [it.id for it in all_])


def history(system):
    jobs = system.jobs_service().list(search="correlation_id=makingweb1")
    check("correlation identifiers lose what they can't have", isinstance(jobs, list))
    events = system.events_service().list(max=5)
    check("events", events and events[0].index > events[-1].index)
    newer = system.events_service().list(from_=events[-1].index)
    check("newer events", all(event.index > events[-1].index for event in newer))
    started = system.events_service().list(search="web1")
    check("events can be searched", started and all("web1" in event.description for event in started))


def administration(system, service):
    tags = system.tags_service()
    tag = tags.add(types.Tag(name="production"))
    service.tags_service().add(types.Tag(name="production"))
    check("a tag", [it.name for it in service.tags_service().list()] == ["production"])
    check("can be searched", [it.name for it in system.vms_service().list(search="tag=production")] == ["web1"])
    tags.tag_service(tag.id).remove()
    check("and is gone", service.tags_service().list() == [])
    users = system.users_service()
    user = users.add(types.User(user_name="jdoe@internal-authz", domain=types.Domain(name="internal-authz")))
    permissions = service.permissions_service()
    permissions.add(types.Permission(role=types.Role(name="UserVmManager"), user=types.User(id=user.id)))
    check("a permission", user.id in [it.user.id for it in permissions.list() if it.user])


def errors(system, service):
    vms = system.vms_service()
    wanted = types.Vm(name="web1", cluster=types.Cluster(name="Default"), template=types.Template(name="Blank"))
    problem = refused("a name in use", sdk.Error, lambda: vms.add(wanted))
    check("is a conflict", problem.code == 409 and problem.fault.reason == "Operation Failed")
    nobody = vms.vm_service("00000000-0000-0000-0000-00000000ffff")
    refused("no such machine", sdk.NotFoundError, nobody.get)
    check("no identifier", refused("an identifier that is none", sdk.Error, vms.vm_service("x1").get).code == 400)
    problem = refused("no name", sdk.Error, lambda: vms.add(types.Vm(cluster=types.Cluster(name="Default"))))
    check("what is missing is said", problem.code == 400 and "name" in problem.fault.detail)
    check("a search finds nothing", vms.list(search="name=nothing") == [])
    check("nor does one that makes no sense", vms.list(search="name=") == [])


def end(system, service):
    vm = service.get()
    service.update(types.Vm(description="to be removed"))
    check("a change", service.get().description == "to be removed")
    check("that changes nothing else", service.get().memory == vm.memory)
    disks = [it.disk.id for it in service.disk_attachments_service().list()]
    service.remove()
    wait("it is gone", lambda: system.vms_service().list(search="name=web1"), lambda found: found == [])
    check("with its disks", not set(disks) & {disk.id for disk in system.disks_service().list()})


def main():
    connection = login()
    system = connection.system_service()
    inventory(system)
    service = machine(connection, system)
    snapshot(service)
    history(system)
    administration(system, service)
    errors(system, service)
    end(system, service)
    connection.close()
    print(f"{PASSED} passed, 0 failed")


main()

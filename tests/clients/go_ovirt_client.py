"""Runs the live tests of go-ovirt-client, which are part of its Go module."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from ovirtsdk4 import types

from engine import connect, running_engine
from go_build import go, program

CLIENT = "github.com/ovirt/go-ovirt-client/v3"
# The client waits longer and longer between attempts, so many tests take a minute with any clock, and use little CPU time.
SECONDS = 90
TESTS_AT_ONCE = 16
# Tests that are not run: the client repeats a request that every engine refuses, without end.
ENDLESS = {"TestCannotRemoveTemplateIfVMCloneIsNotSet", "TestCannotRemoveTemplateIfVMIsNotCloned"}
# Tests that fail, and why.
EXPECTED = {
    "TestAffinityGroupCreation": "it removes a group twice, which a real engine answers with 400, too",
    "TestBadURL": "it needs the Internet",
    "TestVMRemovalShouldRemoveAttachedDisks": "disks disappear after their VM, on a real engine, too",
    "TestVMNICUpdate": "a multicast MAC address, which a real engine rejects, too",
    "TestVMNICWithMacCreation": "a multicast MAC address, which a real engine rejects, too",
    "TestVMSoundcardEnabled": "a name of 65 characters, which a real engine rejects, too",
}


def add_storage_domain(engine):
    """Adds another storage domain, to which the tests move disks. Returns its ID."""
    system = connect(engine).system_service()
    domain = system.storage_domains_service().add(
        types.StorageDomain(
            name="data2",
            type=types.StorageDomainType.DATA,
            host=types.Host(name="host1"),
            storage=types.HostStorage(type=types.StorageType.NFS, address="nfs.example.com", path="/exports/data2"),
        )
    )
    [center] = system.data_centers_service().list(search="name=Default")
    attached = system.data_centers_service().data_center_service(center.id).storage_domains_service()
    attached.add(types.StorageDomain(id=domain.id))
    engine.advance("10m")
    return domain.id


def main():
    tests = program("go-ovirt-client-tests")
    go("test", "-c", "-o", tests, CLIENT)
    sources = go("list", "-m", "-f", "{{.Dir}}", CLIENT)
    listed = subprocess.run([tests, "-client=mock", "-test.list=."], capture_output=True, text=True, check=True).stdout
    names = [name for name in listed.split() if name.startswith("Test") and name not in ENDLESS]
    with running_engine("--speed", "20") as engine:
        environment = {**engine.environment(), "OVIRT_SECONDARY_STORAGE_DOMAIN_ID": add_storage_domain(engine)}

        def run(name):
            command = [tests, "-client=live", "-test.v", f"-test.run=^{name}$", f"-test.timeout={SECONDS}s"]
            return subprocess.run(command, cwd=sources, env=environment, capture_output=True, text=True, check=False)

        with ThreadPoolExecutor(TESTS_AT_ONCE) as pool:
            results = dict(zip(names, pool.map(run, names)))
    failed = {name for name, result in results.items() if result.returncode != 0}
    for name in sorted(failed - set(EXPECTED)):
        print(f"FAILED {name}: {results[name].stdout[-1500:]}")
    for name in sorted(set(EXPECTED) - failed):
        print(f"FAILED {name}: expected to fail: {EXPECTED[name]}")
    print(f"{len(names)} tests, {len(failed)} failed, {len(failed & set(EXPECTED))} of them as expected")
    sys.exit(1 if failed != set(EXPECTED) else 0)


main()

"""One measurement of the official SDK for Python; started by `main.rs`.

    driver.py URL AUTHORITY tag | vm AT_ONCE REQUESTS | list

Prints seconds on the clock and on the processor, the memory at most in kB, and the number of objects.
"""

import resource
import sys
import time

import ovirtsdk4 as sdk


def get(service, at_once, requests):
    if at_once == 1:
        for _ in range(requests):
            assert service.get().id
        return requests
    # What the SDK has for many requests at once: futures of one thread.
    for begin in range(0, requests, at_once):
        futures = [service.get(wait=False) for _ in range(min(at_once, requests - begin))]
        for future in futures:
            assert future.wait().id
    return requests


def on_processor():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main():
    url, authority, what, *figures = sys.argv[1:]
    at_once, requests = (int(figure) for figure in figures) if figures else (1, 0)
    connection = sdk.Connection(
        url=url,
        username="admin@ovirt@internalsso",
        password="secret",
        ca_file=authority,
        connections=at_once,
        timeout=600,
    )
    connection.test(raise_exception=True)
    machines = connection.system_service().vms_service()
    tags = connection.system_service().tags_service()
    service = tags.tag_service("1") if what == "tag" else machines.vm_service("1")
    get(service, at_once, min(at_once, requests))
    began, before = time.perf_counter(), on_processor()
    if what != "list":
        count = get(service, at_once, requests)
    else:
        count = len(machines.list())
    clock, processor = time.perf_counter() - began, on_processor() - before
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(clock, processor, memory, count)
    connection.close()


if __name__ == "__main__":
    main()

"""Ten thousand results from a producer through Kafka and Connect to the object store.

    PYTHONPATH=contracts:simulator:ingestion:e2e:bench python -m streaming [--messages N] [--store versitygw|minio]

Starts broker, registry, Connect and store in containers (their images must be there: `./pants package
deploy/images:: ingestion:image`), sends results of the README's six molecules with their whole histories, each as a
run of its own, and prints: the producer's rate; the rate at which they become objects (`flush.size` 1); latency from
the message's time to its object, once with everything sent at once and once at half of the rate found; and which
process took the processors meanwhile. Nothing may be lost or come twice, else it fails.
"""

import argparse
import os
import platform
import resource
from collections.abc import Sequence
from importlib.metadata import version

from quantum_contracts.v2 import VQEDecoratedResult
from quantum_e2e.bootstrap import apply_connector
from quantum_e2e.stack import Stack, docker_network, running_stack
from quantum_e2e.topics import create_topic
from streaming.load import Load, results
from streaming.observation import Latency, cpu_seconds, wait_for

MEGABYTE = 1e6
PACED_SECONDS = 60


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--partitions", type=int, default=3)
    parser.add_argument("--tasks", type=int, default=1, help="tasks of the connector")
    parser.add_argument("--store", choices=["versitygw"], default="versitygw")
    given = parser.parse_args()
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"confluent-kafka {version('confluent-kafka')}, {given.partitions} partitions, {given.tasks} tasks"
    )
    samples = results()
    with docker_network() as network, running_stack(network, given.store) as stack:
        apply_connector(stack, tasks=given.tasks)
        warm = Load(stack, "vqe_decorated_result_dev_warm_v2", samples)
        create_topic(stack.broker.servers, warm.topic, given.partitions)
        warm.send(200)
        wait_for(stack, warm.topic, 200)
        rate = burst(stack, samples, given.messages, given.partitions)
        paced(stack, samples, rate / 2, given.partitions)


def burst(stack: Stack, samples: Sequence[VQEDecoratedResult], messages: int, partitions: int) -> float:
    load = Load(stack, "vqe_decorated_result_dev_burst_v2", samples)
    create_topic(stack.broker.servers, load.topic, partitions)
    before, own_before = cpu_seconds(stack), own_cpu_seconds()
    sending = load.send(messages)
    landed = wait_for(stack, load.topic, messages)
    used = {name: seconds - before[name] for name, seconds in cpu_seconds(stack).items()}
    used["producer"] = own_cpu_seconds() - own_before
    seconds = max(landed.values()) - min(load.sent.values())
    size = load.body_bytes / messages
    print(
        f"\nall at once: {messages:,} messages of {size / 1000:.0f} kB on average, {load.body_bytes / MEGABYTE:,.0f} MB"
    )
    print(
        f"  producer   {messages / sending:7.0f} messages/s  {load.body_bytes / sending / MEGABYTE:6.1f} MB/s  "
        f"({load.encoding_seconds / sending:.0%} of the time encoding)"
    )
    print(f"  landing    {messages / seconds:7.0f} messages/s  {load.body_bytes / seconds / MEGABYTE:6.1f} MB/s")
    tell(Latency.of(load.sent, landed))
    total = sum(used.values())
    for name, taken in sorted(used.items(), key=lambda item: -item[1]):
        print(f"  cpu        {name:16} {taken:6.1f} s  {taken / total:4.0%}  {taken / messages * 1000:5.2f} ms/message")
    return messages / seconds


def paced(stack: Stack, samples: Sequence[VQEDecoratedResult], rate: float, partitions: int) -> None:
    load = Load(stack, "vqe_decorated_result_dev_paced_v2", samples)
    create_topic(stack.broker.servers, load.topic, partitions)
    count = int(rate * PACED_SECONDS)
    load.send(count, rate)
    landed = wait_for(stack, load.topic, count)
    print(f"\nat {rate:.0f} messages/s, {count:,} messages:")
    tell(Latency.of(load.sent, landed))


def tell(latency: Latency) -> None:
    print(f"  latency    p50 {latency.p50:7.3f} s  p99 {latency.p99:7.3f} s  worst {latency.worst:7.3f} s")


def own_cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()

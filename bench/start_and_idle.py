#!/usr/bin/python3
"""Start to first answer of `everlong serve` with a key file in place, and what it costs to do nothing.

usage: bench/start_and_idle.py [--program PATH] [--starts N] [--idle SECONDS]

Nothing is asked of the network: the service has no channels and runs on loopback.
"""
import argparse
import os
import pathlib
import re
import select
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ADDRESS = re.compile(rb"http://127\.0\.0\.1:(\d+)")
TICKS = os.sysconf("SC_CLK_TCK")
LIMIT_S = 30  # far above any start; a service that has not answered by then never will


class Service:
    """`everlong serve` on a free port, from its start to its end."""

    def __init__(self, program, data):
        # Nothing of the caller's settings: no apps, no simulator, no .env of the working directory.
        environment = {"PATH": os.environ["PATH"], "HOME": str(data), "EVERLONG_DATA": str(data)}
        self.begin = time.perf_counter()
        self.process = subprocess.Popen([program, "serve", "--port", "0"], env=environment, cwd=data,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.said = b""

    def address(self):
        while not (found := ADDRESS.search(self.said)) or b"\n" not in self.said[found.end():]:
            left = self.begin + LIMIT_S - time.perf_counter()
            if left <= 0 or not select.select([self.process.stdout], [], [], left)[0]:
                raise RuntimeError("no address within %d s; it said: %r" % (LIMIT_S, self.said))
            some = os.read(self.process.stdout.fileno(), 65536)
            if not some:
                raise RuntimeError("it ended; it said: %r" % self.said)
            self.said += some
        return ("127.0.0.1", int(found.group(1)))

    def milliseconds_to_first_answer(self):
        with socket.create_connection(self.address(), timeout=LIMIT_S) as peer:
            peer.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            status = peer.recv(64)
        took = (time.perf_counter() - self.begin) * 1000
        if not status.startswith(b"HTTP/1.1 200"):
            raise RuntimeError("/healthz answered %r" % status)
        return took

    def cpu_seconds(self):
        stat = pathlib.Path("/proc/%d/stat" % self.process.pid).read_text()
        fields = stat[stat.rindex(")") + 2:].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def switches(self):
        """How often its threads gave up the processor: what wakes a sleeping machine."""
        total = 0
        for status in pathlib.Path("/proc/%d/task" % self.process.pid).glob("*/status"):
            total += sum(int(n) for n in re.findall(r"^\w*voluntary_ctxt_switches:\s+(\d+)", status.read_text(), re.M))
        return total

    def memory_kib(self):
        rollup = pathlib.Path("/proc/%d/smaps_rollup" % self.process.pid).read_text()
        return {key: int(re.search(r"^%s:\s+(\d+) kB" % key, rollup, re.M).group(1)) for key in ("Rss", "Pss")}

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(LIMIT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise RuntimeError("SIGTERM did not end it within %d s" % LIMIT_S)
        if code != 0:
            raise RuntimeError("it ended with %d; it said: %r" % (code, self.said))


def measured(program, data, measure):
    service = Service(program, data)
    try:
        result = measure(service)
        service.end()
        return result
    finally:
        if service.process.poll() is None:
            service.process.kill()
            service.process.wait()


def measure_idle(service, seconds):
    service.milliseconds_to_first_answer()
    time.sleep(2)  # what is done once after the start is no idle cost
    cpu, switches = service.cpu_seconds(), service.switches()
    time.sleep(seconds)
    return service.cpu_seconds() - cpu, service.switches() - switches, service.memory_kib()


def main():
    root = pathlib.Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=str(root / "build/release/everlong"))
    parser.add_argument("--starts", type=int, default=21)
    parser.add_argument("--idle", type=float, default=30.0)
    arguments = parser.parse_args()
    arguments.program = os.path.abspath(arguments.program)
    if not os.access(arguments.program, os.X_OK):
        sys.exit("%s is not there: ./run.sh --build-only makes it" % arguments.program)

    with tempfile.TemporaryDirectory(prefix="everlong-bench-") as directory:
        data = pathlib.Path(directory) / "data"
        data.mkdir(mode=0o700)
        # The first start makes key and store; it is told apart, and the others find them.
        first = measured(arguments.program, data, Service.milliseconds_to_first_answer)
        later = sorted(measured(arguments.program, data, Service.milliseconds_to_first_answer)
                       for _ in range(arguments.starts))
        cpu, switches, memory = measured(arguments.program, data, lambda s: measure_idle(s, arguments.idle))

    print("start to first answer, key and store made    %8.1f ms" % first)
    print("start to first answer, key and store there   %8.1f ms median, %.1f to %.1f of %d"
          % (statistics.median(later), later[0], later[-1], len(later)))
    print("idle memory                                  %8.1f MiB resident, %.1f MiB of its own share"
          % (memory["Rss"] / 1024, memory["Pss"] / 1024))
    print("idle CPU                                     %8.2f ms a second, over %.0f s (clock of %d ms)"
          % (cpu * 1000 / arguments.idle, arguments.idle, 1000 // TICKS))
    print("idle wake-ups                                %8.1f a second" % (switches / arguments.idle))


if __name__ == "__main__":
    main()

#!/usr/bin/python3
"""An application reads its token through the API, beside nginx, FastAPI + uvicorn and Node answering the same bytes.

usage: bench/token_read.py [--program PATH] [--rounds N] [--seconds N] [--connections N]

Rounds are interleaved and in changing order; the first is not counted; medians. The load comes from wrk with one thread, so
client and server share the machine. Beside each rate stands the server's CPU time a request, which holds better from run to
run. Needs wrk and nginx (apt-get install wrk nginx-light); what is missing is left out and named.
"""
import argparse
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
sys.dont_write_bytecode = True
from rehearsal import Process, Simulator, free_port, listening, wait_for  # noqa: E402

TICKS = os.sysconf("SC_CLK_TCK")
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


def descendants(pid):
    """The process and all below it."""
    found = [pid]
    for each in found:
        try:
            children = pathlib.Path(f"/proc/{each}/task/{each}/children").read_text().split()
        except OSError:
            children = []
        found.extend(int(child) for child in children)
    return found


def cpu_seconds(pid):
    total = 0
    for each in descendants(pid):
        try:
            stat = pathlib.Path(f"/proc/{each}/stat").read_text()
        except OSError:
            continue
        fields = stat[stat.rindex(")") + 2:].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def is_open(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Side:
    """One server under load."""

    def __init__(self, name, pid, address):
        self.name, self.pid, self.address = name, pid, address
        self.rates, self.costs = [], []

    def measure(self, arguments, key, is_counted):
        before = cpu_seconds(self.pid)
        done = subprocess.run(["wrk", "-t1", f"-c{arguments.connections}", f"-d{arguments.seconds}s",
                               "-H", f"Authorization: Bearer {key}", self.address],
                              capture_output=True, text=True, check=True)
        spent = cpu_seconds(self.pid) - before
        if re.search(r"Non-2xx|Socket errors", done.stdout):
            raise RuntimeError(f"{self.name} did not answer well:\n{done.stdout}")
        requests = int(re.search(r"(\d+) requests in", done.stdout).group(1))
        rate = float(re.search(r"Requests/sec:\s+([\d.]+)", done.stdout).group(1))
        if is_counted:
            self.rates.append(rate)
            self.costs.append(spent / requests * 1e6)


def start_everlong(program, folder, started):
    """The simulator gives a token and is not asked again while we measure; gives (process, address, key, the answer)."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "EVERLONG_DATA": str(folder / "data")}
    sandbox = Process([program, "sandbox", "--port", "0"], folder, environment)
    started.append(sandbox)
    simulator = Simulator(listening(sandbox, 1)[0])
    environment["EVERLONG_META"] = simulator.address
    service = Process([program, "serve", "--port", "0"], folder, environment)
    started.append(service)
    address = listening(service, 1)[0]
    token = simulator.mint("instagram")["access_token"]

    def command(*words, text=None):
        return subprocess.run([program, *words], input=text, env=environment, cwd=folder, capture_output=True, text=True,
                              check=True).stdout
    command("channel", "import", "shop", "--token-stdin", text=token)
    key = json.loads(command("api-key", "create", "--name", "bench", "--scope", "token:read", "--json"))["key"]
    row = json.loads(command("token", "get", "shop", "--json"))
    return service, f"{address}/v1/channels/shop/token", key, row


def start_nginx(folder, row, started):
    port = free_port()
    body = json.dumps(row, separators=(",", ":"))
    (folder / "nginx.conf").write_text(f"""
daemon off; worker_processes 2; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ worker_connections 1024; }}
http {{ access_log off; keepalive_requests 100000000; default_type application/json;
  client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder}; uwsgi_temp_path {folder};
  scgi_temp_path {folder};
  server {{ listen 127.0.0.1:{port}; location / {{ add_header Cache-Control no-store; add_header ETag '"1"';
    return 200 '{body}'; }} }} }}
""")
    process = Process([NGINX, "-c", str(folder / "nginx.conf"), "-p", str(folder)], folder, dict(os.environ))
    started.append(process)
    wait_for(lambda: is_open(port), "nginx")
    return Side("nginx, return 200", process.child.pid, f"http://127.0.0.1:{port}/v1/channels/shop/token")


def start_fastapi(folder, key, row, form, started):
    path = folder / f"{form}.sqlite"
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE keys (hash TEXT PRIMARY KEY, scopes TEXT)")
    database.execute("CREATE TABLE tokens (name TEXT PRIMARY KEY, token, fingerprint, expires_at, ig_user_id, version)")
    database.execute("INSERT INTO keys VALUES (?, 'token:read')", (hashlib.sha256(key.encode()).hexdigest(),))
    database.execute("INSERT INTO tokens VALUES ('shop', ?, ?, ?, ?, ?)",
                     tuple(row[name] for name in ("access_token", "fingerprint", "expires_at", "ig_user_id", "version")))
    database.commit()
    database.close()
    port = free_port()
    process = Process(["/usr/bin/python3", "-m", "uvicorn", "fastapi_app:app", "--port", str(port), "--no-access-log",
                       "--log-level", "warning"], ROOT / "bench/rivals",
                      {**os.environ, "DATABASE": str(path), "FORM": form, "PYTHONDONTWRITEBYTECODE": "1"})
    started.append(process)
    wait_for(lambda: is_open(port), "uvicorn")
    return Side(f"FastAPI + uvicorn, {form}", process.child.pid, f"http://127.0.0.1:{port}/v1/channels/shop/token")


def start_node(folder, key, row, started):
    rows = folder / "rows.json"
    rows.write_text(json.dumps({"keys": [hashlib.sha256(key.encode()).hexdigest()], "tokens": {"shop": row}}))
    port = free_port()
    process = Process([shutil.which("node"), str(ROOT / "bench/rivals/node_http.mjs")], folder,
                      {**os.environ, "ROWS": str(rows), "PORT": str(port)})
    started.append(process)
    wait_for(lambda: is_open(port), "node")
    return Side("Node http", process.child.pid, f"http://127.0.0.1:{port}/v1/channels/shop/token")


def start_sides(program, folder, started):
    service, address, key, row = start_everlong(program, folder, started)
    sides = [Side("everlong", service.child.pid, address)]
    if NGINX:
        sides.append(start_nginx(folder, row, started))
    has_fastapi = subprocess.run(["/usr/bin/python3", "-c", "import fastapi, uvicorn"], capture_output=True,
                                 check=False).returncode == 0
    if has_fastapi:
        sides += [start_fastapi(folder, key, row, form, started) for form in ("async", "def")]
    if shutil.which("node"):
        sides.append(start_node(folder, key, row, started))
    return sides, key


def report(sides):
    ours = sides[0]
    rate, cost = statistics.median(ours.rates), statistics.median(ours.costs)
    print(f"{'':28} {'requests/s':>11} {'CPU us each':>12} {'ours / theirs':>14} {'CPU ratio':>10}")
    for side in sides:
        other_rate, other_cost = statistics.median(side.rates), statistics.median(side.costs)
        spread = f"{min(side.rates):.0f} to {max(side.rates):.0f}"
        print(f"{side.name:28} {other_rate:11.0f} {other_cost:12.1f} {rate / other_rate:14.2f} {cost / other_cost:10.2f}"
              f"   ({spread})")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", default=str(ROOT / "build/release/everlong"))
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--connections", type=int, default=64)
    arguments = parser.parse_args()
    program = os.path.abspath(arguments.program)
    if not os.access(program, os.X_OK):
        sys.exit(f"{program} is not there: ./run.sh --build-only makes it")
    if not shutil.which("wrk"):
        sys.exit("wrk is not there: apt-get install wrk")
    started = []
    with tempfile.TemporaryDirectory(prefix="everlong-bench-") as directory:
        try:
            sides, key = start_sides(program, pathlib.Path(directory), started)
            for round_number in range(arguments.rounds + 1):
                shift = round_number % len(sides)
                for side in sides[shift:] + sides[:shift]:
                    side.measure(arguments, key, is_counted=round_number > 0)
        finally:
            for process in reversed(started):
                if process.is_running():
                    process.end(signal.SIGTERM)
    report(sides)
    for name, is_there in (("nginx", NGINX), ("node", shutil.which("node"))):
        if not is_there:
            print(f"left out: {name} is not installed")


if __name__ == "__main__":
    main()

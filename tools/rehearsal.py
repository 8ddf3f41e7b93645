"""What the demo and the end-to-end tests share: starting the program, its simulator's control calls, reading .env.

Nothing here waits a fixed time: wait_for() polls a condition until a deadline.
"""
import hashlib
import json
import os
import re
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request

DAY_S = 86400
APP_ENVIRONMENT = {  # the simulator's seeded apps, and what points a command without a service at it
    "META_APP_ID": "100000000000001",
    "META_APP_SECRET": "sandbox-app-secret",
    "INSTAGRAM_APP_ID": "200000000000002",
    "INSTAGRAM_APP_SECRET": "sandbox-instagram-app-secret",
}


class Trouble(Exception):
    """Something did not come true in time, or answered otherwise than promised."""


def fingerprint(token):
    return "sha256:" + hashlib.sha256(token.encode()).hexdigest()[:12]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition, what, seconds=20.0, pause=0.02):
    """The first truthy value of condition(); Trouble after `seconds`. Refused connections count as 'not yet'."""
    deadline = time.monotonic() + seconds
    last = None
    while True:
        try:
            value = condition()
            if value:
                return value
            last = value
        except (OSError, urllib.error.URLError, json.JSONDecodeError) as problem:
            last = problem
        if time.monotonic() > deadline:
            raise Trouble(f"not within {seconds:g} s: {what} (last: {last!r})")
        time.sleep(pause)


def http(method, address, body=None, timeout=10.0, headers=None):
    """(status, JSON or text); refusals are values, an unreachable server is OSError."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address, data=data, method=method,
                                     headers={"Content-Type": "application/json", **(headers or {})})
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            status, text = answer.status, answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as refusal:
        status, text = refusal.code, refusal.read().decode("utf-8", "replace")
    try:
        return status, json.loads(text)
    except ValueError:
        return status, text


def read_env(path):
    """KEY → raw text after '=' of the last line that sets it, quotes and blanks included."""
    values = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines.read().splitlines():
            match = re.match(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=(.*)$", line)
            if match:
                values[match.group(1)] = match.group(2)
    return values


class Simulator:
    """The simulator's control calls. Every token that it mints for us is remembered: they are the canaries."""

    def __init__(self, address):
        self.address = address.rstrip("/")
        self.canaries = set()

    def call(self, method, path, body=None):
        status, answer = http(method, f"{self.address}/_sandbox/{path}", body)
        if status != 200:
            raise Trouble(f"{method} /_sandbox/{path} answered {status}: {answer}")
        return answer

    def mint(self, login, **wishes):
        answer = self.call("POST", "token", {"login": login, **wishes})
        self.canaries.add(answer["access_token"])
        return answer

    def now(self):
        return self.call("GET", "clock")["now"]

    def advance(self, seconds):
        return self.call("POST", "clock", {"advance_s": int(seconds)})

    def faults(self, faults):
        return self.call("POST", "faults", faults)

    def event(self, kind, **fields):
        return self.call("POST", "event", {"type": kind, **fields})

    def state(self):
        return self.call("GET", "state")

    def ledger(self):
        return self.call("GET", "ledger")

    def token_state(self, print_of_token):
        """The simulator's own row of the token with this fingerprint, or None."""
        return next((t for t in self.state()["tokens"] if t["fingerprint"] == print_of_token), None)


class Process:
    """A child whose output is collected while it runs; in a group of its own, so that nothing of it stays behind."""

    def __init__(self, arguments, cwd=None, environment=None):
        self.arguments = [str(a) for a in arguments]
        self.lines = []
        self.child = subprocess.Popen(self.arguments, cwd=cwd, env=environment, stdin=subprocess.DEVNULL,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
                                      text=True, errors="replace")
        self.reader = threading.Thread(target=self._collect, daemon=True)
        self.reader.start()

    def _collect(self):
        for line in self.child.stdout:
            self.lines.append(line.rstrip("\n"))

    @property
    def output(self):
        return "\n".join(self.lines)

    def is_running(self):
        return self.child.poll() is None

    def send(self, number):
        self.child.send_signal(number)

    def end(self, number=signal.SIGTERM, seconds=15.0):
        """Sends the signal, gives the exit code; Trouble (and SIGKILL) where it does not end in time."""
        if self.is_running():
            self.send(number)
        try:
            code = self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Trouble(f"{self.arguments[:3]} did not end within {seconds:g} s of signal {number}") from None
        self.reader.join(2)
        return code

    def kill(self):
        try:
            os.killpg(self.child.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.child.wait()
        self.reader.join(2)


def listening(process, count, seconds=20.0):
    """The first `count` different loopback addresses that a service has printed, one a line."""
    def addresses():
        found = list(dict.fromkeys(re.findall(r"http://127\.0\.0\.1:\d+", process.output)))
        if len(found) < count and not process.is_running():
            raise Trouble(f"{process.arguments[1:3]} ended with {process.child.returncode}: {process.output[-2000:]}")
        return found if len(found) >= count else None
    return wait_for(addresses, f"{count} address(es) printed by {process.arguments[1]}", seconds)


def is_simulator(address):
    try:
        status, answer = http("GET", f"{address}/_sandbox/clock")
        return status == 200 and isinstance(answer, dict) and "now" in answer
    except OSError:
        return False


class Service:
    """`everlong serve --sandbox` on free ports: .api is the service's address, .simulator its simulator."""

    def __init__(self, program, data, environment, cwd=None):
        self.process = Process([program, "serve", "--sandbox", "--port", "0", "--sandbox-port", "0", "--data", data],
                               cwd=cwd, environment=environment)
        try:
            addresses = listening(self.process, 2)
            simulators = [a for a in addresses if is_simulator(a)]
            if len(simulators) != 1:
                raise Trouble(f"of {addresses} {len(simulators)} answer as the simulator")
            self.api = next(a for a in addresses if a not in simulators)
            self.simulator = Simulator(simulators[0])
            wait_for(lambda: http("GET", f"{self.api}/readyz")[0] == 200, "/readyz answers 200")
        except Exception:
            self.process.kill()
            raise

    def end(self, number=signal.SIGTERM, seconds=15.0):
        return self.process.end(number, seconds)


class Visitor:
    """Asks the application for /me all the time, as its users would, and keeps count."""

    def __init__(self, address):
        self.address = address
        self.answered = 0
        self.refused = []      # answers that are not 200
        self.restarts = 0
        self.longest_gap = 0.0
        self.lost = 0          # unanswered, with the same process before and after: no restart explains it
        self.ending = False
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        last_pid, last_seen, missed = None, time.monotonic(), 0
        while not self.ending:
            try:
                status, answer = http("GET", f"{self.address}/me", timeout=5)
                pid = http("GET", f"{self.address}/health", timeout=5)[1]["pid"]
            except (OSError, TypeError, KeyError):
                missed += 1
                time.sleep(0.01)
                continue
            if status == 200:
                self.answered += 1
            else:
                self.refused.append(answer)
            if last_pid is not None and pid != last_pid:
                self.restarts += 1
                self.longest_gap = max(self.longest_gap, time.monotonic() - last_seen)
            elif missed and last_pid is not None:
                self.lost += missed
            last_pid, last_seen, missed = pid, time.monotonic(), 0
            time.sleep(0.02)

    def end(self):
        self.ending = True
        self.thread.join(10)

"""The ground of the end-to-end tests: each test has a folder, a clean environment and processes of its own, and when it
ends, everything that it left behind is searched for every token that it met (law 7)."""
import base64
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from datetime import datetime

sys.dont_write_bytecode = True
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tools"))
from rehearsal import (APP_ENVIRONMENT, DAY_S, Process, Service, Simulator, Trouble, Visitor,  # noqa: E402,F401
                       fingerprint, free_port, http, is_simulator, listening, read_env, wait_for)

PROGRAM = os.path.abspath(os.environ.get("EVERLONG_PROGRAM", os.path.join(ROOT, "build/release/everlong")))
IS_LONG = os.environ.get("EVERLONG_LONG_TESTS") == "1"
COMMAND_LIMIT_S = 60
NEEDLE = slice(8, 40)  # the part of a token that is searched for: a part of a token is a leak as well


def instant(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def days_between(early, late):
    return (instant(late) - instant(early)).total_seconds() / DAY_S


# --- canaries ---

def encodings(token):
    """The ways a token could hide in bytes: eight of them, base64 at each of its three offsets."""
    needle = token[NEEDLE] if len(token) >= 40 else token
    raw = needle.encode()
    found = {
        "raw": raw,
        "percent": "".join(f"%{b:02X}" for b in raw).encode(),
        "double percent": "".join(f"%25{b:02X}" for b in raw).encode(),
        "JSON escapes": "".join(f"\\u{b:04x}" for b in raw).encode(),
        "hex": raw.hex().encode(),
        "upper hex": raw.hex().upper().encode(),
        "reversed": raw[::-1],
    }
    for offset in range(3):
        # The characters that depend on unknown neighbours are cut off at both ends.
        text = base64.b64encode(b"\0" * offset + raw)
        inner = text[4 if offset else 0:len(text) - 4]
        found[f"base64 at {offset}"] = inner
        found[f"base64url at {offset}"] = inner.replace(b"+", b"-").replace(b"/", b"_")
    return found


def leaks(canaries, places):
    """(place, encoding, fingerprint) of every canary found in {place: bytes}."""
    needles = [(name, needle, token) for token in canaries for name, needle in encodings(token).items()]
    hits = []
    for place, content in places.items():
        lowered = content.lower()
        for name, needle, token in needles:
            in_hex = name in ("percent", "double percent", "JSON escapes", "hex", "upper hex")
            if (needle.lower() in lowered) if in_hex else (needle in content):
                hits.append((place, name, fingerprint(token)))
    return hits


class ArgvWatch:
    """Samples every command line on the machine while the tests run."""

    def __init__(self):
        self.seen = set()
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        while not self.ending.wait(0.1):
            for path in glob.glob("/proc/[0-9]*/cmdline"):
                try:
                    with open(path, "rb") as file:
                        self.seen.add(file.read())
                except OSError:
                    pass

    def take(self):
        return b"\n".join(list(self.seen))


ARGV = ArgvWatch()


class Done:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    @property
    def said(self):
        return self.out + self.err

    @property
    def error_code(self):
        """The stable code that it names, e.g. E_TOKEN_EXPIRED; None where there is none."""
        match = re.search(r"\bE_[A-Z_]+\b", self.said)
        return match.group(0) if match else None

    def json(self):
        return json.loads(self.out)


class EndToEnd(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="everlong-e2e-")
        self.data = os.path.join(self.folder, "data")
        for name in ("home", "tmp"):
            os.mkdir(os.path.join(self.folder, name))
        self.environment = {k: v for k, v in os.environ.items()
                            if not k.startswith(("META_", "INSTAGRAM_", "EVERLONG_", "SANDBOX_", "XDG_"))}
        self.environment.update(EVERLONG_DATA=self.data, HOME=os.path.join(self.folder, "home"),
                                TMPDIR=os.path.join(self.folder, "tmp"), PYTHONDONTWRITEBYTECODE="1", NO_COLOR="1")
        self.processes = []
        self.simulators = []
        self.outputs = {}
        self.canaries = set()
        self.env_files = set()

    def tearDown(self):
        for process in self.processes:
            if process.is_running():
                process.kill()
            self.outputs[f"output of {' '.join(process.arguments[1:4])} (pid {process.child.pid})"] = process.output
        try:
            self.check_nothing_leaked()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    # --- starting things ---

    def serve(self, environment=None):
        """A service with its own simulator; commands with self.data go through it."""
        service = Service(PROGRAM, self.data, {**self.environment, **(environment or {})}, cwd=self.folder)
        self.processes.append(service.process)
        self.simulators.append(service.simulator)
        self.sim = service.simulator
        return service

    def sandbox(self):
        """The simulator alone; commands and services are pointed at it by the environment."""
        process = self.start("sandbox", "--port", "0")
        self.sim = Simulator(next(a for a in listening(process, 1) if wait_for(lambda: is_simulator(a), a)))
        self.simulators.append(self.sim)
        self.environment.update(APP_ENVIRONMENT, EVERLONG_META=self.sim.address, EVERLONG_CLOCK="sandbox")
        return process

    def serve_beside(self):
        """A service on self.data, pointed at the simulator that sandbox() started."""
        process = self.start("serve", "--port", "0")
        return process

    def start(self, *arguments, cwd=None, environment=None):
        process = Process([PROGRAM, *arguments], cwd=cwd or self.folder,
                          environment={**self.environment, **(environment or {})})
        self.processes.append(process)
        return process

    def cli(self, *arguments, stdin=None, expect=0, shows_token=False, environment=None, cwd=None):
        """Runs a command to its end; fails the test where its exit code is not `expect` (None: any)."""
        done = subprocess.run([PROGRAM, *map(str, arguments)], cwd=cwd or self.folder,
                              env={**self.environment, **(environment or {})}, input=stdin if stdin is not None else "",
                              capture_output=True, text=True, errors="replace", timeout=COMMAND_LIMIT_S, check=False)
        result = Done(done.returncode, done.stdout, done.stderr)
        if not shows_token:
            self.outputs[f"output {len(self.outputs)} of {' '.join(map(str, arguments))[:80]}"] = result.said
        if expect is not None:
            self.assertEqual(done.returncode, expect, f"everlong {' '.join(map(str, arguments))}: {self.hide(result.said)}")
        return result

    def json_of(self, *arguments, **options):
        """The one JSON document that a command prints with --json."""
        done = self.cli(*arguments, "--json", **options)
        document, end = json.JSONDecoder().raw_decode(done.out.lstrip())
        self.assertEqual(done.out.lstrip()[end:].strip(), "", "more than one document on standard output")
        return document

    # --- tokens and .env files ---

    def mint(self, login, **wishes):
        answer = self.sim.mint(login, **wishes)
        self.canaries.add(answer["access_token"])
        return answer

    def write_env(self, text, name="backend/.env"):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        os.chmod(path, 0o600)
        self.env_files.add(path)
        return path

    def env_for(self, minted, name="backend/.env"):
        return self.write_env(f"# before\nINSTAGRAM_ACCESS_TOKEN={minted['access_token']}\n"
                              f"INSTAGRAM_USER_ID={minted['ig_user_id']}\nAFTER=1\n", name)

    def token_in(self, path):
        """The token that a dotenv reader would find; a bare one, and remembered as a canary."""
        value = read_env(path).get("INSTAGRAM_ACCESS_TOKEN", "")
        self.assertRegex(value, r"^[A-Za-z0-9_-]{20,}$", f"{path} holds no whole, bare token")
        self.canaries.add(value)
        return value

    def alive_in(self, path):
        """The simulator's row of the token in this .env, which must be alive."""
        row = self.sim.token_state(fingerprint(self.token_in(path)))
        self.assertIsNotNone(row, f"{path} holds a token that was never issued")
        self.assertTrue(row["alive"], f"{path} holds a dead token, ended {row['expires_at']}")
        return row

    def hide(self, text):
        for token in self.canaries:
            text = text.replace(token, fingerprint(token))
        return text[-3000:]

    def settled(self, names=None, seconds=30):
        """Waits until the service has no renewal and no delivery due at the simulator's present time."""
        def nothing_due():
            now = instant(self.sim.now())
            channels = {c["name"]: c for c in self.cli("channel", "list", "--json").json()["channels"]}
            for channel in channels.values():
                if names and channel["name"] not in names:
                    continue
                due = channel.get("next_refresh_at")
                if due and instant(due) <= now:
                    return None
                shown = self.cli("channel", "show", channel["name"], "--json", expect=None).json()
                if any(delivery["due"] for delivery in shown["deliveries"]):
                    return None
            return channels or None
        return wait_for(nothing_due, "nothing is due", seconds)

    # --- law 7 ---

    def places(self):
        """Everything that the test left behind, but for the .env files themselves, where the token belongs."""
        found = {name: text.encode("utf-8", "replace") for name, text in self.outputs.items()}
        found["command lines seen in /proc"] = ARGV.take()
        for folder, _, names in os.walk(self.folder):
            for name in names:
                path = os.path.join(folder, name)
                if path in self.env_files or not os.path.isfile(path) or os.path.islink(path):
                    continue
                with open(path, "rb") as file:
                    found[os.path.relpath(path, self.folder)] = file.read()
        return found

    def check_nothing_leaked(self):
        for simulator in self.simulators:
            self.canaries |= simulator.canaries
        for path in self.env_files:
            if os.path.isfile(path):
                with open(path, encoding="utf-8", errors="replace") as file:
                    self.canaries |= set(re.findall(r"\b(?:IG|EAA)[A-Za-z0-9_-]{30,}", file.read()))
        hits = leaks(self.canaries, self.places())
        self.assertEqual(hits, [], "tokens were found where none may be (place, encoding, fingerprint)")


def in_both_modes(test):
    """Runs a test method twice: against a running service, and without one (the command opens the store itself)."""
    def both(self):
        for mode in ("with a service", "without a service"):
            with self.subTest(mode):
                if mode == "with a service":
                    self.serve()
                else:
                    self.data = os.path.join(self.folder, "data-alone")
                    self.environment["EVERLONG_DATA"] = self.data
                    self.sandbox()
                test(self)
    both.__name__ = test.__name__
    both.__doc__ = test.__doc__
    return both


def skip_without_python_packages():
    missing = [name for name in ("fastapi", "uvicorn", "dotenv")
               if subprocess.run(["/usr/bin/python3", "-c", f"import {name}"], capture_output=True,
                                 check=False).returncode != 0]
    return unittest.skipIf(missing, f"Python packages are missing: {', '.join(missing)}; run tools/setup demo")


def until(seconds):
    """True until `seconds` of real time are over; for loops that act at random instants."""
    end = time.monotonic() + seconds
    return lambda: time.monotonic() < end

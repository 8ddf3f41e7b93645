#!/usr/bin/env python3
"""Client libraries of npm that nobody here wrote, unchanged, through their own flows against the simulator.

usage: tests/clients/run.py [--program PATH] [--long] [NAME...]     NAME: part of a file's name in flows/
"""
import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
INSTALL_LIMIT_S, FLOWS_LIMIT_S = 600, 900


def skip(reason):
    print(f"skipped: {reason}")
    print("0 passed, 0 failed, 1 skipped")
    return 0


def install():
    """The reason why there are no libraries; empty: they are there, as the lock says."""
    if not shutil.which("node") or not shutil.which("npm"):
        return "node and npm are not there; tools/setup installs them"
    mark = os.path.join(HERE, "node_modules", ".package-lock.json")
    lock = os.path.join(HERE, "package-lock.json")
    if os.path.exists(mark) and os.path.getmtime(mark) >= os.path.getmtime(lock):
        return ""
    done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=HERE, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=INSTALL_LIMIT_S)
    return "" if done.returncode == 0 else "the registry of npm did not give them: " + done.stdout.strip()[-300:]


def start(program, folder):
    """The simulator and what it said: its addresses and where its authority is."""
    child = subprocess.Popen([program, "sandbox", "--port", "0", "--tls-port", "0",
                              "--ca-file", os.path.join(folder, "ca.pem")], cwd=folder, text=True,
                             stdout=subprocess.PIPE, env={"HOME": folder, "PATH": os.environ["PATH"]})
    said = {}
    for line in child.stdout:
        name, _, value = line.strip().partition("  ")
        said[name] = value.strip()
        if name == "its authority":
            return child, said
    raise SystemExit(f"{program} sandbox ended with {child.wait()}")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("names", nargs="*", metavar="NAME")
    arguments.add_argument("--long", action="store_true", help="changes nothing: these flows are all there is")
    arguments.add_argument("--program", default=os.path.join(ROOT, "build/release/everlong"))
    wishes = arguments.parse_args()
    if reason := install():
        return skip(reason)
    with tempfile.TemporaryDirectory(prefix="everlong-clients-") as folder:
        child, said = start(os.path.abspath(wishes.program), folder)
        try:
            environment = {**os.environ, "EVERLONG_SIMULATOR": said["sandbox"],
                           "EVERLONG_SIMULATOR_TLS_PORT": said["sandbox over TLS"].rsplit(":", 1)[1],
                           "NODE_EXTRA_CA_CERTS": said["its authority"]}
            flows = ["node", "--no-deprecation", "--require", os.path.join(HERE, "preload.cjs"),
                     os.path.join(HERE, "run.mjs"), *wishes.names]
            return subprocess.run(flows, cwd=HERE, env=environment, timeout=FLOWS_LIMIT_S).returncode
        finally:
            child.send_signal(signal.SIGTERM)
            child.wait(15)


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""The simulator's speed beside nginx giving a fixed body of the same size, and its memory under mixed traffic.

usage: bench/simulator.py [--program PATH] [--seconds N] [--soak N]

Both are asked by wrk on loopback, one worker each, in turns in one run; the medians are compared. Afterwards --soak
requests (default 50,000) of mixed calls go to the simulator, and its resident memory is read on the way.
"""
import argparse
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROUNDS, CONNECTIONS = 3, 32
MIXED = """
local paths = {PATHS}
local at = 0
request = function()
  at = at + 1
  local path = paths[at % #paths + 1]
  if path:sub(1, 5) == "POST " then return wrk.format("POST", path:sub(6), {["Content-Type"] = "application/x-www-form-urlencoded"}, BODY) end
  return wrk.format("GET", path)
end
"""


def ask(method, url, body=None):
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data=data, method=method), timeout=30) as answer:
        return answer.read(), answer.headers


def start_simulator(program, folder):
    child = subprocess.Popen([program, "sandbox", "--port", "0"], cwd=folder, text=True, stdout=subprocess.PIPE,
                             env={"HOME": folder, "PATH": os.environ["PATH"]})
    return child, re.search(r"http://\S+", child.stdout.readline()).group(0)


def start_nginx(folder, body):
    """One worker that gives `body` to everything; its address."""
    import socket
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    text = body.decode().replace("\\", "\\\\").replace("'", "\\'").replace("$", "")
    with open(os.path.join(folder, "nginx.conf"), "w", encoding="utf-8") as file:
        file.write(f"""daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ worker_connections 512; }}
http {{ access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s; keepalive_requests 100000000;
server {{ listen 127.0.0.1:{port}; location / {{ default_type application/json; return 200 '{text}'; }} }} }}""")
    child = subprocess.Popen(["nginx", "-p", folder, "-c", os.path.join(folder, "nginx.conf")])
    url = f"http://127.0.0.1:{port}/"
    for _ in range(100):
        try:
            ask("GET", url)
            return child, url
        except OSError:
            time.sleep(0.05)
    raise SystemExit("nginx did not start")


def rate(url, seconds, script=None):
    """Requests a second, and how many answers were no success."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", *(["-s", script] if script else []), url]
    said = subprocess.run(command, text=True, check=True, stdout=subprocess.PIPE).stdout
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    total = re.search(r"(\d+) requests in", said)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", said).group(1)), int(bad.group(1)) if bad else 0, int(total.group(1))


def resident_mib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1)) / 1024


def compare(base, seconds, folder):
    token = json.loads(ask("POST", f"{base}/_sandbox/token", {"login": "instagram"})[0])["access_token"]
    url = f"{base}/graph.instagram.com/v25.0/me?fields=user_id,username,account_type&access_token={token}"
    body, _ = ask("GET", url)
    nginx, fixed = start_nginx(folder, body)
    try:
        ours, theirs = [], []
        for turn in range(ROUNDS):
            for which in ((ours, theirs) if turn % 2 == 0 else (theirs, ours)):
                which.append(rate(url if which is ours else fixed, seconds)[0])
    finally:
        nginx.send_signal(signal.SIGTERM)
        nginx.wait(10)
    share = statistics.median(ours) / statistics.median(theirs)
    print(f"simulator {statistics.median(ours):,.0f}/s, nginx {statistics.median(theirs):,.0f}/s with the same {len(body)} "
          f"bytes: {share:.2f} of it")
    return share


def soak(child, base, requests, folder):
    mint = lambda **wish: json.loads(ask("POST", f"{base}/_sandbox/token", wish)[0])
    facebook, instagram = mint(login="facebook"), mint(login="instagram", age_s=90000)
    person, account = (f"access_token={each['access_token']}" for each in (facebook, instagram))
    app = "client_id=100000000000001&client_secret=sandbox-app-secret"
    batch = urllib.parse.quote('[{"relative_url":"me"},{"relative_url":"me/accounts"}]')
    paths = [
        f"/graph.facebook.com/v25.0/me?{person}", f"/graph.facebook.com/v25.0/me/accounts?{person}",
        f"/graph.facebook.com/v25.0/{facebook['ig_user_id']}?fields=username&{person}",
        f"/graph.facebook.com/v25.0/me/permissions?{person}", f"/graph.instagram.com/me?fields=user_id,username&{account}",
        f"/graph.instagram.com/refresh_access_token?grant_type=ig_refresh_token&{account}",
        f"/graph.facebook.com/oauth/access_token?grant_type=fb_exchange_token&{app}&fb_exchange_token={facebook['access_token']}",
        f"/graph.facebook.com/debug_token?input_token={facebook['access_token']}&access_token=100000000000001%7Csandbox-app-secret",
        "/graph.facebook.com/v25.0/me?access_token=EAAgarbage", "/graph.facebook.com/nobody", "POST /graph.facebook.com/v25.0/",
    ]
    script = os.path.join(folder, "mixed.lua")
    with open(script, "w", encoding="utf-8") as file:
        file.write(MIXED.replace("PATHS", ", ".join(json.dumps(path) for path in paths))
                   .replace("BODY", json.dumps(f"{person}&batch={batch}")))
    done, slices, seen = 0, 8, [resident_mib(child.pid)]
    while done < requests:
        pace, _, count = rate(base, 2, script)
        done += count
        if done * slices >= requests * len(seen):
            seen.append(resident_mib(child.pid))
    half = seen[len(seen) // 2]
    print(f"soak: {done:,} requests, {pace:,.0f}/s at the end; resident memory "
          + ", ".join(f"{each:.0f}" for each in seen) + f" MiB; second half {seen[-1] - half:+.1f} MiB "
          "(tokens are issued on the way and the ledger keeps its last 200,000 records)")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--program", default=os.path.join(ROOT, "build/release/everlong"))
    arguments.add_argument("--seconds", type=int, default=5)
    arguments.add_argument("--soak", type=int, default=50_000)
    wishes = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="everlong-bench-") as folder:
        child, base = start_simulator(os.path.abspath(wishes.program), folder)
        try:
            compare(base, wishes.seconds, folder)
            soak(child, base, wishes.soak, folder)
        finally:
            child.send_signal(signal.SIGTERM)
            child.wait(15)


if __name__ == "__main__":
    sys.exit(main())

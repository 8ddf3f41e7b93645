"""`everlong sandbox` as other people's programs meet it: over TLS, from a world of their own, with faults on the wire."""
import json
import os
import shutil
import socket
import ssl
import subprocess
import unittest
import urllib.error
import urllib.request
from http.client import HTTPException

from support import EndToEnd, Simulator, http, wait_for

CHROMIUM = shutil.which("chromium")


class Sandbox(EndToEnd):
    def simulator(self, *flags):
        """Its process, once it has said everything that it says at its start."""
        process = self.start("sandbox", "--port", "0", *flags)
        last = "its authority" if "--tls-port" in flags else "Instagram login"
        wait_for(lambda: any(line.startswith(last) for line in process.lines), "the simulator is up")
        return process


class Tls(Sandbox):
    def test_clients_that_trust_its_authority_are_served(self):
        process = self.simulator("--tls-port", "0")
        address = next(line.split()[-1] for line in process.lines if line.startswith("sandbox over TLS"))
        authority = next(line.split()[-1] for line in process.lines if line.startswith("its authority"))
        port = int(address.rsplit(":", 1)[1])
        trusting = ssl.create_default_context(cafile=authority)
        with urllib.request.urlopen(f"{address}/_sandbox/ca.pem", context=trusting, timeout=10) as answer:
            with open(authority, "rb") as file:
                self.assertEqual(answer.read(), file.read())
        for host in ("graph.facebook.com", "graph.instagram.com", "rupload.facebook.com"):
            with socket.create_connection(("127.0.0.1", port), timeout=10) as plain, \
                    trusting.wrap_socket(plain, server_hostname=host) as secured:
                secured.sendall(f"GET /v25.0/me HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
                self.assertTrue(secured.recv(65536).startswith(b"HTTP/1.1 "), host)
        with self.assertRaises(ssl.SSLCertVerificationError):
            with socket.create_connection(("127.0.0.1", port), timeout=10) as plain:
                ssl.create_default_context().wrap_socket(plain, server_hostname="graph.facebook.com")
        with self.assertRaises(ssl.SSLCertVerificationError):
            with socket.create_connection(("127.0.0.1", port), timeout=10) as plain:
                trusting.wrap_socket(plain, server_hostname="example.com")

    def test_what_is_no_handshake_is_dropped_and_large_bodies_pass(self):
        process = self.simulator("--tls-port", "0")
        address = next(line.split()[-1] for line in process.lines if line.startswith("sandbox over TLS"))
        authority = next(line.split()[-1] for line in process.lines if line.startswith("its authority"))
        with socket.create_connection(("127.0.0.1", int(address.rsplit(":", 1)[1])), timeout=10) as plain:
            plain.sendall(b"GET / HTTP/1.1\r\n\r\n")
            while plain.recv(4096):
                pass
        trusting = ssl.create_default_context(cafile=authority)
        body = json.dumps({"nonsense": "x" * 3_000_000}).encode()
        request = urllib.request.Request(f"{address}/_sandbox/event", data=body)
        with self.assertRaises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(request, context=trusting, timeout=30)
        with refused.exception as answer:
            self.assertIn("\"type\" must be one of", json.load(answer)["error"])

    def test_bad_certificates_are_shown_on_order_and_clients_refuse_them(self):
        process = self.simulator("--tls-port", "0")
        sim = Simulator(process.lines[0].split()[-1])
        address = next(line.split()[-1] for line in process.lines if line.startswith("sandbox over TLS"))
        authority = next(line.split()[-1] for line in process.lines if line.startswith("its authority"))
        port = address.rsplit(":", 1)[1]

        def curl():
            return subprocess.run(
                ["curl", "--silent", "--cacert", authority, "--connect-to", f"::127.0.0.1:{port}", "--output", os.devnull,
                 "--write-out", "%{http_code}", "https://graph.facebook.com/v25.0/me"],
                capture_output=True, text=True, timeout=30, check=False)
        # 60: the peer cannot be verified; 35: no handshake came about.
        for what, code in (("expired", 60), ("wrong-host", 60), ("self-signed", 60), ("cut", 35)):
            sim.call("POST", "faults", [{"match": {"host": "graph.facebook.com"}, "times": 1,
                                         "fault": {"kind": "tls", "what": what}}])
            done = curl()
            self.assertEqual((done.returncode, done.stdout), (code, "000"), what)
            self.assertEqual(sim.call("GET", "ledger")["calls"][-1]["fault"], f"tls: {what}")
            self.assertEqual(curl().stdout, "400", what)

    def test_its_certificate_goes_where_it_is_told_and_stays_there(self):
        path = os.path.join(self.folder, "ca.pem")
        self.simulator("--tls-port", "0", "--ca-file", path).end()
        self.assertTrue(os.path.exists(path))


class Start(Sandbox):
    def test_it_begins_with_a_world_from_a_file(self):
        path = os.path.join(self.folder, "world.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump({"accounts": [{"username": f"shop_{i}"} for i in range(1000)]}, file)
        process = self.simulator("--world", path)
        sim = Simulator(process.lines[0].split()[-1])
        self.assertEqual(sim.call("GET", "state?limit=1")["counts"]["accounts"], 1000)
        saved = sim.call("GET", "world")
        self.assertEqual(sim.call("PUT", "world", saved)["accounts"], 1000)

    def test_a_world_that_is_wrong_is_refused_with_the_reason(self):
        path = os.path.join(self.folder, "world.json")
        with open(path, "w", encoding="utf-8") as file:
            file.write('{"accounts":[{"username":"Not A Name"}]}')
        done = self.cli("sandbox", "--port", "0", "--world", path, expect=2)
        self.assertIn("accounts[0]: \"username\" must be up to 30", done.said)
        pipe = os.path.join(self.folder, "pipe")
        os.mkfifo(pipe)
        for path, words in ((os.path.join(self.folder, "missing.json"), "is not there"), (self.folder, "folder"), (pipe, "pipe")):
            done = self.cli("sandbox", "--port", "0", "--world", path, expect=2)
            self.assertEqual(done.error_code, "E_USAGE")
            self.assertIn(words, done.said)

    def test_hostile_is_the_same_for_a_seed(self):
        def strikes(seed):
            process = self.simulator("--hostile", str(seed))
            address = process.lines[0].split()[-1]
            for _ in range(60):
                try:
                    http("GET", f"{address}/graph.facebook.com/me")
                except (OSError, ValueError, HTTPException):
                    pass
            return [call["fault"] for call in Simulator(address).call("GET", "ledger")["calls"]]
        first = strikes(3)
        self.assertEqual(len(first), 60)
        self.assertEqual(first, strikes(3))
        self.assertNotEqual(first, strikes(4))
        self.assertTrue(any(first))


@unittest.skipUnless(CHROMIUM, "chromium is not there; tools/setup installs it")
class ControlPage(Sandbox):
    def browse(self, address, *flags):
        """The page's document as it is after four seconds of the browser's time."""
        return subprocess.run([CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=4000",
                               f"--user-data-dir={self.folder}/browser", *flags, address],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60)

    def test_it_shows_the_world_and_what_happened(self):
        address = self.simulator().lines[0].split()[-1]
        sim = Simulator(address)
        sim.event("checkpoint", account="demo_bakery")
        http("GET", f"{address}/graph.facebook.com/v25.0/me?access_token=EAAx")
        seen = self.browse(address, "--dump-dom", "--enable-logging=stderr")
        for text in ("@demo_cafe", "checkpoint 459", "GET graph.facebook.com/me", "190", "Ask for data deletion", "refresh_string"):
            self.assertIn(text, seen.stdout)
        self.assertNotIn("Content Security Policy", seen.stderr)

    def test_a_picture_of_it_can_be_taken(self):
        address = self.simulator().lines[0].split()[-1]
        picture = os.path.join(os.environ.get("EVERLONG_SCREENSHOTS", self.folder), "simulator.png")
        self.browse(address, "--hide-scrollbars", "--window-size=1400,2000", f"--screenshot={picture}")
        self.assertGreater(os.path.getsize(picture), 50_000)

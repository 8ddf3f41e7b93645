"""`everlong sandbox` as other people's programs meet it: over TLS, from a world of their own, with faults on the wire."""
import json
import os
import socket
import ssl
import urllib.error
import urllib.request

from support import EndToEnd, wait_for


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

    def test_its_certificate_goes_where_it_is_told_and_stays_there(self):
        path = os.path.join(self.folder, "ca.pem")
        self.simulator("--tls-port", "0", "--ca-file", path).end()
        self.assertTrue(os.path.exists(path))

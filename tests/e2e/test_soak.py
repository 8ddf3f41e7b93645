"""The simulator under long mixed traffic: every request is answered, and memory stays that of its world and its ledger."""
import re
import socket
import threading
import unittest
import urllib.parse

from support import IS_LONG, EndToEnd

REQUESTS = 1_000_000 if IS_LONG else 50_000
CLIENTS = 4
PIPELINE = 32  # requests under way on a connection
# The ledger keeps the last 200,000 calls, so until then every call costs its line; after that nothing may grow.
LEDGER_LINE_BYTES = 600
LEDGER_LINES = 200_000
SLACK_BYTES = 12 * 1024 * 1024  # what an allocator keeps at hand
LENGTH = re.compile(rb"\r\nContent-Length: (\d+)\r\n", re.IGNORECASE)


def resident_bytes(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1)) * 1024


class Client(threading.Thread):
    """Sends its share in pipelines and reads every answer whole."""

    def __init__(self, port, requests, count):
        super().__init__(daemon=True)
        self.port, self.requests, self.count = port, requests, count
        self.statuses, self.problem = {}, None

    def run(self):
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=60) as peer:
                pending = b""
                for first in range(0, self.count, PIPELINE):
                    numbers = range(first, min(first + PIPELINE, self.count))
                    peer.sendall(b"".join(self.requests[n % len(self.requests)] for n in numbers))
                    for _ in numbers:
                        pending = self.read_answer(peer, pending)
        except (OSError, ValueError, AttributeError) as problem:
            self.problem = problem

    def read_answer(self, peer, pending):
        while b"\r\n\r\n" not in pending:
            pending += self.more(peer)
        head, _, rest = pending.partition(b"\r\n\r\n")
        status = int(head[9:12])
        self.statuses[status] = self.statuses.get(status, 0) + 1
        length = int(LENGTH.search(head + b"\r\n").group(1))
        while len(rest) < length:
            rest += self.more(peer)
        return rest[length:]

    @staticmethod
    def more(peer):
        some = peer.recv(262144)
        if not some:
            raise ValueError("the simulator closed the connection")
        return some


class Soak(EndToEnd):
    alone = True  # measures memory

    def mixed_requests(self):
        """Calls of both logins, good and bad; none that makes something in the world."""
        facebook, instagram = self.sim.mint("facebook"), self.sim.mint("instagram", age_s=90000)
        person, account = (f"access_token={each['access_token']}" for each in (facebook, instagram))
        batch = urllib.parse.quote('[{"relative_url":"me"},{"relative_url":"me/accounts"}]')
        gets = [f"/graph.facebook.com/v25.0/me?{person}", f"/graph.facebook.com/v25.0/me/accounts?{person}",
                f"/graph.facebook.com/v25.0/{facebook['ig_user_id']}?fields=username&{person}",
                f"/graph.facebook.com/v25.0/me/permissions?{person}",
                f"/graph.instagram.com/me?fields=user_id,username&{account}",
                f"/graph.instagram.com/v25.0/{instagram['ig_user_id']}/content_publishing_limit?{account}",
                f"/graph.facebook.com/debug_token?{person}&input_token={facebook['access_token']}",
                "/graph.facebook.com/v25.0/me?access_token=EAAgarbage", "/graph.facebook.com/nobody",
                "/graph.instagram.com/refresh_access_token?grant_type=ig_refresh_token&access_token=IGAAnone"]
        requests = [f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode() for path in gets]
        body = f"{person}&batch={batch}".encode()
        requests.append(b"POST /graph.facebook.com/v25.0/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                        b"application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        return requests

    def test_mixed_traffic_is_answered_and_memory_does_not_grow(self):
        process = self.sandbox()
        port = int(self.sim.address.rsplit(":", 1)[1])
        requests = self.mixed_requests()
        sizes = [resident_bytes(process.child.pid)]
        answered = 0
        for _ in range(2):
            clients = [Client(port, requests, REQUESTS // 2 // CLIENTS) for _ in range(CLIENTS)]
            for client in clients:
                client.start()
            for client in clients:
                client.join()
                self.assertIsNone(client.problem)
                self.assertLessEqual(set(client.statuses), {200, 400})
                self.assertGreater(client.statuses[200], client.statuses[400])
                answered += sum(client.statuses.values())
            sizes.append(resident_bytes(process.child.pid))
        self.assertEqual(answered, REQUESTS)
        # A batch writes a line for each of its items.
        lines = min(LEDGER_LINES, REQUESTS * 13 // 11)
        print(f"       {answered} requests, resident memory {', '.join(f'{each >> 20}' for each in sizes)} MiB")
        self.assertLess(sizes[2] - sizes[0], lines * LEDGER_LINE_BYTES + SLACK_BYTES)
        if REQUESTS // 2 > LEDGER_LINES:
            self.assertLess(sizes[2] - sizes[1], SLACK_BYTES)


if __name__ == "__main__":
    unittest.main()

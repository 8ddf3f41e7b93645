"""An application's own address is told of changes: signed, again until it takes them, and never in anybody's way."""
import hashlib
import hmac
import http.server
import json
import threading
import unittest

from support import wait_for
from test_posts import Posts, media

SECRET = "a secret of the receiver, 0815"


class Receiver:
    """Answers with the next of `answers`, then 204; keeps what came."""

    def __init__(self):
        self.calls, self.answers, self.lock = [], [], threading.Lock()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with receiver.lock:
                    receiver.calls.append((self.path, self.headers, body))
                    status = receiver.answers.pop(0) if receiver.answers else 204
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", f"{receiver.address}/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments):
                pass
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def events(self):
        return [event for _, _, body in self.calls for event in json.loads(body)["events"]]


class Webhooks(Posts):
    def setUp(self):
        super().setUp()
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)
        self.environment.update(EVERLONG_WEBHOOK_URL=self.receiver.address + "/hook", EVERLONG_WEBHOOK_SECRET=SECRET)
        self.canaries.add(SECRET)

    def heard(self, what, **wanted):
        wait_for(lambda: any(wanted.items() <= event.items() for event in self.receiver.events()), what, 30)

    def test_events_are_signed_and_come_until_they_are_taken(self):
        self.receiver.answers = [302, 500]
        service = self.serve()
        minted = self.connect("facebook")
        # The start's is refused twice and comes again, and what has happened meanwhile with it.
        wait_for(lambda: len(self.receiver.calls) >= 3, "the third call", 40)
        for _, _, body in self.receiver.calls[:3]:
            self.assertEqual(json.loads(body)["events"][0]["event"], "all")
        self.heard("the channel", event="channel", name="cafe")
        post = self.json_of("post", "create", "cafe", "--image", media("red.jpg"), "--caption", "told", "--wait")
        self.heard("the post", event="post", id=post["id"], channel="cafe", state="published")
        for path, headers, body in self.receiver.calls:
            self.assertEqual(path, "/hook", "no redirect is followed")
            self.assertEqual(headers["Content-Type"], "application/json")
            proof = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
            self.assertEqual(headers["X-Everlong-Signature-256"], f"sha256={proof}")
            self.assertNotIn(minted["access_token"].encode(), body)
        self.assertEqual(service.process.end(), 0)

        # Nobody is there: the service works all the same, and ends at once.
        self.receiver.close()
        service = self.serve()
        self.connect("facebook", "second")  # of a simulator that is new as well
        untold = self.json_of("post", "create", "second", "--image", media("red.jpg"), "--caption", "untold", "--wait")
        self.assertEqual(untold["state"], "published")
        self.assertEqual(service.process.end(), 0)

    def test_a_receiver_that_has_gone_is_left_alone(self):
        self.receiver.answers = [410]
        service = self.serve()
        wait_for(lambda: self.receiver.calls, "the first call")
        wait_for(lambda: "410 Gone" in service.process.output, "it is said in the log")
        self.connect("facebook")
        self.assertEqual(len(self.receiver.calls), 1)
        self.assertEqual(service.process.end(), 0)


if __name__ == "__main__":
    unittest.main()

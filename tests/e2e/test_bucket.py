"""Pictures shown to Meta from a bucket: a small S3 that computes signatures by itself stands on this machine."""
import hashlib
import hmac
import http.server
import threading
import time
import unittest
import urllib.parse

from support import EndToEnd, wait_for
from test_posts import media

KEY_ID, SECRET, BUCKET, REGION = "AKIDEXAMPLE", "bucket-secret/of+the+tests", "pictures", "eu-central-1"


def signature(method, path, pairs, headers):
    """https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html"""
    given = dict(pairs)
    quoted = sorted((urllib.parse.quote(k, safe=""), urllib.parse.quote(v, safe="")) for k, v in pairs
                    if k != "X-Amz-Signature")
    names = given["X-Amz-SignedHeaders"]
    canonical = "\n".join([method, path, "&".join(f"{k}={v}" for k, v in quoted),
                           *(f"{name}:{headers[name]}" for name in names.split(";")), "", names, "UNSIGNED-PAYLOAD"])
    stamp = given["X-Amz-Date"]
    scope = f"{stamp[:8]}/{REGION}/s3/aws4_request"
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    key = ("AWS4" + SECRET).encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.new(key, text.encode(), "sha256").hexdigest()


class Bucket:
    """What was asked stands in `asked` as (method, status); objects by their path."""

    def __init__(self):
        bucket = self
        self.asked, self.objects, self.signatures = [], {}, set()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def answer(self, status, body=b"", content_type="application/xml", extra=()):
                bucket.asked.append((self.command, status))
                self.send_response(status)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(body)))
                for name, value in extra:
                    self.send_header(name, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            def judged(self):
                path, _, query = self.path.partition("?")
                pairs = urllib.parse.parse_qsl(query)
                given = dict(pairs)
                if not given.get("X-Amz-Credential", "").startswith(KEY_ID + "/"):
                    return self.answer(403, b"<Error><Code>AccessDenied</Code></Error>")
                bucket.signatures.add(given["X-Amz-Signature"])
                signed_at = time.strptime(given["X-Amz-Date"], "%Y%m%dT%H%M%SZ")
                if abs(time.mktime(signed_at) - time.mktime(time.gmtime())) > 900:
                    return self.answer(403, b"<Error><Code>AccessDenied</Code></Error>")
                if signature(self.command, path, pairs, self.headers) != given["X-Amz-Signature"]:
                    return self.answer(403, b"<Error><Code>SignatureDoesNotMatch</Code></Error>")
                return path

            def do_PUT(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                path = self.judged()
                if path:
                    bucket.objects[path] = (body, self.headers["Content-Type"])
                    self.answer(200)

            def do_GET(self):
                path = self.judged()
                if not path:
                    return
                if path not in bucket.objects:
                    self.answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
                else:
                    self.answer(200, *bucket.objects[path])
            do_HEAD = do_GET

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.endpoint = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def count(self, method):
        return sum(asked == method and status < 300 for asked, status in self.asked)


class FromABucket(EndToEnd):
    def setUp(self):
        super().setUp()
        self.bucket = Bucket()
        self.addCleanup(self.bucket.close)
        self.environment.update(EVERLONG_S3_ENDPOINT=self.bucket.endpoint, EVERLONG_S3_BUCKET=BUCKET,
                                EVERLONG_S3_REGION=REGION, EVERLONG_S3_ACCESS_KEY_ID=KEY_ID,
                                EVERLONG_S3_SECRET_ACCESS_KEY=SECRET)
        self.canaries.add(SECRET)

    def post(self, *flags):
        minted = self.mint("instagram")
        self.cli("channel", "import", "cafe", "--token-stdin", stdin=minted["access_token"])
        return self.json_of("post", "create", "cafe", *flags)

    def test_pictures_are_brought_once_and_fetched_there(self):
        self.serve()
        post = self.post("--carousel", media("red.jpg"), media("blue.jpg"), "--caption", "from a bucket", "--wait")
        self.assertEqual((post["state"], post["problem"]), ("published", None), (post, self.bucket.asked))
        self.assertEqual(len(self.sim.ledger()["media"]), 1)
        self.assertEqual(self.bucket.count("PUT"), 2)
        self.assertGreaterEqual(self.bucket.count("GET"), 2, "the simulator fetched them")
        brought = sorted(body for body, _ in self.bucket.objects.values())
        files = []
        for name in ("red.jpg", "blue.jpg"):
            with open(media(name), "rb") as file:
                files.append(file.read())
        self.assertEqual(brought, sorted(files))
        self.canaries |= self.bucket.signatures  # they are told to the fetcher, and stand nowhere

    def test_a_wrong_secret_is_told_with_its_remedy(self):
        self.environment["EVERLONG_S3_SECRET_ACCESS_KEY"] = "another-secret"
        self.canaries.add("another-secret")
        self.serve()
        post = self.post("--image", media("red.jpg"))
        problem = wait_for(lambda: self.json_of("post", "show", post["id"], expect=None)["problem"],
                           "the bucket's refusal is told")
        self.assertEqual(problem["code"], "E_MEDIA_ADDRESS", problem)
        self.assertIn("EVERLONG_S3_SECRET_ACCESS_KEY is not the secret", str(problem))
        self.assertEqual(self.sim.ledger()["media"], [])


if __name__ == "__main__":
    unittest.main()

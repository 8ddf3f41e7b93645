"""What hostile clients send to the service, byte for byte, and what each gets: one table, then floods and slowness. After
all of it good clients are served and the service has not grown."""
import json
import os
import re
import resource
import socket
import time

from support import EndToEnd, http, wait_for

ANSWER_LIMIT_S = 20
GROWTH_LIMIT_KIB = 64 * 1024
IDLE_SOCKETS = 1000
SLOW_SOCKETS = 50
HEAD_TIMEOUT_S = 10
HEADERS = {  # of every answer
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
}

HOST = b"Host: 127.0.0.1\r\n"
END = b"Connection: close\r\n\r\n"
GOOD = b"GET /healthz HTTP/1.1\r\n" + HOST + END
REQUEST, LARGE, MISDIRECTED = "E_HTTP_REQUEST", "E_HTTP_TOO_LARGE", "E_HTTP_HOST"
NOT_FOUND, METHOD, BODY, AUTH = "E_HTTP_NOT_FOUND", "E_HTTP_METHOD", "E_HTTP_BODY", "E_HTTP_AUTH"


def get(path, *fields, host=b"127.0.0.1"):
    lines = b"".join(field + b"\r\n" for field in fields)
    return b"GET " + path + b" HTTP/1.1\r\nHost: " + host + b"\r\n" + lines + END


def ask(method, path, *fields, body=b""):
    lines = b"".join(field + b"\r\n" for field in fields)
    length = b"Content-Length: %d\r\n" % len(body) if body else b""
    return method + b" " + path + b" HTTP/1.1\r\n" + HOST + length + lines + END + body


def framed(fields, body=b""):
    """A POST whose framing is what is wrong; a second request stands behind it, which must not be answered."""
    return b"POST /v1/explain HTTP/1.1\r\n" + HOST + fields + b"\r\n" + body + GOOD


def chunked(body):
    return framed(b"Transfer-Encoding: chunked\r\n", body)


# name, bytes, status, code. A status of None: closed without an answer.
SMUGGLING = [
    ("CL and TE", framed(b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\nX"), 400, REQUEST),
    ("TE and CL", framed(b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", b"1\r\nX\r\n0\r\n\r\n"), 400, REQUEST),
    ("two equal CL", framed(b"Content-Length: 1\r\nContent-Length: 1\r\n", b"x"), 400, REQUEST),
    ("two different CL", framed(b"Content-Length: 1\r\nContent-Length: 40\r\n", b"x"), 400, REQUEST),
    ("a list of CL", framed(b"Content-Length: 1, 1\r\n", b"x"), 400, REQUEST),
    ("empty CL", framed(b"Content-Length:\r\n"), 400, REQUEST),
    ("negative CL", framed(b"Content-Length: -1\r\n"), 400, REQUEST),
    ("CL with a plus", framed(b"Content-Length: +1\r\n", b"x"), 400, REQUEST),
    ("hexadecimal CL", framed(b"Content-Length: 0x1\r\n", b"x"), 400, REQUEST),
    ("CL with a blank inside", framed(b"Content-Length: 1 1\r\n", b"x"), 400, REQUEST),
    ("CL beyond 64 bits", framed(b"Content-Length: 18446744073709551617\r\n", b"x"), 400, REQUEST),
    ("unknown coding", framed(b"Transfer-Encoding: xchunked\r\n", b"0\r\n\r\n"), 400, REQUEST),
    ("identity", framed(b"Transfer-Encoding: identity\r\n"), 400, REQUEST),
    ("gzip, chunked", framed(b"Transfer-Encoding: gzip, chunked\r\n", b"0\r\n\r\n"), 400, REQUEST),
    ("chunked twice", framed(b"Transfer-Encoding: chunked, chunked\r\n", b"0\r\n\r\n"), 400, REQUEST),
    ("chunked in quotes", framed(b'Transfer-Encoding: "chunked"\r\n', b"0\r\n\r\n"), 400, REQUEST),
    ("vertical tab before chunked", framed(b"Transfer-Encoding: \x0bchunked\r\n", b"0\r\n\r\n"), 400, REQUEST),
    ("blank before the colon", framed(b"Transfer-Encoding : chunked\r\n", b"0\r\n\r\n"), 400, REQUEST),
    ("TE in HTTP/1.0", b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + GOOD, 400, REQUEST),
    ("folded TE", framed(b"Transfer-Encoding:\r\n chunked\r\n", b"0\r\n\r\n"), 400, REQUEST),
    ("folded by a tab", framed(b"A: b\r\n\tc\r\n"), 400, REQUEST),
    ("bare LF behind a field", framed(b"A: b\nContent-Length: 3\r\n", b"abc"), 400, REQUEST),
    ("bare LF ends the head", b"GET / HTTP/1.1\r\n" + HOST + b"\n" + GOOD, 400, REQUEST),
    ("bare CR in a value", framed(b"A: b\rContent-Length: 3\r\n", b"abc"), 400, REQUEST),
    ("NUL in a value", framed(b"A: b\x00c\r\n"), 400, REQUEST),
    ("chunk size -2", chunked(b"-2\r\nab\r\n0\r\n\r\n"), 400, REQUEST),
    ("chunk size 0x2", chunked(b"0x2\r\nab\r\n0\r\n\r\n"), 400, REQUEST),
    ("chunk size beyond 64 bits", chunked(b"10000000000000002\r\nab\r\n0\r\n\r\n"), 400, REQUEST),
    ("chunk size with a plus", chunked(b"+2\r\nab\r\n0\r\n\r\n"), 400, REQUEST),
    ("chunk size with an underscore", chunked(b"1_0\r\nab\r\n0\r\n\r\n"), 400, REQUEST),
    ("no chunk size", chunked(b"\r\nab\r\n0\r\n\r\n"), 400, REQUEST),
    ("chunk longer than it says", chunked(b"1\r\nabc\r\n0\r\n\r\n"), 400, REQUEST),
    ("chunk line ended by LF", chunked(b"1\na\r\n0\r\n\r\n"), 400, REQUEST),
    ("endless chunk extension", chunked(b"1;" + b"a" * 40000), 400, REQUEST),
    ("endless trailer", chunked(b"0\r\n" + b"A: b\r\n" * 8000), 400, REQUEST),
    ("a chunk of 16 EiB", chunked(b"FFFFFFFFFFFFFFFF\r\nab"), 413, LARGE),
    ("body cut short", ask(b"POST", b"/v1/explain", b"Content-Length: 10"), None, None),
]

HEADS = [
    ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, REQUEST),
    ("HTTP/2 by prior knowledge", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, REQUEST),
    ("HTTP/0.9", b"GET /\r\n\r\n", 400, REQUEST),
    ("HTTP/3.0", b"GET / HTTP/3.0\r\n" + HOST + b"\r\n", 505, REQUEST),
    ("SMTP", b"EHLO x\r\n", 400, REQUEST),
    ("Redis", b"*1\r\n$4\r\nPING\r\n", 400, REQUEST),
    ("lower-case method", b"get / HTTP/1.1\r\n" + HOST + END, 400, REQUEST),
    ("tab for a blank", b"GET\t/\tHTTP/1.1\r\n" + HOST + END, 400, REQUEST),
    ("no Host", b"GET /healthz HTTP/1.1\r\n" + END, 400, REQUEST),
    ("two Hosts", get(b"/healthz", b"Host: evil.example"), 400, REQUEST),
    ("escape character in a value", get(b"/healthz", b"A: \x1b[2J"), 400, REQUEST),
    ("NUL in a name", get(b"/healthz", b"A\x00: b"), 400, REQUEST),
    ("control character in the path", b"GET /a\x01 HTTP/1.1\r\n" + HOST + END, 400, REQUEST),
    ("UTF-8 in the path", "GET /caf\u00e9 HTTP/1.1\r\n".encode() + HOST + END, 400, REQUEST),
    ("fragment in the path", get(b"/healthz#top"), 400, REQUEST),
    ("unknown expectation", ask(b"POST", b"/v1/explain", b"Expect: tea", body=b"{}"), 417, REQUEST),
    ("absolute form", b"GET http://127.0.0.1/healthz HTTP/1.1\r\n" + HOST + END, 400, REQUEST),
    ("absolute form of another host", b"GET http://169.254.169.254/latest/ HTTP/1.1\r\n" + HOST + END, 400, REQUEST),
    ("file address", b"GET file:///etc/passwd HTTP/1.1\r\n" + HOST + END, 400, REQUEST),
    ("CONNECT", b"CONNECT evil.example:443 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 400, REQUEST),
    ("line break encoded into a header", get(b"/healthz?a=%0d%0aX-Evil:%201"), 200, None),
    ("line break encoded into a path", get(b"/v1/x%0d%0aX-Evil:%201"), 404, NOT_FOUND),
    ("empty field name", get(b"/healthz", b": b"), 400, REQUEST),
    ("blank in a field name", get(b"/healthz", b"A B: c"), 400, REQUEST),
]

SIZES = [
    ("address of 9 KiB", get(b"/" + b"a" * 9000), 414, LARGE),
    ("address of 1 MiB", get(b"/" + b"a" * 1048576), 414, LARGE),
    ("query of 9 KiB", get(b"/healthz?" + b"a=1&" * 2250), 414, LARGE),
    ("4,000 parameters", get(b"/healthz?" + b"a&" * 4000), 200, None),
    ("flood without a line break", b"A" * 1048576, 400, REQUEST),
    ("flood of line breaks", b"\r\n" * 100000, 400, REQUEST),
    ("flood behind the method", b"GET " + b"/" * 1048576, 414, LARGE),
    ("field of 20 KiB", get(b"/healthz", b"A: " + b"b" * 20000), 431, LARGE),
    ("field name of 20 KiB", get(b"/healthz", b"A" * 20000 + b": b"), 431, LARGE),
    ("cookie of 20 KiB", get(b"/healthz", b"Cookie: a=" + b"b" * 20000), 431, LARGE),
    ("5,000 fields", get(b"/healthz", *[b"A: b"] * 5000), 431, LARGE),
    ("one field and no end", b"GET / HTTP/1.1\r\n" + HOST + b"A: " + b"b" * 1048576, 431, LARGE),
    ("body of 1 MiB and a byte", ask(b"POST", b"/v1/explain", body=b"a" * 1048577), 413, LARGE),
    ("body of an exabyte, announced", framed(b"Content-Length: 1000000000000000000\r\n"), 413, LARGE),
    ("body of 3 MiB in chunks", chunked(b"10000\r\n" + b"a" * 65536 + b"\r\n") [:-len(GOOD)] +
     (b"10000\r\n" + b"a" * 65536 + b"\r\n") * 47, 413, LARGE),
    ("form of a million parameters", ask(b"POST", b"/v1/explain", b"Content-Type: application/x-www-form-urlencoded",
                                         body=b"a&" * 1000000), 413, LARGE),
    ("large body that is announced first", ask(b"POST", b"/v1/explain", b"Expect: 100-continue",
                                               b"Content-Length: 99999999"), 413, LARGE),
]

HOSTS = [(f"host {host!r} for {path}", get(path.encode(), host=host.encode("latin-1")), 421, MISDIRECTED)
         for host in ("evil.example", "evil.example:8000", "127.0.0.1.evil.example", "localhost.evil.example",
                      "localhost@evil.example", "0.0.0.0", "169.254.169.254", "[::]", "127.1", "2130706433", "",
                      "LOCALHOST.", "xn--lcalhost-54a")
         for path in ("/healthz",)] + \
        [(f"rebinding for {path}", get(path.encode(), host=b"evil.example"), 421, MISDIRECTED)
         for path in ("/", "/v1/channels", "/v1/events", "/openapi.json", "/assets/x.js", "/nowhere", "/readyz")]

PATHS = [(f"path {path}", get(path.encode(), b"Accept: text/html"), 404, NOT_FOUND)
         for path in ("/..%2f..%2f..%2fetc%2fpasswd", "/../../etc/passwd", "/assets/../../../etc/passwd",
                      "/assets/..%2f..%2fdata%2feverlong.db", "/assets/%2e%2e/%2e%2e/etc/passwd", "/%2e%2e%2fetc%2fpasswd",
                      "/..%5c..%5cwindows%5cwin.ini", "/%00", "/index.html%00.js", "/assets/%00", "//etc/passwd",
                      "/.env", "/.git/config", "/INDEX.HTML", "/%252e%252e%252fetc%252fpasswd",
                      "/file:///etc/passwd", "/v1", "/v1/", "/v1/channels/", "/v1//channels",
                      "/v1/channels/..%2f..%2fapi-keys/x", "/%c0%ae%c0%ae/etc/passwd", "/index.html/", "/healthz/",
                      "/healthz/../v1/channels", "/healthz;/v1/channels", "/v1/channels/a/token/..")]

METHODS = [
    ("OPTIONS of a route", ask(b"OPTIONS", b"/v1/channels"), 405, METHOD),
    ("OPTIONS of everything", ask(b"OPTIONS", b"*"), 404, NOT_FOUND),
    ("TRACE", ask(b"TRACE", b"/healthz", b"Cookie: secret=1"), 405, METHOD),
    ("PUT", ask(b"PUT", b"/v1/channels"), 405, METHOD),
    ("DELETE of health", ask(b"DELETE", b"/healthz"), 405, METHOD),
    ("PROPFIND", ask(b"PROPFIND", b"/v1/channels"), 405, METHOD),
    ("unknown method", ask(b"ABRACADABRA", b"/healthz"), 405, METHOD),
    ("method in a field", get(b"/v1/channels", b"X-HTTP-Method-Override: DELETE"), 401, AUTH),
    ("method in the query", get(b"/v1/channels?_method=DELETE"), 401, AUTH),
    ("GET with an effect", get(b"/v1/channels/a/refresh"), 405, METHOD),
    ("HEAD of a closed route", ask(b"HEAD", b"/v1/channels"), 401, None),
    ("HEAD", ask(b"HEAD", b"/healthz"), 200, None),
    ("GET with a body", ask(b"GET", b"/healthz", body=b"{}"), 200, None),
]

STRANGERS = [(f"{method} {path} without authority", ask(method.encode(), path.encode(), body=body), 401, AUTH)
             for method, path, body in (("GET", "/v1/channels", b""), ("POST", "/v1/channels", b'{"name":"a"}'),
                                        ("GET", "/v1/channels/a/token", b""), ("PATCH", "/v1/channels/a", b'{"name":"b"}'),
                                        ("DELETE", "/v1/channels/a", b""), ("GET", "/v1/events", b""),
                                        ("POST", "/v1/deliveries/1/test", b""), ("DELETE", "/v1/deliveries/1", b""),
                                        ("GET", "/v1/sandbox", b""), ("POST", "/v1/sandbox/clock", b'{"advance_s":1}'),
                                        ("POST", "/v1/sandbox/faults", b'{"faults":[]}'),
                                        ("POST", "/v1/inspect", b'{"token":"x"}'))] + [
    ("forged local mark", get(b"/v1/channels", b"X-Forwarded-For: 127.0.0.1", b"X-Real-IP: 127.0.0.1"), 401, AUTH),
    ("no key behind Bearer", get(b"/v1/channels", b"Authorization: Bearer "), 401, AUTH),
    ("a key of nobody", get(b"/v1/channels", b"Authorization: Bearer evl_" + b"A" * 43), 401, AUTH),
    ("a key with SQL", get(b"/v1/channels", b"Authorization: Bearer evl_' OR '1'='1"), 401, AUTH),
    ("Basic", get(b"/v1/channels", b"Authorization: Basic YWRtaW46YWRtaW4="), 401, AUTH),
    ("a cookie of nobody", get(b"/v1/channels", b"Cookie: __Host-everlong=" + b"A" * 43), 401, AUTH),
]

CROSS_SITE = [(f"{method} {path} for a page of {origin}",
               ask(method.encode(), path.encode(), b"Origin: " + origin.encode(), body=b'{"text":"a"}'), 403, "E_HTTP_ORIGIN")
              for method, path in (("POST", "/v1/explain"), ("POST", "/v1/session"), ("DELETE", "/v1/channels/a"))
              for origin in ("https://evil.example", "null", "http://127.0.0.1:1", "http://127.0.0.1.evil.example")] + [
    ("a form of another site", ask(b"POST", b"/v1/channels", b"Origin: https://evil.example",
                                   b"Content-Type: application/x-www-form-urlencoded", b"Sec-Fetch-Site: cross-site",
                                   body=b"name=a&token=b"), 403, "E_HTTP_ORIGIN"),
    ("a WebSocket of another site", get(b"/v1/events", b"Upgrade: websocket", b"Origin: https://evil.example",
                                        b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", b"Sec-WebSocket-Version: 13"), 401, AUTH),
]

# By the Unix socket, where everything is allowed: what is left is the content.
CONTENTS = [
    ("no JSON", ask(b"POST", b"/v1/explain", body=b"text=1"), 400, BODY),
    ("multipart", ask(b"POST", b"/v1/explain", b"Content-Type: multipart/form-data; boundary=x",
                      body=b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\na\r\n' * 10000), 400, BODY),
    ("XML with an entity bomb", ask(b"POST", b"/v1/explain", body=b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), 400, BODY),
    ("JSON 100,000 deep", ask(b"POST", b"/v1/explain", body=b"[" * 100000 + b"]" * 100000), 400, BODY),
    ("objects 100,000 deep", ask(b"POST", b"/v1/explain", body=b'{"a":' * 100000 + b"1" + b"}" * 100000), 400, BODY),
    ("not UTF-8", ask(b"POST", b"/v1/explain", body=b'{"text":"caf\xe9"}'), 400, BODY),
    ("UTF-16", ask(b"POST", b"/v1/explain", body='{"text":"a"}'.encode("utf-16")), 400, BODY),
    ("an unpaired surrogate", ask(b"POST", b"/v1/explain", body=b'{"text":"\\ud800"}'), 400, BODY),
    ("a number of 100,000 digits", ask(b"POST", b"/v1/explain", body=b'{"text":' + b"9" * 100000 + b"}"), 400, BODY),
    ("a list for an object", ask(b"POST", b"/v1/explain", body=b"[1]"), 400, BODY),
    ("two documents", ask(b"POST", b"/v1/explain", body=b'{"text":"a"}{"text":"b"}'), 400, BODY),
    ("a number for a text", ask(b"POST", b"/v1/explain", body=b'{"text":1}'), 400, BODY),
    ("mass assignment", ask(b"PATCH", b"/v1/channels/a", body=b'{"name":"b","state":"healthy","id":1}'), 400, BODY),
    ("prototype pollution", ask(b"PATCH", b"/v1/channels/a", body=b'{"__proto__":{"name":"b"}}'), 400, BODY),
    ("a name with SQL", ask(b"POST", b"/v1/channels", body=b'{"name":"a\'; DROP TABLE channels; --","token":"x"}'), 400,
     "E_CHANNEL_NAME"),
    ("a name with a path", ask(b"POST", b"/v1/channels", body=b'{"name":"../a","token":"x"}'), 400, "E_CHANNEL_NAME"),
    ("a name with an escape character", ask(b"POST", b"/v1/channels", body=b'{"name":"\\u001b[2Ja","token":"x"}'), 400,
     "E_CHANNEL_NAME"),
    ("a name with a direction mark", ask(b"POST", b"/v1/channels", body='{"name":"\u202ea","token":"x"}'.encode()), 400,
     "E_CHANNEL_NAME"),
    ("a name with NUL", ask(b"POST", b"/v1/channels", body=b'{"name":"a\\u0000","token":"x"}'), 400, "E_CHANNEL_NAME"),
    ("a name of a megabyte", ask(b"POST", b"/v1/channels", body=b'{"name":"' + b"a" * 900000 + b'"}'), 400,
     "E_CHANNEL_NAME"),
    ("a path with SQL", get(b"/v1/channels/a'%20OR%20'1'='1"), 404, "E_CHANNEL_UNKNOWN"),
    ("a path with UNION", get(b"/v1/channels/%27%20UNION%20SELECT%20sealed%20FROM%20tokens--/token"), 404,
     "E_CHANNEL_UNKNOWN"),
    ("a path with an escape character", get(b"/v1/channels/%1b%5b2J"), 404, "E_CHANNEL_UNKNOWN"),
    ("a path with a direction mark", get(b"/v1/channels/%e2%80%ae"), 404, "E_CHANNEL_UNKNOWN"),
    ("a path with NUL", get(b"/v1/channels/a%00b"), 404, "E_CHANNEL_UNKNOWN"),
    ("a path with a line break", get(b"/v1/channels/a%0d%0aX-Evil:%201"), 404, "E_CHANNEL_UNKNOWN"),
    ("a path that is not UTF-8", get(b"/v1/channels/%ff%fe"), 404, "E_CHANNEL_UNKNOWN"),
    ("a page behind SQL", get(b"/v1/channels?after=%27%3b%20DROP%20TABLE%20channels--&limit=1%20OR%201"), 200, None),
    ("the same parameter twice", get(b"/v1/channels?limit=1&limit=100000&limit=-1"), 200, None),
    ("a limit beyond all numbers", get(b"/v1/channels?limit=99999999999999999999999"), 200, None),
    ("min_valid twice", get(b"/v1/channels/a/token?min_valid=x&min_valid=1"), 400, BODY),
    ("the number of a delivery with SQL", ask(b"DELETE", b"/v1/deliveries/1%20OR%201=1"), 404, "E_DELIVERY_UNKNOWN"),
    ("a delivery of a negative number", ask(b"DELETE", b"/v1/deliveries/-1"), 404, "E_DELIVERY_UNKNOWN"),
    ("a delivery beyond all numbers", ask(b"POST", b"/v1/deliveries/99999999999999999999/test"), 404,
     "E_DELIVERY_UNKNOWN"),
    ("a relative path for a delivery", ask(b"POST", b"/v1/channels/a/deliveries", body=b'{"path":"../.env"}'), 400, BODY),
    ("a key that breaks out of its line", ask(b"POST", b"/v1/channels/a/deliveries",
                                              body=b'{"path":"/x/.env","token_key":"A\\nB"}'), 400, "E_USAGE"),
    ("time backwards", ask(b"POST", b"/v1/sandbox/clock", body=b'{"advance_s":-1}'), 400, "E_USAGE"),
    ("time beyond the calendar", ask(b"POST", b"/v1/sandbox/clock", body=b'{"advance_s":9223372036854775807}'), 400,
     "E_USAGE"),
    ("a clock with more than it takes", ask(b"POST", b"/v1/sandbox/clock", body=b'{"advance_s":0,"now":"2100"}'), 400,
     BODY),
]

NETWORK = SMUGGLING + HEADS + SIZES + HOSTS + PATHS + METHODS + STRANGERS + CROSS_SITE


class Answer:
    """The first answer in some bytes, and what came behind it."""

    def __init__(self, raw):
        self.raw = raw
        head, _, self.body = raw.partition(b"\r\n\r\n")
        if head.startswith(b"HTTP/1.1 100"):
            head, _, self.body = self.body.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        self.status = int(lines[0].split()[1]) if lines[0].startswith("HTTP/1.1 ") else None
        self.headers = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
        self.headers = {name.lower(): value for name, value in self.headers.items()}


def resident_kib(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1))


class HostileHttp(EndToEnd):
    alone = True  # a thousand connections, and answers within a time

    def setUp(self):
        super().setUp()
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        # The service has to help itself to enough descriptors; this side needs one for each socket.
        resource.setrlimit(resource.RLIMIT_NOFILE, (1024, hard))
        self.service = self.serve()
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
        self.port = int(self.service.api.rsplit(":", 1)[1])

    def connect(self, is_local=False):
        if is_local:
            peer = socket.socket(socket.AF_UNIX)
            peer.settimeout(ANSWER_LIMIT_S)
            peer.connect(os.path.join(self.data, "everlong.sock"))
            return peer
        return socket.create_connection(("127.0.0.1", self.port), ANSWER_LIMIT_S)

    def exchange(self, request, is_local=False):
        """All that comes back until the service closes; what it no longer reads is not pressed upon it."""
        with self.connect(is_local) as peer:
            try:
                peer.sendall(request)
                peer.shutdown(socket.SHUT_WR)
            except OSError:
                pass
            answer = b""
            try:
                while piece := peer.recv(65536):
                    answer += piece
            except ConnectionResetError:
                pass
            return Answer(answer)

    def check(self, case, is_local=False):
        name, request, status, code = case
        with self.subTest(name):
            answer = self.exchange(request, is_local)
            self.assertEqual(answer.status, status, answer.raw[:400])
            if status is None:
                self.assertEqual(answer.raw, b"")
                return
            self.assertEqual(len(re.findall(rb"HTTP/1\.1 [2-5]\d\d ", answer.raw)), 1, "one answer, no more")
            self.assertNotIn("x-evil", answer.headers)
            for header, value in HEADERS.items():
                self.assertEqual(answer.headers.get(header), value, header)
            self.assertIn("frame-ancestors 'none'", answer.headers["content-security-policy"])
            if code:
                self.assertEqual(answer.headers["content-type"], "application/problem+json")
                self.assertEqual(answer.headers["cache-control"], "no-store")
                problem = json.loads(answer.body)
                self.assertEqual((problem["code"], problem["status"]), (code, status))
                self.assertIsNone(re.search(rb"[\x00-\x1f\x7f]", answer.body), "no control character comes back")
            if status == 405:
                self.assertRegex(answer.headers["allow"], r"^[A-Z]+(, [A-Z]+)*$")

    def test_each_case_gets_its_answer(self):
        self.assertGreaterEqual(len(NETWORK) + len(CONTENTS), 100)
        before = resident_kib(self.service.process.child.pid)
        for case in NETWORK:
            self.check(case)
        for case in CONTENTS:
            self.check(case, is_local=True)
        # Once more: what grows with each is a leak, what stays is a buffer.
        for _, request, _, _ in SIZES:
            self.exchange(request)
        grown = resident_kib(self.service.process.child.pid) - before
        self.assertLess(grown, GROWTH_LIMIT_KIB)
        self.assertEqual(self.json_of("channel", "list")["channels"], [], "nothing came of any of it")
        self.assertEqual(self.exchange(GOOD).status, 200)
        self.assertEqual(http("GET", f"{self.service.api}/readyz")[0], 200)
        self.assertEqual(self.service.end(), 0)
        self.assertNotIn("\x1b", self.service.process.output, "nothing of it moves the cursor of who reads the log")

    def test_good_clients_are_served_beside_a_thousand_idle_and_fifty_slow_ones(self):
        pid = self.service.process.child.pid
        before = resident_kib(pid)
        started = time.monotonic()
        peers = [self.connect() for _ in range(IDLE_SOCKETS - SLOW_SOCKETS)]
        slow = [self.connect() for _ in range(SLOW_SOCKETS)]
        try:
            for number, peer in enumerate(slow):
                peer.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-" + b"a" * number)
            longest = 0.0
            for _ in range(200):
                begun = time.monotonic()
                self.assertEqual(self.exchange(GOOD).status, 200)
                longest = max(longest, time.monotonic() - begun)
            self.assertLess(longest, 2.0)
            self.assertLess(resident_kib(pid) - before, GROWTH_LIMIT_KIB)
            # A head that never ends is answered with 408, not waited for.
            for peer in slow:
                answer = Answer(peer.recv(65536))
                self.assertEqual(answer.status, 408)
                self.assertEqual(json.loads(answer.body)["code"], "E_HTTP_TIMEOUT")
            self.assertGreaterEqual(time.monotonic() - started, HEAD_TIMEOUT_S - 1)
        finally:
            for peer in peers + slow:
                peer.close()
        self.assertEqual(self.service.end(), 0)

    def test_who_comes_when_every_connection_is_taken_is_told_and_the_next_is_served(self):
        peers = []
        try:
            def is_turned_away():
                peers.append(self.connect())
                peers[-1].settimeout(0.005)
                try:
                    return peers[-1].recv(65536)
                except socket.timeout:
                    return None
            answer = Answer(wait_for(is_turned_away, "a connection is turned away", 60, pause=0))
            self.assertEqual(answer.status, 503)
            self.assertEqual(json.loads(answer.body)["code"], "E_HTTP_BUSY")
            self.assertGreaterEqual(len(peers), 1000)
        finally:
            for peer in peers:
                peer.close()
        wait_for(lambda: self.exchange(GOOD).status == 200, "good clients are served again")


class Events(EndToEnd):
    def listen(self):
        peer = socket.socket(socket.AF_UNIX)
        peer.settimeout(ANSWER_LIMIT_S)
        peer.connect(os.path.join(self.data, "everlong.sock"))
        peer.sendall(b"GET /v1/events HTTP/1.1\r\nHost: everlong\r\n\r\n")
        return peer

    def read_until(self, peer, marker):
        text = b""
        while marker not in text:
            piece = peer.recv(65536)
            self.assertNotEqual(piece, b"", f"the stream ended before {marker!r}: {text!r}")
            text += piece
        return text

    def test_changes_are_heard_of_and_the_stream_ends_with_the_service(self):
        service = self.serve()
        with self.listen() as peer:
            head = self.read_until(peer, b": listening\n\n")
            self.assertIn(b"Content-Type: text/event-stream\r\n", head)
            path = self.env_for(self.mint("instagram"))
            self.cli("channel", "import", "cafe", "--env-file", path)
            self.read_until(peer, b'event: channel\ndata: {"name":"cafe"}\n\n')
            self.cli("channel", "rename", "cafe", "bar")
            self.read_until(peer, b'event: channel\ndata: {"name":"bar"}\n\n')
            self.sim.advance(86400)
            self.read_until(peer, b'event: clock\ndata: {"now":')
            self.assertEqual(service.end(seconds=10), 0)
            rest = b""
            while piece := peer.recv(65536):
                rest += piece
            self.assertTrue(rest.endswith(b"0\r\n\r\n"), rest)

    def test_a_thousand_listeners_that_come_and_go_leave_nothing_behind(self):
        service = self.serve()
        pid = service.process.child.pid
        for _ in range(5):
            peers = [self.listen() for _ in range(200)]
            for peer in peers:
                self.read_until(peer, b": listening\n\n")
            before = resident_kib(pid)
            for peer in peers:
                peer.close()
        self.assertLess(resident_kib(pid) - before, GROWTH_LIMIT_KIB)
        with self.listen() as peer:
            self.read_until(peer, b": listening\n\n")
        self.assertEqual(service.end(), 0)

"""A wire between Everlong and the simulator that can be broken at a chosen byte: it carries TCP, reads along which request
passes, and does what its rule says at a point of it."""
import re
import socket
import struct
import threading
import urllib.parse

PIECE = 256 * 1024
CONNECT_LIMIT_S = 10

# Where in the life of a request something happens.
BEFORE = "before"          # its head is there, nothing of it has been passed on
IN_REQUEST = "in-request"  # `at` bytes of its body have been passed on, or all of it where it has fewer
SENT = "sent"              # all of it has been passed on; the answer is under way
ANSWERED = "answered"      # the answer has begun to arrive, nothing of it has been passed on
IN_ANSWER = "in-answer"    # half of what has arrived of it has been passed on
AFTER = "after"            # the answer has been passed on
POINTS = (BEFORE, IN_REQUEST, SENT, ANSWERED, IN_ANSWER, AFTER)


class Strike:
    """What happens to one request. `deed()` is called at the point, then the wire is cut, unless `cuts` is false."""

    def __init__(self, point, deed=None, at=0, cuts=True, with_reset=False):
        self.point, self.deed, self.at, self.cuts, self.with_reset = point, deed, at, cuts, with_reset


class Request:
    def __init__(self, head):
        lines = head.decode("latin-1").split("\r\n")
        self.method, self.target = (lines[0].split(" ") + ["", ""])[:2]
        self.path = urllib.parse.urlsplit(self.target).path
        self.headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}

    @property
    def length(self):
        return int(self.headers.get("content-length", "0"))

    def is_call(self, method, path):
        """`path` is a regular expression for the end of the path."""
        return self.method == method and re.search(path + r"\Z", self.path) is not None


MEDIA = ("POST", r"/\d+/media")
PUBLISH = ("POST", r"/\d+/media_publish")
UPLOAD = ("POST", r"/ig-api-upload/[^/]+/\d+")
QUOTA = ("GET", r"/\d+/content_publishing_limit")
COMMENT = ("POST", r"/\d+/comments")


class FaultProxy:
    """`rule(request)` gives a Strike, or nothing; it is called once a request, under a lock."""

    def __init__(self, target):
        self.target = (urllib.parse.urlsplit(target).hostname, urllib.parse.urlsplit(target).port)
        self.rule = lambda request: None
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.address = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        # A thread that waits in accept() is woken by shutdown() only.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client):
        try:
            server = socket.create_connection(self.target, CONNECT_LIMIT_S)
        except OSError:
            client.close()
            return
        server.settimeout(None)
        Wire(self, client, server).carry()


class Wire:
    """One connection. Two threads carry its two directions; the client sends one request at a time."""

    def __init__(self, proxy, client, server):
        self.proxy, self.client, self.server = proxy, client, server
        self.strike = None
        self.is_reset = False
        for end in (client, server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def carry(self):
        back = threading.Thread(target=self._guarded, args=(self._answers,), daemon=True)
        back.start()
        self._guarded(self._requests)
        back.join()
        self.client.close()
        self.server.close()

    def _guarded(self, direction):
        try:
            direction()
        except OSError:
            pass
        if self.is_reset:
            self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        # The other direction's thread is woken; where there shall be a reset, without a word to the client before it.
        for end, how in ((self.client, socket.SHUT_RD if self.is_reset else socket.SHUT_RDWR),
                         (self.server, socket.SHUT_RDWR)):
            try:
                end.shutdown(how)
            except OSError:
                pass

    def _act(self):
        strike = self.strike
        self.strike = None
        if strike.deed:
            strike.deed()
        if not strike.cuts:
            return
        self.is_reset = strike.with_reset
        raise ConnectionAbortedError

    def _is_at(self, point):
        return self.strike is not None and self.strike.point == point

    def _requests(self):
        kept = b""
        while True:
            while b"\r\n\r\n" not in kept:
                piece = self.client.recv(PIECE)
                if not piece:
                    return
                kept += piece
            head, _, kept = kept.partition(b"\r\n\r\n")
            request = Request(head)
            with self.proxy.lock:
                self.strike = self.proxy.rule(request)
            if self._is_at(BEFORE):
                self._act()
            self.server.sendall(head + b"\r\n\r\n")
            kept = self._body(request, kept)

    def _body(self, request, kept):
        """Gives what was read beyond it."""
        left, passed = request.length, 0
        while left > 0:
            piece = kept[:left] or self.client.recv(min(PIECE, left))
            if not piece:
                raise ConnectionAbortedError
            kept = kept[len(piece):]
            if self._is_at(IN_REQUEST) and passed + len(piece) >= min(self.strike.at, request.length):
                first = max(0, self.strike.at - passed)
                self.server.sendall(piece[:first])
                self._act()
                self.server.sendall(piece[first:])
            else:
                self.server.sendall(piece)
            passed += len(piece)
            left -= len(piece)
        if self._is_at(SENT):
            self._act()
        return kept

    def _answers(self):
        while True:
            piece = self.server.recv(PIECE)
            if not piece:
                return
            if self._is_at(ANSWERED):
                self._act()
            if self._is_at(IN_ANSWER):
                half = len(piece) // 2
                self.client.sendall(piece[:half])
                piece = piece[half:]
                self._act()
            self.client.sendall(piece)
            if self._is_at(AFTER):
                self._act()

"""A hundred and more abuses of the OAuth callback, each with the answer that it gets. Whatever comes, the token in use stays
what it was, and no code is brought to Meta but the right one, once."""
import http.client
import json
import threading
import unittest
import urllib.parse

from test_connect import ConnectBase

OTHER = {"facebook": "instagram", "instagram": "facebook"}
LONG = "A" * 3000


class Answer:
    def __init__(self, status, headers, text):
        self.status, self.headers, self.text = status, headers, text
        self.location = headers.get("Location", "")
        try:
            self.code = json.loads(text).get("code")
        except ValueError:
            self.code = None


class CallbackAbuse(ConnectBase):
    def setUp(self):
        super().setUp()
        self.serve()
        output = self.processes[0].output
        address = next(word for line in output.splitlines() if "listens on" in line for word in line.split()
                       if word.startswith("http://"))
        self.port = urllib.parse.urlsplit(address).port
        self.connect("facebook", "facebook")
        self.connect("instagram", "instagram")
        self.kept = {login: self.shown(login)["token"]["fingerprint"] for login in OTHER}

    # --- tools ---

    def ask(self, target, method="GET", headers=None, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        sent = {"Host": f"127.0.0.1:{self.port}", **(headers or {})}
        if body is not None:
            sent["Content-Length"] = str(len(body))
        for name, value in sent.items():
            for each in value if isinstance(value, list) else [value]:
                connection.putheader(name, each)
        connection.endheaders(body.encode() if body is not None else None)
        answer = connection.getresponse()
        result = Answer(answer.status, answer.headers, answer.read().decode("utf-8", "replace"))
        connection.close()
        self.outputs[f"answer {len(self.outputs)}"] = str(answer.headers) + result.text
        return result

    def local(self, method, path, body=None):
        """A call by the command line's own way in."""
        import socket
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(self.socket_file())
        text = json.dumps(body) if body is not None else ""
        connection.sendall((f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                            f"Content-Length: {len(text)}\r\n\r\n{text}").encode())
        received = b""
        while chunk := connection.recv(65536):
            received += chunk
        connection.close()
        return json.loads(received.split(b"\r\n\r\n", 1)[1])

    def socket_file(self):
        import glob
        return glob.glob(self.data + "/*.sock")[0]

    def begin(self, login, channel=None):
        """A login that waits, and what the dialog would send for it: (login, code, state)."""
        begun = self.local("POST", "/v1/logins", {"channel": channel or login, "login": login, "via": "terminal"})
        location = self.redirect_of(begun["address"] + "&sandbox_auto=approve")
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(location).query)
        return begun, query["code"][0], query["state"][0]

    def redirect_of(self, address):
        parts = urllib.parse.urlsplit(address)
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
        connection.request("GET", parts.path + "?" + parts.query)
        location = connection.getresponse().getheader("Location")
        connection.close()
        return location

    def stage(self, begun):
        return self.local("GET", "/v1/logins/" + begun["id"])["stage"]

    def calls(self):
        return sum(1 for call in self.sim.ledger()["calls"]
                   if call["path"].endswith("oauth/access_token") and call["method"] == "POST")

    def unharmed(self):
        for login, kept in self.kept.items():
            self.assertEqual(self.shown(login)["token"]["fingerprint"], kept)
            self.assertTrue(self.sim.token_state(kept)["alive"])

    # --- the abuses ---

    def queries(self, code, state):
        """name, query, status, code of ours"""
        q = urllib.parse.quote
        half = state[:20]
        good = f"code={q(code)}&state={state}"
        yield "nothing at all", "", 403, "E_LOGIN_STATE"
        yield "no state", f"code={q(code)}", 403, "E_LOGIN_STATE"
        yield "empty state", f"code={q(code)}&state=", 403, "E_LOGIN_STATE"
        yield "state cut", f"code={q(code)}&state={half}", 403, "E_LOGIN_STATE"
        yield "state with a tail", f"code={q(code)}&state={state}A", 403, "E_LOGIN_STATE"
        yield "state of another case", f"code={q(code)}&state={state.swapcase()}", 403, "E_LOGIN_STATE"
        yield "state guessed", f"code={q(code)}&state={'A' * 43}", 403, "E_LOGIN_STATE"
        yield "state reversed", f"code={q(code)}&state={state[::-1]}", 403, "E_LOGIN_STATE"
        yield "state overlong", f"code={q(code)}&state={LONG}", 400, "E_LOGIN_CALLBACK"
        yield "state with NUL", f"code={q(code)}&state={state[:-1]}%00", 400, "E_LOGIN_CALLBACK"
        yield "state with a line break", f"code={q(code)}&state={state}%0d%0a", 400, "E_LOGIN_CALLBACK"
        yield "state with a blank", f"code={q(code)}&state={state}+", 403, "E_LOGIN_STATE"
        yield "state with markup", f"code={q(code)}&state=%3Cscript%3E", 403, "E_LOGIN_STATE"
        yield "state as SQL", f"code={q(code)}&state=%27%20OR%201%3D1--", 403, "E_LOGIN_STATE"
        yield "state twice", f"{good}&state={state}", 400, "E_LOGIN_CALLBACK"
        yield "state twice, one wrong", f"state={'A' * 43}&{good}", 400, "E_LOGIN_CALLBACK"
        yield "state as an array", f"code={q(code)}&state[]={state}", 403, "E_LOGIN_STATE"
        yield "State in capitals", f"code={q(code)}&STATE={state}", 403, "E_LOGIN_STATE"
        yield "state with a broken escape", f"code={q(code)}&state={state[:-1]}%zz", 400, "E_LOGIN_CALLBACK"
        yield "state twice encoded", f"code={q(code)}&state={q(q(state, safe=''), safe='')}%2541", 403, "E_LOGIN_STATE"
        yield "no code", f"state={state}", 400, "E_LOGIN_CALLBACK"
        yield "empty code", f"code=&state={state}", 400, "E_LOGIN_CALLBACK"
        yield "code of only a tail", f"code=%23_&state={state}", 400, "E_LOGIN_CALLBACK"
        yield "huge code", f"code={LONG}&state={state}", 400, "E_LOGIN_CALLBACK"
        yield "code twice", f"code=a&{good}", 400, "E_LOGIN_CALLBACK"
        yield "code twice, the same", f"{good}&code={q(code)}", 400, "E_LOGIN_CALLBACK"
        yield "code with NUL", f"code=a%00b&state={state}", 400, "E_LOGIN_CALLBACK"
        yield "code with a line break", f"code=a%0d%0aX-Evil:1&state={state}", 400, "E_LOGIN_CALLBACK"
        yield "code with a delete", f"code=a%7f&state={state}", 400, "E_LOGIN_CALLBACK"
        yield "code with a broken escape", f"code=%zz&state={state}", 400, "E_LOGIN_CALLBACK"
        yield "code and error", f"{good}&error=access_denied", 400, "E_LOGIN_CALLBACK"
        yield "error before code", f"error=access_denied&{good}", 400, "E_LOGIN_CALLBACK"
        yield "error twice", f"error=a&error=b&state={state}", 400, "E_LOGIN_CALLBACK"
        yield "error without state", "error=access_denied", 403, "E_LOGIN_STATE"
        yield "error of an unknown state", f"error=access_denied&state={'B' * 43}", 403, "E_LOGIN_STATE"
        yield "error overlong", f"error={LONG}&state={state}", 400, "E_LOGIN_CALLBACK"
        yield "error with NUL", f"error=a%00&state={state}", 400, "E_LOGIN_CALLBACK"
        yield "token in place of a code", f"access_token=EAAx&state={state}", 400, "E_LOGIN_CALLBACK"
        yield "another issuer", f"{good}&iss=https%3A%2F%2Fevil.example", 400, "E_LOGIN_CALLBACK"
        yield "issuer with a tail", f"{good}&iss=https%3A%2F%2Fwww.facebook.com.evil.example", 400, "E_LOGIN_CALLBACK"
        yield "issuer in http", f"{good}&iss=http%3A%2F%2Fwww.facebook.com", 400, "E_LOGIN_CALLBACK"
        yield "issuer twice", f"{good}&iss=a&iss=b", 400, "E_LOGIN_CALLBACK"
        yield "issuer overlong", f"{good}&iss={LONG}", 400, "E_LOGIN_CALLBACK"
        yield "a semicolon for an ampersand", f"code={q(code)};state={state}", 403, "E_LOGIN_STATE"
        yield "everything in one name", f"{good}".replace("=", "%3D"), 403, "E_LOGIN_STATE"

    def test_queries_that_no_dialog_sends(self):
        count = 0
        for login in OTHER:
            begun, code, state = self.begin(login)
            before = self.calls()
            for name, query, status, expected in self.queries(code, state):
                with self.subTest(f"{login}: {name}"):
                    answer = self.ask(f"/oauth/{login}/callback?{query}")
                    self.assertEqual((answer.status, answer.code), (status, expected), answer.text)
                    self.assertNotIn(state, answer.text)
                    self.assertNotIn(code, answer.text)
                    self.assertEqual(answer.location, "")
                    count += 1
            self.assertEqual(self.stage(begun), "waiting", "the login still waits for its own answer")
            self.assertEqual(self.calls(), before, "no code was brought to Meta")
        self.unharmed()
        self.assertGreaterEqual(count, 88)

    def test_ways_that_no_browser_comes(self):
        """name, target, method, headers, status"""
        for login in OTHER:
            begun, code, state = self.begin(login)
            query = f"code={urllib.parse.quote(code)}&state={state}"
            path = f"/oauth/{login}/callback"
            before = self.calls()
            cases = (
                ("HEAD", f"{path}?{query}", "HEAD", {}, 200),
                ("POST", f"{path}?{query}", "POST", {}, 405),
                ("PUT", f"{path}?{query}", "PUT", {}, 405),
                ("DELETE", f"{path}?{query}", "DELETE", {}, 405),
                ("OPTIONS", f"{path}?{query}", "OPTIONS", {}, 405),
                ("POST with a form", path, "POST", {"Content-Type": "application/x-www-form-urlencoded"}, 405),
                ("a foreign host", f"{path}?{query}", "GET", {"Host": "evil.example"}, 421),
                ("a foreign host that begins well", f"{path}?{query}", "GET", {"Host": "127.0.0.1.evil.example"}, 421),
                ("an empty host", f"{path}?{query}", "GET", {"Host": ""}, None),
                ("a foreign host that says it was forwarded", f"{path}?{query}", "GET",
                 {"Host": "evil.example", "X-Forwarded-Host": "localhost"}, 421),
                ("the other login's address", f"/oauth/{OTHER[login]}/callback?{query}", "GET", {}, 403),
                ("an unknown login", f"/oauth/twitter/callback?{query}", "GET", {}, 404),
                ("a login in capitals", f"/oauth/{login.upper()}/callback?{query}", "GET", {}, 404),
                ("a path above", f"/oauth/../oauth/{login}/callback?{query}", "GET", {}, None),
                ("a slash behind", f"{path}/?{query}", "GET", {}, None),
                ("a doubled slash", f"//oauth/{login}/callback?{query}", "GET", {}, None),
                ("a query in the fragment", f"{path}%3F{query}", "GET", {}, None),
            )
            for name, target, method, headers, status in cases:
                with self.subTest(f"{login}: {name}"):
                    answer = self.ask(target, method, headers, "" if method in ("POST", "PUT") else None)
                    if status is None:
                        self.assertIn(answer.status, (400, 404, 421), answer.text)
                    else:
                        self.assertEqual(answer.status, status, answer.text)
                    self.assertEqual(answer.location, "")
            self.assertEqual(self.stage(begun), "waiting")
            self.assertEqual(self.calls(), before)
        self.unharmed()

    def test_codes_that_meta_does_not_take(self):
        """A state that is right with a code that is not: one try, refused, and the token in use stays."""
        for login in OTHER:
            _, spent, state = self.begin(login)
            self.assertEqual(self.ask(f"/oauth/{login}/callback?code={spent}&state={state}").status, 303)
            self.kept[login] = self.shown(login)["token"]["fingerprint"]
            _, foreign, _ = self.begin(OTHER[login])
            elsewhere = self.local("POST", "/v1/logins", {"channel": login, "login": login, "via": "terminal",
                                                          "redirect_uri": "http://localhost:1/elsewhere"})
            moved = urllib.parse.parse_qs(urllib.parse.urlsplit(
                self.redirect_of(elsewhere["address"] + "&sandbox_auto=approve")).query)["code"][0]
            for name, code in (("spent", spent), ("of the other app", foreign), ("of another redirect", moved),
                               ("invented", "AQB" + "x" * 100), ("markup", "%3Cscript%3E"), ("a tail", spent + "%23_")):
                with self.subTest(f"{login}: {name}"):
                    begun, _, state = self.begin(login)
                    answer = self.ask(f"/oauth/{login}/callback?code={code}&state={state}")
                    self.assertEqual(answer.status, 303, answer.text)
                    self.assertEqual(self.stage(begun), "refused")
            begun, code, state = self.begin(login)
            self.sim.advance(14 * 60)
            answer = self.ask(f"/oauth/{login}/callback?code={code}&state={state}")
            self.assertEqual(answer.status, 303, answer.text)
            self.assertEqual(self.stage(begun), "refused" if login == "facebook" else "connected")
            self.kept[login] = self.shown(login)["token"]["fingerprint"]
            begun, code, state = self.begin(login)
            self.sim.advance(16 * 60)
            before = self.calls()
            self.assertEqual(self.ask(f"/oauth/{login}/callback?code={code}&state={state}").status, 303)
            self.assertEqual((self.stage(begun), self.calls()), ("expired", before))
        self.unharmed()

    def test_the_same_answer_again_and_at_once(self):
        for login in OTHER:
            begun, code, state = self.begin(login)
            target = f"/oauth/{login}/callback?code={code}&state={state}"
            before = self.calls()
            answers = []
            threads = [threading.Thread(target=lambda: answers.append(self.ask(target))) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            answers.append(self.ask(target))
            self.assertEqual({(a.status, a.location) for a in answers},
                             {(303, f"/oauth/{login}/done/{begun['id']}")})
            self.assertEqual(self.stage(begun), "connected")
            brought = [c for c in self.sim.ledger()["calls"] if c["path"].endswith("oauth/access_token")]
            self.assertTrue(brought)
            self.assertEqual(self.calls() - before, 1 if login == "instagram" else 2,
                             "one code exchange (Facebook's long exchange goes to the same path)")

    def test_nothing_of_an_answer_is_echoed_or_followed(self):
        for login in OTHER:
            for extra in ("next=//evil.example", "redirect=https://evil.example", "return_to=%5c%5cevil",
                          "redirect_uri=https://evil.example", "next=javascript:alert(1)",
                          "error_description=%3Cscript%3Ealert(1)%3C%2Fscript%3E",
                          "error_reason=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E", "error_uri=javascript:alert(1)"):
                with self.subTest(f"{login}: {extra}"):
                    begun = self.local("POST", "/v1/logins", {"channel": "new", "login": login, "via": "terminal"})
                    state = urllib.parse.parse_qs(urllib.parse.urlsplit(begun["address"]).query)["state"][0]
                    answer = self.ask(f"/oauth/{login}/callback?error=access_denied&state={state}&{extra}",
                                      headers={"Accept": "text/html"})
                    self.assertEqual((answer.status, answer.location), (303, f"/oauth/{login}/done/{begun['id']}"))
                    self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")
                    page = self.ask(answer.location, headers={"Accept": "text/html"})
                    self.assertEqual(page.status, 200)
                    for bad in ("<script", "<img", "evil", "javascript:"):
                        self.assertNotIn(bad, page.text)
                    self.assertIn("default-src 'none'", page.headers["Content-Security-Policy"])
        self.unharmed()

    def test_signed_calls_that_meta_has_not_signed(self):
        good = ("0bf3dwR8JUcsJ-u5f4wOFxdG_WhTTT-8swQ-M-J0Fyk.eyJhbGdvcml0aG0iOiJITUFDLVNIQTI1NiIsImlzc3VlZF9hdCI6MTc4MDAw"
                "MDAwMCwidXNlcl9pZCI6IjEyMzQ1Njc4OTAifQ")  # right, by another app's secret
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        for path in ("/meta/deauthorize", "/meta/data-deletion"):
            for body in ("", "signed_request=", "signed_request=a.b", "signed_request=" + good, "x=" + good,
                         f"signed_request={good}&signed_request={good}", "signed_request=" + "A" * 9000, "{}"):
                with self.subTest(f"{path} {body[:40]}"):
                    answer = self.ask(path, "POST", form, body)
                    self.assertEqual((answer.status, answer.code), (403, "E_SIGNED_REQUEST"), answer.text)
        self.unharmed()


if __name__ == "__main__":
    unittest.main()

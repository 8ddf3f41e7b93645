"""Who may come in: the set-up link, the password, sessions and API keys, over the network as browsers and programs do."""
import http.client
import json
import os
import pty
import re
import select
import subprocess
import time

from support import COMMAND_LIMIT_S, PROGRAM, EndToEnd, http as ask, listening, wait_for

PASSWORD = "correct horse battery staple"


class Browser:
    """Keeps the cookie that it is given, and sends what a browser sends of itself."""

    def __init__(self, address, canaries):
        self.host = address.removeprefix("http://")
        self.canaries = canaries
        self.cookie = None
        self.csrf = None

    def send(self, method, path, body=None, **fields):
        headers = {"Content-Type": "application/json", "Sec-Fetch-Site": "same-origin"}
        if method != "GET":
            headers["Origin"] = f"http://{self.host}"
        if self.cookie:
            headers["Cookie"] = self.cookie
        if self.csrf:
            headers["X-Everlong-CSRF"] = self.csrf
        for name, value in fields.items():
            headers[name.replace("_", "-")] = value
        connection = http.client.HTTPConnection(self.host, timeout=20)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read().decode()
            given = answer.getheader("Set-Cookie")
        finally:
            connection.close()
        if given:
            self.cookie = given.split(";")[0]
            self.canaries.add(self.cookie.split("=", 1)[1])
            self.canaries.discard("")
        document = json.loads(text) if text.startswith("{") else text
        if isinstance(document, dict) and document.get("csrf"):
            self.csrf = document["csrf"]
            self.canaries.add(self.csrf)
        return answer.status, document


# Outside a rehearsal the page is opened by the name that Meta's dialog leads back to.
def page_of(address):
    return address.replace("127.0.0.1", "localhost")


class Access(EndToEnd):
    def setUp(self):
        super().setUp()
        self.canaries.add(PASSWORD)

    def serve_at(self, port="0", **environment):
        process = self.start("serve", "--port", port, environment=environment)
        address = listening(process, 1)[0]
        wait_for(lambda: re.search(r"^(First visit|Settings page): ", process.output, re.MULTILINE), "its last line")
        return process, address

    def setup_secret(self, process, address):
        match = re.search(rf"^First visit: {re.escape(page_of(address))}/setup#([A-Za-z0-9_-]+)$", process.output, re.MULTILINE)
        self.assertIsNotNone(match, process.output)
        return match.group(1)

    def make_key(self, *arguments):
        done = self.cli("api-key", "create", "--name", "e2e", *arguments, shows_token=True)
        self.assertRegex(done.out, r"\Aevl_[A-Za-z0-9_-]{43}\n\Z")
        key = done.out.strip()
        self.assertNotIn(key[8:], done.err)
        self.canaries.add(key)
        return key

    def status(self, key, method, address, body=None):
        return ask(method, address, body, headers={"Authorization": f"Bearer {key}"})[0]

    def test_from_the_first_visit_to_a_revoked_key(self):
        process, address = self.serve_at()
        browser = Browser(address, self.canaries)
        status, session = browser.send("GET", "/v1/session")
        self.assertEqual((status, session["signed_in"], session["set_up"], session["sandbox"]),
                         (200, False, False, False))
        self.assertEqual(browser.send("GET", "/v1/channels")[0], 401)
        secret = self.setup_secret(process, address)
        self.assertEqual(browser.send("POST", "/v1/setup", {"secret": "x" * 43, "password": PASSWORD})[0], 403)
        status, session = browser.send("POST", "/v1/setup", {"secret": secret, "password": PASSWORD})
        self.assertEqual((status, session["signed_in"], session["set_up"]), (200, True, True))
        self.assertEqual(browser.send("POST", "/v1/setup", {"secret": secret, "password": PASSWORD})[0], 403)
        self.assertEqual(browser.send("GET", "/v1/channels")[0], 200)

        status, key = browser.send("POST", "/v1/api-keys", {"name": "backend", "scopes": ["channels:read"]})
        self.assertEqual(status, 201)
        self.canaries.add(key["key"])
        self.assertEqual(self.status(key["key"], "GET", f"{address}/v1/channels"), 200)
        self.assertEqual(self.status(key["key"], "GET", f"{address}/v1/api-keys"), 403)
        self.assertEqual(self.json_of("api-key", "list")["api_keys"][0]["name"], "backend")
        self.cli("api-key", "revoke", key["id"])
        self.assertEqual(self.status(key["key"], "GET", f"{address}/v1/channels"), 401)

        self.assertEqual(browser.send("DELETE", "/v1/session")[0], 200)
        self.assertEqual(browser.send("GET", "/v1/channels")[0], 401)

    def test_a_restart_keeps_sessions_and_keys_and_ends_the_set_up_link(self):
        process, address = self.serve_at()
        port = address.rsplit(":", 1)[1]
        early = self.setup_secret(process, address)
        process.end()
        process, address = self.serve_at(port)
        browser = Browser(address, self.canaries)
        self.assertEqual(browser.send("POST", "/v1/setup", {"secret": early, "password": PASSWORD})[0], 403)
        secret = self.setup_secret(process, address)
        self.assertEqual(browser.send("POST", "/v1/setup", {"secret": secret, "password": PASSWORD})[0], 200)
        key = self.make_key("--scope", "admin")
        process.end()
        process, address = self.serve_at(port)
        self.assertIn(f"Settings page: {page_of(address)}/", process.output)
        self.assertNotIn("First visit", process.output)
        self.assertEqual(browser.send("GET", "/v1/session")[1]["signed_in"], True)
        self.assertEqual(browser.send("POST", "/v1/api-keys", {"name": "", "scopes": []})[1]["code"], "E_USAGE")
        self.assertEqual(self.status(key, "GET", f"{address}/v1/channels"), 200)

    def test_a_forgotten_password_is_set_anew_at_the_machine(self):
        _, address = self.serve_at()
        self.cli("admin", "password", stdin="the first password\n")
        browser = Browser(address, self.canaries)
        self.assertEqual(browser.send("POST", "/v1/session", {"password": "the first password"})[0], 200)
        done = self.json_of("admin", "password", stdin=PASSWORD + "\n")
        self.assertEqual(done, {"changed": True})
        self.assertEqual(browser.send("GET", "/v1/channels")[0], 401)
        self.assertEqual(Browser(address, self.canaries).send("POST", "/v1/session", {"password": PASSWORD})[0], 200)
        for given in ("", "short\n"):
            self.assertEqual(self.cli("admin", "password", stdin=given, expect=2).error_code, "E_PASSWORD_RULE")

    def test_without_a_service_keys_and_password_are_made_as_well(self):
        self.cli("admin", "password", stdin=PASSWORD + "\n")
        key = self.make_key("--scope", "channels:read", "--scope", "token:read")
        process, address = self.serve_at()
        self.assertIn("Settings page: ", process.output)
        self.assertEqual(self.status(key, "GET", f"{address}/v1/channels"), 200)
        self.assertEqual(self.status(key, "DELETE", f"{address}/v1/channels/a"), 403)

    def test_a_key_for_one_channel_sees_no_other(self):
        service = self.serve()
        for name in ("cafe", "shop"):
            self.cli("channel", "import", name, "--token-stdin", stdin=self.mint("instagram")["access_token"])
        key = self.make_key("--scope", "channels:read,token:read", "--channel", "cafe")
        bearer = {"Authorization": f"Bearer {key}"}
        listed = ask("GET", f"{service.api}/v1/channels", headers=bearer)[1]
        self.assertEqual([channel["name"] for channel in listed["channels"]], ["cafe"])
        for path in ("", "/token", "/history", "/events"):
            self.assertEqual(ask("GET", f"{service.api}/v1/channels/cafe{path}", headers=bearer)[0], 200)
            self.assertEqual(ask("GET", f"{service.api}/v1/channels/shop{path}", headers=bearer)[0], 404)
        self.cli("channel", "remove", "cafe")
        self.assertEqual(self.status(key, "GET", f"{service.api}/v1/channels"), 401)

    def test_foreign_names_and_pages_get_nothing(self):
        _, address = self.serve_at(EVERLONG_PUBLIC_URL="https://everlong.example.org")
        key = self.make_key("--scope", "admin")
        bearer = {"Authorization": f"Bearer {key}"}
        for host, expected in (("evil.example", 421), ("127.0.0.1.evil.example", 421), ("everlong.example.org", 200)):
            for path, status in (("/healthz", 200), ("/v1/channels", 200)):
                answer = ask("GET", address + path, headers={**bearer, "Host": host})[0]
                self.assertEqual(answer, status if expected == 200 else 421, f"{host} {path}")
        body = {"name": "x", "scopes": ["admin"]}
        for origin, status in (("http://evil.example", 403), ("http://127.0.0.1:1", 403), ("null", 403)):
            self.assertEqual(ask("POST", f"{address}/v1/api-keys", body, headers={**bearer, "Origin": origin})[0], status)
        self.assertEqual(len(self.json_of("api-key", "list")["api_keys"]), 1)

    def test_guesses_are_held_up(self):
        _, address = self.serve_at()
        self.cli("admin", "password", stdin=PASSWORD + "\n")
        browser = Browser(address, self.canaries)
        answers = [browser.send("POST", "/v1/session", {"password": f"wrong password {i}"})[0] for i in range(6)]
        self.assertEqual(answers, [401] * 5 + [429])
        self.json_of("channel", "list")  # this machine is not held up

    def test_a_terminal_is_asked_twice_and_shows_nothing(self):
        def run(*typed):
            primary, secondary = pty.openpty()
            child = subprocess.Popen([PROGRAM, "admin", "password"], cwd=self.folder, env=self.environment,
                                     stdin=secondary, stdout=secondary, stderr=secondary, start_new_session=True,
                                     preexec_fn=lambda: __import__("fcntl").ioctl(0, __import__("termios").TIOCSCTTY, 0))
            os.close(secondary)
            said = ""
            waiting = list(typed)
            end = time.monotonic() + COMMAND_LIMIT_S
            while time.monotonic() < end:
                if not select.select([primary], [], [], 0.2)[0]:
                    if child.poll() is not None:
                        break
                    continue
                try:
                    said += os.read(primary, 4096).decode()
                except OSError:  # the far end is closed
                    break
                if waiting and said.count(": ") > len(typed) - len(waiting):
                    os.write(primary, waiting.pop(0).encode())
            code = child.wait(COMMAND_LIMIT_S)
            os.close(primary)
            self.outputs[f"terminal {len(self.outputs)}"] = said
            return code, said
        self.assertEqual(run(PASSWORD + "\n", PASSWORD + "\n")[0], 0)
        code, said = run(PASSWORD + "\n", PASSWORD + "r\n")
        self.assertEqual(code, 2)
        self.assertIn("E_PASSWORD_RULE", said)
        self.assertEqual(run("\x03")[0], 130)

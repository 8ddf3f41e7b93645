"""`channel connect`: both logins through the simulator's own dialog, with and without a service; a Facebook channel's whole
life; and what each person with trouble is told."""
import html
import http.client
import json
import os
import pty
import re
import signal
import stat
import subprocess
import unittest
import urllib.error
import urllib.parse
import urllib.request

from support import DAY_S, PROGRAM, EndToEnd, days_between, in_both_modes, wait_for

LOGINS = ("facebook", "instagram")
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # follows redirects; keeps no cookies


def fetch(address, accept="*/*"):
    """(status, final address, text) of a browser's way, redirects followed."""
    request = urllib.request.Request(address, headers={"Accept": accept})
    try:
        with OPENER.open(request, timeout=30) as answer:
            return answer.status, answer.geturl(), answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.geturl(), refusal.read().decode("utf-8", "replace")


class ConnectBase(EndToEnd):
    def connect(self, name="cafe", login="facebook", wishes="sandbox_auto=approve", arguments=(), expect=0, data=None):
        """Runs the command as a script would: takes the address from its output and opens it."""
        child = self.start("channel", "connect", name, "--login", login, *(() if self.has_service else ("--port", "0")),
                           *arguments)
        address = wait_for(lambda: next((line for line in child.output.splitlines() if line.startswith("http://")), None),
                           "the dialog's address")
        self.page = fetch(address + "&" + wishes)
        self.assertEqual(self.end_of(child), expect, self.hide(child.output))
        return child.output

    def end_of(self, child, seconds=30):
        """Its exit code, once it has ended by itself and all of its output is there."""
        code = child.child.wait(seconds)
        child.reader.join(2)
        return code

    def serve(self, environment=None):
        self.has_service = True
        return super().serve(environment)

    def sandbox(self):
        self.has_service = False
        return super().sandbox()

    def shown(self, name="cafe"):
        return self.cli("channel", "show", name, "--json", expect=None).json()


class Connect(ConnectBase):
    @in_both_modes
    def test_both_logins_become_healthy_channels(self):
        for login in LOGINS:
            output = self.connect(login, login)
            self.assertIn("Connected", output)
            status, address, text = self.page
            self.assertEqual(status, 200)
            self.assertNotIn("code=", address)
            self.assertNotIn("state=", address)
            self.assertIn("demo_cafe", text)
            channel = self.shown(login)
            self.assertEqual((channel["state"], channel["login"], channel["username"]), ("healthy", login, "demo_cafe"))
            self.assertEqual((channel["token"]["lifetime"], channel["token"]["missing_scopes"]), ("long", []))
            row = self.sim.token_state(channel["token"]["fingerprint"])
            self.assertGreater(days_between(self.sim.now(), row["expires_at"]), 59)

    @in_both_modes
    def test_json_prints_one_document_and_the_address_elsewhere(self):
        output = self.connect(login="instagram", arguments=("--json",))
        document = json.loads(next(line for line in output.splitlines() if line.startswith("{")))
        self.assertEqual((document["stage"], document["channel_state"]["state"]), ("connected", "healthy"))

    @in_both_modes
    def test_a_denial_is_told_and_leaves_nothing(self):
        for login in LOGINS:
            output = self.connect(login, login, wishes="sandbox_auto=deny", expect=1)
            self.assertIn("E_LOGIN_DENIED", output)
        self.assertEqual(self.json_of("channel", "list")["channels"], [])

    def test_the_address_can_be_pasted_back(self):
        self.serve()
        for login in LOGINS:
            child = self.popen("channel", "connect", login, "--login", login, "--paste")
            address = child.stdout.readline().strip()
            location = self.redirect_of(address + "&sandbox_auto=approve")
            self.assertIn("#_", location)
            out, err = child.communicate(location + "\n", timeout=30)
            self.assertEqual(child.returncode, 0, self.hide(out + err))
            self.assertEqual(self.shown(login)["state"], "healthy")

    def popen(self, *arguments):
        return subprocess.Popen([PROGRAM, *arguments], cwd=self.folder, env=self.environment, stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def redirect_of(self, address):
        parts = urllib.parse.urlsplit(address)
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
        connection.request("GET", parts.path + "?" + parts.query)
        answer = connection.getresponse()
        location = answer.getheader("Location")
        connection.close()
        self.assertEqual(answer.status, 302)
        return location

    @in_both_modes
    def test_an_interrupt_leaves_nothing_half_done(self):
        child = self.start("channel", "connect", "cafe", "--login", "facebook",
                           *(() if self.has_service else ("--port", "0")))
        address = wait_for(lambda: next((line for line in child.output.splitlines() if line.startswith("http://")), None),
                           "the dialog's address")
        child.child.send_signal(signal.SIGINT)
        self.assertEqual(self.end_of(child), 130, self.hide(child.output))
        if self.has_service:
            fetch(address + "&sandbox_auto=approve")
        self.assertEqual(self.json_of("channel", "list")["channels"], [])

    @in_both_modes
    def test_a_browser_is_led_on_without_the_address_among_its_arguments(self):
        # What a desktop has: xdg-open, a display, and a terminal that somebody looks at.
        tools, runtime, seen = (os.path.join(self.folder, name) for name in ("tools", "runtime", "seen"))
        for folder in (tools, runtime):
            os.makedirs(folder, 0o700, exist_ok=True)
        with open(os.path.join(tools, "xdg-open"), "w", encoding="ascii") as file:
            file.write(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{seen}.new"\nmv "{seen}.new" "{seen}"\n')
        os.chmod(file.name, 0o755)
        if os.path.exists(seen):
            os.remove(seen)
        ours, terminal = pty.openpty()
        child = subprocess.Popen(
            [PROGRAM, "channel", "connect", "cafe", "--login", "facebook",
             *(() if self.has_service else ("--port", "0"))],
            cwd=self.folder, stdin=subprocess.DEVNULL, stdout=terminal, stderr=subprocess.DEVNULL,
            env={**self.environment, "PATH": tools + ":" + os.environ["PATH"], "DISPLAY": ":7",
                 "XDG_RUNTIME_DIR": runtime})
        os.close(terminal)
        try:
            wait_for(lambda: os.path.exists(seen), "xdg-open")
            with open(seen, encoding="utf-8") as file:
                [page] = file.read().splitlines()
            self.assertEqual(os.path.dirname(page), runtime)
            self.assertEqual(stat.S_IMODE(os.stat(page).st_mode), 0o600)
            with open(page, encoding="utf-8") as file:
                targets = {html.unescape(found) for found in re.findall(r'(?:url=|href=")([^"]*)"', file.read())}
            self.assertEqual(len(targets), 1)
            [address] = targets
            self.assertIn("state=", address)
            self.page = fetch(address + "&sandbox_auto=approve")
            self.assertEqual(child.wait(30), 0)
            self.assertEqual(os.listdir(runtime), [])  # the page is gone
        finally:
            child.kill()
            child.wait()
            os.close(ours)
        self.assertEqual(self.shown()["state"], "healthy")

    def test_several_accounts_want_a_choice(self):
        self.serve()
        wishes = "sandbox_auto=approve&sandbox_person=Tina+Twopages"
        output = self.connect(wishes=wishes, expect=2)
        self.assertIn("E_ACCOUNT_CHOICE", output)
        self.assertIn("demo_bakery", output)
        self.connect(wishes=wishes, arguments=("--account", "demo_bistro"))
        self.assertEqual(self.shown()["username"], "demo_bistro")
        many = self.connect("many", wishes="sandbox_auto=approve&sandbox_person=Mona+Manypages",
                            arguments=("--account", "demo_shop_230"))
        self.assertIn("Connected", many)

    def test_each_person_with_trouble_is_told_what_it_is(self):
        self.serve()
        for person, words in (("Nora+Nopage", ("E_NO_ACCOUNT", "no Page")),
                              ("Paul+Personal", ("E_NO_ACCOUNT", "Paul's Page", "professional account")),
                              ("Petra+Portfolio", ("E_NO_ACCOUNT", "business_management"))):
            with self.subTest(person):
                output = self.connect(wishes=f"sandbox_auto=approve&sandbox_person={person}", expect=1)
                for word in words:
                    self.assertIn(word, output)
        self.connect(wishes="sandbox_auto=approve&sandbox_person=Petra+Portfolio",
                     arguments=("--permission", "business_management", "--account", "demo_portfolio"))
        self.assertEqual(self.shown()["username"], "demo_portfolio")

    def test_an_unticked_permission_is_told_by_what_is_lost(self):
        self.serve()
        output = self.connect(wishes="sandbox_auto=approve&sandbox_decline=instagram_content_publish")
        self.assertIn("nothing can be published", output)
        self.assertEqual(self.shown()["token"]["missing_scopes"], ["instagram_content_publish"])
        again = self.connect()
        self.assertIn("auth_type=rerequest", again)
        self.assertEqual(self.shown()["token"]["missing_scopes"], [])
        useless = self.connect("other", wishes="sandbox_auto=approve&sandbox_person=Tina+Twopages"
                                               "&sandbox_decline=instagram_basic", expect=1)
        self.assertIn("E_PERMISSION_MISSING", useless)
        self.assertIn("cannot even be read", useless)


class FacebookLife(ConnectBase):
    def test_from_connect_to_reconnect_with_everything_kept(self):
        self.serve()
        self.connect()
        first = self.shown()
        self.assertEqual(first["state"], "healthy")
        self.sim.advance(39 * DAY_S)
        self.settled()
        asked = self.shown()
        self.assertEqual((asked["state"], asked["needs_person"]), ("expiring", True))
        old = asked["token"]["fingerprint"]

        wrong = self.connect(wishes="sandbox_auto=approve&sandbox_person=Tina+Twopages", expect=1)
        for word in ("E_IDENTITY", "demo_cafe", "demo_bakery"):
            self.assertIn(word, wrong)
        self.assertEqual(self.shown()["token"]["fingerprint"], old)
        self.assertTrue(self.sim.token_state(old)["alive"])

        self.connect()
        after = self.shown()
        self.assertEqual((after["state"], after["created_at"], after["ig_user_id"]),
                         ("healthy", first["created_at"], first["ig_user_id"]))
        self.assertNotEqual(after["token"]["fingerprint"], old)
        self.assertGreaterEqual(len(self.json_of("token", "history", "cafe")["versions"]), 2)

    def test_a_stranger_cannot_be_made_to_connect(self):
        """Without a session nobody starts a login by the network."""
        service = self.serve()
        self.assertIsNotNone(service)
        status, _, text = fetch(self.address() + "/oauth/facebook/start?channel=cafe")
        self.assertEqual(status, 401, text)

    def test_removing_the_app_is_heard_at_once(self):
        """Meta's signed call has the channel looked at; the verdict is that of Meta's answer, ten minutes later."""
        self.serve()
        self.connect()
        self.sim.call("POST", "app", {"deauthorize_callback_url": self.address() + "/meta/deauthorize"})
        self.sim.event("app-removed")
        problem = wait_for(lambda: self.shown().get("problem"), "the channel is looked at", 30)
        self.assertEqual(problem["code"], "E_APP_REMOVED")
        self.assertNotEqual(self.shown()["state"], "dead", "one sighting is no verdict")
        self.sim.advance(11 * 60)
        wait_for(lambda: self.shown()["state"] == "dead", "the verdict", 30)
        self.connect()
        self.assertEqual(self.shown()["state"], "healthy")

    def address(self):
        process = self.processes[0]
        return next(word for line in process.output.splitlines() if line.startswith("Everlong listens on")
                    for word in line.split() if word.startswith("http://"))


if __name__ == "__main__":
    unittest.main()

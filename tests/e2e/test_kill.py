"""kill -9 at random instants of import, refresh and delivery: no token lost, no .env torn, none refreshed twice within
a day."""
import os
import random
import re
import time

from support import DAY_S, IS_LONG, EndToEnd, days_between, fingerprint, instant, listening, wait_for

# A fixed share of the 300 of the long run.
KILLS = 300 if IS_LONG else 60
SEED = int(os.environ.get("EVERLONG_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)


class Kill(EndToEnd):
    def setUp(self):
        super().setUp()
        self.random = random.Random(SEED)

    def note(self, text):
        print(f"       {text} (EVERLONG_SEED={SEED})")

    def whole(self, path, lines_before, lines_after):
        """The .env is whole: foreign lines as they were, one bare token on its line. Gives the token."""
        with open(path, encoding="utf-8", newline="") as file:
            text = file.read()
        match = re.fullmatch(re.escape(lines_before) + r"INSTAGRAM_ACCESS_TOKEN=([A-Za-z0-9_-]{20,})\n"
                             r"INSTAGRAM_USER_ID=\d+\n" + re.escape(lines_after), text)
        self.assertTrue(match, f"torn: {self.hide(text)!r}")
        self.canaries.add(match.group(1))
        return match.group(1)

    def no_second_refresh_within_a_day(self):
        """By the ledger: successes per token at least 24 hours apart."""
        last = {}
        for call in self.sim.ledger()["calls"]:
            if "refresh_access_token" not in call["path"] or call["status"] != 200:
                continue
            at, token = instant(call["at"]), call["token_fingerprint"]
            if token in last:
                self.assertGreaterEqual((at - last[token]).total_seconds(), DAY_S, f"{token} was refreshed twice in a day")
            last[token] = at
        return len(last)

    def test_refresh_and_delivery_under_the_service(self):
        self.sandbox()
        path = self.env_for(self.mint("instagram", lifetime="short"))
        self.cli("channel", "import", "cafe", "--env-file", path)

        def serve():
            return self.start("serve", "--port", "0")

        def renewed_in(process):
            """Seconds from start to a delivered renewal."""
            before, started = self.sim.token_state(fingerprint(self.token_in(path)))["expires_at"], time.monotonic()
            wait_for(lambda: self.alive_in(path)["expires_at"] != before, "a renewal", 20, pause=0.005)
            took = time.monotonic() - started
            self.assertTrue(process.is_running())
            return took

        self.sim.advance(9 * DAY_S + 3600)
        process = serve()
        usual = renewed_in(process)
        process.kill()
        kills = KILLS // 2
        for number in range(kills):
            with self.subTest(kill=number):
                self.sim.advance(9 * DAY_S + 3600)
                process = serve()
                time.sleep(self.random.uniform(0, 1.3 * usual))  # the random instant, not a wait for something
                process.kill()
                token = self.whole(path, "# before\n", "AFTER=1\n")
                self.assertTrue(self.sim.token_state(fingerprint(token))["alive"], "the token in .env is dead")
                # The next start makes it good: at once, or a day later where the answer was lost.
                process = serve()
                try:
                    listening(process, 1)
                    self.settled()
                    self.sim.advance(DAY_S + 3600)
                    self.settled()
                    row = self.alive_in(path)
                    self.assertGreater(days_between(self.sim.now(), row["expires_at"]), 57)
                    self.whole(path, "# before\n", "AFTER=1\n")
                    self.assertEqual(process.end(), 0)
                finally:
                    process.kill()
        channel = self.json_of("channel", "show", "cafe")
        self.assertEqual((channel["state"], channel["token"]["fingerprint"]), ("healthy", row["fingerprint"]))
        left = [name for name in os.listdir(os.path.dirname(path)) if name != ".env"]
        self.assertEqual(left, [], "temporary files are left behind")
        refreshed = self.no_second_refresh_within_a_day()
        self.note(f"{kills} kills of serve within {1.3 * usual * 1000:.0f} ms of its start, {refreshed} refreshes")

    def test_refresh_by_command(self):
        self.sandbox()
        path = self.env_for(self.mint("instagram", lifetime="short"))
        self.cli("channel", "import", "cafe", "--env-file", path)
        self.sim.advance(2 * DAY_S)
        started = time.monotonic()
        self.cli("token", "refresh", "cafe", "--now")
        usual = time.monotonic() - started
        kills = KILLS // 4
        for number in range(kills):
            with self.subTest(kill=number):
                self.sim.advance(2 * DAY_S)
                process = self.start("token", "refresh", "cafe", "--now")
                time.sleep(self.random.uniform(0, 1.2 * usual))
                process.kill()
                token = self.whole(path, "# before\n", "AFTER=1\n")
                self.assertTrue(self.sim.token_state(fingerprint(token))["alive"])
        # The first finishes what the last kill left, the second is a renewal of its own.
        for _ in range(2):
            self.sim.advance(2 * DAY_S)
            self.cli("token", "refresh", "cafe", "--now")
        row = self.alive_in(path)
        self.assertGreater(days_between(self.sim.now(), row["expires_at"]), 59)
        refreshed = self.no_second_refresh_within_a_day()
        self.note(f"{kills} kills of token refresh within {1.2 * usual * 1000:.0f} ms, {refreshed} refreshes")

    def test_import(self):
        self.sandbox()
        kills = KILLS - KILLS // 2 - KILLS // 4
        started = time.monotonic()
        self.cli("channel", "import", "first", "--env-file", self.env_for(self.mint("instagram", lifetime="short"), "x/.env"))
        usual = time.monotonic() - started
        for number in range(kills):
            with self.subTest(kill=number):
                name = f"cafe-{number}"
                wishes = {"lifetime": "short"} if number % 2 else {"age_s": 5 * DAY_S}
                minted = self.mint("instagram", account=f"cafe_{number}", **wishes)
                path = self.env_for(minted, f"{name}/.env")
                process = self.start("channel", "import", name, "--env-file", path)
                time.sleep(self.random.uniform(0, 1.2 * usual))
                process.kill()
                token = self.whole(path, "# before\n", "AFTER=1\n")
                self.assertTrue(self.sim.token_state(fingerprint(token))["alive"])
                self.cli("channel", "import", name, "--env-file", path)
                row = self.alive_in(path)
                self.assertNotEqual(row["expires_at"], None)
                self.assertEqual(self.json_of("channel", "show", name)["token"]["fingerprint"], row["fingerprint"])
                left = [entry for entry in os.listdir(os.path.dirname(path)) if entry != ".env"]
                self.assertEqual(left, [], "temporary files are left behind")
        # A channel whose first answer was lost is renewed a day later; none is left short-lived.
        service = self.start("serve", "--port", "0")
        self.sim.advance(2 * DAY_S)
        self.settled()
        for number in range(kills):
            row = self.alive_in(os.path.join(self.folder, f"cafe-{number}/.env"))
            self.assertGreater(days_between(self.sim.now(), row["expires_at"]), 50)
        service.end()
        self.no_second_refresh_within_a_day()
        self.note(f"{kills} kills of channel import within {1.2 * usual * 1000:.0f} ms")

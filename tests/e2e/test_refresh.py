"""`token refresh`: what moves the end of a token's life, what does not, and who is told."""
from support import DAY_S, EndToEnd, days_between, in_both_modes


class Refresh(EndToEnd):
    def adopted(self, login, **wishes):
        path = self.env_for(self.mint(login, **wishes))
        self.cli("channel", "import", "cafe", "--env-file", path)
        return path

    @in_both_modes
    def test_instagram_moves_the_end(self):
        path = self.adopted("instagram", lifetime="short")
        before = self.alive_in(path)["expires_at"]
        self.sim.advance(2 * DAY_S)
        self.cli("token", "refresh", "cafe", "--now")
        after = self.alive_in(path)["expires_at"]
        self.assertAlmostEqual(days_between(before, after), 2, delta=0.1)
        self.assertEqual(self.json_of("channel", "show", "cafe")["token"]["expires_at"][:16], after[:16])

    @in_both_modes
    def test_expiring_system_user_moves_the_end(self):
        path = self.adopted("facebook", kind="system-user", age_s=5 * DAY_S)
        before = self.alive_in(path)["expires_at"]
        self.cli("token", "refresh", "cafe", "--now")
        after = self.alive_in(path)["expires_at"]
        self.assertAlmostEqual(days_between(before, after), 5, delta=0.1)

    def test_not_due_changes_nothing(self):
        self.serve()
        path = self.adopted("instagram", lifetime="short")
        before = self.token_in(path)
        said = self.cli("token", "refresh", "cafe")
        self.assertEqual(self.token_in(path), before)
        self.assertTrue(said.said.strip(), "it says that nothing is due")

    def test_too_young_is_refused_by_the_rule_of_24_hours(self):
        self.serve()
        self.adopted("instagram", lifetime="short")
        self.sim.advance(3600)
        calls = len(self.sim.ledger()["calls"])
        done = self.cli("token", "refresh", "cafe", "--now", expect=3)
        self.assertEqual(done.error_code, "E_TOO_YOUNG")
        asked = [c for c in self.sim.ledger()["calls"][calls:] if "refresh_access_token" in c["path"]]
        self.assertLessEqual(len(asked), 1)

    def test_facebook_gives_the_time_left_and_says_so(self):
        self.serve()
        path = self.adopted("facebook", age_s=10 * DAY_S)
        before = self.alive_in(path)["expires_at"]
        done = self.cli("token", "refresh", "cafe", "--now", expect=1)
        self.assertEqual(done.error_code, "E_NOT_EXTENDED")
        self.assertLess(abs(days_between(before, self.alive_in(path)["expires_at"])), 0.1)

    def test_facebook_asks_for_a_person_21_days_ahead_and_not_before(self):
        self.serve()
        path = self.adopted("facebook")
        self.sim.advance(38 * DAY_S)
        self.settled()
        channel = self.json_of("channel", "show", "cafe")
        self.assertEqual(channel["state"], "healthy", channel["reason"])
        self.sim.advance(DAY_S + 3600)
        self.settled()
        channel = self.json_of("channel", "show", "cafe", expect=None)
        self.assertEqual(channel["state"], "expiring", channel["reason"])
        self.assertIn("cafe", self.cli("status", expect=None).out)
        self.assertEqual(self.json_of("status", expect=None)["channels"][0]["state"], "expiring")
        self.alive_in(path)
        self.sim.advance(22 * DAY_S)
        self.assertEqual(self.json_of("channel", "show", "cafe", expect=None)["state"], "dead")
        with open(path, encoding="utf-8") as file:
            self.assertIn("INSTAGRAM_ACCESS_TOKEN=EAA", file.read(), "a dead token is not wiped")

    def test_never_expiring_is_only_watched(self):
        self.serve()
        path = self.adopted("facebook", kind="system-user", lifetime="never")
        done = self.cli("token", "refresh", "cafe", "--now", expect=None)
        self.assertEqual(done.error_code, "E_NOT_RENEWABLE")
        self.sim.advance(100 * DAY_S)
        self.settled()
        self.alive_in(path)
        self.assertEqual(self.json_of("channel", "show", "cafe")["state"], "healthy")

    def test_a_changed_password_is_a_verdict_only_when_seen_twice(self):
        self.serve()
        path = self.adopted("instagram", lifetime="short")
        self.sim.event("password-changed")
        self.sim.advance(9 * DAY_S + 3600)
        self.settled()
        self.assertNotEqual(self.json_of("channel", "show", "cafe", expect=None)["state"], "dead", "seen once")
        self.sim.advance(DAY_S)
        self.settled()
        self.sim.advance(DAY_S)
        self.settled()
        channel = self.json_of("channel", "show", "cafe", expect=None)
        self.assertEqual(channel["state"], "dead")
        with open(path, encoding="utf-8") as file:
            self.assertRegex(file.read(), r"INSTAGRAM_ACCESS_TOKEN=IG\w{20,}", "a dead token is not wiped")

    def test_a_lost_reply_loses_no_token(self):
        """The refresh happens at Meta, its reply never arrives; the old token goes on, and is renewed later."""
        self.serve()
        path = self.adopted("instagram", lifetime="short")
        self.sim.faults([{"match": {"path": "refresh_access_token"}, "times": 1, "fault": {"kind": "drop-after"}}])
        self.sim.advance(9 * DAY_S + 3600)
        self.settled()
        self.alive_in(path)
        self.sim.advance(2 * DAY_S)
        self.settled()
        row = self.alive_in(path)
        self.assertGreater(days_between(self.sim.now(), row["expires_at"]), 57)

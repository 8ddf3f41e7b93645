"""A year under `serve` without a person: the .env holds a living token on every day, and no dead one is ever used."""
from support import DAY_S, EndToEnd, Trouble, fingerprint

YEAR_DAYS = 365


class Year(EndToEnd):
    def live(self, step_days, outage=range(0)):
        """Lives a year in steps; `outage`: the days on which Meta answers 503 to everything."""
        service = self.serve()
        paths = {}
        for name, login, wishes in (("instagram", "instagram", {"lifetime": "short"}),
                                    ("system-user", "facebook", {"kind": "system-user"})):
            paths[name] = self.env_for(self.mint(login, **wishes), f"{name}/.env")
            self.cli("channel", "import", name, "--env-file", paths[name])
        calls_before = len(self.sim.ledger()["calls"])
        is_down, renewals = False, {name: 0 for name in paths}
        ends = {name: self.alive_in(path)["expires_at"] for name, path in paths.items()}
        day = 0
        while day < YEAR_DAYS:
            step = min(step_days, YEAR_DAYS - day)
            day += step
            if is_down != (day in outage):
                is_down = day in outage
                self.sim.faults([{"match": {}, "fault": {"kind": "status", "status": 503}}] if is_down else [])
            self.sim.advance(step * DAY_S)
            for path in paths.values():
                self.alive_in(path)
            self.settled()
            rows = {t["fingerprint"]: t for t in self.sim.state()["tokens"]}
            for name, path in paths.items():
                row = rows.get(fingerprint(self.token_in(path)))
                if not row or not row["alive"]:
                    raise Trouble(f"day {day}: {name}/.env holds no living token")
                renewals[name] += row["expires_at"] != ends[name]
                ends[name] = row["expires_at"]
        self.assertTrue(service.process.is_running())
        calls = self.sim.ledger()["calls"][calls_before:]
        dead = [c for c in calls if c["token_alive"] is False]
        self.assertEqual(dead, [], "calls with a dead token")
        if not outage:
            refused = [c for c in calls if c["status"] != 200]
            self.assertEqual(refused, [], "calls that Meta refused")
        self.assertEqual([c["state"] for c in self.json_of("channel", "list")["channels"]], ["healthy", "healthy"])
        print(f"       {YEAR_DAYS} days in steps of {step_days}: renewals {renewals}, {len(calls)} calls to Meta"
              + (f", {len(outage)} days of 503" if outage else ""))
        return renewals

    def test_in_steps_of_one_day(self):
        for name, count in self.live(1).items():
            self.assertTrue(365 // 10 <= count <= 365 // 7, f"{name}: {count} renewals in a year")

    def test_in_steps_of_nine_days(self):
        for name, count in self.live(9).items():
            self.assertEqual(count, 40, f"{name}: a machine that wakes every nine days renews at each wake")

    def test_with_meta_down_for_45_days(self):
        self.live(1, outage=range(150, 195))

    def test_in_steps_of_nine_days_with_meta_down_for_45_days(self):
        self.live(9, outage=range(150, 195))

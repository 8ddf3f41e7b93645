"""`serve` and `sandbox` as processes: addresses, ends, locks; commands beside them."""
import os
import signal
import stat
import time

from support import DAY_S, EndToEnd, Simulator, fingerprint, http, in_both_modes, is_simulator, listening, wait_for

END_LIMIT_S = 10


class Lifetime(EndToEnd):
    def test_serve_ends_on_each_signal_with_exit_0(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number.name):
                service = self.serve()
                started = time.monotonic()
                self.assertEqual(service.end(number, END_LIMIT_S), 0)
                self.assertLess(time.monotonic() - started, END_LIMIT_S)

    def test_sandbox_ends_on_each_signal_with_exit_0(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number.name):
                self.assertEqual(self.sandbox().end(number, END_LIMIT_S), 0)

    def test_serve_ends_in_time_while_meta_is_silent(self):
        self.sandbox()
        path = self.env_for(self.mint("instagram", lifetime="short"))
        self.cli("channel", "import", "cafe", "--env-file", path)
        service = self.start("serve", "--port", "0")
        listening(service, 1)
        self.sim.faults([{"match": {}, "times": 5, "fault": {"kind": "delay", "ms": 60000}}])
        self.sim.advance(10 * DAY_S)
        wait_for(lambda: self.sim.call("GET", "faults")["faults"][0]["times_left"] < 5, "the service has called Meta")
        self.assertEqual(service.end(signal.SIGTERM, END_LIMIT_S), 0)
        self.alive_in(path)

    def test_second_service_on_the_same_data_is_refused(self):
        self.serve()
        done = self.cli("serve", "--port", "0", expect=4)
        self.assertEqual(done.error_code, "E_ALREADY_RUNNING")

    def test_a_simulator_does_not_start_beside_channels_of_another_app(self):
        self.sandbox()
        path = self.env_for(self.mint("instagram"))
        self.cli("channel", "import", "cafe", "--env-file", path)
        done = self.cli("serve", "--sandbox", "--port", "0", "--sandbox-port", "0", expect=2,
                        environment={"INSTAGRAM_APP_ID": "300000000000003"})
        self.assertEqual(done.error_code, "E_PLATFORM")
        self.assertIn("'cafe'", done.said)
        self.alive_in(path)

    def test_data_directory_is_private(self):
        self.serve()
        self.assertEqual(stat.S_IMODE(os.stat(self.data).st_mode), 0o700)
        for name in os.listdir(self.data):
            path = os.path.join(self.data, name)
            if os.path.isfile(path):
                self.assertEqual(stat.S_IMODE(os.stat(path).st_mode) & 0o077, 0, f"{name} is open to others")

    def test_health_and_readiness(self):
        service = self.serve()
        self.assertEqual(http("GET", f"{service.api}/healthz")[0], 200)
        self.assertEqual(http("GET", f"{service.api}/readyz")[0], 200)
        self.assertEqual(http("GET", f"{service.api}/nothing-here")[0], 404)
        for host in ("evil.example", "evil.example:8000", "127.0.0.1.evil.example", "localhost@evil.example"):
            with self.subTest(host):
                status, problem = http("GET", f"{service.api}/healthz", headers={"Host": host})
                self.assertEqual((status, problem["code"]), (421, "E_HTTP_HOST"))
        for host in ("localhost", "localhost:1", "127.0.0.1"):
            self.assertEqual(http("GET", f"{service.api}/healthz", headers={"Host": host})[0], 200)

    def test_a_taken_port_is_said(self):
        service = self.serve()
        port = service.api.rsplit(":", 1)[1]
        other = os.path.join(self.folder, "other")
        done = self.cli("serve", "--port", port, environment={"EVERLONG_DATA": other}, expect=4)
        self.assertEqual(done.error_code, "E_PORT_TAKEN")

    def test_restart_finds_everything_again(self):
        self.sandbox()
        path = self.env_for(self.mint("instagram", lifetime="short"))
        self.cli("channel", "import", "cafe", "--env-file", path)
        for _ in range(3):
            process = self.start("serve", "--port", "0")
            address = listening(process, 1)[0]
            wait_for(lambda a=address: http("GET", f"{a}/readyz")[0] == 200, "/readyz")
            self.assertEqual(self.json_of("channel", "show", "cafe")["token"]["fingerprint"],
                             fingerprint(self.token_in(path)))
            self.assertEqual(process.end(), 0)

    def test_a_wrong_master_key_is_refused_before_any_write(self):
        self.sandbox()
        self.cli("channel", "import", "cafe", "--env-file", self.env_for(self.mint("instagram")))
        key = os.path.join(self.data, "master.key")
        with open(key, encoding="utf-8") as file:
            good = file.read()
        other = os.path.join(self.folder, "other-data")
        self.cli("channel", "list", environment={"EVERLONG_DATA": other})
        with open(os.path.join(other, "master.key"), encoding="utf-8") as file:
            wrong = file.read()
        for name, content, code in (("another key", wrong, "E_KEY_MISMATCH"), ("cut", good[:10], "E_KEY_FORMAT"),
                                    ("none", None, "E_KEY_MISSING")):
            with self.subTest(name):
                os.remove(key)
                if content is not None:
                    with open(key, "w", encoding="utf-8") as file:
                        file.write(content)
                    os.chmod(key, 0o600)
                self.assertEqual(self.cli("channel", "list", expect=4).error_code, code)
                self.assertEqual(os.path.exists(key), content is not None, "a key was made beside old data")
                with open(key, "w", encoding="utf-8") as file:
                    file.write(good)
                os.chmod(key, 0o600)
        os.chmod(key, 0o644)
        done = self.cli("channel", "list", expect=4)
        self.assertEqual(done.error_code, "E_PERMISSIONS")
        self.assertIn("chmod", done.said)
        os.chmod(key, 0o600)
        self.assertEqual(len(self.json_of("channel", "list")["channels"]), 1)


class Sandbox(EndToEnd):
    def test_speaks_by_path_and_by_host(self):
        self.sandbox()
        minted = self.mint("instagram")
        bearer = {"Authorization": f"Bearer {minted['access_token']}"}
        for address, headers in ((f"{self.sim.address}/graph.instagram.com/v25.0/me?fields=user_id", {}),
                                 (f"{self.sim.address}/v25.0/me?fields=user_id", {"Host": "graph.instagram.com"})):
            status, answer = http("GET", address, headers={**bearer, **headers})
            self.assertEqual((status, answer["user_id"]), (200, minted["ig_user_id"]))

    def test_control_calls_say_what_was_wrong(self):
        self.sandbox()
        for path, body in (("token", {}), ("token", {"login": "myspace"}), ("clock", {"advance_s": "much"}),
                           ("event", {"type": "flood"}), ("faults", [{"fault": {"kind": "mice"}}])):
            with self.subTest(path=path, body=body):
                status, answer = http("POST", f"{self.sim.address}/_sandbox/{path}", body)
                self.assertEqual(status // 100, 4)
                self.assertTrue(answer["error"])

    def test_one_advance_moves_both_clocks(self):
        service = self.serve()
        path = self.env_for(self.mint("instagram", lifetime="short"))
        self.cli("channel", "import", "cafe", "--env-file", path)
        self.sim.advance(70 * DAY_S)
        self.assertEqual(self.json_of("channel", "show", "cafe", expect=None)["state"], "dead")
        self.assertTrue(service.process.is_running())

    def test_reset_forgets(self):
        self.sandbox()
        minted = self.mint("instagram")
        self.sim.advance(5 * DAY_S)
        self.sim.call("POST", "reset")
        self.assertIsNone(self.sim.token_state(fingerprint(minted["access_token"])))
        self.assertEqual([c for c in self.sim.ledger()["calls"]], [])

    def test_is_a_simulator_of_its_own(self):
        first, second = self.start("sandbox", "--port", "0"), self.start("sandbox", "--port", "0")
        addresses = [listening(p, 1)[0] for p in (first, second)]
        self.assertNotEqual(*addresses)
        for address in addresses:
            wait_for(lambda a=address: is_simulator(a), address)
            self.simulators.append(Simulator(address))


class Commands(EndToEnd):
    @in_both_modes
    def test_a_tour(self):
        """Every command of a channel's life, its words and its one JSON document."""
        path = self.env_for(self.mint("instagram", lifetime="short"))
        self.cli("channel", "import", "cafe", "--env-file", path)
        listed = self.json_of("channel", "list")
        self.assertEqual(([c["name"] for c in listed["channels"]], listed["next"]), (["cafe"], None))
        shown = self.json_of("channel", "show", "cafe")
        for field in ("name", "login", "state", "reason", "ig_user_id", "username", "account_type", "token",
                      "last_refresh_at", "next_refresh_at", "posts_at_risk"):
            self.assertIn(field, shown)
        for field in ("kind", "lifetime", "fingerprint", "issued_at", "expires_at", "data_access_expires_at", "scopes",
                      "missing_scopes", "version"):
            self.assertIn(field, shown["token"])
        first = self.token_in(path)
        self.sim.advance(2 * DAY_S)
        self.cli("token", "refresh", "cafe", "--now")
        second = self.token_in(path)
        got = self.cli("token", "get", "cafe", shows_token=True)
        self.assertEqual(got.out, second + "\n")
        history = self.json_of("token", "history", "cafe")
        self.assertIn(fingerprint(second), str(history))
        if first != second:
            self.assertIn(fingerprint(first), str(history))
            self.cli("token", "rollback", "cafe")
            self.assertEqual(self.token_in(path), first)
        inspected = self.json_of("token", "inspect", "cafe")
        self.assertIn(fingerprint(self.token_in(path)), str(inspected))
        self.json_of("token", "inspect", "--env-file", path)
        self.json_of("status")
        for command in (("channel", "list"), ("channel", "show", "cafe"), ("token", "history", "cafe"), ("status",),
                        ("token", "inspect", "cafe")):
            self.assertTrue(self.cli(*command).out.strip())
        self.cli("channel", "remove", "cafe")
        self.assertEqual(self.json_of("channel", "list")["channels"], [])
        self.alive_in(path)

    @in_both_modes
    def test_unknown_names_and_wrong_usage(self):
        for arguments in (("channel", "show", "nobody"), ("channel", "remove", "nobody"), ("token", "refresh", "nobody"),
                          ("token", "get", "nobody"), ("token", "history", "nobody"), ("token", "rollback", "nobody"),
                          ("token", "inspect", "nobody")):
            with self.subTest(" ".join(arguments)):
                self.assertEqual(self.cli(*arguments, expect=2).error_code, "E_CHANNEL_UNKNOWN")
        for arguments in (("nonsense",), ("channel",), ("channel", "nonsense"), ("channel", "import"), ("token",),
                          ("serve", "--port", "many"), ("serve", "--port", "70000"), ("channel", "list", "--bogus")):
            with self.subTest(" ".join(arguments)):
                self.cli(*arguments, expect=2)

    def test_version_and_help(self):
        self.assertRegex(self.cli("--version").out, r"\d+\.\d+\.\d+")
        for arguments in ((), ("serve",), ("sandbox",), ("channel",), ("channel", "import"), ("token",),
                          ("token", "refresh"), ("run",), ("status",)):
            with self.subTest(" ".join(arguments)):
                self.assertIn("--help", self.cli(*arguments, "--help").out)

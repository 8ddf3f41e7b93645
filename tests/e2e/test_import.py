"""`channel import`: what a token from somebody's .env becomes, and what is refused with which cause."""
import os

from support import DAY_S, EndToEnd, days_between, fingerprint, in_both_modes

HOUR_S = 3600


class Import(EndToEnd):
    def adopt(self, minted, name="cafe", expect=0):
        path = self.env_for(minted, f"{name}/.env")
        done = self.cli("channel", "import", name, "--env-file", path, expect=expect)
        return path, done

    def expect_long(self, path, name="cafe", kind="instagram-user", at_least_days=59):
        row = self.alive_in(path)
        self.assertGreater(days_between(self.sim.now(), row["expires_at"]), at_least_days)
        channel = self.json_of("channel", "show", name)
        self.assertEqual(channel["state"], "healthy", channel["reason"])
        self.assertEqual(channel["token"]["kind"], kind)
        self.assertEqual(channel["token"]["lifetime"], "long")
        self.assertEqual(channel["token"]["fingerprint"], row["fingerprint"])
        self.assertLess(abs(days_between(channel["token"]["expires_at"], row["expires_at"])), 0.01)
        return channel

    @in_both_modes
    def test_short_lived_instagram_token_becomes_long_lived(self):
        minted = self.mint("instagram", lifetime="short")
        path, done = self.adopt(minted)
        self.assertNotEqual(self.token_in(path), minted["access_token"])
        channel = self.expect_long(path)
        self.assertEqual(channel["login"], "instagram")
        self.assertEqual(channel["ig_user_id"], minted["ig_user_id"])
        self.assertIn(fingerprint(self.token_in(path)), done.said)

    @in_both_modes
    def test_short_lived_facebook_token_becomes_long_lived(self):
        minted = self.mint("facebook", lifetime="short")
        path, _ = self.adopt(minted)
        self.assertNotEqual(self.token_in(path), minted["access_token"])
        channel = self.expect_long(path, kind="user")
        self.assertEqual(channel["login"], "facebook")
        self.assertEqual(channel["token"]["missing_scopes"], [])

    def test_long_lived_instagram_token_is_adopted_and_renewed(self):
        self.serve()
        minted = self.mint("instagram", age_s=30 * DAY_S)
        path, _ = self.adopt(minted)
        self.expect_long(path)

    def test_long_lived_facebook_token_is_adopted_as_it_is(self):
        self.serve()
        minted = self.mint("facebook", age_s=10 * DAY_S)
        path, _ = self.adopt(minted)
        self.assertEqual(self.token_in(path), minted["access_token"])
        self.expect_long(path, kind="user", at_least_days=49)

    def test_system_user_tokens_are_adopted(self):
        self.serve()
        for lifetime, name in (("long", "expiring"), ("never", "endless")):
            with self.subTest(lifetime):
                minted = self.mint("facebook", kind="system-user", lifetime=lifetime)
                path, _ = self.adopt(minted, name)
                self.assertEqual(self.token_in(path), minted["access_token"])
                channel = self.json_of("channel", "show", name)
                self.assertEqual((channel["token"]["kind"], channel["token"]["lifetime"], channel["state"]),
                                 ("system-user", lifetime, "healthy"))
                self.assertEqual(channel["token"]["expires_at"] is None, lifetime == "never")

    def test_young_instagram_token_is_kept_though_meta_refuses_to_refresh_it(self):
        """Long-lived but younger than a day: exchange and refresh are refused, /me works."""
        self.serve()
        minted = self.mint("instagram", age_s=HOUR_S)
        path, _ = self.adopt(minted)
        self.assertEqual(self.token_in(path), minted["access_token"])
        self.sim.advance(25 * HOUR_S)
        self.settled()
        self.expect_long(path)

    def test_the_id_is_written_where_none_was_given(self):
        self.serve()
        minted = self.mint("instagram")
        path = self.write_env(f"A=1\nINSTAGRAM_ACCESS_TOKEN={minted['access_token']}\n")
        self.cli("channel", "import", "cafe", "--env-file", path)
        with open(path, encoding="utf-8") as file:
            self.assertIn(f"\nINSTAGRAM_USER_ID={minted['ig_user_id']}\n", file.read())

    def test_from_standard_input(self):
        self.serve()
        minted = self.mint("instagram", lifetime="short")
        self.cli("channel", "import", "cafe", "--token-stdin", stdin=minted["access_token"] + "\n")
        got = self.cli("token", "get", "cafe", shows_token=True).out.strip()
        self.canaries.add(got)
        row = self.sim.token_state(fingerprint(got))
        self.assertTrue(row["alive"])
        self.assertGreater(days_between(self.sim.now(), row["expires_at"]), 59)

    def test_importing_again_changes_nothing(self):
        self.serve()
        minted = self.mint("instagram", lifetime="short")
        path, _ = self.adopt(minted)
        first = self.token_in(path)
        self.cli("channel", "import", "cafe", "--env-file", path)
        self.assertEqual(self.token_in(path), first)
        self.assertEqual(len(self.json_of("channel", "list")["channels"]), 1)


class ImportRepairs(EndToEnd):
    """What people paste, and what it becomes: the bare token, every other byte as it was."""

    def test_pasted_values_are_cleaned(self):
        self.serve()
        cases = {
            "double quotes": '"{}"', "single quotes": "'{}'", "trailing blank": "{} ", "leading blank": " {}",
            "quotes and a blank": '"{} "', "Bearer": '"Bearer {}"', "access_token=": "access_token={}",
            "carriage return": "{}\r",
        }
        for number, (name, form) in enumerate(cases.items()):
            with self.subTest(name):
                minted = self.mint("instagram", lifetime="short", account=f"cafe_{number}")
                before = "# settings\nA='x y'  # kept\n"
                path = self.write_env(before + "INSTAGRAM_ACCESS_TOKEN=" + form.format(minted["access_token"]) +
                                      f"\nINSTAGRAM_USER_ID={minted['ig_user_id']}\nexport B=2", f"{number}/.env")
                self.cli("channel", "import", f"cafe-{number}", "--env-file", path)
                self.alive_in(path)
                with open(path, encoding="utf-8", newline="") as file:
                    text = file.read()
                self.assertTrue(text.startswith(before), "lines before it have changed")
                self.assertTrue(text.endswith("\nexport B=2"), "lines after it have changed")

    def test_says_what_was_wrong(self):
        self.serve()
        minted = self.mint("instagram", lifetime="short")
        path = self.write_env(f'INSTAGRAM_ACCESS_TOKEN="{minted["access_token"]} "\n'
                              f"INSTAGRAM_USER_ID={minted['ig_user_id']}\n")
        said = self.cli("channel", "import", "cafe", "--env-file", path).said.lower()
        self.assertIn("quot", said)
        self.assertIn("blank", said)

    def test_mode_is_kept(self):
        self.serve()
        path = self.env_for(self.mint("instagram", lifetime="short"))
        os.chmod(path, 0o640)
        self.cli("channel", "import", "cafe", "--env-file", path)
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o640)


class ImportRefuses(EndToEnd):
    """A refusal names its cause, and leaves .env and store as they were."""

    def refuse(self, path, code, exit_code, name="cafe"):
        before = None
        if os.path.isfile(path):
            with open(path, "rb") as file:
                before = (file.read(), os.stat(path).st_mtime_ns, os.stat(path).st_ino)
        done = self.cli("channel", "import", name, "--env-file", path, expect=None)
        self.assertEqual((done.error_code, done.code), (code, exit_code), self.hide(done.said))
        if before:
            with open(path, "rb") as file:
                self.assertEqual((file.read(), os.stat(path).st_mtime_ns, os.stat(path).st_ino), before)
        self.assertEqual(self.json_of("channel", "list")["channels"], [])
        with_json = self.cli("channel", "import", name, "--env-file", path, "--json", expect=exit_code)
        self.assertIn(code, str(with_json.json()))

    def test_an_expired_token(self):
        self.serve()
        for login in ("instagram", "facebook"):
            with self.subTest(login):
                minted = self.mint(login, age_s=61 * DAY_S)
                self.refuse(self.env_for(minted, f"{login}/.env"), "E_TOKEN_EXPIRED", 1)

    def test_tokens_of_a_wrong_kind(self):
        self.serve()
        for kind in ("page", "app"):
            with self.subTest(kind):
                minted = self.mint("facebook", kind=kind)
                path = self.write_env(f"INSTAGRAM_ACCESS_TOKEN={minted['access_token']}\n", f"{kind}/.env")
                self.refuse(path, "E_TOKEN_KIND", 1)

    def test_a_token_of_another_app(self):
        """The configured app is not the one that issued the token."""
        self.serve()
        minted = self.mint("facebook", app_id="300000000000003")
        self.refuse(self.env_for(minted), "E_TOKEN_FOREIGN", 1)

    def test_a_username_in_place_of_the_id(self):
        self.serve()
        for login in ("instagram", "facebook"):
            with self.subTest(login):
                minted = self.mint(login)
                account = next(a for a in self.sim.state()["accounts"] if a["ig_user_id"] == minted["ig_user_id"])
                path = self.write_env(f"INSTAGRAM_ACCESS_TOKEN={minted['access_token']}\n"
                                      f"INSTAGRAM_USER_ID={account['username']}\n", f"{login}/.env")
                self.refuse(path, "E_ACCOUNT_ID", 1)
                said = self.cli("channel", "import", "cafe", "--env-file", path, expect=1).said
                self.assertIn(minted["ig_user_id"], said, "the right number is named")

    def test_the_id_of_the_page(self):
        self.serve()
        minted = self.mint("facebook")
        path = self.write_env(f"INSTAGRAM_ACCESS_TOKEN={minted['access_token']}\nINSTAGRAM_USER_ID={minted['page_id']}\n")
        self.refuse(path, "E_ACCOUNT_ID", 1)

    def test_malformed_files(self):
        self.serve()
        cases = {
            "no key": ("A=1\n", "E_TOKEN_MISSING"),
            "empty value": ("INSTAGRAM_ACCESS_TOKEN=\n", "E_TOKEN_MISSING"),
            "only blanks": ("INSTAGRAM_ACCESS_TOKEN='  '\n", "E_TOKEN_MISSING"),
            "empty file": ("", "E_TOKEN_MISSING"),
            "open quote": ('INSTAGRAM_ACCESS_TOKEN="IGAAabc\nB=1\n', "E_ENV_SYNTAX"),
            "a sentence": ("INSTAGRAM_ACCESS_TOKEN=put your token here\n", "E_TOKEN_MALFORMED"),
            "cut short": ("INSTAGRAM_ACCESS_TOKEN=IGAA\n", "E_TOKEN_MALFORMED"),
        }
        for number, (name, (text, code)) in enumerate(cases.items()):
            with self.subTest(name):
                self.refuse(self.write_env(text, f"{number}/.env"), code, 2)

    def test_what_is_no_env_file(self):
        self.serve()
        absent = os.path.join(self.folder, "absent/.env")
        self.refuse(absent, "E_ENV_UNREADABLE", 2)
        folder = os.path.join(self.folder, "folder/.env")
        os.makedirs(folder)
        self.refuse(folder, "E_ENV_UNREADABLE", 2)
        large = self.write_env("A=" + "x" * (2 << 20) + "\n", "large/.env")
        self.refuse(large, "E_ENV_TOO_LARGE", 2)

    def test_a_token_that_meta_does_not_know(self):
        self.serve()
        for number, token in enumerate(("IGAA" + "k3Xq9" * 12, "EAA" + "k3Xq9" * 12)):
            with self.subTest(token[:4]):
                path = self.write_env(f"INSTAGRAM_ACCESS_TOKEN={token}\n", f"{number}/.env")
                self.refuse(path, "E_TOKEN_MALFORMED", 2)

    def test_a_bad_channel_name(self):
        self.serve()
        path = self.env_for(self.mint("instagram"))
        for name in ("Cafe", "a b", "", "x" * 65, "../up"):
            with self.subTest(name):
                done = self.cli("channel", "import", "--env-file", path, "--", name, expect=2)
                self.assertIn(done.error_code, ("E_CHANNEL_NAME", "E_USAGE"))

    def test_a_token_in_argv_is_not_taken(self):
        self.serve()
        done = self.cli("channel", "import", "cafe", "--token", "IGAA-never-here", expect=2)
        self.assertNotIn("Traceback", done.said)

    def test_meta_out_of_reach(self):
        """Nothing listens there: exit 3, and the file is untouched."""
        self.sandbox()
        minted = self.mint("instagram")
        path = self.env_for(minted)
        self.sim.faults([{"match": {}, "fault": {"kind": "status", "status": 503}}])
        self.refuse(path, "E_UPSTREAM", 3)
        self.sim.faults([{"match": {}, "fault": {"kind": "html", "status": 200}}])
        self.refuse(path, "E_UPSTREAM_SHAPE", 3)
        self.sim.faults([])
        self.cli("channel", "import", "cafe", "--env-file", path)
        self.alive_in(path)

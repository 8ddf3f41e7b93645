"""`doctor`: each thing that can be wrong is named by its check and cause; --fix mends what needs no person."""
import json
import os
import random
import signal
import subprocess
import time

from support import APP_ENVIRONMENT, DAY_S, PROGRAM, EndToEnd, fingerprint, read_env

YEAR_S = 365 * DAY_S
CHECKS = ["env-file", "token-present", "token-format", "token-valid", "token-app", "token-kind", "token-lifetime",
          "token-expiry", "data-access", "permissions", "account-id", "account-kind", "publish-quota", "clock",
          "delivery"]
FACEBOOK = ["instagram_basic", "pages_show_list", "pages_read_engagement", "instagram_content_publish"]
INSTAGRAM = ["instagram_business_basic", "instagram_business_content_publish"]
ISSUING = ("/oauth/access_token", "/access_token", "/refresh_access_token")


class DoctorCase(EndToEnd):
    def setUp(self):
        super().setUp()
        self.sandbox()

    def env_of(self, token, account, name="backend/.env"):
        return self.write_env(f"# before\nINSTAGRAM_ACCESS_TOKEN={token}\nINSTAGRAM_USER_ID={account}\nAFTER=1\n", name)

    def examine(self, path, *more, **options):
        options.setdefault("expect", None)
        document = self.json_of("doctor", "--env-file", path, *more, **options)
        self.assertEqual([check["id"] for check in document["checks"]], CHECKS)
        for check in document["checks"]:
            self.assertIn(check["status"], ("pass", "warn", "fail", "skip"))
            if check["status"] in ("warn", "fail"):
                self.assertTrue(check["cause"] and check["remedy"] and check["message"], check)
        self.assertEqual(document["healthy"], all(c["status"] != "fail" for c in document["checks"]))
        return document

    def check(self, document, name):
        return next(check for check in document["checks"] if check["id"] == name)

    def failing(self, document):
        return {c["id"]: c["cause"] for c in document["checks"] if c["status"] == "fail"}

    def expect(self, path, name, cause, **options):
        """The check fails with that cause, and looking has changed nothing."""
        with open(path, "rb") as file:
            before = file.read()
        issued = len(self.issuing())
        document = self.examine(path, **options)
        check = self.check(document, name)
        self.assertEqual((check["status"], check["cause"]), ("fail", cause),
                         json.dumps([(c["id"], c["status"], c["cause"], c["what_happened"])
                                     for c in document["checks"]], indent=1))
        with open(path, "rb") as file:
            self.assertEqual(file.read(), before, "doctor without --fix has written to the file")
        self.assertEqual(len(self.issuing()), issued, "doctor without --fix has asked Meta to issue a token")
        return document

    def issuing(self):
        return [c for c in self.sim.ledger()["calls"] if c["path"].endswith(ISSUING)]

    def mend(self, path, expect_healthy=True):
        """--fix, and then a second run that has nothing left to mend."""
        fixed = self.examine(path, "--fix")
        again = self.examine(path)
        if expect_healthy:
            self.assertEqual(self.failing(fixed), {})
            self.assertEqual(self.failing(again), {})
        self.assertFalse([c["id"] for c in again["checks"] if c["status"] == "fail" and c["fixable"]])
        return fixed


class DoctorNames(DoctorCase):
    def test_a_healthy_env_of_each_login(self):
        for login in ("facebook", "instagram"):
            with self.subTest(login):
                path = self.env_for(self.mint(login, age_s=2 * DAY_S), f"{login}/.env")
                document = self.examine(path, expect=0)
                self.assertEqual(self.failing(document), {})
                for name in ("env-file", "token-present", "token-format", "token-valid", "token-kind", "permissions",
                             "account-id", "account-kind", "publish-quota", "clock"):
                    self.assertEqual(self.check(document, name)["status"], "pass", name)
                self.assertEqual(document["account"]["username"], "demo_cafe")

    def test_damage_of_the_value(self):
        for login in ("facebook", "instagram"):
            minted = self.mint(login, age_s=2 * DAY_S)
            token = minted["access_token"]
            half = len(token) // 2
            cases = {"quotes": (f'"{token}"', "quotes"), "single quotes": (f"'{token}'", "quotes"),
                     "trailing blank": (f"{token} ", "blanks"),
                     "line break inside": (f"{token[:half]}\n{token[half:]}", "line-break"),
                     "access_token=": (f"access_token={token}", "prefix-access-token"),
                     "Bearer": (f"Bearer {token}", "prefix-bearer")}
            for name, (value, damage) in cases.items():
                with self.subTest(login=login, damage=name):
                    path = self.env_of(value, minted["ig_user_id"], f"{login}-{name}/.env")
                    document = self.expect(path, "token-format", "token-malformed", expect=1)
                    check = self.check(document, "token-format")
                    self.assertIn(damage, check["evidence"]["damage"])
                    self.assertEqual(check["remedy"], "re-enter-token")
                    self.assertTrue(check["fixable"])
                    self.assertEqual(self.check(document, "token-valid")["status"], "pass")
                    fixed = self.mend(path)
                    self.assertTrue(self.check(fixed, "token-format")["fixed"])
                    self.alive_in(path)
                    with open(path, encoding="utf-8") as file:
                        text = file.read()
                    self.assertTrue(text.startswith("# before\nINSTAGRAM_ACCESS_TOKEN="), text[:30])
                    self.assertTrue(text.endswith(f"\nINSTAGRAM_USER_ID={minted['ig_user_id']}\nAFTER=1\n"))

    def test_a_cut_token(self):
        for login in ("facebook", "instagram"):
            with self.subTest(login):
                minted = self.mint(login)
                path = self.env_of(minted["access_token"][:-20], minted["ig_user_id"], f"{login}/.env")
                self.expect(path, "token-valid", "token-malformed", expect=1)

    def test_no_token_and_a_placeholder(self):
        self.expect(self.write_env("OTHER=1\n"), "token-present", "token-missing", expect=1)
        self.expect(self.env_of("", "1", "empty/.env"), "token-present", "token-missing", expect=1)
        path = self.env_of("your-long-lived-access-token-here", "1", "placeholder/.env")
        self.expect(path, "token-format", "token-malformed", expect=1)

    def test_a_file_that_cannot_be_used(self):
        document = self.examine(os.path.join(self.folder, "nowhere/.env"), expect=2)
        self.assertEqual(self.check(document, "env-file")["status"], "fail")

    def test_page_and_app_tokens(self):
        minted = self.mint("facebook", kind="page")
        path = self.env_of(minted["access_token"], minted["ig_user_id"])
        self.expect(path, "token-kind", "wrong-token-kind", expect=1)
        path = self.env_of(f"{APP_ENVIRONMENT['META_APP_ID']}|{APP_ENVIRONMENT['META_APP_SECRET']}", "1", "app/.env")
        self.expect(path, "token-kind", "wrong-token-kind", expect=1)

    def test_a_short_lived_token_is_exchanged(self):
        minted = self.mint("facebook", lifetime="short")
        path = self.env_for(minted)
        document = self.expect(path, "token-lifetime", "wrong-token-kind", expect=1)
        self.assertTrue(self.check(document, "token-lifetime")["fixable"])
        fixed = self.mend(path)
        self.assertTrue(self.check(fixed, "token-lifetime")["fixed"])
        self.assertEqual(fixed["token"]["lifetime"], "long")
        self.assertNotEqual(self.alive_in(path)["fingerprint"], minted["fingerprint"])
        self.assertEqual(self.json_of("channel", "list")["channels"], [])

    def test_ends_of_a_login(self):
        for login in ("facebook", "instagram"):
            for event, cause in (("password-changed", "password-changed"), ("app-removed", "app-removed")):
                with self.subTest(login=login, event=event):
                    minted = self.mint(login, account=f"{login}-{event}".replace("-", "_"))
                    self.sim.event(event, account=f"{login}-{event}".replace("-", "_"))
                    path = self.env_for(minted, f"{login}-{event}/.env")
                    self.expect(path, "token-valid", cause, expect=1)
                    self.mend(path, expect_healthy=False)
            with self.subTest(login=login, event="expired"):
                path = self.env_for(self.mint(login, age_s=70 * DAY_S), f"{login}-expired/.env")
                self.expect(path, "token-valid", "token-expired", expect=1)

    def test_what_stands_in_place_of_the_id(self):
        other = self.mint("facebook", account="somebody_else")
        state = self.sim.state()
        personal = next(a for a in state["accounts"] if a["account_type"] == "PERSONAL")
        for login in ("facebook", "instagram"):
            minted = self.mint(login, age_s=2 * DAY_S)
            page = next(a["page_id"] for a in state["accounts"] if a["ig_user_id"] == minted["ig_user_id"])
            cases = {"username": "demo_cafe", "another person's": other["ig_user_id"],
                     "personal": personal["ig_user_id"], "Page": page, "quoted username": '"demo_cafe"', "nothing": ""}
            for name, value in cases.items():
                with self.subTest(login=login, given=name):
                    path = self.env_of(minted["access_token"], value, f"{login}-{name}/.env")
                    document = self.expect(path, "account-id", "wrong-account-id", expect=1)
                    self.assertTrue(self.check(document, "account-id")["fixable"])
                    fixed = self.mend(path)
                    self.assertTrue(self.check(fixed, "account-id")["fixed"])
                    self.assertEqual(read_env(path)["INSTAGRAM_USER_ID"], minted["ig_user_id"])

    def test_a_personal_account(self):
        for login in ("facebook", "instagram"):
            with self.subTest(login):
                minted = self.mint(login, account="demo_personal")
                path = self.env_for(minted, f"{login}/.env")
                self.expect(path, "account-kind", "account-not-professional", expect=1)

    def test_two_accounts_are_a_persons_choice(self):
        minted = self.mint("facebook", account="demo_bakery")
        path = self.env_of(minted["access_token"], "demo_bakery")
        document = self.expect(path, "account-id", "wrong-account-id", expect=1)
        self.assertFalse(self.check(document, "account-id")["fixable"])
        self.mend(path, expect_healthy=False)
        self.assertEqual(read_env(path)["INSTAGRAM_USER_ID"], "demo_bakery")

    def test_a_wrong_app_secret(self):
        path = self.env_for(self.mint("facebook"))
        self.expect(path, "token-app", "app-credentials-invalid", expect=1,
                    environment={"META_APP_SECRET": "not-the-secret"})

    def test_a_wrong_app_secret_of_the_instagram_login_shows_when_it_is_used(self):
        path = self.env_for(self.mint("instagram", lifetime="short"))
        fixed = self.examine(path, "--fix", expect=1, environment={"INSTAGRAM_APP_SECRET": "not-the-secret"})
        self.assertEqual(self.failing(fixed), {"token-app": "app-credentials-invalid"})

    def test_each_missing_permission_alone(self):
        for login, required in (("facebook", FACEBOOK), ("instagram", INSTAGRAM)):
            for missing in required:
                with self.subTest(missing):
                    scopes = [scope for scope in required if scope != missing]
                    minted = self.mint(login, scopes=scopes, age_s=2 * DAY_S)
                    path = self.env_for(minted, f"{missing}/.env")
                    document = self.expect(path, "permissions", "missing-permission", expect=1)
                    check = self.check(document, "permissions")
                    self.assertEqual(check["evidence"]["missing"], [missing])
                    self.assertIn(missing, check["message"])

    def test_meta_cannot_be_reached(self):
        path = self.env_for(self.mint("instagram"))
        self.expect(path, "token-valid", "transient-upstream", expect=3,
                    environment={"EVERLONG_META": "http://127.0.0.1:1", "EVERLONG_CLOCK": ""})
        self.sim.faults([{"match": {}, "fault": {"kind": "html"}}])
        self.expect(path, "token-valid", "transient-upstream", expect=3)
        self.sim.faults([])

    def test_a_clock_a_year_off(self):
        self.sim.advance(YEAR_S)
        path = self.env_for(self.mint("facebook"))
        document = self.expect(path, "clock", "clock-wrong", expect=1, environment={"EVERLONG_CLOCK": ""})
        self.assertEqual(self.failing(document), {"clock": "clock-wrong"})
        self.assertLess(self.check(document, "clock")["evidence"]["seconds_off"], -364 * DAY_S)


class DoctorElsewhere(DoctorCase):
    def test_a_pasted_token(self):
        minted = self.mint("instagram", age_s=2 * DAY_S)
        document = self.json_of("doctor", "--token-stdin", stdin=f'"{minted["access_token"]}"\n', expect=1)
        self.assertEqual(self.failing(document), {"token-format": "token-malformed"})
        document = self.json_of("doctor", "--token-stdin", "--id", "demo_cafe", stdin=minted["access_token"], expect=1)
        self.assertEqual(self.failing(document), {"account-id": "wrong-account-id"})

    def test_without_arguments(self):
        self.cli("doctor", expect=2)
        path = self.env_for(self.mint("instagram"))
        self.json_of("doctor", expect=0)
        self.cli("channel", "import", "cafe", "--env-file", path)
        os.remove(path)
        document = self.json_of("doctor", expect=1)
        self.assertEqual([c["channel"] for c in document["channels"]], ["cafe"])
        self.assertIn("cafe", self.cli("doctor", expect=1).out)

    def test_a_channel_and_its_delivery(self):
        path = self.env_for(self.mint("instagram", lifetime="short"))
        old = read_env(path)["INSTAGRAM_ACCESS_TOKEN"]
        self.cli("channel", "import", "cafe", "--env-file", path)
        document = self.json_of("doctor", "cafe", expect=0)
        self.assertEqual(self.failing(document), {})
        self.assertEqual(self.check(document, "delivery")["status"], "pass")
        current = self.token_in(path)
        for name, text in {"quoted": f'INSTAGRAM_ACCESS_TOKEN="{current}"\nINSTAGRAM_USER_ID=1\n', "empty": "A=1\n",
                           "cut": f"INSTAGRAM_ACCESS_TOKEN={current[:-30]}\n"}.items():
            with self.subTest(name):
                self.write_env(text)
                document = self.json_of("doctor", "cafe", expect=1)
                self.assertEqual(self.failing(document), {"delivery": "delivery-outdated"})
                fixed = self.json_of("doctor", "cafe", "--fix", expect=0)
                self.assertTrue(self.check(fixed, "delivery")["fixed"])
                self.assertEqual(self.token_in(path), current)
        self.assertNotEqual(old, current)

    def test_a_token_that_somebody_put_there_stays(self):
        path = self.env_for(self.mint("instagram", age_s=2 * DAY_S))
        self.cli("channel", "import", "cafe", "--env-file", path)
        other = self.mint("instagram", age_s=3 * DAY_S)
        self.env_for(other)
        document = self.json_of("doctor", "cafe", "--fix", expect=1)
        self.assertFalse(self.check(document, "delivery")["fixable"])
        self.assertEqual(self.token_in(path), other["access_token"])

    def test_a_dead_channel(self):
        path = self.env_for(self.mint("facebook"))
        self.cli("channel", "import", "cafe", "--env-file", path)
        self.sim.event("password-changed")
        document = self.json_of("doctor", "cafe", expect=1)
        self.assertEqual(self.failing(document), {"token-valid": "password-changed"})
        self.assertEqual(self.token_in(path), self.token_in(path))

    def test_a_channel_that_nobody_knows(self):
        self.assertEqual(self.cli("doctor", "nobody", expect=2).error_code, "E_CHANNEL_UNKNOWN")


class DoctorReports(DoctorCase):
    def test_a_report_holds_nothing_secret_and_nobodys_name(self):
        minted = self.mint("facebook", lifetime="short")
        token = minted["access_token"]
        # The token once more where the id belongs, and in a comment.
        path = self.write_env(f"# {token}\nINSTAGRAM_ACCESS_TOKEN='Bearer {token}'\nINSTAGRAM_USER_ID={token}\n")
        report = os.path.join(self.folder, "report.txt")
        self.cli("doctor", "--env-file", path, "--report", report, expect=1)
        self.assertEqual(os.stat(report).st_mode & 0o777, 0o600)
        with open(report, encoding="utf-8") as file:
            text = file.read()
        for secret in (token[8:40], APP_ENVIRONMENT["META_APP_SECRET"], "demo_cafe", minted["ig_user_id"],
                       self.folder):
            self.assertNotIn(secret, text)
        self.assertIn(fingerprint(token), text)
        for name in CHECKS:
            self.assertIn(name, text)


class DoctorIsKilled(DoctorCase):
    def test_the_file_holds_a_living_token_whenever_it_is_killed(self):
        seed = int(os.environ.get("EVERLONG_SEED", "7"))
        chance = random.Random(seed)
        for number in range(12):
            login = ("facebook", "instagram")[number % 2]
            with self.subTest(seed=seed, number=number):
                minted = self.mint(login, lifetime="short")
                path = self.env_of(f'"{minted["access_token"]}"', minted["ig_user_id"], f"{number}/.env")
                child = subprocess.Popen([PROGRAM, "doctor", "--env-file", path, "--fix"], cwd=self.folder,
                                         env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                time.sleep(chance.uniform(0.0, 0.25))  # when to kill it, not something to wait for
                child.send_signal(signal.SIGKILL)
                child.wait()
                value = read_env(path)["INSTAGRAM_ACCESS_TOKEN"].strip('"')
                self.canaries.add(value)
                self.assertTrue(self.sim.token_state(fingerprint(value))["alive"])
                self.mend(path)
                self.alive_in(path)
                self.assertEqual(self.json_of("channel", "list")["channels"], [])

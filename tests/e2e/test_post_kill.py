"""kill -9 of the service and of commands while posts of every kind go out: none lost, none twice, also where a second
publish call would double it. The simulator is a process of its own and lives on."""
import http.client
import os
import random
import signal
import threading
import time
import unittest
from collections import Counter
from datetime import timedelta

from fault_proxy import COMMENT, MEDIA, POINTS, PUBLISH, QUOTA, UPLOAD, FaultProxy, Strike
from planned import Planned
from support import IS_LONG, Trouble, instant, listening, wait_for
from test_posts import media

# A fixed share of the 3,000 of the long run.
KILLS = 3000 if IS_LONG else 300
COMMAND_KILLS = KILLS // 10
SERVE_KILLS = KILLS - COMMAND_KILLS
SEED = int(os.environ.get("EVERLONG_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)

STEP_S = 20           # of virtual time between two kills of the service
POSTS_A_STEP = 2
KILLS_A_FIRE = 6       # in every so many kills a post is made
POSTS_AN_ACCOUNT = 40  # below the quota of a day
# What was not struck so long after its first call to Meta, or its start where it makes none, is killed where it stands.
AFTER_CALL_S = 0.2
AFTER_START_S = 1.5
AIMS = (("publish", PUBLISH),) * 5 + (("media", MEDIA),) * 3 + (("upload", UPLOAD),) * 2 + (
    ("quota", QUOTA), ("comment", COMMENT), ("any call", None), ("any call", None))
COMMAND_AIMS = (("publish", PUBLISH),) * 3 + (("media", MEDIA),) * 2 + (("quota", QUOTA), ("any call", None))


class Aim:
    """Kills a process at a point of the n-th call of a kind that passes the wire."""

    def __init__(self, chance, aims):
        self.name, self.call = chance.choice(aims)
        self.nth = chance.randint(1, 2 if self.call else 20)
        self.point = chance.choice(POINTS)
        self.at = chance.randint(0, 2000)
        self.pause = chance.uniform(0, 0.003) if self.point == "after" else 0
        self.pid = None
        self.has_struck = False
        self.called_at = None  # when the first call to Meta passed

    def rule(self, request):
        if self.pid is None or self.has_struck or request.path.startswith("/_sandbox"):
            return None
        self.called_at = self.called_at or time.monotonic()
        if self.call is not None and not request.is_call(*self.call):
            return None
        self.nth -= 1
        if self.nth > 0:
            return None
        self.has_struck = True
        return Strike(self.point, self.kill, self.at)

    def kill(self):
        if self.pause:
            time.sleep(self.pause)  # the random instant after an answer
        try:
            os.kill(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


class Kills(Planned):
    def setUp(self):
        super().setUp()
        self.random = random.Random(SEED)
        self.sandbox()
        self.proxy = FaultProxy(self.sim.address)
        self.addCleanup(self.proxy.close)
        self.environment["EVERLONG_META"] = self.proxy.address
        self.struck = Counter()

    def note(self, text):
        print(f"       {text} (EVERLONG_SEED={SEED})")

    def kill_by(self, aim, process):
        """Kills it at the aim, else where it is when its time is over."""
        aim.pid = process.child.pid
        started = time.monotonic()

        def is_over():
            now = time.monotonic()
            return not process.is_running() or now > started + AFTER_START_S or (
                aim.called_at is not None and not aim.has_struck and now > aim.called_at + AFTER_CALL_S)
        wait_for(is_over, "its end", 2 * AFTER_START_S, pause=0.005)
        hit = aim.has_struck and process.child.poll() is not None
        process.kill()
        self.struck[f"{aim.name} {aim.point}" if hit else "elsewhere"] += 1


class Service(Kills):
    def test_serve(self):
        """SERVE_KILLS, in three parts: a second publish call is refused, doubles the post, answers with the same id."""
        count = SERVE_KILLS * POSTS_A_STEP
        fire = SERVE_KILLS // KILLS_A_FIRE
        self.connect_accounts(max(4, (count + fire) // POSTS_AN_ACCOUNT + 1))
        process = self.serve_beside()
        listening(process, 1)
        self.make_key()
        app = self.app(process)
        self.bring_samples(app)
        marks = self.plan(app, count)
        process.kill()
        self.pending = []  # posts whose making was cut off: (key, body)
        for number in range(SERVE_KILLS):
            if number * 3 % SERVE_KILLS < 3:
                self.sim.call("POST", "switches", {"second_publish": ("error", "doubles", "same-id")[number * 3 // SERVE_KILLS]})
            self.sim.advance(STEP_S)
            aim = Aim(self.random, AIMS)
            self.proxy.rule = aim.rule
            process = self.serve_beside()
            aim.pid = process.child.pid
            if number % KILLS_A_FIRE == 0:
                self.make_under_fire(process, number, marks)
            self.kill_by(aim, process)
        self.assertGreater(sum(self.struck.values()) - self.struck["elsewhere"], SERVE_KILLS // 10, "the aims do not strike")
        self.proxy.rule = lambda request: None
        process = self.serve_beside()
        app = self.app(process)
        for key, body in self.pending:
            status, answer, _ = app.call("POST", "/v1/posts", body, {"Idempotency-Key": key})
            self.assertIn(status, (200, 201), answer)
        self.drive_to_the_end(app)
        posts = self.all_posts(app)
        states = self.check_each_once(posts, marks)
        asked, retried = self.settle_all(app, posts)
        self.assertEqual(process.end(), 0)
        self.note(f"{SERVE_KILLS} kills of serve, {len(posts)} posts: {dict(states)}; {asked} settled by a command, {retried} "
                  f"tried again, then each is live once")
        self.note(f"where they struck: {dict(sorted(self.struck.items()))}")

    def plan(self, app, count):
        start, rows, marks = instant(self.sim.now()), [], []
        for number in range(count):
            at = start + timedelta(seconds=STEP_S * (number / POSTS_A_STEP + 1) + 300)
            row, mark = self.row_of_kind(app, number, self.channels[number % len(self.channels)],
                                         at.strftime("%Y-%m-%dT%H:%M:%SZ"))
            rows.append(row)
            marks.append(mark)
        for begin in range(0, count, 4000):
            self.import_rows(app, rows[begin:begin + 4000])
        return marks

    def make_under_fire(self, process, number, marks):
        """A post is made while the service is killed; what was not confirmed is sent again, with the same key."""
        body = {"channel": self.random.choice(self.channels), "kind": "image", "caption": f"made under fire {number}",
                "media": [{"file": self.files["red.jpg"]}]}
        self.pending.append((f"fire-{number}", body))
        marks.append(body["caption"])
        try:
            app = self.app(process)
            killer = threading.Timer(self.random.uniform(0, 0.03), process.child.kill)
            killer.start()
            for key, waiting in list(self.pending):
                status, answer, _ = app.call("POST", "/v1/posts", waiting, {"Idempotency-Key": key})
                self.assertIn(status, (200, 201), answer)
                self.pending.remove((key, waiting))
        except (OSError, ValueError, Trouble, http.client.HTTPException):
            pass  # the service was killed before it answered


class Command(Kills):
    KINDS = (("--image", "red.jpg"), ("--carousel", "red.jpg", "blue.jpg"), ("--reel", "clip.mp4"),
             ("--image", "red.jpg", "--first-comment", "first"))
    STEP_S = 200  # of virtual time: what was cut off is looked into while the next ones are made

    def test_create_and_wait(self):
        """`post create --wait` without a service, killed and given again with the same key."""
        self.connect_accounts(max(2, COMMAND_KILLS // POSTS_AN_ACCOUNT + 1))
        marks, commands = [], []
        for number in range(COMMAND_KILLS):
            self.sim.advance(self.STEP_S)
            caption = f"command {number}"
            marks.append(caption)
            flags = [media(word) if word.endswith((".jpg", ".mp4")) else word for word in self.KINDS[number % len(self.KINDS)]]
            commands.append(("post", "create", self.channels[number % len(self.channels)], *flags, "--caption", caption,
                             "--idempotency-key", f"command-{number}"))
            aim = Aim(self.random, COMMAND_AIMS)
            self.proxy.rule = aim.rule
            self.kill_by(aim, self.start(*commands[-1], "--wait"))
        self.proxy.rule = lambda request: None
        process = self.serve_beside()
        listening(process, 1)
        self.make_key()
        app = self.app(process)
        for command in commands:
            self.cli(*command, expect=None)
        self.drive_to_the_end(app)
        posts = self.all_posts(app)
        states = self.check_each_once(posts, marks)
        asked, retried = self.settle_all(app, posts)
        self.note(f"{COMMAND_KILLS} kills of post create --wait: {dict(states)}; {asked} settled by a command, {retried} tried "
                  f"again, then each is live once")
        self.note(f"where they struck: {dict(sorted(self.struck.items()))}")


if __name__ == "__main__":
    unittest.main()

"""A service that is frozen (Ctrl-Z, a debugger, a host that stops its guests) around its publish call and goes on hours later:
what was asked of Meta is not asked twice, and nothing goes out hours late unasked."""
import os
import signal
import threading

from fault_proxy import ANSWERED, BEFORE, PUBLISH, SENT, FaultProxy, Strike
from planned import Planned
from support import listening, wait_for

HOURS_S = 3 * 3600
LIMIT_S = 60


class Freeze(Planned):
    def setUp(self):
        super().setUp()
        self.sandbox()
        self.sim.call("POST", "switches", {"second_publish": "doubles"})
        self.proxy = FaultProxy(self.sim.address)
        self.addCleanup(self.proxy.close)
        self.environment["EVERLONG_META"] = self.proxy.address
        self.connect_accounts(1)
        self.process = self.serve_beside()
        listening(self.process, 1)
        self.make_key()
        self.application = self.app(self.process)
        self.bring_samples(self.application)

    def signal(self, number):
        os.kill(self.process.child.pid, number)

    def post_and_freeze(self, call, point):
        """The service is stopped at that point of its first such call; hours pass at Meta; it goes on. Gives the post's id."""
        is_frozen, may_go_on = threading.Event(), threading.Event()

        def freeze():
            self.signal(signal.SIGSTOP)
            is_frozen.set()
            may_go_on.wait(LIMIT_S)

        def rule(request):
            if is_frozen.is_set() or not request.is_call(*call):
                return None
            return Strike(point, freeze, cuts=False)
        self.proxy.rule = rule
        status, post, _ = self.application.call("POST", "/v1/posts", {
            "channel": self.channels[0], "kind": "image", "caption": "frozen", "media": [{"file": self.files["red.jpg"]}]})
        self.assertEqual(status, 201, post)
        self.assertTrue(is_frozen.wait(LIMIT_S), "the call was never made")
        if point == SENT:
            wait_for(lambda: self.live_by_mark()["frozen"], "the post on the account")
        self.sim.advance(HOURS_S)
        self.signal(signal.SIGCONT)
        may_go_on.set()
        self.drive_to_the_end(self.application)
        return post["id"]

    def story(self, post_id):
        status, post, _ = self.application.call("GET", f"/v1/posts/{post_id}")
        self.assertEqual(status, 200, post)
        return post

    def check_published_once(self, point):
        post = self.story(self.post_and_freeze(PUBLISH, point))
        live = self.live_by_mark()["frozen"]
        self.assertEqual(len(live), 1)
        self.assertEqual((post["state"], post["media_id"]), ("published", live[0]["id"]), post)

    def test_when_the_call_has_left(self):
        self.check_published_once(SENT)

    def test_when_the_answer_is_there(self):
        self.check_published_once(ANSWERED)

    def test_while_the_call_is_under_way(self):
        self.check_published_once(BEFORE)

    def test_before_the_call(self):
        """What is asked of a container is answered hours later: the misfire rule, not the old plan, decides."""
        post = self.story(self.post_and_freeze(("GET", r"/\d+/content_publishing_limit"), BEFORE))
        self.assertEqual((post["state"], post["cause"]), ("held", "overdue"), post)
        self.assertEqual(self.live_by_mark()["frozen"], [])
        self.cli("post", "retry", post["id"])
        self.drive_to_the_end(self.application)
        self.assertEqual(len(self.live_by_mark()["frozen"]), 1)

    def test_commands_say_that_it_is_silent(self):
        self.signal(signal.SIGSTOP)
        try:
            done = self.cli("status", expect=4)
            self.assertEqual(done.error_code, "E_ALREADY_RUNNING")
            self.assertIn("does not answer", done.said)
        finally:
            self.signal(signal.SIGCONT)
        self.cli("status")

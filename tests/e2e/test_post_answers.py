"""What people are told of posts that need them, and what they may answer."""
from support import EndToEnd, instant, wait_for
from test_posts import media


class PostAnswers(EndToEnd):
    def connect(self, **wishes):
        minted = self.mint("instagram", **wishes)
        self.cli("channel", "import", "cafe", "--token-stdin", stdin=minted["access_token"])

    def create(self, *flags):
        return self.json_of("post", "create", "cafe", "--image", media("red.jpg"), *flags)

    def test_a_word_that_nothing_stands_for_is_checked_told_and_taken_back(self):
        self.serve()
        self.connect()
        calm = self.cli("status")
        self.assertIn("Nothing needs a person.", calm.out)
        # The call never arrives, and until lists have had their lag nobody can tell.
        self.sim.faults([{"match": {"method": "POST", "path": "media_publish"}, "fault": {"kind": "drop-before"}}])
        post = self.create("--caption", "lost")
        wait_for(lambda: self.json_of("post", "show", post["id"], expect=None)["state"] == "uncertain", "it is in doubt")
        for command, expected in ((("status",), "1 post uncertain"), (("channel", "show", "cafe"), "1 post uncertain")):
            told = self.cli(*command, expect=1)
            self.assertIn(expected, told.out)
            self.assertIn("everlong post list cafe --state uncertain", told.out)
            self.assertNotIn("Nothing needs a person", told.out)
        self.assertEqual(self.json_of("status", expect=1)["channels"][0]["posts_uncertain"], 1)

        settle = ("post", "settle", post["id"])
        refused = self.cli(*settle, "--published", "--media-id", "123", expect=2)
        self.assertIn("123", refused.err)
        self.sim.faults([{"match": {}, "fault": {"kind": "status", "status": 503}}])
        self.cli(*settle, "--published", "--media-id", "123", expect=3)
        self.assertEqual(self.json_of("post", "show", post["id"], expect=1)["state"], "uncertain")
        self.sim.faults([])
        settled = self.json_of(*settle, "--published")
        self.assertEqual((settled["state"], [f["rule"] for f in settled["findings"]]), ("published", ["medium-unknown"]))
        shown = self.cli("post", "show", post["id"]).out
        self.assertIn("none of the account's media could be it", shown)
        self.assertNotIn("fault of its own", shown)
        taken_back = self.json_of(*settle, "--not-published")
        self.assertEqual((taken_back["state"], taken_back["findings"]), ("failed", []))
        self.assertIn("1 post failed", self.cli("status", expect=1).out)
        self.cli("post", "retry", post["id"], "--wait")
        live = self.json_of("post", "show", post["id"])
        self.assertEqual([m["id"] for m in self.sim.ledger()["media"]], [live["media_id"]])
        self.cli("status")

    def test_a_comment_that_may_not_be_made_leaves_the_address_alone(self):
        self.serve()
        self.connect(scopes=["instagram_business_basic", "instagram_business_content_publish"])
        post = self.create("--first-comment", "#cats", "--wait")
        self.assertEqual(post["state"], "published")
        self.assertTrue(post["permalink"])
        self.assertIn("first-comment-missing", [f["rule"] for f in post["findings"]])
        self.assertIsNone(post["title"])
        self.assertNotIn("what happened", self.cli("post", "show", post["id"]).out)

    def test_a_wait_gives_the_address_and_no_look_lies_in_the_past(self):
        self.serve()
        self.connect()
        before = self.sim.now()
        post = self.create()
        self.assertGreaterEqual(instant(post["next_attempt_at"]), instant(before))
        waited = self.create("--wait")
        self.assertEqual((waited["state"], bool(waited["permalink"])), ("published", True))

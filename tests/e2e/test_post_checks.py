"""What is said before a post is stored of what would keep it from going out: the channel, the quota, the permissions."""
import unittest

from support import DAY_S, instant, wait_for
from test_posts import Posts, media


class Checks(Posts):
    def check(self, *arguments, expect=0):
        return self.json_of("post", "create", "cafe", *arguments, "--check", expect=expect)

    def rules(self, answer):
        return {(finding["rule"], finding["severity"]) for finding in answer["findings"]}

    def test_a_dead_channel_is_named(self):
        self.serve()
        minted = self.mint("instagram", lifetime="short")
        self.cli("channel", "import", "cafe", "--token-stdin", stdin=minted["access_token"])
        self.sim.advance(70 * DAY_S)
        self.assertEqual(self.json_of("channel", "show", "cafe", expect=None)["state"], "dead")
        at_once = self.check("--image", media("red.jpg"), expect=1)
        self.assertEqual(self.rules(at_once), {("channel-not-connected", "error")})
        self.assertFalse(at_once["ok"])
        planned = self.check("--image", media("red.jpg"), "--at", "2036-01-01T10:00:00Z")
        self.assertEqual(self.rules(planned), {("channel-not-connected", "warning")})
        said = self.cli("post", "create", "cafe", "--image", media("red.jpg"), "--check", expect=1).said
        self.assertIn("'cafe' is dead", said)
        self.assertNotIn("would take", said)

    def test_a_used_up_quota_is_asked_for(self):
        service = self.serve()
        self.connect()
        self.sim.call("POST", "switches", {"publish_quota": "25"})
        self.assertEqual(self.check("--image", media("red.jpg"))["findings"], [])
        app = self.client(service, "posts:read", "posts:write")
        picture = app.bring(media("red.jpg"))
        for number in range(25):
            status, answer, _ = app.call("POST", "/v1/posts", {"channel": "cafe", "kind": "image", "caption": f"{number}",
                                                               "media": [{"file": picture}]})
            self.assertEqual(status, 201, answer)
        wait_for(lambda: len(self.json_of("post", "list", "--state", "published")["posts"]) == 25, "all are live", 120)
        answer = self.check("--image", media("red.jpg"))
        self.assertTrue(answer["ok"], "it waits for room")
        finding = next(f for f in answer["findings"] if f["rule"] == "publish-quota")
        self.assertEqual((finding["severity"], finding["measured"]), ("warning", "25 of 25 posts in 24 hours"))
        first = min(instant(p["published_at"]) for p in self.json_of("post", "list")["posts"])
        free_by = instant(finding["wanted"].rpartition(" ")[2])
        self.assertLess(abs((free_by - first).total_seconds() - DAY_S), 1)
        later = self.check("--image", media("red.jpg"), "--at", "2036-01-01T10:00:00Z")
        self.assertEqual(later["findings"], [], "today's posts do not count then")

    def test_tags_of_products_want_permissions(self):
        service = self.serve()
        self.connect("facebook")
        app = self.client(service, "posts:read", "posts:write")
        picture = {"file": app.bring(media("red.jpg")), "product_tags": [{"product_id": "1", "x": 0.5, "y": 0.5}]}
        status, answer, _ = app.call("POST", "/v1/posts", {"channel": "cafe", "kind": "image", "media": [picture]})
        self.assertEqual((status, answer["code"]), (422, "E_POST_REFUSED"))
        self.assertEqual([(f["rule"], f["wanted"]) for f in answer["findings"] if f["severity"] == "error"],
                         [("product-tags-permission", "catalog_management"),
                          ("product-tags-permission", "instagram_shopping_tag_products")])


if __name__ == "__main__":
    unittest.main()

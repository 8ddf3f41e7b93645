"""Publishing from outside: every kind on both logins, seen on the feed; by commands with a service and without, and by an
application that posts through the HTTP interface."""
import atexit
import calendar
import contextlib
import functools
import http.client
import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
import unittest
import urllib.parse

from support import DAY_S, PROGRAM, EndToEnd, http as ask, in_both_modes, instant, wait_for

CAPTION = "Hallo Welt #everlong"


@functools.cache
def samples():
    """A folder of pictures and videos that Meta takes, and of one that it does not, made once."""
    folder = tempfile.mkdtemp(prefix="everlong-media-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)

    def make(name, *arguments):
        subprocess.run(["ffmpeg", "-loglevel", "error", "-y", *arguments, os.path.join(folder, name)], check=True, timeout=120)
    for name, colour, size in (("red.jpg", "red", "1080x1080"), ("blue.jpg", "blue", "1080x1350"),
                               ("wide.jpg", "green", "1000x200")):
        make(name, "-f", "lavfi", "-i", f"color={colour}:size={size}", "-frames:v", "1")
    make("clip.mp4", "-f", "lavfi", "-i", "testsrc=size=720x1280:rate=30", "-f", "lavfi", "-i", "sine", "-t", "4",
         "-c:v", "libx264", "-pix_fmt", "yuv420p", "-g", "30", "-c:a", "aac", "-ar", "48000", "-movflags", "+faststart")
    return folder


def media(name):
    return os.path.join(samples(), name)


class Client:
    """What an application needs of the interface; the standard library is enough for it."""

    def __init__(self, address, key):
        self.host = urllib.parse.urlsplit(address).netloc
        self.key = key

    def call(self, method, target, body=None, headers=None):
        """(status, JSON or nothing, headers)"""
        connection = http.client.HTTPConnection(self.host, timeout=30)
        data = json.dumps(body).encode() if isinstance(body, (dict, list)) else body
        try:
            connection.request(method, target, data, {"Authorization": f"Bearer {self.key}", **(headers or {})})
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text else None, dict(answer.getheaders())
        finally:
            connection.close()

    def bring(self, path):
        with open(path, "rb") as file:
            status, answer, _ = self.call("POST", f"/v1/files?name={os.path.basename(path)}", file.read(),
                                          {"Content-Type": "application/octet-stream"})
        assert status == 201, answer
        return answer["id"]


class Posts(EndToEnd):
    def connect(self, login="instagram", name="cafe"):
        minted = self.mint(login)
        self.cli("channel", "import", name, "--token-stdin", stdin=minted["access_token"])
        return minted

    def published(self):
        return self.sim.ledger()["media"]

    def feed(self, minted):
        accounts = self.sim.state()["accounts"]
        username = next(a["username"] for a in accounts if a["ig_user_id"] == minted["ig_user_id"])
        status, page = ask("GET", f"{self.sim.address}/_sandbox/instagram/{username}")
        self.assertEqual(status, 200)
        return page

    def client(self, service, *scopes, channel=None):
        arguments = ["api-key", "create", "--name", "app"] + [w for s in scopes for w in ("--scope", s)]
        if channel:
            arguments += ["--channel", channel]
        key = self.cli(*arguments, "--json", shows_token=True).json()["key"]
        return Client(service.api, key)


class Kinds(Posts):
    KINDS = (("image", ("--image", "red.jpg", "--alt-text", "a red square")),
             ("carousel", ("--carousel", "red.jpg", "blue.jpg", "clip.mp4")),
             ("reel", ("--reel", "clip.mp4", "--cover", "red.jpg", "--share-to-feed", "yes")),
             ("story", ("--story", "blue.jpg")),
             ("story", ("--story", "clip.mp4")))

    def post_each_kind(self, login):
        minted = self.connect(login)
        for number, (kind, flags) in enumerate(self.KINDS):
            paths = [media(word) if "." in word else word for word in flags]
            caption = [] if kind == "story" else ["--caption", f"{CAPTION} {number}"]
            post = self.json_of("post", "create", "cafe", *paths, *caption, "--wait")
            self.assertEqual((post["kind"], post["state"], post["problem"]), (kind, "published", None), post)
            self.assertEqual(post["late_s"] < 60, True)
            self.assertIn("publish-sent", [entry["event"] for entry in post["timeline"]])
            live = self.published()
            self.assertEqual(len(live), number + 1, "each is published once")
            self.assertEqual((live[-1]["id"], live[-1]["container_id"]), (post["media_id"], post["container_id"]))
            if kind != "story":
                self.assertEqual(live[-1]["caption"], f"{CAPTION} {number}")
                self.assertIn(f"{CAPTION} {number}", self.feed(minted))
        return minted

    def test_each_on_the_instagram_login(self):
        self.serve()
        self.post_each_kind("instagram")

    def test_each_on_the_facebook_login(self):
        self.serve()
        self.post_each_kind("facebook")

    def test_each_without_a_service(self):
        self.sandbox()
        self.post_each_kind("instagram")


class Commands(Posts):
    def test_one_damaged_row_is_named_and_stops_nobody(self):
        self.serve()
        self.connect()
        ids = [self.json_of("post", "create", "cafe", "--image", media("red.jpg"), "--caption", caption, "--at",
                            "2099-12-24T18:00:00Z")["id"] for caption in ("whole", "broken")]
        with contextlib.closing(sqlite3.connect(os.path.join(self.data, "everlong.db"))) as store, store:
            store.execute("UPDATE posts SET progress = '{' WHERE id = ?", (ids[1],))
        listed = self.cli("post", "list").out
        self.assertIn(ids[0], listed)
        self.assertIn("cannot be read", listed)
        shown = self.cli("post", "show", ids[1], expect=1).out
        self.assertIn("post cancel", shown)
        self.assertIn("broken", shown)
        self.assertEqual(self.json_of("post", "show", ids[1], expect=1)["cause"], "store-corrupt")
        self.json_of("post", "create", "cafe", "--image", media("blue.jpg"), "--caption", "another", "--wait")
        self.assertEqual([medium["caption"] for medium in self.published()], ["another"])
        self.assertEqual(self.json_of("post", "cancel", ids[1])["state"], "cancelled")

    @in_both_modes
    def test_a_check_finds_what_meta_would_refuse_and_keeps_nothing(self):
        self.connect()
        good = self.json_of("post", "create", "cafe", "--image", media("red.jpg"), "--check")
        self.assertTrue(good["ok"])
        bad = self.json_of("post", "create", "cafe", "--image", media("wide.jpg"), "--caption", "#a " * 31, "--check",
                           expect=1)
        self.assertFalse(bad["ok"])
        rules = {finding["rule"] for finding in bad["findings"]}
        self.assertTrue({"image-ratio", "caption-hashtags"} <= rules, rules)
        refused = self.cli("post", "create", "cafe", "--image", media("wide.jpg"), expect=1)
        self.assertEqual(refused.error_code, "E_POST_REFUSED")
        self.assertEqual(self.json_of("post", "list")["posts"], [])
        self.assertEqual(self.published(), [])
        self.assertEqual(os.listdir(os.path.join(self.data, "media")), [], "files of what was not made are gone")

    @in_both_modes
    def test_people_are_tagged_where_they_are_or_in_the_middle(self):
        self.connect()
        create = ("post", "create", "cafe")
        tags_of = lambda post: [[(t["username"], t["x"], t["y"]) for t in m["user_tags"]] for m in post["media"]]
        post = self.json_of(*create, "--image", media("red.jpg"), "--tag", "anna", "--tag", "@ben@0.25,0.75", "--wait")
        self.assertEqual((post["state"], tags_of(post)), ("published", [[("anna", 0.5, 0.5), ("ben", 0.25, 0.75)]]))
        post = self.json_of(*create, "--carousel", media("red.jpg"), media("red.jpg"), media("clip.mp4"),
                            "--tag", "anna", "--tag", "2:ben@0,1", "--tag", "3:cleo", "--wait")
        self.assertEqual((post["state"], tags_of(post)),
                         ("published", [[("anna", 0.5, 0.5)], [("ben", 0, 1)], [("cleo", None, None)]]))
        for tag in ("2:anna", "0:anna", "x:anna", "anna@", "anna@0.5", "anna@1.5,0", "1:"):
            refused = self.cli(*create, "--image", media("red.jpg"), "--tag", tag, "--check", expect=2)
            self.assertEqual(refused.error_code, "E_USAGE", tag)
        checked = self.json_of(*create, "--image", media("red.jpg"), "--product-tag", "123@0.1,0.2", "--check", expect=1)
        self.assertEqual(([f["rule"] for f in checked["findings"]], checked["post"]["media"][0]["product_tags"]),
                         (["product-tags-login"], [{"product_id": "123", "x": 0.1, "y": 0.2}]))

    @in_both_modes
    def test_what_a_conversion_mends_is_published(self):
        self.connect()
        wide = ("post", "create", "cafe", "--image", media("wide.jpg"), "--fix")
        checked = self.json_of(*wide, "--check")
        self.assertTrue(checked["ok"])
        fixed, = checked["fixes"]
        sizes = [(facts["format"], facts["width"], facts["height"]) for facts in (fixed["from"], fixed["to"])]
        self.assertEqual((sizes, fixed["medium"]), ([("jpeg", 1000, 200), ("jpeg", 382, 200)], 0))
        self.assertEqual((fixed["cut"], fixed["added"]), ({"width": 618, "height": 0}, {"width": 0, "height": 0}))
        self.assertIn("618 of 1000 pixels of its width are cut off", self.cli(*wide, "--check").out)
        self.assertIn("pixels are added to its height", self.cli(*wide, "--check", "--fit", "pad").out)
        out = os.path.join(tempfile.mkdtemp(dir=self.folder), "fixed")
        for name in ("1-wide.jpg", "1-wide-2.jpg"):
            fixed, = self.json_of(*wide, "--check", "--fix-out", out)["fixes"]
            self.assertEqual(fixed["written"], os.path.join(out, name))
            self.assertEqual(os.path.getsize(fixed["written"]), fixed["to"]["bytes"])
        self.cli(*wide, "--fix-out", out, expect=2)
        self.assertEqual(os.listdir(os.path.join(self.data, "media")), [], "a check keeps nothing")
        for fit in ("crop", "pad"):
            post = self.json_of(*wide, "--fit", fit, "--wait")
            self.assertEqual((post["state"], [f for f in post["findings"] if f["severity"] == "error"]), ("published", []))
        png = os.path.join(self.folder, "square.png")
        subprocess.run(["vips", "copy", media("red.jpg"), png], check=True, timeout=60)
        self.assertEqual(self.cli("post", "create", "cafe", "--image", png, expect=1).error_code, "E_POST_REFUSED")
        self.assertEqual(self.json_of("post", "create", "cafe", "--image", png, "--fix", "--wait")["state"], "published")
        reel = ("post", "create", "cafe", "--reel", media("clip.mp4"), "--cover", png)
        refused = self.json_of(*reel, expect=1)
        self.assertEqual([f["rule"] for f in refused["findings"]], ["cover-format"])
        self.assertTrue(self.json_of(*reel, "--fix", "--check")["ok"])
        post = self.json_of(*reel, "--fix", "--wait")
        self.assertEqual((post["state"], post["findings"]), ("published", []))

    @in_both_modes
    def test_a_post_is_planned_changed_and_cancelled(self):
        self.connect()
        at = (instant(self.sim.now()).year + 1)
        post = self.json_of("post", "create", "cafe", "--image", media("red.jpg"), "--at", f"{at}-12-24T18:00",
                            "--zone", "Europe/Berlin")
        self.assertEqual((post["state"], post["at"], post["zone"]),
                         ("scheduled", f"{at}-12-24T17:00:00Z", "Europe/Berlin"))
        self.assertIn("Europe/Berlin", self.cli("post", "show", post["id"]).out)
        self.assertIn(post["id"], self.cli("post", "list", "cafe", "--state", "scheduled").out)
        self.assertEqual(self.json_of("post", "cancel", post["id"])["state"], "cancelled")
        self.assertEqual(self.cli("post", "cancel", post["id"], expect=2).error_code, "E_POST_STATE")
        self.assertEqual(self.cli("post", "settle", post["id"], "--published", expect=2).error_code, "E_POST_STATE")
        for arguments in (("show", "post_nothing"), ("retry", "post_nothing"), ("cancel", "post_nothing")):
            self.assertEqual(self.cli("post", *arguments, expect=2).error_code, "E_POST_UNKNOWN")
        create = ("post", "create", "cafe", "--image", media("red.jpg"))
        self.assertEqual(self.cli(*create, "--at", "someday", expect=2).error_code, "E_TIME_SYNTAX")
        self.assertEqual(self.cli(*create, "--at", "2099-01-01T00:00", "--zone", "Mars", expect=2).error_code,
                         "E_ZONE_UNKNOWN")
        self.assertEqual(self.cli("post", "create", "cafe", expect=2).error_code, "E_USAGE")
        self.assertEqual(self.cli("post", "create", "cafe", "--image", "/nowhere.jpg", expect=2).error_code, "E_USAGE")
        self.assertEqual(self.cli("post", "create", "nobody", "--image", media("red.jpg"), expect=2).error_code,
                         "E_CHANNEL_UNKNOWN")

    @in_both_modes
    def test_a_time_that_does_not_exist_is_told_and_not_shown(self):
        self.connect()
        create = ("post", "create", "cafe", "--image", media("red.jpg"), "--zone", "Europe/Berlin")
        year = instant(self.sim.now()).year + 1
        spring, autumn = (max(week[6] for week in calendar.monthcalendar(year, month)) for month in (3, 10))
        gap = f"{year}-03-{spring}T02:30"
        self.assertIn("no such time", self.cli(*create, "--at", gap, "--check").out)
        made = self.cli(*create, "--at", gap).out
        self.assertIn("no such time", made)
        self.assertIn(f"{year}-03-{spring} 03:00 Europe/Berlin", made)
        self.assertIn(f"{year}-03-{spring} 03:00 Europe/Berlin", self.cli("post", "list").out)
        self.assertIn("twice", self.cli(*create, "--at", f"{year}-10-{autumn}T02:30").out)

    @in_both_modes
    def test_a_draft_is_changed_planned_and_sent(self):
        self.connect()
        draft = self.json_of("post", "create", "cafe", "--image", media("red.jpg"), "--caption", "One", "--draft")
        self.assertEqual((draft["state"], draft["at"]), ("draft", None))
        edit = ("post", "edit", draft["id"])
        self.assertIn("none yet", self.cli("post", "show", draft["id"]).out)
        self.assertNotIn(draft["created_at"][:10], self.cli("post", "list").out)
        refused = self.cli("post", "retry", draft["id"], expect=2)
        self.assertEqual(refused.error_code, "E_POST_STATE")
        self.assertIn("everlong post edit", refused.err)
        self.assertEqual(self.cli(*edit, expect=2).error_code, "E_USAGE")
        self.assertEqual(self.cli(*edit, "--schedule", expect=2).error_code, "E_USAGE")
        year = instant(self.sim.now()).year + 1
        post = self.json_of(*edit, "--at", f"{year}-12-24T18:00", "--zone", "Europe/Berlin", "--caption", "Two")
        self.assertEqual((post["state"], post["at"], post["caption"]), ("draft", f"{year}-12-24T17:00:00Z", "Two"))
        self.assertEqual(self.json_of(*edit, "--at", "none")["at"], None)
        self.assertEqual(self.json_of(*edit, "--schedule", "--at", f"{year}-12-24T18:00:00Z")["state"], "scheduled")
        self.assertEqual(self.published(), [])
        post = self.json_of(*edit, "--at", "now", "--first-comment", "First", "--wait")
        self.assertEqual((post["state"], post["caption"], post["first_comment"]), ("published", "Two", "First"))
        self.assertEqual([medium["caption"] for medium in self.published()], ["Two"])
        self.assertEqual(self.cli(*edit, "--caption", "Three", expect=2).error_code, "E_POST_STATE")

    @in_both_modes
    def test_the_same_command_again_makes_the_same_post(self):
        self.connect()
        year = instant(self.sim.now()).year + 1
        wide = ("post", "create", "cafe", "--image", media("wide.jpg"), "--fix", "--fit", "pad", "--caption", "seq")
        for number, when in enumerate((("--at", f"{year}-05-05T10:00:00Z"), ("--wait",))):
            key = ("--idempotency-key", f"key-{number}")
            first = self.json_of(*wide, *when, *key)
            kept = sorted(os.listdir(os.path.join(self.data, "media")))
            again = self.cli(*wide, *when, *key, "--json")
            self.assertEqual(again.json()["id"], first["id"])
            self.assertIn("no second one", again.err)
            self.assertEqual(sorted(os.listdir(os.path.join(self.data, "media"))), kept, "nothing was brought for nothing")
            changed = self.cli(*wide[:-1], "another", *when, *key, expect=2)
            self.assertEqual(changed.error_code, "E_IDEMPOTENCY")
        self.assertEqual(len(self.json_of("post", "list")["posts"]), 2)
        self.assertEqual(len(self.published()), 1)

    def test_the_same_command_twice_at_once_makes_one_post(self):
        self.serve()
        self.connect()
        command = [PROGRAM, "post", "create", "cafe", "--image", media("red.jpg"), "--idempotency-key", "once", "--wait",
                   "--json"]
        children = [subprocess.Popen(command, env=self.environment, cwd=self.folder, stdout=subprocess.PIPE,
                                     stderr=subprocess.PIPE, text=True) for _ in range(2)]
        answers = [child.communicate(timeout=60)[0] for child in children]
        self.assertEqual([child.returncode for child in children], [0, 0], answers)
        self.assertEqual(len({json.loads(answer)["id"] for answer in answers}), 1)
        self.assertEqual(len(self.published()), 1)

    def test_an_empty_time_zone_or_key_publishes_nothing(self):
        self.serve()
        self.connect()
        create = ("post", "create", "cafe", "--image", media("red.jpg"))
        for flags in (("--at", ""), ("--at", "2099-01-01T00:00", "--zone", ""), ("--idempotency-key", "")):
            refused = self.cli(*create, *flags, expect=2)
            self.assertEqual(refused.error_code, "E_USAGE")
            self.assertIn("without a value", refused.said)
        self.assertIn("or now", self.cli("post", "create", "--help").out)
        self.assertEqual(self.json_of(*create, "--at", "now", "--wait")["state"], "published")
        self.assertEqual(len(self.published()), 1)

    def test_what_is_no_file_is_said_to_be_none_at_once(self):
        self.serve()
        self.connect()
        pipe, empty, gone = (os.path.join(self.folder, name) for name in ("pipe", "empty.jpg", "gone.csv"))
        os.mkfifo(pipe)
        open(empty, "w", encoding="utf-8").close()
        for path, words in ((self.folder, "folder"), (pipe, "pipe"), ("/dev/zero", "device"), (empty, "is empty"),
                            (gone, "is not there")):
            for command in (("post", "import", path), ("post", "import", path, "--check"),
                            ("post", "create", "cafe", "--image", path)):
                refused = self.cli(*command, expect=2)
                self.assertEqual(refused.error_code, "E_USAGE", command)
                self.assertIn(f"'{path}' ", refused.said)
                self.assertIn(words, refused.said)
        self.assertEqual(self.json_of("post", "list")["posts"], [])

    def test_words_are_those_for_a_terminal(self):
        self.serve()
        self.connect()
        create = ("post", "create", "cafe", "--image", media("red.jpg"))
        table = os.path.join(self.folder, "table.csv")

        def told(*arguments):
            refused = self.cli(*arguments, expect=2)
            self.assertNotIn("JSON", refused.said)
            self.assertNotIn("E_HTTP", refused.said)
            return refused.said
        for flags, words in ((("--zone", "Europe/Berlin"), "--zone without --at"), (("--background", "red"), "#ffffff"),
                             (("--caption", os.fsdecode(b"caf\xe9")), "--caption is not in UTF-8"),
                             (("--at", "18:00"), "has no date"), (("--at", "2099-11-26"), "has no time of day"),
                             (("--at", "2020-02-01T10:00Z"), "has passed")):
            self.assertIn(words, told(*create, *flags))
        for text, words in ((b"channel,colour\ncafe,red\n", "'colour' is no column"), (b"channel,caption\ncafe,caf\xe9\n", "UTF-8"),
                            (b"channel,media\n", "no row")):
            with open(table, "wb") as file:
                file.write(text)
            self.assertIn(words, told("post", "import", table))
        self.assertEqual(self.json_of(*create, "--at", "2099-02-01T10:00Z")["at"], "2099-02-01T10:00:00Z")

    @in_both_modes
    def test_a_missing_file_is_the_problem_of_its_row(self):
        self.connect()
        shutil.copy(media("red.jpg"), os.path.join(self.folder, "my red.jpg"))
        table = os.path.join(self.folder, "plan.csv")
        with open(table, "w", encoding="utf-8") as file:
            file.write("channel,Media,caption,at\ncafe,gone.jpg,One,2099-12-24T18:00\ncafe,my red.jpg,Two,2099-12-25T18:00\n"
                       f"cafe,{self.folder},Three,2099-12-26T18:00\n")
        for flags in (("--check",), (), ("--partial",)):
            answer = self.json_of("post", "import", table, *flags, expect=1)
            self.assertEqual([row["ok"] for row in answer["rows"]], [False, True, False])
            self.assertIn("gone.jpg' is not there", answer["rows"][0]["problem"]["detail"])
            self.assertIn("folder", answer["rows"][2]["problem"]["detail"])
            self.assertEqual(answer["created"], 1 if flags == ("--partial",) else 0)
            if not answer["created"]:
                self.assertEqual(os.listdir(os.path.join(self.data, "media")), [], "files of what was not made are gone")
        self.assertEqual([post["caption"] for post in self.json_of("post", "list")["posts"]], ["Two"])

    @in_both_modes
    def test_a_table_is_imported_with_the_files_beside_it(self):
        self.connect()
        shutil.copy(media("red.jpg"), os.path.join(self.folder, "red.jpg"))
        table = os.path.join(self.folder, "plan.csv")
        year = instant(self.sim.now()).year + 1
        with open(table, "w", encoding="utf-8") as file:
            file.write("channel;kind;media;caption;at;zone\n"
                       f"cafe;image;red.jpg;\"Eins; zwei\";{year}-12-24T18:00;Europe/Berlin\n"
                       f"cafe;image;red.jpg;Drei;{year}-13-24T18:00;Europe/Berlin\n")
        checked = self.json_of("post", "import", table, "--check", expect=1)
        self.assertEqual([row["ok"] for row in checked["rows"]], [True, False])
        self.json_of("post", "import", table, expect=1)
        self.assertEqual(self.json_of("post", "list")["posts"], [])
        done = self.json_of("post", "import", table, "--partial", expect=1)
        self.assertEqual((done["created"], done["rows"][1]["problem"]["code"]), (1, "E_TIME_SYNTAX"))
        self.assertEqual([post["caption"] for post in self.json_of("post", "list")["posts"]], ["Eins; zwei"])

    def test_a_table_is_imported_again_and_makes_nothing_twice(self):
        self.serve()
        self.connect()
        shutil.copy(media("red.jpg"), self.folder)
        table = os.path.join(self.folder, "plan.csv")
        year = instant(self.sim.now()).year + 1
        rows = ["channel,media,caption,at,zone", f"cafe,red.jpg,One,{year}-12-24T18:00,Europe/Berlin",
                f"cafe,red.jpg red.jpg,Two,{year}-12-25T18:00,Europe/Berlin"]
        write = lambda: open(table, "w", encoding="utf-8").write("\n".join(rows) + "\n")
        write()
        done = self.json_of("post", "import", table, "--once")
        self.assertEqual((done["created"], done["existing"]), (2, 0))
        files = {medium["file"] for row in done["rows"] for medium in row["post"]["media"]}
        self.assertEqual(len(files), 1)  # brought once, though it is named three times
        rows.insert(1, f"cafe,red.jpg,New,{year}-12-23T18:00,Europe/Berlin")
        write()
        done = self.json_of("post", "import", table, "--once")
        self.assertEqual((done["created"], [row["existing"] for row in done["rows"]]), (1, [False, True, True]))
        self.assertEqual(len(self.json_of("post", "list")["posts"]), 3)


class Words(EndToEnd):
    def test_a_command_that_there_is_not_is_called_so(self):
        for words, unknown in ((("nonsense",), "nonsense"), (("post", "nonsense", "--json"), "nonsense"),
                               (("channel", "lst", "cafe"), "lst")):
            told = self.cli(*words, expect=2)
            self.assertIn(f"there is no command '{unknown}'", told.out + told.err, words)
        for words in ((), ("post",), ("post", "show")):
            self.assertIn("required", self.cli(*words, expect=2).err, words)
        self.assertIn("--image FILE", self.cli("post", "create", "--help").out)


class Times(Posts):
    def test_a_planned_post_goes_out_at_its_time(self):
        service = self.serve()
        self.connect()
        due = instant(self.sim.now()).timestamp() + DAY_S
        at = urllib.parse.quote(subprocess.run(["date", "-u", "-d", f"@{int(due)}", "+%Y-%m-%dT%H:%M:%SZ"],
                                               capture_output=True, text=True, check=True).stdout.strip())
        post = self.json_of("post", "create", "cafe", "--image", media("red.jpg"), "--at", urllib.parse.unquote(at))
        self.assertEqual(self.published(), [])
        self.sim.advance(DAY_S)
        shown = wait_for(lambda: (lambda p: p if p["state"] == "published" else None)(
            self.json_of("post", "show", post["id"], expect=None)), "the post is live", 60)
        self.assertLess(shown["late_s"], 60)
        self.assertEqual(len(self.published()), 1)
        self.assertTrue(service.process.is_running())

    def test_a_channel_without_a_token_keeps_its_posts(self):
        self.serve()
        self.connect()
        self.sim.event("password-changed")
        post = self.json_of("post", "create", "cafe", "--image", media("red.jpg"))
        wait_for(lambda: self.json_of("post", "show", post["id"], expect=None)["problem"], "its trouble is told", 30)
        self.assertEqual(self.published(), [])
        self.assertIn(self.json_of("post", "show", post["id"], expect=None)["state"], ("scheduled", "checking", "held"))


class Application(Posts):
    """As a FastAPI application would: a key, a file, a post."""

    def test_posts_through_the_interface(self):
        service = self.serve()
        minted = self.connect()
        app = self.client(service, "posts:read", "posts:write", channel="cafe")
        body = {"channel": "cafe", "kind": "image", "media": [{"file": app.bring(media("red.jpg")), "alt_text": "red"}],
                "caption": CAPTION}
        status, checked, _ = app.call("POST", "/v1/posts?check=true", body)
        self.assertEqual((status, checked["ok"]), (200, True))
        headers = {"Idempotency-Key": "order-7"}
        status, post, _ = app.call("POST", "/v1/posts", body, headers)
        self.assertEqual(status, 201, post)
        status, again, told = app.call("POST", "/v1/posts", body, headers)
        self.assertEqual((status, again["id"], told["Idempotency-Replayed"]), (200, post["id"], "true"))
        shown = wait_for(lambda: (lambda p: p if p["state"] == "published" else None)(
            app.call("GET", f"/v1/posts/{post['id']}")[1]), "the post is live", 60)
        self.assertEqual([m["id"] for m in self.published()], [shown["media_id"]])
        self.assertIn(CAPTION, self.feed(minted))
        status, listed, _ = app.call("GET", "/v1/posts?channel=cafe&state=published")
        self.assertEqual((status, [p["id"] for p in listed["posts"]]), (200, [post["id"]]))
        status, problem, _ = app.call("POST", "/v1/posts", {**body, "channel": "other"})
        self.assertEqual((status, problem["code"]), (404, "E_CHANNEL_UNKNOWN"))
        status, problem, _ = app.call("GET", "/v1/channels/cafe/token")
        self.assertEqual((status, problem["code"]), (403, "E_HTTP_SCOPE"))

    def test_an_upload_goes_on_after_an_interruption(self):
        service = self.serve()
        app = self.client(service, "posts:read", "posts:write")
        with open(media("clip.mp4"), "rb") as file:
            video = file.read()
        tus = {"Tus-Resumable": "1.0.0"}
        status, _, told = app.call("POST", "/v1/files", b"", {**tus, "Upload-Length": str(len(video))})
        self.assertEqual(status, 201)
        address = told["Location"]
        piece = {**tus, "Content-Type": "application/offset+octet-stream"}
        half = len(video) // 2
        status, _, told = app.call("PATCH", address, video[:half], {**piece, "Upload-Offset": "0"})
        self.assertEqual((status, told["Upload-Offset"]), (204, str(half)))
        # Cut in the middle of a piece: what had come to the disk counts, and no more.
        connection = http.client.HTTPConnection(app.host, timeout=30)
        connection.putrequest("PATCH", address)
        for name, value in {**piece, "Upload-Offset": str(half), "Content-Length": str(len(video) - half),
                            "Authorization": f"Bearer {app.key}"}.items():
            connection.putheader(name, value)
        connection.endheaders(video[half:half + 1000])
        connection.close()
        service.end()
        service = self.serve()
        app = Client(service.api, app.key)
        status, _, told = app.call("HEAD", address, None, tus)
        at = int(told["Upload-Offset"])
        self.assertTrue(half <= at <= half + 1000, at)
        status, problem, _ = app.call("PATCH", address, b"x", {**piece, "Upload-Offset": str(at + 1)})
        self.assertEqual((status, problem["code"]), (409, "E_FILE_OFFSET"))
        status, _, told = app.call("PATCH", address, video[at:], {**piece, "Upload-Offset": str(at)})
        self.assertEqual((status, told["Upload-Offset"]), (204, str(len(video))))
        status, file, _ = app.call("GET", address)
        self.assertEqual((file["whole"], file["facts"]["format"], file["facts"]["width"]), (True, "mp4", 720))
        self.assertEqual(app.call("DELETE", address)[0], 204)

    def test_what_is_no_picture_is_said_to_be_none(self):
        service = self.serve()
        self.connect()
        app = self.client(service, "posts:read", "posts:write")
        status, file, _ = app.call("POST", "/v1/files", b"%PDF-1.7 no picture", {"Content-Type": "image/jpeg"})
        self.assertEqual(status, 201, file)
        status, problem, _ = app.call("POST", "/v1/posts", {"channel": "cafe", "kind": "image",
                                                           "media": [{"file": file["id"]}]})
        self.assertEqual((status, problem["code"]), (422, "E_POST_REFUSED"))
        self.assertTrue(problem["findings"])
        for url in ("file:///etc/passwd", "https://a:b@example.org/x.jpg", "gopher://example.org/"):
            status, problem, _ = app.call("POST", "/v1/posts", {"channel": "cafe", "media": [{"url": url}]})
            self.assertEqual((status, problem["code"]), (422, "E_MEDIA_ADDRESS"), url)


if __name__ == "__main__":
    unittest.main()

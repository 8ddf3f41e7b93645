"""Many posts of every kind, planned over accounts of both logins, and the judgement over what became of them: what the
simulator's ledger holds is the truth."""
import http.client
import json
import re
import struct
import time
import urllib.parse
from collections import Counter, defaultdict

from support import Trouble, instant, listening
from test_posts import Client, Posts, media

FINAL = {"published", "failed", "cancelled"}
ASKED = {"held"}
SETTLE_LIMIT_S = 240
PAGE = 1000


def sealed_picture(number):
    """A picture of its own hash: a comment segment behind its first marker, which nobody shows."""
    with open(media("red.jpg"), "rb") as file:
        data = file.read()
    note = f"everlong {number}".encode()
    return data[:2] + b"\xff\xfe" + struct.pack(">H", len(note) + 2) + note + data[2:]


def sealed_video(number):
    """A video of its own hash: a box at its end that says to be passed over."""
    with open(media("clip.mp4"), "rb") as file:
        data = file.read()
    note = f"everlong {number}".encode()
    return data + struct.pack(">I", len(note) + 8) + b"free" + note


class LongClient(Client):
    """Keeps its connection: thousands of calls need no port each."""

    def __init__(self, address, key):
        super().__init__(address, key)
        self.connection = http.client.HTTPConnection(self.host, timeout=120)

    def call(self, method, target, body=None, headers=None):
        data = json.dumps(body).encode() if isinstance(body, (dict, list)) else body
        try:
            self.connection.request(method, target, data, {"Authorization": f"Bearer {self.key}", **(headers or {})})
            answer = self.connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()
            raise
        return answer.status, json.loads(text) if text else None, dict(answer.getheaders())


class Planned(Posts):
    """A post's mark is what the ledger knows it by: its caption or, of a story, which has none, its file's hash."""

    def setUp(self):
        super().setUp()
        self.channels = []
        self.key = None
        self.hashes = {}  # of stories, by their file

    def connect_accounts(self, count, logins=("instagram", "facebook")):
        for number in range(count):
            name = f"cafe-{number}"
            minted = self.mint(logins[number % len(logins)], account=f"cafe_{number}")
            self.cli("channel", "import", name, "--token-stdin", stdin=minted["access_token"])
            self.channels.append(name)

    def make_key(self):
        self.key = self.cli("api-key", "create", "--name", "app", "--scope", "posts:read", "--scope", "posts:write",
                            "--json", shows_token=True).json()["key"]

    def app(self, process):
        """For a service that prints one address."""
        return LongClient(listening(process, 1)[0], self.key)

    def bring_bytes(self, app, name, data):
        status, answer, _ = app.call("POST", f"/v1/files?name={name}", data, {"Content-Type": "application/octet-stream"})
        self.assertEqual(status, 201, answer)
        return answer["id"], answer["sha256"]

    def bring_samples(self, app):
        self.files = {name: app.bring(media(name)) for name in ("red.jpg", "blue.jpg", "clip.mp4")}

    def import_rows(self, app, rows):
        """rows: dictionaries of the table's columns. One call; all are stored."""
        columns = ("channel", "kind", "media", "caption", "first_comment", "at", "key")
        table = ";".join(columns) + "\n" + "".join(";".join(row.get(c, "") for c in columns) + "\n" for row in rows)
        status, answer, _ = app.call("POST", "/v1/posts/import", table.encode(), {"Content-Type": "text/csv"})
        self.assertEqual(status, 201, str(answer)[:2000])
        self.assertEqual(answer["created"], len(rows))

    def row_of_kind(self, app, number, channel, at):
        """(row, mark)"""
        caption = f"post {number}"
        row = {"channel": channel, "kind": "image", "media": self.files["red.jpg"], "caption": caption, "at": at}
        kind = number % 10
        if kind == 1:
            row.update(first_comment=f"comment {number}")
        elif kind == 3:
            row.update(kind="carousel", media=f"{self.files['red.jpg']} {self.files['blue.jpg']}")
        elif kind == 4:
            row.update(kind="carousel", media=f"{self.files['clip.mp4']} {self.files['blue.jpg']}")
        elif kind in (5, 6):
            row.update(kind="reel", media=self.files["clip.mp4"])
        elif kind in (7, 8):
            make, ending = (sealed_picture, "jpg") if kind == 7 else (sealed_video, "mp4")
            file, sha256 = self.bring_bytes(app, f"story{number}.{ending}", make(number))
            row.update(kind="story", media=file, caption="")
            self.hashes[file] = sha256
            return row, sha256
        return row, caption

    # --- what became of them ---

    def all_posts(self, app, states=None):
        posts, after = [], ""
        while True:
            target = f"/v1/posts?limit={PAGE}&order=oldest" + (f"&state={','.join(sorted(states))}" if states else "")
            status, page, _ = app.call("GET", target + (f"&after={urllib.parse.quote(after)}" if after else ""))
            self.assertEqual(status, 200, page)
            posts += page["posts"]
            after = page["next"]
            if not after:
                return posts

    def drive_to_the_end(self, app, seconds=SETTLE_LIMIT_S):
        """Lets time pass until no post has anything left to happen by itself."""
        deadline = time.monotonic() + seconds
        open_states = {"scheduled", "checking", "containers", "waiting", "ready", "publishing", "uncertain"}
        while True:
            posts = self.all_posts(app, open_states)
            if not posts:
                return
            if time.monotonic() > deadline:
                raise Trouble(f"{len(posts)} posts do not come to an end, one of them: {posts[0]}")
            waits = [instant(p["next_attempt_at"]) for p in posts if p["next_attempt_at"]]
            self.assertEqual(len(waits), len(posts), "a post waits for nothing")
            left = (min(waits) - instant(self.sim.now())).total_seconds()
            if left > 0:
                self.sim.advance(left + 1)
            else:
                time.sleep(0.03)  # between two looks

    def live_by_mark(self):
        """What the account shows, by caption or, where it has none, by the bytes' hash."""
        live = defaultdict(list)
        for medium in self.sim.ledger()["media"]:
            live[medium["caption"] or medium["sha256"]].append(medium)
        return live

    def check_each_once(self, posts, marks):
        """`marks` must all be there. Gives the count of each state, with its cause where the post is not live."""
        live = self.live_by_mark()
        doubled = {mark: [m["id"] for m in found] for mark, found in live.items() if len(found) > 1}
        self.assertEqual(doubled, {}, "posts are on the account twice")
        by_mark = defaultdict(list)
        for post in posts:
            by_mark[self.mark_of(post)].append(post)
        self.assertEqual({m: len(p) for m, p in by_mark.items() if len(p) > 1}, {}, "posts were made twice")
        self.assertEqual(sorted(set(marks) - set(by_mark)), [], "posts are lost")
        strange = sorted(set(live) - set(by_mark))
        self.assertEqual(strange, [], "something is live that no post stands for")
        for mark, (post,) in by_mark.items():
            shown = [m["id"] for m in live.get(mark, [])]
            if post["state"] == "published":
                self.assertEqual(len(shown), 1, f"{post['id']} is said to be live")
                if post["media_id"]:
                    self.assertEqual(post["media_id"], shown[0])
            else:
                self.assertIn(post["state"], FINAL | ASKED)
                self.assertTrue(post["cause"], f"{post['id']} is {post['state']} without a cause")
                if post["state"] == "failed":
                    self.assertEqual(shown, [], f"{post['id']} is live and said to have failed")
        self.check_no_comment_twice()
        return Counter(post["state"] if post["state"] == "published" else f"{post['state']}: {post['cause']}"
                       for post in posts)

    def mark_of(self, post):
        return post["caption"] or self.hashes[post["media"][0]["file"]]

    def check_no_comment_twice(self):
        made = Counter(call["path"] for call in self.sim.ledger()["calls"]
                       if call["method"] == "POST" and re.search(r"/\d+/comments$", call["path"])
                       and call["error_code"] is None and not call["fault"])
        self.assertEqual({path: n for path, n in made.items() if n > 1}, {}, "a first comment was made twice")
        return len(made)

    def settle_all(self, app, posts):
        """Each post that a person is asked about is settled by one command, and what is late only is let go; what failed by
        that, or before, is given its retry. At the end all are live, each once. Gives (how many there were to ask about, to
        try again)."""
        live = self.live_by_mark()
        asked = [post for post in posts if post["state"] in ASKED]
        for post in asked:
            is_live = bool(live.get(self.mark_of(post)))
            story = app.call("GET", f"/v1/posts/{post['id']}")[1]["timeline"]
            if post["cause"] == "overdue":
                # No doubt, or none that its own look does not settle: the retry of a late post never needs a word before it.
                self.cli("post", "retry", post["id"])
            elif any(entry["event"] == "publish-sent" for entry in story):
                answer = "--published" if is_live else "--not-published"
                settled = self.json_of("post", "settle", post["id"], answer)
                self.assertEqual(settled["state"], "published" if is_live else "failed")
            else:
                self.assertFalse(is_live, f"{post['id']} is live, and no call was written down")
                self.cli("post", "retry", post["id"], expect=None)
        self.drive_to_the_end(app)
        failed = self.all_posts(app, {"failed"})
        for post in failed:
            status, answer, _ = app.call("POST", f"/v1/posts/{post['id']}/retry")
            self.assertEqual(status, 200, answer)
        self.drive_to_the_end(app)
        posts = self.all_posts(app)
        self.assertEqual(self.check_each_once(posts, []), {"published": len(posts)})
        return len(asked), len(failed)

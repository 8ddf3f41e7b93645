"""An older copy of the database is brought back into the data directory: nothing goes out twice by the simulator's ledger,
and a person is asked. The simulator is a process of its own and lives on."""
import os
import shutil
import unittest
from datetime import timedelta

from support import instant, listening, wait_for
from test_posts import Client, Posts, media

STORE = "everlong.db"
BESIDE = ("", "-wal")


class OldStore(Posts):
    def setUp(self):
        super().setUp()
        self.sandbox()
        self.connect("facebook")

    def run_service(self):
        process = self.serve_beside()
        address = listening(process, 1)[0]
        key = self.cli("api-key", "create", "--name", f"app-{process.child.pid}", "--scope", "posts:read",
                       "--json", shows_token=True).json()["key"]
        return process, Client(address, key)

    def plan(self, caption, seconds):
        """A post that is due so many seconds from now; its id."""
        at = (instant(self.sim.now()) + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
        return self.json_of("post", "create", "cafe", "--image", media("red.jpg"), "--caption", caption, "--at", at)["id"]

    def copy_away(self, folder):
        os.makedirs(folder)
        for ending in BESIDE:
            path = os.path.join(self.data, STORE + ending)
            if os.path.exists(path):
                shutil.copy2(path, folder)

    def copy_back(self, folder):
        for ending in (*BESIDE, "-shm"):
            path = os.path.join(self.data, STORE + ending)
            if os.path.exists(path):
                os.remove(path)
        for name in os.listdir(folder):
            shutil.copy2(os.path.join(folder, name), self.data)

    def post(self, post):
        return self.json_of("post", "show", post, expect=None)

    def state_of(self, post):
        return self.post(post)["state"]

    def captions(self):
        return sorted(medium["caption"] for medium in self.published())

    def channel(self):
        return self.json_of("channel", "show", "cafe", expect=None)


class BroughtBack(OldStore):
    def test_nothing_goes_out_twice(self):
        process, _ = self.run_service()
        first, later = self.plan("first", 400), self.plan("later", 3600)
        given_up = self.plan("given up", 7200)
        backup = os.path.join(self.folder, "backup")
        self.copy_away(backup)
        self.sim.advance(430)
        wait_for(lambda: self.state_of(first) == "published", "the first post is live")
        self.cli("post", "cancel", given_up)
        self.assertEqual(self.captions(), ["first"])
        self.assertEqual(process.end(), 0)
        self.copy_back(backup)

        # The first look after that, by whatever command, takes note of it.
        told = self.cli("post", "list", "--state", "held")
        self.assertIn("E_STORE_RESTORED", told.err)
        self.assertEqual([self.state_of(p) for p in (first, later, given_up)], ["held"] * 3)
        shown = self.post(first)
        self.assertEqual((shown["problem"]["code"], shown["cause"]), ("E_STORE_RESTORED", "store-restored"))
        unverified = self.channel()
        self.assertEqual(unverified["state"], "unverified")
        self.assertIn("brought back", unverified["reason"])

        process, _ = self.run_service()
        wait_for(lambda: self.channel()["state"] == "healthy", "the token is checked")
        self.sim.advance(3 * 3600)
        self.assertEqual([self.state_of(p) for p in (first, later, given_up)], ["held"] * 3)
        self.assertEqual(self.captions(), ["first"])

        # Asked to go on, it finds the medium and asks; what is not on the account goes out; the last word is a person's.
        for post in (first, later):
            self.cli("post", "retry", post)
        wait_for(lambda: self.state_of(later) == "published", "what was not live goes out")
        wait_for(lambda: self.post(first)["cause"] == "maybe-live", "what is live is found")
        self.assertEqual(self.captions(), ["first", "later"])
        self.cli("post", "settle", first, "--published")
        self.cli("post", "cancel", given_up)
        wait_for(lambda: self.post(first)["media_id"], "its medium is found")
        self.assertEqual(self.captions(), ["first", "later"])
        self.assertEqual(process.end(), 0)
        # Once is enough.
        self.assertNotIn("E_STORE_RESTORED", self.cli("post", "list").err)

    def test_a_lost_mark_is_settled_with_one_command(self):
        process, _ = self.run_service()
        sent, late = self.plan("sent", 60), self.plan("late", 300)
        later = [self.plan(f"later {number}", 4 * 3600 + number) for number in range(3)]
        self.sim.advance(70)
        wait_for(lambda: self.state_of(sent) == "published", "the first is live")
        self.assertEqual(process.end(), 0)
        os.remove(os.path.join(self.data, "store.mark"))
        self.sim.advance(2 * 3600)

        told = self.cli("post", "list", "--state", "held").err
        for part in ("E_STORE_RESTORED", "store.mark, which tells an older copy of the data, is missing",
                     "everlong post retry --restored"):
            self.assertIn(part, told)
        process, _ = self.run_service()
        wait_for(lambda: self.channel()["state"] == "healthy", "the token is checked")
        settled = self.cli("post", "retry", "--restored", "--json", expect=1).json()
        self.assertEqual((settled["retried"], settled["late"], settled["failed"]), (later, [late], []))
        self.assertEqual(self.json_of("post", "retry", "--restored", expect=1)["retried"], [])
        self.sim.advance(2 * 3600)
        wait_for(lambda: [self.state_of(post) for post in later] == ["published"] * 3, "they go out at their time")
        self.assertEqual(self.state_of(late), "held")
        self.assertEqual(self.captions(), ["later 0", "later 1", "later 2", "sent"])
        self.cli("post", "retry", "--restored", late, expect=2)
        self.assertEqual(process.end(), 0)

    def test_the_whole_directory(self):
        """Store and file agree, so nothing tells: what was due meanwhile is looked for on the account, and the rest goes on."""
        process, _ = self.run_service()
        begun, sent, missed = self.plan("begun", 60), self.plan("sent", 400), self.plan("missed", 1200)
        wait_for(lambda: self.state_of(begun) == "ready", "its container is made")
        self.assertEqual(process.end(), 0)
        whole = os.path.join(self.folder, "whole")
        shutil.copytree(self.data, whole)
        process, _ = self.run_service()
        self.sim.advance(500)
        wait_for(lambda: [self.state_of(p) for p in (begun, sent)] == ["published"] * 2, "they are live")
        self.assertEqual(process.end(), 0)
        shutil.rmtree(self.data)
        os.rename(whole, self.data)
        self.sim.advance(1200)

        process, _ = self.run_service()
        wait_for(lambda: self.state_of(begun) == "published", "its container says so")
        wait_for(lambda: self.state_of(sent) == "held", "what is live is found")
        self.assertEqual(self.post(sent)["problem"]["code"], "E_MAYBE_LIVE")
        # As after a laptop's nap: it goes out by itself.
        wait_for(lambda: self.state_of(missed) == "published", "what is not live goes out")
        self.assertEqual(self.captions(), ["begun", "missed", "sent"])
        self.assertEqual(process.end(), 0)

    def test_an_honest_kill_is_no_older_copy(self):
        for number in range(8):
            process, _ = self.run_service()
            post = self.plan(f"post {number}", 30)
            self.sim.advance(31)
            if number % 2:
                wait_for(lambda p=post: self.state_of(p) == "published", "it is live")
            process.kill()
            self.assertNotIn("E_STORE_RESTORED", process.output)
            self.assertNotEqual(self.channel()["state"], "unverified")
            self.assertNotIn("E_STORE_RESTORED", self.cli("post", "list").err)
        process, _ = self.run_service()

        def are_all_live():
            self.sim.advance(60)
            return len(set(self.captions())) == 8
        wait_for(are_all_live, "each is live", 120)
        self.assertEqual(len(self.captions()), 8, "each once")
        self.assertEqual(process.end(), 0)
        self.assertNotIn("E_STORE_RESTORED", process.output)


if __name__ == "__main__":
    unittest.main()

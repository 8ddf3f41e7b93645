"""A poisoned network between Everlong and the simulator: connections cut, reset and held up around the publish call. None of a
hundred posts goes out twice, and none is lost."""
import os
import random
import time
from collections import Counter

from fault_proxy import AFTER, ANSWERED, BEFORE, IN_ANSWER, IN_REQUEST, PUBLISH, SENT, FaultProxy, Strike
from planned import Planned
from support import listening

POSTS = 100
POSTS_AN_ACCOUNT = 25
SHARE = 0.6     # of the publish calls that are struck
OTHERS = 0.05   # of all other calls
POINTS = (BEFORE, IN_REQUEST, SENT, ANSWERED, ANSWERED, IN_ANSWER, AFTER)
LONGEST_DELAY_S = 0.5
SEED = int(os.environ.get("EVERLONG_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)


class Poison:
    def __init__(self, chance):
        self.chance = chance
        self.struck = Counter()

    def rule(self, request):
        if request.path.startswith("/_sandbox"):
            return None
        is_publish = request.is_call(*PUBLISH)
        if self.chance.random() > (SHARE if is_publish else OTHERS):
            return None
        how = self.chance.choice(("cut", "reset", "delay", "delay and cut"))
        pause = self.chance.uniform(0, LONGEST_DELAY_S) if "delay" in how else 0
        point = self.chance.choice(POINTS)
        if is_publish:
            self.struck[f"{how} {point}"] += 1
        return Strike(point, (lambda: time.sleep(pause)) if pause else None, self.chance.randint(0, 80), how != "delay",
                      how == "reset")


class Network(Planned):
    def run_poisoned(self, second_publish):
        self.sandbox()
        self.sim.call("POST", "switches", {"second_publish": second_publish})
        proxy = FaultProxy(self.sim.address)
        self.addCleanup(proxy.close)
        self.connect_accounts(POSTS // POSTS_AN_ACCOUNT)
        self.environment["EVERLONG_META"] = proxy.address
        service = self.serve_beside()
        listening(service, 1)
        self.make_key()
        app = self.app(service)
        self.bring_samples(app)
        poison = Poison(random.Random(SEED))
        proxy.rule = poison.rule
        marks, rows = [], []
        for number in range(POSTS):
            row, mark = self.row_of_kind(app, number, self.channels[number % len(self.channels)], "")
            rows.append(row)
            marks.append(mark)
        self.import_rows(app, rows)
        self.drive_to_the_end(app)
        posts = self.all_posts(app)
        states = self.check_each_once(posts, marks)
        proxy.rule = lambda request: None
        asked, retried = self.settle_all(app, posts)
        self.assertGreater(states["published"], POSTS * 3 // 4)
        calls = sum(poison.struck.values())
        self.assertGreater(calls, POSTS // 2)
        print(f"       {calls} publish calls struck ({dict(sorted(poison.struck.items()))}): {dict(states)}; {asked} settled "
              f"by a command, {retried} tried again, then each is live once (EVERLONG_SEED={SEED})")

    def test_a_second_call_is_refused(self):
        self.run_poisoned("error")

    def test_a_second_call_doubles(self):
        self.run_poisoned("doubles")

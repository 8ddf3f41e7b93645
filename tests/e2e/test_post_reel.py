"""A large reel from the disk to Meta: in constant memory through both programs, and whole after every cut of the wire."""
import atexit
import functools
import hashlib
import os
import random
import shutil
import struct
import subprocess
import tempfile
import time
import urllib.parse

from fault_proxy import AFTER, IN_REQUEST, UPLOAD, FaultProxy, Strike
from planned import Planned
from support import IS_LONG, http, instant, listening, wait_for
from test_post_load import status_of

# The most that a reel may have by the rules that Everlong checks (core/facts/media_rules.cpp); a fixed share of it in CI.
SIZE = (1024 if IS_LONG else 64) * 2**20
CUTS = 50
MEMORY_KIB = 64 * 1024
SECONDS = 30  # of a piece; a reel has at most 15 minutes
SEED = int(os.environ.get("EVERLONG_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)


@functools.cache
def large_reel():
    """A video of exactly SIZE bytes at a rate that Meta takes: one piece again and again, and a box that is passed over."""
    folder = tempfile.mkdtemp(prefix="everlong-reel-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    piece, whole = os.path.join(folder, "piece.mp4"), os.path.join(folder, "reel.mp4")

    def ffmpeg(*arguments):
        subprocess.run(["ffmpeg", "-loglevel", "error", "-y", *arguments], check=True, timeout=300)
    # Filler keeps the rate, so that a small and quickly coded picture makes a large file.
    rate = "15M"
    ffmpeg("-f", "lavfi", "-i", "testsrc=size=360x640:rate=24", "-f", "lavfi", "-i", "sine", "-t", str(SECONDS),
           "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "48", "-b:v", rate, "-minrate", rate,
           "-maxrate", rate, "-bufsize", "2M", "-x264-params", "nal-hrd=cbr:filler=1:force-cfr=1", "-c:a", "aac",
           "-ar", "48000", "-movflags", "+faststart", piece)
    times = SIZE // os.path.getsize(piece)
    ffmpeg("-stream_loop", str(times - 1), "-i", piece, "-c", "copy", "-movflags", "+faststart", whole)
    left = SIZE - os.path.getsize(whole)
    assert left >= 8, f"{left} bytes are left for the box at the end"
    with open(whole, "ab") as file:
        file.write(struct.pack(">I", left) + b"free")
        file.truncate(SIZE)
    return whole


def sha256_of(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Reel(Planned):
    alone = True  # measures rate and memory

    def setUp(self):
        super().setUp()
        self.sandbox()
        self.proxy = FaultProxy(self.sim.address)
        self.addCleanup(self.proxy.close)
        self.sim.call("POST", "switches", {"video_processing_s": "0", "reel_size": "1GB"})
        self.connect_accounts(1, logins=("facebook",))

    def tearDown(self):
        # Its bytes are ours; the search for tokens would read them whole for each.
        shutil.rmtree(os.path.join(self.data, "media"), ignore_errors=True)
        super().tearDown()

    def publish(self, seconds=240):
        """(the post, peak of the service, peak of the command, seconds for all)"""
        service = self.serve_beside()
        listening(service, 1)
        self.make_key()
        app = self.app(service)
        started = time.monotonic()
        command = self.start("post", "create", "cafe-0", "--reel", large_reel(), "--caption", "large", "--json")
        peak = 0
        while command.is_running():
            try:
                peak = max(peak, status_of(command, "VmHWM"))
            except (OSError, StopIteration):
                pass  # it has just ended
            time.sleep(0.01)  # between two looks
        self.assertEqual(command.end(), 0, self.hide(command.output))

        def is_live():
            post = self.all_posts(app)[0]
            self.assertIn(post["state"], ("scheduled", "checking", "containers", "waiting", "ready", "publishing", "published"),
                          post["what_happened"])
            if post["state"] == "published":
                return post
            if post["next_attempt_at"] and instant(post["next_attempt_at"]) > instant(self.sim.now()):
                # The pauses after a cut are virtual time.
                self.sim.advance(5)
            return None
        post = wait_for(is_live, "the reel is live", seconds, pause=0.1)
        took = time.monotonic() - started
        return post, status_of(service, "VmHWM"), peak, took

    def check_whole(self, post):
        live = self.published()
        self.assertEqual([(m["id"], m["bytes"]) for m in live], [(post["media_id"], SIZE)])
        self.assertEqual(live[0]["sha256"], sha256_of(large_reel()))

    def time_uploads(self):
        """A list that gets the seconds from the head of each upload that passes the wire to its answer."""
        took = []

        def rule(request):
            if not request.is_call(*UPLOAD):
                return None
            began = time.monotonic()
            return Strike(AFTER, lambda: took.append(time.monotonic() - began), cuts=False)
        self.proxy.rule = rule
        self.environment["EVERLONG_META"] = self.proxy.address
        return took

    def send_by_curl(self):
        """The same file to the same place."""
        minted = self.mint("facebook", account="cafe_0")
        host = f"{self.proxy.address}/graph.facebook.com/v25.0"
        status, container = http("POST", f"{host}/{minted['ig_user_id']}/media", {
            "media_type": "REELS", "upload_type": "resumable", "access_token": minted["access_token"]})
        self.assertEqual(status, 200, container)
        address = urllib.parse.urlsplit(container["uri"])
        uri = self.proxy.address + (f"/{address.netloc}" if "rupload" in address.netloc else "") + address.path
        config = os.path.join(self.folder, "curl.conf")  # a token on a command line would be a leak
        with open(config, "w", encoding="utf-8") as file:
            file.write(f'header = "Authorization: OAuth {minted["access_token"]}"\n')
        self.env_files.add(config)
        done = subprocess.run(["curl", "-sS", "-K", config, "-X", "POST", "-T", large_reel(), "-H", "offset: 0", "-H",
                               f"file_size: {SIZE}", "-H", "Expect:", uri], capture_output=True, text=True, check=False)
        self.assertIn('"success":true', done.stdout.replace(" ", ""), done.stdout + done.stderr)

    def test_in_constant_memory(self):
        uploads = self.time_uploads()
        post, service, command, took = self.publish()
        self.check_whole(post)
        self.send_by_curl()
        sent, curl = wait_for(lambda: uploads if len(uploads) == 2 else None, "both uploads are over")
        print(f"       {SIZE / 2**20:.0f} MB: service {service / 1024:.1f} MB, command {command / 1024:.1f} MB at most; "
              f"live after {took:.1f} s; the upload {sent:.2f} s, of curl -T {curl:.2f} s")
        self.assertLess(service, MEMORY_KIB)
        self.assertLess(command, MEMORY_KIB)

    def test_cut_at_random_offsets(self):
        chance = random.Random(SEED)
        cuts = sorted(chance.randrange(1, SIZE) for _ in range(CUTS))
        begun = []

        def rule(request):
            if not request.is_call(*UPLOAD):
                return None
            offset = int(request.headers.get("offset", "0"))
            begun.append(offset)
            nearest = next((cut for cut in cuts if cut > offset), None)
            if nearest is None or len(begun) > CUTS:
                return None
            return Strike(IN_REQUEST, at=nearest - offset, with_reset=chance.random() < 0.5)
        self.proxy.rule = rule
        self.environment["EVERLONG_META"] = self.proxy.address
        post, service, _, took = self.publish(seconds=400)
        self.check_whole(post)
        print(f"       {SIZE / 2**20:.0f} MB cut {len(begun) - 1} times, live after {took:.1f} s, service {service / 1024:.1f} MB "
              f"at most (EVERLONG_SEED={SEED})")
        self.assertGreaterEqual(len(begun) - 1, CUTS // 2)
        self.assertEqual(begun, sorted(begun), "each goes on where the one before it ended")
        self.assertLess(service, MEMORY_KIB)

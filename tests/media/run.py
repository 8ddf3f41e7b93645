#!/usr/bin/env python3
"""Pictures and videos that break Meta's rules, each named by the preflight, and the simulator of the same opinion; the
walls around the program that reads them; files that were damaged on purpose.

usage: tests/media/run.py [--long] [NAME]      NAME: a part of files' names
"""
import concurrent.futures
import json
import os
import random
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)
import makers  # noqa: E402  (beside this file)

BUILD = os.path.join(ROOT, "build", "dev")
TOOL = os.environ.get("EVERLONG_MEDIA_TOOL", os.path.join(BUILD, "everlong-media"))
JUDGE = os.environ.get("EVERLONG_MEDIA_JUDGE", os.path.join(BUILD, "tests", "media_judge"))
FEWEST_FILES = 300
DAMAGED, DAMAGED_LONG = 200, 5000
SEED = int(os.environ.get("EVERLONG_SEED", "20260622"))

passed, failed = 0, 0


def check(name, is_good, why=""):
    global passed, failed
    passed, failed = passed + bool(is_good), failed + (not is_good)
    if not is_good:
        print(f"FAILED {name}: {why}", flush=True)


class Judge:
    """The judging program, asked one file at a time."""

    def __init__(self):
        self.child = subprocess.Popen([JUDGE, TOOL], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, path, use, thumb_offset_ms=None):
        wish = {"path": path, "use": use}
        if thumb_offset_ms is not None:
            wish["thumb_offset_ms"] = thumb_offset_ms
        self.child.stdin.write(json.dumps(wish) + "\n")
        self.child.stdin.flush()
        answer = self.child.stdout.readline()
        if not answer:
            raise RuntimeError(f"the judge ended at {path} with {self.child.wait()}")
        return json.loads(answer)

    def close(self):
        self.child.stdin.close()
        self.child.wait()


def in_parallel(work, items):
    """Each worker has its own judge; results in the order of the items."""
    workers = max(2, os.cpu_count() or 2)
    judges = [Judge() for _ in range(workers)]

    def share(index):
        return [(i, work(judges[index], item)) for i, item in enumerate(items) if i % workers == index]

    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        results = [pair for part in pool.map(share, range(workers)) for pair in part]
    for judge in judges:
        judge.close()
    return [result for _, result in sorted(results, key=lambda pair: pair[0])]


def agreement(folder, only):
    bases = makers.Bases(folder)
    makers.vips("icc_import", bases.path("rgb.v"), bases.path("lab.v"), "--input-profile", "srgb")
    cases = [case for case in [*makers.pictures(bases), *makers.videos(bases)] if only in case.name]

    def one(judge, case):
        path = os.path.join(folder, case.name)
        try:
            case.make(path)
        except RuntimeError as error:
            return {"error": str(error)}
        answer = judge.ask(path, case.use, case.thumb_offset_ms)
        os.remove(path)
        return answer

    breaking = 0
    for case, answer in zip(cases, in_parallel(one, cases)):
        if "error" in answer:
            check(case.name, False, answer["error"])
            continue
        breaking += bool(case.rules)
        found = answer["errors"]
        check(case.name, sorted(found) == sorted(case.rules),
              f"found {found} ({answer['problem']}), expected {case.rules}")
        as_stored, as_shown = bool(answer["simulator"]), bool(answer["simulator_as_shown"])
        if as_stored != as_shown:  # no page tells which holds: it goes out, with a warning
            agrees = not found and "image-orientation" in answer["warnings"]
        else:
            agrees = bool(found) == as_stored and "image-orientation" not in answer["warnings"]
        check(f"{case.name}, both", agrees,
              f"the preflight says {found or 'yes'} and warns of {answer['warnings']}, the simulator "
              f"{answer['simulator'] or 'yes'}, as shown {answer['simulator_as_shown'] or 'yes'}")
        check(f"{case.name}, turned", (as_stored != as_shown) == case.is_disputed, f"{answer}")
    print(f"{len(cases)} files, {breaking} of them break rules", flush=True)
    if not only:
        check("enough files", breaking >= FEWEST_FILES, f"only {breaking} files break rules")


def tool(*arguments, pass_fds=()):
    return subprocess.run([TOOL, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          pass_fds=pass_fds, check=False, timeout=120)


def walls():
    """What the program says of itself, tried behind each wall alone and behind all of them."""
    files = ("read-file", "write-file", "list-directory")
    everything = (*files, "internet-socket", "local-socket", "process", "execute", "signal")

    def proof(*arguments):
        try:
            return json.loads(tool("prove", *arguments).stdout)
        except ValueError:  # it executed something else, for example
            return {"confinement": [], "missing": ["no answer"], "tried": dict.fromkeys(everything, "allowed")}

    for wall, denied in ((None, everything), ("seccomp", everything), ("landlock", files)):
        answer = proof(*([wall] if wall else []))
        # Older kernels have no Landlock; all others must be there everywhere.
        missing = [name for name in answer["missing"] if not name.startswith("landlock")]
        check(f"{wall or 'all walls'} can be raised", not missing, str(missing))
        if wall == "landlock" and wall not in answer["confinement"]:
            print("Landlock is missing in this kernel")
            continue
        for attempt in denied:
            check(f"{wall or 'all walls'}: {attempt}", answer["tried"][attempt] != "allowed", "it was allowed")
    # The attempts themselves are sound: without these walls they succeed.
    free = proof("no-new-privileges")["tried"]
    for attempt in ("read-file", "internet-socket", "local-socket", "process", "execute"):
        check(f"without walls: {attempt}", free[attempt] == "allowed", free[attempt])


def converted(source, target, *arguments):
    with open(source, "rb") as read, open(target, "wb") as write:
        done = tool("convert", "--in", str(read.fileno()), "--out", str(write.fileno()), *arguments,
                    pass_fds=(read.fileno(), write.fileno()))
    return json.loads(done.stdout) if done.returncode == 0 else {"problem": f"ended with {done.returncode}"}


def facts_of(path):
    with open(path, "rb") as file:
        return json.loads(tool("look", "--in", str(file.fileno()), pass_fds=(file.fileno(),)).stdout)["medium"]


def pixel(path, x, y):
    done = subprocess.run(["vips", "getpoint", path, str(x), str(y)], capture_output=True, text=True, check=True)
    return [round(float(value)) for value in done.stdout.split()]


def conversions(folder):
    """What comes out is a JPEG that the preflight takes, whatever went in."""
    bases = makers.Bases(folder)
    makers.vips("icc_import", bases.path("rgb.v"), bases.path("lab.v"), "--input-profile", "srgb")
    makers.vips("bandjoin_const", bases.path("rgb.v"), bases.path("clear.v"), "0")  # wholly transparent
    sources = {
        "a.png": lambda path: makers.vips("pngsave", bases.path("rgb.v"), path),
        "a.webp": lambda path: makers.vips("webpsave", bases.path("rgb.v"), path),
        "a.heic": lambda path: makers.vips("heifsave", bases.path("rgb.v"), path),
        "a.gif": lambda path: makers.vips("gifsave", bases.path("rgb.v"), path),
        "a.tif": lambda path: makers.vips("tiffsave", bases.path("rgb.v"), path),
        "grey.png": lambda path: makers.vips("pngsave", bases.path("grey.v"), path),
        "cmyk.jpg": lambda path: makers.vips("icc_export", bases.path("lab.v"), path, "--output-profile", "cmyk"),
        "p3.jpg": lambda path: makers.vips("icc_export", bases.path("lab.v"), path, "--output-profile", "p3"),
        "wide.jpg": makers.plain_jpeg(4000, 1000),
        "tall.png": makers.plain_jpeg(501, 2003),
        "odd.jpg": makers.plain_jpeg(1933, 601),
    }
    judge = Judge()
    for name, make in sources.items():
        source, target = os.path.join(folder, name), os.path.join(folder, name + ".out.jpg")
        make(source)
        for fit in ("crop", "pad"):
            answer = converted(source, target, "--fit", fit, "--least-ratio", "0.8", "--most-ratio", "1.91",
                               "--most-width", "1440", "--most-bytes", "8000000")
            verdict = judge.ask(target, "image")
            check(f"{name}, {fit}", "converted" in answer and not verdict["errors"] and
                  not verdict["simulator"] and "image-metadata" not in verdict["warnings"] and
                  "image-colour" not in verdict["warnings"], f"{answer} {verdict}")
    judge.close()
    # Shapes are kept exactly, not to a pixel.
    wide = facts_of(os.path.join(folder, "odd.jpg.out.jpg"))
    check("the ratio is exact", wide["width"] / wide["height"] <= 1.91, f"{wide['width']}x{wide['height']}")
    # Transparent becomes the background, padding too.
    target = os.path.join(folder, "background.jpg")
    makers.vips("pngsave", bases.path("clear.v"), os.path.join(folder, "clear.png"))
    converted(os.path.join(folder, "clear.png"), target, "--background", "#ff0000")
    red, green, blue = pixel(target, 100, 100)
    check("the background shows", red > 245 and green < 10 and blue < 10, f"{red} {green} {blue}")
    converted(os.path.join(folder, "wide.jpg"), target, "--fit", "pad", "--most-ratio", "1.91", "--background", "#0000ff")
    red, green, blue = pixel(target, 5, 5)
    check("the padding shows", blue > 245 and red < 10, f"{red} {green} {blue}")
    # Turned as its EXIF asks, and no longer turned by whoever shows it: what was stored left is on top.
    halves = [os.path.join(folder, name) for name in ("left.v", "right.v", "halves.v")]
    makers.vips("black", halves[0], "250", "400", "--bands", "3")
    makers.vips("linear", halves[0], halves[1], "1", "255", "--uchar")
    makers.vips("join", halves[0], halves[1], halves[2], "horizontal")
    lying = os.path.join(folder, "lying.jpg")
    makers.vips("copy", halves[2], lying + "[strip]")
    makers.turned(lying, 6)
    before = facts_of(lying)
    check("it lies on its side", (before["lies_on_its_side"], before["width"], before["height"]) == (True, 400, 500), before)
    converted(lying, target)
    after = facts_of(target)
    check("it stands", (after["lies_on_its_side"], after["has_metadata"], after["width"], after["height"]) ==
          (False, False, 400, 500), after)
    check("the right way up", max(pixel(target, 200, 50)) < 20 and min(pixel(target, 200, 450)) > 235,
          f"{pixel(target, 200, 50)} {pixel(target, 200, 450)}")
    # Quality gives way before the limit does.
    answer = converted(os.path.join(folder, "a.png"), target, "--most-bytes", "20000")
    check("small enough", answer.get("converted", {}).get("bytes", 10**9) <= 20000 and os.path.getsize(target) <= 20000,
          str(answer))
    check("not a picture", "problem" in converted(os.path.abspath(__file__), target), "it was converted")


def damaged(folder, count):
    """Bytes turned at random: each gets an answer, and it never costs more than its own process."""
    bases = makers.Bases(folder)
    sources = [bases.jpeg, bases.film]
    for name in ("d.png", "d.webp", "d.heic", "d.gif", "d.tif"):
        makers.vips("copy", bases.path("rgb.v"), bases.path(name))
        sources.append(bases.path(name))
    originals = [makers.read(source) for source in sources]
    print(f"damage by EVERLONG_SEED={SEED}", flush=True)

    def one(judge, number):
        chance = random.Random(SEED * 1_000_003 + number)
        data = bytearray(chance.choice(originals))
        # Heads are where sizes and counts are: most of the damage goes there.
        for _ in range(chance.choice((1, 4, 16, 64))):
            reach = len(data) if chance.random() < 0.3 else min(len(data), 2048)
            data[chance.randrange(4 if chance.random() < 0.9 else 0, reach)] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
        if chance.random() < 0.2:
            del data[chance.randrange(len(data)):]
        path = os.path.join(folder, f"damaged-{number}")
        makers.write(path, data)
        answer = judge.ask(path, "image")
        os.remove(path)
        return answer

    crashes = 0
    for number, answer in enumerate(in_parallel(one, list(range(count)))):
        crashes += "brought down" in answer.get("problem", "")
        check(f"damaged file {number}", "error" not in answer, answer.get("error"))
    print(f"{count} damaged files, {crashes} of them brought their reader down", flush=True)


def main():
    arguments = sys.argv[1:]
    if "-h" in arguments or "--help" in arguments:
        print(__doc__.strip())
        return 0
    is_long = "--long" in arguments
    only = next((word for word in arguments if not word.startswith("-")), "")
    for program in (TOOL, JUDGE):
        if not os.access(program, os.X_OK):
            print(f"tests/media/run.py: {program} is missing; ./test.sh media builds it", file=sys.stderr)
            return 2
    os.makedirs(os.path.join(ROOT, "build"), exist_ok=True)
    for part in (lambda folder: agreement(folder, only), lambda folder: walls(), conversions,
                 lambda folder: damaged(folder, DAMAGED_LONG if is_long else DAMAGED)):
        with tempfile.TemporaryDirectory(prefix="media-test-", dir=os.path.join(ROOT, "build")) as folder:
            part(folder)
        if only:
            break
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

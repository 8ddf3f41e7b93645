#!/usr/bin/env python3
"""The program from outside, in Python.

usage: tests/e2e/run.py [NAME...] [--long] [--program PATH] [--lanes N]
NAME is a part of a test's name, e.g. `year` or `Import.test_short`. --long reaches the large figures.
Two tests run side by side; those of a class with `alone = True`, which measure time or memory, run afterwards.
"""
import argparse
import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
import unittest

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)


def flat(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from flat(item)
        else:
            yield item


class Report(unittest.TestResult):
    """One line a test; a test with several failing parts counts as one failure."""

    def __init__(self):
        super().__init__()
        self.passed, self.bad, self.out = 0, [], sys.stdout

    def startTest(self, test):
        super().startTest(test)
        self.started, self.problems, self.reason = time.monotonic(), [], None

    def addError(self, test, err):
        self.problems.append(self._exc_info_to_string(err, test))

    addFailure = addError

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.problems.append(f"{subtest._subDescription()}\n{self._exc_info_to_string(err, test)}")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.reason = reason

    def stopTest(self, test):
        name = ".".join(test.id().split(".")[-3:]).removeprefix("test_")
        took = f"({time.monotonic() - self.started:.1f} s)"
        if self.problems:
            self.bad.append(name)
            print(f"FAILED {name} {took}", file=self.out)
            for problem in self.problems:
                print("  " + problem.rstrip().replace("\n", "\n  "), file=self.out)
        elif self.reason is not None:
            print(f"skipped {name}: {self.reason}", file=self.out)
        else:
            self.passed += 1
            print(f"ok     {name} {took}", file=self.out)
        self.out.flush()


def run_one(test):
    """(what to print, of (passed, failed, skipped) which)"""
    report, text = Report(), io.StringIO()
    report.out = text
    with contextlib.redirect_stdout(text):
        test.run(report)
    return text.getvalue(), (report.passed, len(report.bad), len(report.skipped))


def worker(tests):
    """Runs the tests whose names come in, a line each; answers with a line of JSON."""
    by_name = {test.id(): test for test in tests}
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a child process prints is no answer of ours
    for line in sys.stdin:
        out.write(json.dumps(run_one(by_name[line.strip()])) + "\n")
        out.flush()
    return 0


class Lanes:
    """Tests in several processes, each taking the next one when it is free."""

    def __init__(self, tests, lanes):
        self.waiting, self.lock = [test.id() for test in reversed(tests)], threading.Lock()
        self.counts = [0, 0, 0]
        threads = [threading.Thread(target=self.lane) for _ in range(min(lanes, len(tests)))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def next(self):
        with self.lock:
            return self.waiting.pop() if self.waiting else None

    def take(self, text, counts):
        with self.lock:
            print(text, end="", flush=True)
            self.counts = [a + b for a, b in zip(self.counts, counts)]

    def lane(self):
        child = None
        while (name := self.next()) is not None:
            if child is None:
                child = subprocess.Popen([sys.executable, os.path.abspath(__file__), "--worker"],
                                         stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            child.stdin.write(name + "\n")
            child.stdin.flush()
            answer = child.stdout.readline()
            if answer:
                self.take(*json.loads(answer))
            else:
                self.take(f"FAILED {name}: its process ended with {child.wait()}\n", (0, 1, 0))
                child = None
        if child is not None:
            child.stdin.close()
            child.wait()


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("names", nargs="*", metavar="NAME")
    arguments.add_argument("--long", action="store_true")
    arguments.add_argument("--program")
    arguments.add_argument("--lanes", type=int, default=2)
    arguments.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    wishes = arguments.parse_args()
    if wishes.long:
        os.environ["EVERLONG_LONG_TESTS"] = "1"
    if wishes.program:
        os.environ["EVERLONG_PROGRAM"] = wishes.program
    # Whoever starts us in the background may have SIGINT ignored; the programs under test would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    import support
    if not os.access(support.PROGRAM, os.X_OK):
        print(f"{support.PROGRAM} does not exist; run ./run.sh --build-only", file=sys.stderr)
        return 2
    tests = [test for test in flat(unittest.defaultTestLoader.discover(HERE, "test_*.py"))
             if not wishes.names or any(name in test.id() for name in wishes.names)]
    if wishes.worker:
        return worker(tests)
    counts = Lanes([test for test in tests if not getattr(test, "alone", False)], wishes.lanes).counts
    alone = Lanes([test for test in tests if getattr(test, "alone", False)], 1).counts
    passed, failed, skipped = (a + b for a, b in zip(counts, alone))
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed or not tests else 0


if __name__ == "__main__":
    sys.exit(main())

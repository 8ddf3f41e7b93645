#!/usr/bin/env python3
"""The program from outside, in Python.

usage: tests/e2e/run.py [NAME...] [--long] [--program PATH]
NAME is a part of a test's name, e.g. `year` or `Import.test_short`. --long reaches the large figures.
"""
import argparse
import os
import signal
import sys
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


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("names", nargs="*", metavar="NAME")
    arguments.add_argument("--long", action="store_true")
    arguments.add_argument("--program")
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
    report = Report()
    for test in tests:
        test.run(report)
    skipped = len(report.skipped)
    print(f"{report.passed} passed, {len(report.bad)} failed, {skipped} skipped")
    return 1 if report.bad or not tests else 0


if __name__ == "__main__":
    sys.exit(main())

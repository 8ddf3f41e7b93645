"""`everlong run NAME -- COMMAND`: an application that is kept supplied, and everything else passed on exactly."""
import os
import shutil
import signal
import sys
import time

from support import DAY_S, ROOT, EndToEnd, Visitor, fingerprint, free_port, http, skip_without_python_packages, wait_for

RENEWALS = 12

# Says what it was given, as a fingerprint, each time that it starts or is told to reload.
TELLER = r"""
import hashlib, os, signal, sys, time
def tell(word):
    token = os.environ.get("INSTAGRAM_ACCESS_TOKEN", "")
    print(word, os.getpid(), "sha256:" + hashlib.sha256(token.encode()).hexdigest()[:12],
          os.environ.get("INSTAGRAM_USER_ID", "-"), flush=True)
signal.signal(signal.SIGHUP, lambda *_: tell("reload"))
def end(number, _):
    print("ended by", number, flush=True)
    sys.exit(7)
signal.signal(signal.SIGTERM, end)
signal.signal(signal.SIGINT, end)
signal.signal(signal.SIGUSR1, lambda *_: print("usr1", flush=True))
tell("start")
while True:
    time.sleep(0.02)  # not pause(): a signal just before it would be handled only with the next one
"""


class Run(EndToEnd):
    def adopted(self, **wishes):
        self.serve()
        path = self.env_for(self.mint("instagram", lifetime="short", **wishes))
        self.cli("channel", "import", "cafe", "--env-file", path)
        return path

    def told(self, process, word):
        return [line.split() for line in process.lines if line.startswith(word + " ")]

    def test_gives_token_and_id_and_restarts_on_a_new_token(self):
        path = self.adopted()
        process = self.start("run", "cafe", "--", sys.executable, "-c", TELLER)
        first = wait_for(lambda: self.told(process, "start"), "the command starts")[0]
        self.assertEqual(first[2], fingerprint(self.token_in(path)))
        self.assertEqual(first[3], self.json_of("channel", "show", "cafe")["ig_user_id"])
        old = self.token_in(path)
        self.sim.advance(10 * DAY_S)
        wait_for(lambda: self.token_in(path) != old, "the token is renewed and delivered")
        second = wait_for(lambda: self.told(process, "start")[1:], "the command is started again")[0]
        self.assertEqual(second[2], fingerprint(self.token_in(path)))
        self.assertNotEqual(second[1], first[1])
        self.assertIn("ended by 15", process.output)
        process.end()

    def test_reload_signal_in_place_of_a_restart(self):
        path = self.adopted()
        process = self.start("run", "--reload-signal", "HUP", "cafe", "--", sys.executable, "-c", TELLER)
        first = wait_for(lambda: self.told(process, "start"), "the command starts")[0]
        old = self.token_in(path)
        self.sim.advance(10 * DAY_S)
        wait_for(lambda: self.token_in(path) != old, "the token is renewed and delivered")
        reload = wait_for(lambda: self.told(process, "reload"), "the command is told to reload")[0]
        self.assertEqual(reload[1], first[1])
        process.end()
        self.assertEqual(len(self.told(process, "start")), 1)

    def test_passes_signals_and_exit_code_on(self):
        self.adopted()
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number.name):
                process = self.start("run", "cafe", "--", sys.executable, "-c", TELLER)
                wait_for(lambda p=process: self.told(p, "start"), "the command starts")
                process.send(signal.SIGUSR1)
                wait_for(lambda p=process: "usr1" in p.output, "SIGUSR1 arrives")
                self.assertEqual(process.end(number), 7)
                self.assertIn(f"ended by {int(number)}", process.output)

    def test_exit_codes_and_streams(self):
        self.adopted()
        done = self.cli("run", "cafe", "--", "/bin/sh", "-c", "cat; echo to-stderr >&2; exit 0", stdin="a\nb\n")
        self.assertEqual(done.out, "a\nb\n")
        self.assertIn("to-stderr", done.err)
        self.assertEqual(self.cli("run", "cafe", "--", "/bin/sh", "-c", "exit 3", expect=None).code, 3)
        self.assertEqual(self.cli("run", "cafe", "--", "/bin/sh", "-c", "kill -9 $$", expect=None).code, 128 + 9)

    def test_unusable_commands_and_channels(self):
        self.adopted()
        done = self.cli("run", "cafe", "--", "/nonexistent/command", expect=127)
        self.assertEqual(done.error_code, "E_COMMAND")
        self.assertEqual(self.cli("run", "nobody", "--", "true", expect=2).error_code, "E_CHANNEL_UNKNOWN")
        self.cli("run", "cafe", expect=2)

    def test_leaves_no_process_behind_when_killed(self):
        self.adopted()
        process = self.start("run", "cafe", "--", sys.executable, "-c", TELLER)
        pid = int(wait_for(lambda: self.told(process, "start"), "the command starts")[0][1])
        process.child.kill()
        process.child.wait()
        wait_for(lambda: not os.path.exists(f"/proc/{pid}") or b"" == open(f"/proc/{pid}/cmdline", "rb").read(),
                 "the command ends with its keeper")

    @skip_without_python_packages()
    def test_fastapi_through_renewals(self):
        path = self.adopted()
        backend = os.path.join(self.folder, "app")
        shutil.copytree(os.path.join(ROOT, "examples/fastapi-app/backend"), backend)
        port = free_port()
        application = self.start("run", "cafe", "--", "/usr/bin/python3", "-m", "uvicorn", "app.main:app",
                                 "--port", port, "--log-level", "warning", cwd=backend,
                                 environment={"GRAPH_BASE": f"{self.sim.address}/graph.instagram.com"})
        address = f"http://127.0.0.1:{port}"
        wait_for(lambda: http("GET", f"{address}/me")[0] == 200, "the application answers", 30)
        visitor = Visitor(address)
        for renewal in range(RENEWALS):
            held, restarts = self.token_in(path), visitor.restarts
            self.sim.advance(10 * DAY_S)
            wait_for(lambda h=held: self.token_in(path) != h, f"renewal {renewal + 1}", 20)
            wait_for(lambda r=restarts: visitor.restarts > r, f"restart {renewal + 1}", 20)
            self.assertEqual(http("GET", f"{address}/me")[0], 200)
        visitor.end()
        print(f"       {RENEWALS} renewals: {visitor.restarts} restarts, {visitor.answered} answers, "
              f"longest gap {visitor.longest_gap:.2f} s, failed outside a restart "
              f"{visitor.lost + len(visitor.refused)}")
        self.assertEqual((visitor.lost, visitor.refused), (0, []))
        self.assertEqual(visitor.restarts, RENEWALS)
        application.end()

    @skip_without_python_packages()
    def test_a_development_server_with_reload(self):
        path = self.adopted()
        backend = os.path.join(self.folder, "app")
        shutil.copytree(os.path.join(ROOT, "examples/fastapi-app/backend"), backend)
        port = free_port()
        application = self.start("run", "cafe", "--", "/usr/bin/python3", "-m", "uvicorn", "app.main:app", "--reload",
                                 "--port", port, "--log-level", "warning", cwd=backend,
                                 environment={"GRAPH_BASE": f"{self.sim.address}/graph.instagram.com"})
        address = f"http://127.0.0.1:{port}"
        pid = wait_for(lambda: http("GET", f"{address}/health")[1]["pid"], "the application answers", 30)
        held = self.token_in(path)
        self.sim.advance(10 * DAY_S)
        wait_for(lambda: self.token_in(path) != held, "the renewal", 20)
        wait_for(lambda: http("GET", f"{address}/health")[1]["pid"] != pid, "the restart", 30)
        self.assertEqual(http("GET", f"{address}/me")[0], 200)
        started = time.monotonic()
        application.end()
        self.assertLess(time.monotonic() - started, 15)
        wait_for(lambda: self.is_free(port), "the port is free: nothing of the server is left")

    def is_free(self, port):
        try:
            http("GET", f"http://127.0.0.1:{port}/health", timeout=1)
            return False
        except OSError:
            return True

"""What the end-to-end tests share: the compiler, reference tools, servers that never outlive them.

A test is an executable script. It exits 0 if all is well, 77 if a tool that it needs is absent, and
with anything else if something is wrong. RELC names the compiler; without it the release build is
taken. Nothing is written outside a temporary folder.
"""

import contextlib
import ctypes
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
SKIPPED = 77


def fail(message):
    print(f"FAILED: {message}", file=sys.stderr)
    sys.exit(1)


# Tests, measurements and acceptances grow old: the examples are judged by the day of which they tell.
os.environ.setdefault("SOURCE_DATE_EPOCH", "1795435200")  # 2026-11-23

# Debian puts servers where the path of an ordinary user does not look.
os.environ["PATH"] += os.pathsep + "/usr/sbin"


def absent(*tools):
    return [tool for tool in tools if not shutil.which(tool)]


def need(*tools):
    """Paths of the tools by their names; ends the test as skipped if one of them is absent."""
    if missing := absent(*tools):
        print(f"skipped: {', '.join(missing)} not found")
        sys.exit(SKIPPED)
    return {tool: shutil.which(tool) for tool in tools}


def relc():
    path = pathlib.Path(os.environ.get("RELC", ROOT / "build" / "release" / "relc")).resolve()
    if not os.access(path, os.X_OK):
        fail(f"no compiler at {path}: build it, or set RELC to its path")
    return path


def run(*command, cwd=None, timeout=120):
    """Runs a program; returns its exit status and all that it printed."""
    try:
        done = subprocess.run([str(part) for part in command], cwd=cwd, timeout=timeout,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace")
    except subprocess.TimeoutExpired:
        fail(f"no end after {timeout} s: {' '.join(map(str, command))}")
    return done.returncode, done.stdout


def build(workspace, out, *options):
    """Builds a workspace; returns the rule files and the files with their tests."""
    status, text = run(relc(), "build", workspace, "--out", out, *options)
    if status != 0:
        fail(f"relc build {workspace} exits with {status}:\n{text}")
    rules = sorted((out / "prometheus").glob("*.rules.yaml"))
    tests = sorted((out / "prometheus" / "tests").glob("*.test.yaml"))
    if not rules:
        fail(f"relc build {workspace} has written no prometheus/*.rules.yaml")
    return rules, tests


@contextlib.contextmanager
def scratch():
    """A temporary folder; a test that is told to stop still cleans up behind itself."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda n, _: sys.exit(128 + n))
    with tempfile.TemporaryDirectory(prefix="relc-e2e-") as folder:
        yield pathlib.Path(folder)


# --- servers

def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def die_with_parent():
    """For `preexec_fn`: the kernel ends the program if the test is killed."""
    PR_SET_PDEATHSIG = 1
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


class Servers(contextlib.AbstractContextManager):
    """Starts servers, and ends them when the block is left. The kernel ends them if the test is
    killed. Must be used in the main thread."""

    def __init__(self, logs):
        self._logs = logs
        self._running = {}

    def start(self, name, *command):
        with open(self._logs / f"{name}.log", "wb") as log:
            self._running[name] = subprocess.Popen(
                [str(part) for part in command], cwd=self._logs, stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT, preexec_fn=die_with_parent)

    def stop(self, name):
        process = self._running.pop(name)
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def kill(self, name):
        process = self._running.pop(name)
        process.kill()
        process.wait()

    def reload(self, name):
        self._running[name].send_signal(signal.SIGHUP)

    def wait_until_ready(self, name, url, seconds=30):
        def ready():
            if self._running[name].poll() is not None:
                fail(f"{name} ended by itself:\n{self.log(name)}")
            try:
                return get(url) is not None
            except OSError:
                return False

        if not wait(ready, seconds):
            fail(f"{name} is not ready after {seconds} s:\n{self.log(name)}")

    def log(self, name):
        lines = (self._logs / f"{name}.log").read_text(errors="replace").splitlines()
        return "\n".join(lines[-20:])

    def __exit__(self, *_):
        for name in reversed(list(self._running)):
            self.stop(name)


def wait(condition, seconds, step=0.5):
    """Whether the condition has become true within that time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(step)
    return True


# --- HTTP, past any proxy: all servers are on this machine

_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def get(url, **query):
    if query:
        url += "?" + urllib.parse.urlencode(query)
    with _opener.open(url, timeout=10) as answer:
        return answer.read()


def ask(url, **query):
    """The `data` of an answer of Prometheus' API."""
    try:
        answer = json.loads(get(url, **query))
    except urllib.error.HTTPError as error:
        fail(f"{url}: {error}: {error.read().decode(errors='replace')}")
    if answer["status"] != "success":
        fail(f"{url}: {answer}")
    return answer["data"]

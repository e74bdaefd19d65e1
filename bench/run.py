#!/usr/bin/env python3
"""Measures the bars of docs/performance.md that a program can measure.

Every figure is a ratio of two things that took turns in this one run, or a count, so that it means
the same on another machine; seconds are printed beside it. Medians of --runs turns.

    ./dev bench                    all, takes a few minutes
    ./dev bench --only P1,P10      some
    ./dev bench --record           also writes the figures into docs/performance.md
"""

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import fault_trees
import peers
import promql_cost

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs/performance.md"


class Failed(Exception):
    pass


@dataclass
class Usage:
    """What one run of a program cost."""

    wall: float  # seconds
    cpu: float  # seconds, user and system, all threads
    memory: int  # bytes, the peak
    output: str
    errors: str


def run(*command, expect=0):
    command = [str(part) for part in command]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        texts = []
        for stream in (out, err):
            stream.seek(0)
            texts.append(stream.read().decode(errors="replace"))
    if process.returncode != expect:
        shown = "\n".join((texts[1] + texts[0]).splitlines()[:15])
        raise Failed(f"`{' '.join(command)}` ended with {process.returncode}:\n{shown}")
    cpu = usage.ru_utime + usage.ru_stime
    return Usage(wall, cpu, usage.ru_maxrss * 1024, *texts)


def median(values):
    return statistics.median(values)


def take_turns(times, **actions):
    """name -> what each of its calls returned; the actions take turns, after one round unmeasured."""
    results = {name: [] for name in actions}
    for turn in range(times + 1):
        for name, action in actions.items():
            result = action()
            if turn > 0:
                results[name].append(result)
    return results


def short(number):
    if 0 < number < 0.005:
        return f"{number:.1e}"
    return f"{number:.0f}" if number >= 100 else f"{number:.1f}" if number >= 10 else f"{number:.2f}"


@dataclass
class Figure:
    """One row of the table: `value` is held against `bar`."""

    id: str
    work: str
    value: float
    bar: float
    unit: str
    smaller_is_better: bool
    detail: str

    def met(self, value=None):
        value = self.value if value is None else value
        return value <= self.bar if self.smaller_is_better else value >= self.bar

    def best(self, earlier):
        pick = min if self.smaller_is_better else max
        return self.value if earlier is None else pick(self.value, earlier)

    def row(self, earlier=None):
        sign = "≤" if self.smaller_is_better else "≥"
        cells = [
            self.id,
            self.work,
            f"{sign} {self.bar:g} {self.unit}".strip(),
            f"{short(self.best(earlier))}",
            f"{short(self.value)}",
            "yes" if self.met() else "**no**",
            self.detail,
        ]
        return "| " + " | ".join(cells) + " |"


class Bench:
    def __init__(self, options, work):
        self.options = options
        self.work = work
        self.build = options.build.resolve()
        self.relc = self.build / "relc"
        self.folders = 0
        self.notes = []  # sentences that follow the figures
        self.phase_table = None  # where the time of P1 goes
        self.model_table = None  # the fault trees of P5

    def tool(self, name):
        return self.build / "bench" / name

    def workspace(self, services, files):
        folder = self.work / f"workspace-{services}"
        if not folder.exists():
            made = run(self.tool("relc_generate_workspace"), "--out", folder, "--services", services,
                       "--files", files)
            self.notes.append(f"Workspace: {made.output.strip()}.")
        return folder

    def fresh(self, name):
        """A folder that there never was. To delete one and make it again would be measured: for five
        seconds ext4 looks for inodes that were not deleted just now."""
        self.folders += 1
        return self.work / f"{name}-{self.folders}"

    def small(self):
        """A workspace of one small file."""
        folder = self.work / "small"
        folder.mkdir(exist_ok=True)
        (folder / "system.rel").write_text(
            "import std.http\n\nsystem small {\n  window = 30d\n}\n\n"
            "team web { chat = slack-web }\n\nservice shop {\n  owner = web\n  tier  = tier3\n\n"
            '  slo availability { objective = 99.9%  sli = http.availability({job="shop"}) }\n}\n')
        return folder

    # --- the bars, each yields its figures

    def p1(self):
        folder = self.workspace(self.options.services, self.options.files)
        check = (self.relc, "check", folder)
        turns = take_turns(
            self.options.runs,
            antlr=lambda: json.loads(run(self.tool("relc_bench_antlr"), folder).output),
            check=lambda: run(*check),
        )
        alone = [a["wall"] for a in turns["antlr"]]
        lines = turns["antlr"][0]["lines"]
        wall = [c.wall for c in turns["check"]]
        # Each turn's ratio by itself: a slow moment of the machine hits both of a pair.
        ratio = median(w / a for w, a in zip(wall, alone))
        ratio_cpu = median(c.cpu / a["cpu"] for c, a in zip(turns["check"], turns["antlr"]))
        memory = median(c.memory for c in turns["check"])
        yield Figure("P1", f"`relc check` of {lines:,} lines, beside ANTLR alone", ratio, 2, "×", True,
                     f"{short(median(wall))} s against {short(median(alone))} s; "
                     f"processor time {short(ratio_cpu)} ×")
        yield Figure("P1", "peak memory of it", memory / lines, 1024, "bytes a line", True,
                     f"{memory / 1e6:.0f} MB")
        self.phases(check)

    def phases(self, check):
        """Where the time goes, if this relc can tell."""
        try:
            errors = run(*check, "--timings").errors
        except Failed:
            self.notes.append("This `relc` knows no `--timings`: no figures by phase.")
            return
        for line in errors.splitlines():
            if not line.startswith('{"phases"'):
                continue
            table = ["| phase | seconds | lines | lines a second | MB a second |",
                     "|---|---:|---:|---:|---:|"]
            for phase in json.loads(line)["phases"]:
                seconds, lines, size = phase["seconds"], phase.get("lines"), phase.get("bytes")
                per_text = seconds > 0.01  # less has to do with anything but the text's length
                rate = f"{lines / seconds:,.0f}" if lines and per_text else ""
                speed = f"{size / 1e6 / seconds:.1f}" if size and per_text else ""
                count = f"{lines:,}" if lines else ""
                table.append(f"| {phase['name']} | {seconds:.3f} | {count} | {rate} | {speed} |")
            self.phase_table = "\n".join(table)
            return
        self.notes.append("`relc check --timings` printed no phases.")

    def p2(self):
        if not shutil.which("promtool"):
            self.notes.append("P2 skipped: promtool is not installed.")
            return
        folder = self.workspace(500, 25)

        def build():
            return run(self.relc, "build", folder, "--out", self.fresh("p2"))

        out = self.fresh("p2")
        run(self.relc, "build", folder, "--out", out)
        files = sorted((out / "prometheus").glob("*.y*ml"))
        if not files:
            raise Failed(f"no rule files in {out}/prometheus")
        turns = take_turns(min(3, self.options.runs), build=build,
                           promtool=lambda: run("promtool", "check", "rules", *files))
        size = sum(f.stat().st_size for f in files)
        ratio = median(p.wall / b.wall for p, b in zip(turns["promtool"], turns["build"]))
        yield Figure("P2", "`promtool check rules` beside `relc build`, 1,000 SLOs", ratio, 10,
                     "× as long", False,
                     f"{short(median(b.wall for b in turns['build']))} s against "
                     f"{short(median(p.wall for p in turns['promtool']))} s for {size / 1e6:.0f} MB of rules"
                     f"{self.sloth_time()}")

    def sloth_time(self):
        """How long Sloth takes to write the rules of as many SLOs, and nothing else: for information."""
        if not shutil.which("sloth"):
            self.notes.append("P2: `sloth` is not on the PATH, so nothing is said of the time that it takes.")
            return ""
        slos = [promql_cost.availability(f"service-{i}") for i in range(1000)]
        start = time.perf_counter()
        files, _ = peers.sloth(slos, self.work / "sloth")
        size = sum(f.stat().st_size for f in files)
        return f"; Sloth writes its {size / 1e6:.0f} MB of rules of as many in {short(time.perf_counter() - start)} s"

    def p3(self):
        text = run(self.tool("bench_emit"), "20").output
        for line in text.splitlines()[1:]:
            match = re.match(r"(.+?)\s{2,}([\d.]+)\s+([\d.]+)\s+([\d.]+)\s*$", line)
            if not match or match.group(1) == "yaml-cpp":
                continue
            name, size, rate, times = match.groups()
            yield Figure("P3", f"`{name}`", float(rate), 100, "MB/s a core", False,
                         f"{times} × yaml-cpp, on {size} MB")

    def p4(self):
        try:
            yield from (Figure("P4", figure["work"], figure["value"], figure["bar"], figure["unit"], True, figure["detail"])
                        for figure in promql_cost.figures(self.relc, self.work / "p4", self.notes.append,
                                                          self.options.prometheus))
        except (SystemExit, RuntimeError) as error:  # what the modules of the tests end with
            raise Failed(f"{error}; see above") from error

    def p5(self):
        services, _, arcs, points, took = run(self.tool("bench_single_points"), 10_000).output.split()
        yield Figure("P5", f"single points of failure of 100 roots in {int(services):,} services", float(took), 100,
                     "ms", True, f"{int(arcs):,} arcs, {int(points):,} single points")
        models = fault_trees.measure(self.relc, min(3, self.options.runs))
        if models is None:
            self.notes.append("P5 skipped: it needs scram, /usr/bin/time, and RELC_ARALIA to name a folder of Open-PSA models.")
            return
        self.model_table = "\n".join(fault_trees.TABLE + [m.row() for m in models])
        wrong = [m for m in models if m.wrong]
        slowest = max(models, key=lambda m: m.relc.seconds)
        yield Figure("P5", f"published fault trees with another answer than the known one, of {len(models)}",
                     len(wrong), 0, "wrong", True, ", ".join(m.name for m in wrong) or "all right")
        yield Figure("P5", "slowest of them", slowest.relc.seconds, 10, "s", True, slowest.name)
        long = [m for m in models if m.scram.seconds > fault_trees.NOTEWORTHY]
        for what, of in (("time", lambda m: m.relc.seconds / m.scram.seconds),
                         ("memory", lambda m: m.relc.memory / m.scram.memory)):
            worst = max(long, key=of)
            yield Figure("P5", f"{what} beside `scram`, the worst of those that take it over "
                               f"{fault_trees.NOTEWORTHY} s", of(worst), 1, "×", True,
                         f"{worst.name}; {len(long)} models; in the median {short(median(map(of, long)))}")

    def p8(self):
        sizes = [1_000, 10_000, 100_000]
        for make, of in ((lambda size: self.workspace(size, max(6, size // 20)), "`relc check`"),
                         (self.profiled, "`relc check` where each service is two profiles")):
            cost = {}
            for size in sizes:
                check = (self.relc, "check", make(size))
                runs = take_turns(1 if size > 10_000 else 3, check=lambda: run(*check))["check"]
                cost[size] = (median(r.cpu for r in runs) / size, median(r.memory for r in runs) / size)
            for small, large in zip(sizes, sizes[1:]):
                for what, i, scale, unit in (("processor time", 0, 1e6, "µs"), ("memory", 1, 1e-3, "kB")):
                    before, after = cost[small][i], cost[large][i]
                    yield Figure("P8", f"{what} per service of {of}, {small:,} → {large:,} services",
                                 after / before, 1.3, "×", True,
                                 f"{short(before * scale)} → {short(after * scale)} {unit}")

    def profiled(self, services):
        """Services that say little and take over much: a profile that takes over another one, with
        arguments, promises, an alert, a failure mode, a runbook and text made of values."""
        folder = self.work / f"profiled-{services}"
        if folder.exists():
            return folder
        folder.mkdir()
        (folder / "system.rel").write_text(PROFILES)
        for first in range(0, services, 200):
            text = []
            for i in range(first, min(services, first + 200)):
                need = f"  needs s{i // 2} {{ timeout = 200ms }}\n" if i > 1 else ""
                text.append(f'service s{i} is web(job = "s{i}") {{\n'
                            f"  failure overload {{ likelihood = 2/year }}\n{need}}}\n")
            (folder / f"services-{first}.rel").write_text("\n".join(text))
        return folder

    def p9(self):
        folder = self.workspace(self.options.build_services, self.options.build_services // 20)
        changed = sorted((folder / "areas").glob("*.rel"))[0]
        text = changed.read_text()
        versions = [text, re.sub(r"objective( *)= 9\d(\.\d+)?%", r"objective\1= 98%", text, count=1)]
        if versions[0] == versions[1]:
            raise Failed(f"no objective to change in {changed}")
        out = []  # where the last full build went

        def build():
            return run(self.relc, "build", folder, "--out", out[-1])

        def full():
            out.append(self.fresh("p9"))
            return build()

        def one_changed():
            versions.reverse()
            changed.write_text(versions[0])
            return build()

        turns = take_turns(self.options.runs, full=full, nothing=build, one=one_changed)
        base = [f.wall for f in turns["full"]]
        for name, work, bar in (("nothing", "nothing changed", 0.2), ("one", "one service changed", 0.25)):
            walls = [r.wall for r in turns[name]]
            yield Figure("P9", f"`relc build` with {work}, beside a full build of {self.options.build_services:,} services",
                         median(w / b for w, b in zip(walls, base)), bar, "×", True,
                         f"{short(median(walls))} s against {short(median(base))} s")

    def p10(self):
        folder = self.small()
        turns = take_turns(max(20, self.options.runs), version=lambda: run(self.relc, "--version"),
                           check=lambda: run(self.relc, "check", folder), true=lambda: run("true"))
        floor = median(t.wall for t in turns["true"]) * 1000
        for name, work in (("version", "`relc --version`"), ("check", "`relc check` of one small file")):
            walls = [r.wall * 1000 for r in turns[name]]
            yield Figure("P10", work, median(walls), 20, "ms", True,
                         f"slowest of {len(walls)}: {short(max(walls))} ms; starting `true` takes {short(floor)} ms")


PROFILES = '''import std.http

system big { }

team shop { chat = slack-shop }
domain a { level = zone }

profile base {
  parameter of { type = team }

  service {
    owner     = of
    tier      = tier3
    replicas  = 3
    placement = a
    runbook look { summary = "When ${self} is slow"  step { do = "Look"  expect = "A cause" } }
  }
}

profile web {
  parameter job   { type = string }
  parameter under { type = duration  default = 250ms }

  service is base(of = shop) {
    slo availability { objective = 99.9%  sli = http.availability({job="${job}"})  runbook = look }
    slo latency {
      objective = 99%
      sli       = http.latency({job="${job}"}, under = under)
      runbook   = look
    }
    alert Slow {
      when     = `max(queue_age_seconds{job=$job}) > 10`
      for      = 5m
      severity = ticket
      symptom  = "${self} is slow"
      runbook  = look
    }
    failure overload { effect = "${self} is slow"  detected_by = availability }
  }
}
'''

HEADER = ["| bar | work | bar | best seen | today | met | how it came out |",
          "|---|---|---|---:|---:|---|---|"]


def block(name):
    """Pattern of a part of the page that this program writes."""
    return re.compile(rf"(<!-- {name} -->\n)(.*?)(<!-- end of {name} -->)", re.DOTALL)


def machine():
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return f"{os.cpu_count()} cores, {model}"


def earlier_rows(table):
    """key -> (best value, row) of the table that stands in the page."""
    rows = {}
    for line in table.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| P") and len(cells) == 7:
            rows[key(cells[0], cells[1])] = (float(cells[3]), line)
    return rows


def key(id, work):
    """What names a row: the work without the numbers that change from run to run."""
    return id, re.sub(r"[\d,]+ (lines|services)", r"\1", work) if id != "P8" else work


def replaced(text, name, content):
    found = block(name).search(text)
    if not found:
        raise Failed(f"{PAGE} has no part `<!-- {name} -->`")
    return text[: found.start(2)] + content + text[found.end(2) :]


def record(figures, tables):
    """Rows of bars that were not measured, and the best values, stay."""
    measured = {figure.id for figure in figures}
    text = PAGE.read_text()
    found = block("figures").search(text)
    earlier = earlier_rows(found.group(2) if found else "")
    rows = {k: row for k, (_, row) in earlier.items() if k[0] not in measured}
    for figure in figures:
        k = key(figure.id, figure.work)
        rows[k] = figure.row(earlier[k][0] if k in earlier else None)
    order = sorted(rows, key=lambda k: int(k[0][1:]))
    table = "\n".join(HEADER + [rows[k] for k in order])
    text = replaced(text, "figures", f"Measured {date.today():%Y-%m-%d} on {machine()}.\n\n{table}\n")
    for name, table in tables.items():
        if table:
            text = replaced(text, name, table + "\n")
    PAGE.write_text(text)


def main():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    bars = {name.upper(): name for name in ("p1", "p2", "p3", "p4", "p5", "p8", "p9", "p10")}
    parser.add_argument("--only", default=",".join(bars), help="bars, separated by commas (all of %(default)s)")
    parser.add_argument("--build", type=Path, default=ROOT / "build/release", help="where relc and its tools are")
    parser.add_argument("--services", type=int, default=10_000, help="size of P1 (%(default)s)")
    parser.add_argument("--files", type=int, default=500, help="files of P1 (%(default)s)")
    parser.add_argument("--build-services", type=int, default=1_000, help="size of P9 (%(default)s)")
    parser.add_argument("--runs", type=int, default=5, help="turns (%(default)s)")
    parser.add_argument("--tools", type=Path, metavar="FOLDER",
                        help="where `sloth` and `pyrra` are, if not on the PATH; without them their documented shapes are taken")
    parser.add_argument("--prometheus", default="", metavar="SUFFIX",
                        help="of the programs of P4: 3 for `prometheus3` and `promtool3`")
    parser.add_argument("--record", action="store_true", help="write the figures into docs/performance.md")
    options = parser.parse_args()
    names = [name.strip().upper() for name in options.only.split(",")]
    for name in names:
        if name not in bars:
            parser.error(f"there is no bar `{name}` here; there are {', '.join(bars)}")

    if options.tools:
        os.environ["PATH"] = f"{options.tools.resolve()}{os.pathsep}{os.environ['PATH']}"

    figures, failures = [], []
    with tempfile.TemporaryDirectory(prefix="relc-bench-") as work:
        bench = Bench(options, Path(work))
        print("\n".join(HEADER))
        for name in names:
            try:
                for figure in getattr(bench, bars[name])():
                    figures.append(figure)
                    print(figure.row(), flush=True)
            except (Failed, OSError) as error:
                failures.append(name)
                print(f"{name} could not be measured: {error}", file=sys.stderr)
        if bench.phase_table:
            print("\nPhases of the check of P1:\n\n" + bench.phase_table)
        if bench.model_table:
            print("\nModels of P5:\n\n" + bench.model_table)
        for note in bench.notes:
            print("\n" + note)
        print(f"\n{machine()}, {date.today():%Y-%m-%d}")
        if options.record and figures:
            record(figures, {"phases": bench.phase_table, "models": bench.model_table})
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())

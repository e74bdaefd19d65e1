"""P5: fault trees of a folder through relc and through scram, model by model.

The published models are not part of this repository: RELC_ARALIA names a folder of Open-PSA files, and
of an `expected.json` with the known answers ({"chinese": {"mcs": 392, "mcs_by_order": [0, 12, …],
"p_exact": 0.00117}}), if there is one.
"""

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

NOTEWORTHY = 0.1  # seconds that scram takes: below it both are mostly starting
TIME = "/usr/bin/time"  # Debian's package of that name


@dataclass
class Measured:
    seconds: float
    memory: float  # MB, the peak


@dataclass
class Model:
    name: str
    relc: Measured
    scram: Measured
    sets: int
    largest_order: int
    probability: float
    wrong: list  # what differs from the known answer or from scram

    def row(self):
        return (f"| {self.name} | {self.sets:,} | {self.largest_order} | {self.probability:.9g} "
                f"| {self.relc.seconds:.3f} | {self.scram.seconds:.2f} | {self.relc.memory:.0f} "
                f"| {self.scram.memory:.0f} | {'; '.join(self.wrong) or 'yes'} |")


TABLE = ["| model | cut sets | largest order | probability | relc, s | scram, s | relc, MB | scram, MB | right |",
         "|---|---:|---:|---:|---:|---:|---:|---:|---|"]


def start(report, *command):
    """A program of which `peak` tells the memory. Linux counts what a process held before it became
    another program too; so not this one starts it, but GNU time, which is small."""
    return subprocess.Popen([TIME, "--quiet", "-f", "%M", "-o", report, *command],
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def peak(report):
    return int(Path(report).read_text().split()[-1]) / 1024


def run_relc(relc, file):
    with tempfile.NamedTemporaryFile() as report:
        begin = time.perf_counter()
        process = start(report.name, relc, "faulttree", "--format", "json", file)
        out = process.communicate()[0]
        seconds = time.perf_counter() - begin
        return Measured(seconds, peak(report.name)), json.loads(out)["roots"][0]


def run_scram(file):
    """Until the line that has count and probability: scram then writes each cut set, which is not
    what is compared. 2000 is an order that no model reaches; its default is 20, silently."""
    with tempfile.NamedTemporaryFile() as report:
        begin = time.perf_counter()
        process = start(report.name, "scram", "--bdd", "--probability", "1", "-l", "2000", file)
        found = None
        for line in process.stdout:
            found = re.search(rb"<sum-of-products .*>", line)
            if found:
                break
        seconds = time.perf_counter() - begin
        process.stdout.close()  # it ends when it writes on
        process.wait()
        said = dict(re.findall(r'([\w-]+)="([^"]*)"', found.group(0).decode())) if found else {}
        return Measured(seconds, peak(report.name)), said


def differences(root, expected, scram):
    """What relc says against what is known."""
    counts = root["minimal_cut_sets"]
    total, p = int(counts["total"]), root["probability"]["low"]
    by_order = {row["order"]: int(row["count"]) for row in counts["by_order"]}
    wrong = []
    if not counts["complete"] or not root["probability"]["exact"]:
        wrong.append("did not fit the budget")
    if expected:
        known = {i + 1: n for i, n in enumerate(expected["mcs_by_order"]) if n}
        if total != expected["mcs"] or by_order != known:
            wrong.append(f"{expected['mcs']} cut sets are right")
        if abs(p - expected["p_exact"]) > 1e-9 * expected["p_exact"]:
            wrong.append(f"{expected['p_exact']} is right")
    if scram:
        if total != int(scram["products"]):
            wrong.append(f"scram counts {scram['products']}")
        if abs(p - float(scram["probability"])) > 1e-5 * p:
            wrong.append(f"scram says {scram['probability']}")
    return wrong


def measure(relc, turns):
    """All models of the folder; None if there are none, or no scram or GNU time."""
    folder = Path(os.environ.get("RELC_ARALIA", ""))
    files = sorted(folder.glob("*.xml")) if os.environ.get("RELC_ARALIA") else []
    if not files or not shutil.which("scram") or not os.path.exists(TIME):
        return None
    known = folder / "expected.json"
    expected = json.loads(known.read_text()) if known.exists() else {}
    models = []
    for file in files:
        ours, theirs = [], []
        for turn in range(turns):
            measured, root = run_relc(relc, file)
            ours.append(measured)
            if turn == 0 or theirs[0].seconds < 5:
                measured, said = run_scram(file)
                theirs.append(measured)
        orders = root["minimal_cut_sets"]["by_order"]
        models.append(Model(file.stem, fastest(ours), fastest(theirs), int(root["minimal_cut_sets"]["total"]),
                            orders[-1]["order"] if orders else 0, root["probability"]["low"],
                            differences(root, expected.get(file.stem), said)))
    return models


def fastest(runs):
    return Measured(min(r.seconds for r in runs), min(r.memory for r in runs))

"""Days of history in a real Prometheus: samples and recorded series are written into blocks by
promtool, and Prometheus answers from them.

Rules are recorded in the order in which they read each other, each at its group's interval, with the
groups' own offsets, as the server would have done had it been there all the time.
"""

import json
import re

import e2e

# Blocks of 60.75 days: promtool reads its whole input once for each block. For rules 2.25 days where one
# would be too much for a range query, which has at most 11,000 points. At the edge between two blocks
# promtool leaves an evaluation out if it falls into the last second.
LONG_BLOCK, RULE_BLOCK, MOST_POINTS = 1458 * 3600, 54 * 3600, 10_900
EPOCH = 320 * LONG_BLOCK  # where history begins, in 2023: the edge of a block

CONFIGURATION = """
global: {{scrape_interval: {interval}s, evaluation_interval: {interval}s}}
rule_files: [{rules}]
"""


class Rule:
    """A rule as Prometheus has read it; times in seconds."""

    def __init__(self, group, rule):
        self.group, self.interval = group["name"], float(group["interval"])
        self.name, self.query, self.labels = rule["name"], rule["query"], rule.get("labels", {})


class History:
    def __init__(self, folder, servers, interval, prometheus="prometheus", promtool="promtool"):
        self.folder, self.servers, self.interval = folder, servers, interval
        tools = e2e.need(prometheus, promtool)
        self._prometheus, self._promtool = tools[prometheus], tools[promtool]
        self._data = folder / "history"
        self._data.mkdir()
        self._runs = 0

    def load(self, samples):
        """`samples`: (metric, labels, [(time, value)…]) each, times from EPOCH on, sorted by metric."""
        file, known = self.folder / "samples.txt", None
        with file.open("w") as out:
            for metric, labels, points in samples:
                if metric != known:
                    family = metric.removesuffix("_total")
                    out.write(f"# TYPE {family} {'counter' if family != metric else 'gauge'}\n")
                    known = metric
                text = ",".join(f'{k}="{v}"' for k, v in sorted(labels.items()))
                out.writelines(f"{metric}{{{text}}} {value} {EPOCH + t}\n" for t, value in points)
            out.write("# EOF\n")
        self._promtool_run("openmetrics", "--max-block-duration", f"{LONG_BLOCK}s", file, self._data)
        file.unlink()

    def _promtool_run(self, *arguments):
        status, text = e2e.run(self._promtool, "tsdb", "create-blocks-from", "--quiet", *arguments, timeout=600)
        if status != 0:
            e2e.fail(f"promtool tsdb create-blocks-from {arguments[0]} exits with {status}:\n{text[-3000:]}")

    # --- the server

    def start(self, rules=()):
        """Starts the server, or starts it again, so that it sees new blocks."""
        if self._runs:
            self.servers.stop("history")
        self._runs += 1
        address = f"127.0.0.1:{e2e.free_port()}"
        self.url = f"http://{address}"
        configuration = self.folder / "history.yaml"
        configuration.write_text(CONFIGURATION.format(interval=self.interval, rules=", ".join(f'"{f}"' for f in rules)))
        self.servers.start("history", self._prometheus, f"--config.file={configuration}",
                           f"--storage.tsdb.path={self._data}", "--storage.tsdb.retention.time=100y",
                           "--query.max-samples=500000000", f"--web.listen-address={address}")
        self.servers.wait_until_ready("history", f"{self.url}/-/ready")

    def rules(self, files):
        """The recording rules and the alerts of files."""
        self.start(files)
        groups = e2e.ask(f"{self.url}/api/v1/rules")["groups"]
        return tuple([Rule(g, r) for g in groups for r in g["rules"] if r["type"] == kind]
                     for kind in ("recording", "alerting"))

    def query(self, query, at):
        """[(labels, value)…] at a time."""
        result = e2e.ask(f"{self.url}/api/v1/query", query=query, time=EPOCH + at)["result"]
        return [(series["metric"], float(series["value"][1])) for series in result]

    def value(self, query, at):
        """The only value, or None if there is no series."""
        found = self.query(query, at)
        if len(found) > 1:
            e2e.fail(f"{len(found)} series where one is expected: {query}")
        return found[0][1] if found else None

    def samples(self, selector, at, length):
        """[(labels, [(time, value)…])…] as they are stored."""
        result = e2e.ask(f"{self.url}/api/v1/query", query=f"{selector}[{int(length)}s]", time=EPOCH + at)["result"]
        return [(s["metric"], [(round(float(t) - EPOCH, 3), float(v)) for t, v in s["values"]]) for s in result]

    def moments(self, query, begin, end, step, labels={}):
        """The times, of begin, begin + step and so on, at which a query has a result with these labels."""
        result = e2e.ask(f"{self.url}/api/v1/query_range", query=query, start=EPOCH + begin,
                         end=EPOCH + end, step=step)["result"]
        return {round(float(t) - EPOCH, 3) for series in result if labels.items() <= series["metric"].items()
                for t, _ in series["values"]}

    def cost(self, query, at):
        """(samples that the query reads, seconds that it takes)."""
        stats = e2e.ask(f"{self.url}/api/v1/query", query=query, time=EPOCH + at, stats="all")["stats"]
        return stats["samples"]["totalQueryableSamples"], stats["timings"]["evalTotalTime"]

    # --- recording

    def record(self, rules, begin, end, leaf=None):
        """Records rules from one time to another. `leaf`: (begin, interval) for those that no other
        rule looks back on, which are many times more costly than all others."""
        for level in levels(rules):
            for once, chosen in ((False, [r for r in level if looked_back_on(r, rules)]),
                                 (True, [r for r in level if not looked_back_on(r, rules)])):
                if chosen:
                    first, interval = leaf if once and leaf else (begin, None)
                    self._record(chosen, first, end, interval)
            self.start()

    def _record(self, rules, begin, end, interval):
        groups = {}
        for rule in rules:
            key = rule.group
            groups.setdefault(key, {"name": key, "interval": f"{int(interval or rule.interval)}s", "rules": []})
            groups[key]["rules"].append({"record": rule.name, "expr": rule.query, "labels": rule.labels})
        file = self.folder / "recorded.json"
        file.write_text(json.dumps({"groups": list(groups.values())}))  # JSON is YAML
        most = max((end - begin) / (interval or rule.interval) for rule in rules)
        block = LONG_BLOCK if most < MOST_POINTS else RULE_BLOCK
        self._promtool_run("rules", "--max-block-duration", f"{block}s", "--url", self.url,
                           "--start", int(EPOCH + begin), "--end", int(EPOCH + end), "--output-dir", self._data, file)


def window_of(name):
    """Seconds at the end of the name of a recorded series: slo:error_ratio:rate1d12h."""
    units = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31536000}
    found = re.search(r"rate((?:\d+(?:ms|[smhdwy]))+)$", name)
    return sum(int(n) * units[u] for n, u in re.findall(r"(\d+)(ms|[smhdwy])", found[1])) if found else None


def written(seconds):
    """Prometheus' way to write a duration: 1d12h, 500ms."""
    left, text = round(seconds * 1000), ""
    for unit, length in (("d", 86400000), ("h", 3600000), ("m", 60000), ("s", 1000), ("ms", 1)):
        if left >= length:
            text += f"{left // length}{unit}"
            left %= length
    return text or "0s"


def levels(rules):
    """The rules in the order in which they read each other: [[those that read none], …]."""
    names = {rule.name for rule in rules}
    reads = {name: set() for name in names}
    for rule in rules:
        reads[rule.name] |= read_by(rule, names)
    depth = {}

    def deep(name, path=()):
        if name in path:
            e2e.fail(f"rules read each other in a circle: {' → '.join([*path, name])}")
        if name not in depth:
            depth[name] = max((deep(other, (*path, name)) + 1 for other in reads[name]), default=0)
        return depth[name]

    result = {}
    for rule in rules:
        result.setdefault(deep(rule.name), []).append(rule)
    return [result[d] for d in sorted(result)]


def read_by(rule, names):
    return {word for word in re.findall(r"[a-zA-Z_:][a-zA-Z0-9_:]*", rule.query) if word in names} - {rule.name}


def looked_back_on(rule, rules):
    """Does a rule read a range of what this one records?"""
    pattern = re.compile(rf"(?<![\w:]){re.escape(rule.name)}(\{{[^}}]*\}})?\[")
    return any(pattern.search(other.query) for other in rules)

#!/usr/bin/env python3
"""The metrics that a module of the standard library declares are those that exist.

    exposition_test.py MODULE

Each `metric` of stdlib/std/MODULE.rel is held against what a real server writes, where Debian
packages one (live_*.py start them), and against expositions/MODULE.prom, which lists what the
documentation of the software says. Each must be in one of them, with this type and these labels, and
where both have it both must agree. Without the packages the documentation alone is compared, and the
test ends as skipped.

What a label set must be: no label was seen that is not declared, and each that is declared was seen.
In a .prom file it is enough if one of a metric's samples has all its labels. A line `# OPEN name` says
that whoever instruments adds labels of his own, so that those of this metric are not judged.
"""

import pathlib
import re
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "e2e"))
import e2e
import live_data
import live_web

LIVE = live_web.LIVE | live_data.LIVE
STDLIB = e2e.ROOT / "stdlib" / "std"

# --- what a module declares

TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\])*"|`[^`]*`', re.S)
METRIC = re.compile(r"^metric\s+([A-Za-z_][A-Za-z0-9_]*)\s*\{([^}]*)\}", re.M)
ATTRIBUTE = re.compile(r"(\w+)\s*=\s*(\[[^\]]*\]|\"[^\"]*\"|\S+)")
# Text formats know no type of its own for these.
WRITTEN_AS = {"info": "gauge", "native_histogram": "histogram"}
SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
UNITS = {"milliseconds": 0.001}


class Metric:
    def __init__(self, name, body):
        attributes = dict(ATTRIBUTE.findall(body))
        self.name = name
        self.type = attributes.get("type")
        self.labels = set(items(attributes.get("labels", "[]")))
        unit = UNITS.get(attributes.get("unit"), 1.0)
        self.buckets = {round(number(item, unit), 9) for item in items(attributes.get("buckets", "[]"))}

    def parts(self):
        """The names of the series that a scrape of it holds, without suffix first."""
        return [self.name] if self.type not in ("histogram", "summary") else [
            self.name, self.name + "_bucket", self.name + "_count", self.name + "_sum"]


def items(text):
    return [item.strip('"') for item in re.findall(r"[^\s,\[\]]+", text)]


def number(text, unit):
    """A boundary in the unit of its metric (in seconds), in which it stands if it has no unit."""
    value, suffix = re.fullmatch(r"([0-9.e+-]+?)(ms|s|m|h|d|)", text).groups()
    return float(value) * SECONDS[suffix] / unit if suffix else float(value)


def declared(text):
    """The metrics of a module; comments, PromQL and the insides of long strings are blanked first."""
    def blank(match):
        token = match.group()
        return token if token.startswith('"') and "\n" not in token and "{" not in token else ""
    return [Metric(*match) for match in METRIC.findall(TOKEN.sub(blank, text))]


# --- what a server writes

SAMPLE = re.compile(r"^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})?\s+\S+")
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:\\.|[^"\\])*)"')


class Exposition:
    """Names with their types, labels and bucket boundaries, of any number of scrapes."""

    def __init__(self, *texts):
        self.types, self.labels, self.buckets, self.open = {}, {}, {}, set()
        for text in texts:
            for line in text.splitlines():
                self._read(line)

    def _read(self, line):
        words = line.split()
        if line.startswith("# TYPE "):
            self.types[words[2]] = words[3]
        elif line.startswith("# OPEN "):
            self.open.add(words[2])
        elif match := SAMPLE.match(line):
            name, labels = match.group(1), dict(LABEL.findall(match.group(2) or ""))
            if name.endswith("_bucket") and "le" in labels:
                boundary = labels.pop("le")
                if boundary != "+Inf":
                    self.buckets.setdefault(name[:-7], set()).add(round(float(boundary), 9))
            labels.pop("quantile", None)
            self.labels.setdefault(name, set()).update(labels)

    def has(self, metric):
        return any(part in self.labels for part in metric.parts())

    def labels_of(self, metric):
        return set().union(*(self.labels.get(part, set()) for part in metric.parts()))

    def type_of(self, metric):
        return self.types.get(metric.name, "untyped")


# --- the comparison

def complaints(metric, sources):
    """What is wrong with one metric; `sources` are (where it was seen, Exposition)."""
    seen = [(where, exposition) for where, exposition in sources if exposition.has(metric)]
    if not seen:
        yield f"is in none of: {', '.join(where for where, _ in sources)}"
        return
    expected = WRITTEN_AS.get(metric.type, metric.type)
    judged = not any(metric.name in exposition.open for _, exposition in seen)
    for where, exposition in seen:
        written = exposition.type_of(metric)
        if written not in (expected, "untyped", "unknown"):
            yield f"is a {metric.type}; {where} says {written}"
        extra = exposition.labels_of(metric) - metric.labels
        if judged and extra:
            yield f"has no label {', '.join(sorted(extra))}; {where} shows it"
        boundaries = exposition.buckets.get(metric.name)
        if metric.buckets and boundaries and metric.buckets != boundaries:
            yield f"has the boundaries {sorted(metric.buckets)}; {where} shows {sorted(boundaries)}"
    missing = metric.labels.difference(*(exposition.labels_of(metric) for _, exposition in seen))
    if judged and missing:
        yield f"has the label {', '.join(sorted(missing))}, which nothing shows"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    module = sys.argv[1]
    metrics = declared((STDLIB / f"{module}.rel").read_text())
    if not metrics:
        print(f"std.{module} declares no metric")
        return

    sources, absent = [], []
    documented = HERE / "expositions" / f"{module}.prom"
    if documented.exists():
        sources.append((documented.name, Exposition(documented.read_text())))
    if module in LIVE:
        tools, scrape = LIVE[module]
        absent = e2e.absent(*tools)
        if not absent:
            with e2e.scratch() as folder, e2e.Servers(folder) as servers:
                sources.append(("the scrape", Exposition(*scrape(servers, folder))))
    if not sources and not absent:
        e2e.fail(f"nothing to hold std.{module} against: write {documented.name}, or start a server")

    wrong = 0
    for metric in metrics:
        if absent and not any(exposition.has(metric) for _, exposition in sources):
            continue
        for complaint in complaints(metric, sources):
            wrong += 1
            print(f"{module}.{metric.name} {complaint}", file=sys.stderr)
    if wrong:
        sys.exit(1)
    print(f"std.{module}: {len(metrics)} metrics, held against {', '.join(where for where, _ in sources) or 'nothing'}")
    if absent:
        print(f"skipped: {', '.join(absent)} not found")
        sys.exit(e2e.SKIPPED)


if __name__ == "__main__":
    main()

"""P4: what the generated rules cost a real Prometheus, and how true they are, beside the rules of
others for the same SLOs on the same series.

Thirty days of history at 30 s are written into blocks; so is what the rules have recorded until then
(tests/e2e/history.py). Then each rule, alerts included, is evaluated once at the same moment, and
Prometheus says how many samples it has read: the `totalQueryableSamples` of the query, whose sum is held
against the server's own counter `prometheus_engine_query_samples_total` where it has one (Prometheus 3).
"""

import math
import re
import sys
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/e2e"))
import e2e
import history
import peers
from traffic import DAY, HOUR

SCRAPE, PERIOD = 30, 30 * DAY
NOW = PERIOD + 14 * HOUR  # a window and a bit of history, to an afternoon
INCIDENT = NOW - 3 * HOUR  # the last incident, which lasts two hours
TARGETS = 10

PROGRAM = """
import std.http

system cost {{
  window = 30d
  prometheus {{ scrape_interval = 30s }}
}}

team watchers {{ chat = watchers }}
{services}"""

SERVICE = """
service {service} {{
  owner = watchers
  slo {name} {{ objective = {objective}%  sli = {sli} }}
}}
"""

REQUESTS = 'http_requests_total{{{code}job="{job}"}}'
SECONDS = 'http_request_duration_seconds_{part}{{{le}job="{job}"}}'


def availability(job):
    return peers.Slo(job, "99.9", REQUESTS.format(code='code=~"5..",', job=job), REQUESTS.format(code="", job=job))


def slos():
    return [availability("steady"), availability("swinging"),
            peers.Slo("slow", "99", SECONDS.format(part="bucket", le='le="0.25",', job="slow"),
                      SECONDS.format(part="count", le="", job="slow"), latency=True, name="latency"),
            availability("lonely")]


def series():
    """(metric, labels, points): ten targets with two series each, of which one alone is `lonely`."""
    times = [k * SCRAPE + 7 for k in range(NOW // SCRAPE)]
    # Whole events a scrape of one target: all, and those that fail.
    steady = [(200, 3)] * len(times)
    swinging = []
    for k, t in enumerate(times):
        everything = int(5 * (1 + 99 * (1 - math.cos(2 * math.pi * t / DAY)) / 2))
        failed = everything // 20 if INCIDENT <= t < INCIDENT + 2 * HOUR else everything // 400 + (k % 50 == 0)
        swinging.append((everything, failed))
    for job, steps, targets in (("steady", steady, TARGETS), ("swinging", swinging, TARGETS), ("lonely", swinging, 1)):
        for code, part in (("200", lambda n, bad: n - bad), ("500", lambda n, bad: bad)):
            for target in range(targets):
                yield ("http_requests_total", {"job": job, "instance": str(target), "code": code},
                       summed(times, steps, part, target))
    for metric, part in (("http_request_duration_seconds_bucket", lambda n, bad: n - bad),
                         ("http_request_duration_seconds_count", lambda n, bad: n)):
        for target in range(TARGETS):
            labels = {"job": "slow", "instance": str(target), **({"le": "0.25"} if metric.endswith("bucket") else {})}
            yield metric, labels, summed(times, swinging, part, target)


def summed(times, steps, part, target):
    value, points = 1000 * target, []
    for t, (n, bad) in zip(times, steps):
        value += part(n, bad)
        points.append((t, value))
    return points


class Measured:
    def __init__(self):
        self.samples = {}  # service -> samples read by one evaluation of each rule
        self.rate = {}  # service -> samples a second at the groups' own intervals
        self.seconds = 0.0
        self.origin = ""


def counter(past):
    """Samples that queries have read since the server started; None where it does not count them."""
    text = e2e.get(f"{past.url}/metrics").decode()
    found = re.search(r"^prometheus_engine_query_samples_total ([\d.e+]+)", text, re.MULTILINE)
    return float(found[1]) if found else None


def measure(past, files, origin):
    rules, alerts = past.rules(files)
    past.record(rules, 0, NOW, leaf=(NOW - 15 * 60, None))
    result, before = Measured(), counter(past)
    result.origin = origin
    everything = [(rule, rule.interval) for rule in rules] + [(alert, alert.interval) for alert in alerts]
    total = 0
    for rule, interval in everything:
        service = owner(rule)
        samples, seconds = past.cost(rule.query, NOW)
        total += samples
        result.samples[service] = result.samples.get(service, 0) + samples
        result.rate[service] = result.rate.get(service, 0) + samples / interval
        result.seconds += seconds
    if before is not None and abs(counter(past) - before - total) > 0.001 * total:
        e2e.fail(f"Prometheus counts {counter(past) - before:.0f} samples and says {total} of the queries")
    return result


def owner(rule):
    """The service whose rule it is: its name is part of a label, of the group's name, or of the query."""
    for slo in slos():
        if any(slo.service in text for text in (*rule.labels.values(), rule.group, rule.query)):
            return slo.service
    e2e.fail(f"whose rule is {rule.name}?")


def figures(relc, work, note, suffix=""):
    """Figures of the bar, as keyword arguments: work, value, bar, unit, detail. The server is the program
    `prometheus` with the suffix."""
    if missing := e2e.absent("prometheus" + suffix, "promtool" + suffix):
        note(f"P4 skipped: {', '.join(missing)} not installed.")
        return
    wanted = slos()
    work.mkdir()
    program = work / "program"
    program.mkdir(parents=True)
    (program / "cost.rel").write_text(PROGRAM.format(services="".join(SERVICE.format(
        service=slo.service, name=slo.name, objective=slo.objective,
        sli=(f'http.latency({{job="{slo.service}"}}, under = 250ms)' if slo.latency
             else f'http.availability({{job="{slo.service}"}})')) for slo in wanted)))
    status, text = e2e.run(relc, "build", program, "--out", work / "ours")
    if status != 0:
        e2e.fail(f"relc build ends with {status}:\n{text}")
    sets = {"ours": (sorted((work / "ours/prometheus").glob("*.rules.yaml")), "written by relc")}
    for name, make in (("sloth", peers.sloth), ("pyrra", peers.pyrra), ("raw", peers.raw)):
        sets[name] = make(wanted, work / name)

    with e2e.Servers(work) as servers:
        past = history.History(work, servers, SCRAPE, "prometheus" + suffix, "promtool" + suffix)
        past.load(sorted(series(), key=lambda s: s[0]))
        cost = {name: measure(past, files, origin) for name, (files, origin) in sets.items()}
        yield from costs(cost)
        yield from truths(past, wanted)
    note("P4, samples a second at the rules' own intervals, and the time that one evaluation of all takes: " +
         "; ".join(f"{name}, {c.origin}: {sum(c.rate.values()):,.0f}, {c.seconds * 1000:.0f} ms"
                   for name, c in cost.items()) + ".")


def costs(cost):
    for services, what in ((["steady", "swinging", "slow"], "20 raw series an SLO"), (["lonely"], "2 raw series")):
        def read(name):
            return sum(cost[name].samples[s] for s in services)

        def rate(name):
            return sum(cost[name].rate[s] for s in services)

        yield dict(work=f"samples that one evaluation of the rules reads, beside Sloth's, {what}",
                   value=read("ours") / read("sloth"), bar=1 / 4, unit="×",
                   detail=f"{read('ours'):,} against {read('sloth'):,}; Pyrra's read {read('pyrra'):,}. A second: "
                          f"{rate('ours'):,.0f} against {rate('sloth'):,.0f} and {rate('pyrra'):,.0f}")
        yield dict(work=f"samples that one evaluation of the rules reads, beside raw windows, {what}",
                   value=read("ours") / read("raw"), bar=1 / 10, unit="×",
                   detail=f"{read('ours'):,} against {read('raw'):,}")


def truths(past, wanted):
    worst, where = 0.0, []
    for slo in wanted:
        bad, total = (past.value(expression.replace("rate(", "increase("), NOW)
                      for expression in (slo.bad_rate("30d"), slo.total_rate("30d")))
        ours = past.value(f'slo:error_ratio:rate30d{{service="{slo.service}"}}', NOW)
        off = abs(ours / (bad / total) - 1)
        worst = max(worst, off)
        where.append(f"{slo.service} {off:.1e}")
    yield dict(work="period SLI beside raw `increase` over 30 days, relative", value=worst, bar=1e-3, unit="",
               detail=", ".join(where))
    worst = {}
    for slo in wanted:
        for window in ("5m", "30m", "1h", "2h", "6h", "1d", "3d"):
            ours = past.value(f'slo:error_ratio:rate{window}{{service="{slo.service}"}}', NOW)
            raw = past.value(f"{slo.bad_rate(window)} / {slo.total_rate(window)}", NOW)
            worst.setdefault(slo.service, []).append((abs(ours / raw - 1) if raw else abs(ours), window))
    elsewhere = ", ".join(f"{off:.1e} in {window}" for off, window in worst["swinging"])
    yield dict(work="burn windows beside raw windows on a constant rate, relative", value=max(worst["steady"])[0],
               bar=1e-9, unit="", detail=f"where traffic swings and an incident has ended an hour ago: {elsewhere}")

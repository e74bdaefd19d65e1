#!/usr/bin/env python3
"""Which wrong numbers the generated rules avoid: the truth about thirty days of scripted traffic, what
relc's rules make of it, and what those of Sloth and Pyrra do, as a table in Markdown.

The scripts are those of tests/e2e/traffic.py; what happens is written down there, so the truth needs no
Prometheus. Everything else is evaluated by one. A few minutes.

    bench/wrong_numbers.py [--build build/release] [--tools FOLDER-WITH-sloth-AND-pyrra]
"""

import argparse
import math
import os
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
import peers
import promql_cost  # finds the modules below tests/e2e
import e2e
import history
import traffic
from traffic import DAY, HOUR

PERIOD, SCRAPE = 30 * DAY, 30
END = PERIOD + 2 * HOUR
OUTAGE = END - 2 * HOUR  # of an hour
TOLERANT = ["target-90", "target-90-mended"]

POLICY = """
burn_policy mended {{
  tier page-fast   {{ severity = page    budget = 1%   long = 1h  short = 5m }}
  tier page-slow   {{ severity = page    budget = 5%   long = 6h  short = 30m }}
  tier ticket-fast {{ severity = ticket  budget = 10%  long = 1d  short = 2h }}
}}
"""

SERVICE = """
service {service} {{
  owner = watchers
  slo availability {{ objective = {objective}%  {more} sli = http.availability({{job="{service}"}}) }}
}}
"""


def scripts():
    scale = traffic.Scale(usual=0.0002)
    result = traffic.scripts(END, PERIOD - 1.5 * DAY, scale)
    busy = traffic.diurnal(scale.peak, scale.peak / 100, scale.day)
    share = lambda t: 1.0 if OUTAGE <= t < OUTAGE + HOUR else scale.usual
    return result + [traffic.Script(TOLERANT[0], END, scale.step, traffic.answers(busy, share),
                                    about="a target of 90 %; for an hour everything fails")]


def slo_of(script):
    return peers.Slo(script.name, "90" if script.name in TOLERANT else "99.9",
                     f'http_requests_total{{code=~"5..",job="{script.name}"}}', f'http_requests_total{{job="{script.name}"}}')


def ours(relc, played, folder):
    """relc refuses the policy under which a page can never come; the one it proposes takes its place."""
    program = folder / "program"
    program.mkdir(parents=True)

    def build(more):
        (program / "all.rel").write_text(promql_cost.PROGRAM.format(services=POLICY.format() + "".join(
            SERVICE.format(service=s.name, objective=slo_of(s).objective, more=more if s.name in TOLERANT else "")
            for s in played)))
        return e2e.run(relc, "build", program, "--out", folder / "out")

    status, text = build("")
    if status == 0 or "REL2004" not in text:
        e2e.fail(f"relc takes a page that can never come:\n{text}")
    status, text = build("burn_policy = mended ")
    if status != 0:
        e2e.fail(f"relc build ends with {status}:\n{text}")
    return sorted((folder / "out/prometheus").glob("*.rules.yaml"))


def scraped(played):
    for script in played:
        times = [k * SCRAPE + 7.25 for k in range(END // SCRAPE)]
        yield from script.series(times)


def first_page(past, alerts, script, pages):
    """Minutes from the beginning of the outage to the first page."""
    moments = set()
    for alert in alerts:
        if script.name in str(sorted(alert.labels.values())) + alert.query and pages(alert):
            moments |= past.moments(alert.query, OUTAGE, END - SCRAPE, SCRAPE)
    return f"pages after {(min(moments) - OUTAGE) / 60:.0f} min" if moments else "never pages"


def budget(ratio, slo):
    """An error ratio, and what it leaves of the budget."""
    if ratio is None:
        return "nothing"
    if math.isnan(ratio):
        return "NaN"
    return f"{ratio * 100:.4f} % ({100 * (1 - ratio / slo.budget()):.0f} % left)"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=Path, default=promql_cost.ROOT / "build/release")
    parser.add_argument("--tools", type=Path, help="folder of sloth and pyrra, if they are not on the PATH")
    options = parser.parse_args()
    if options.tools:
        os.environ["PATH"] = f"{options.tools.resolve()}{os.pathsep}{os.environ['PATH']}"
    e2e.need("prometheus", "promtool")
    played = scripts()
    slos = [slo_of(script) for script in played]
    with tempfile.TemporaryDirectory(prefix="relc-wrong-") as folder, e2e.Servers(Path(folder)) as servers:
        folder = Path(folder)
        past = history.History(folder, servers, SCRAPE)
        past.load(sorted(scraped(played), key=lambda s: s[0]))
        sets = {"ours": (ours(options.build.resolve() / "relc", played, folder / "ours"), "written by relc"),
                "sloth": peers.sloth(slos, folder / "sloth"),
                "pyrra": peers.pyrra(slos, folder / "pyrra", generic=True)}
        alerts = {}
        for name, (files, _) in sets.items():
            rules, alerts[name] = past.rules(files)
            past.record(rules, 0, END, leaf=(OUTAGE - HOUR / 6, None))
        table(past, played, sets, alerts)


def table(past, played, sets, alerts):
    print("| case | truth | relc | Sloth | Pyrra |\n|---|---|---|---|---|")
    for script in played:
        slo, at = slo_of(script), END - SCRAPE
        if script.name in TOLERANT:
            cells = ["a page within the hour",
                     f"REL2004 at compile time; with the tier that it names: "
                     f"{first_page(past, alerts['ours'], script, lambda a: a.labels.get('severity') == 'page')}",
                     first_page(past, alerts["sloth"], script, lambda a: a.labels.get("sloth_severity") == "page"),
                     first_page(past, alerts["pyrra"], script, lambda a: a.labels.get("severity") == "critical"
                                and "short" in a.labels)]
        else:
            bad, total = script.truth(at - PERIOD, at)
            available = past.value(f'pyrra_availability{{slo="{script.name}-availability"}}', at)
            cells = [budget(bad / total, slo),
                     budget(past.value(f'slo:error_ratio:rate30d{{service="{script.name}"}}', at), slo),
                     budget(past.value(f'slo:sli_error:ratio_rate30d{{sloth_service="{script.name}"}}', at), slo),
                     budget(None if available is None else 1 - available, slo)]
        print(f"| {script.about} | " + " | ".join(cells) + " |")
    print(f"\nError ratio over 30 days, and what it leaves of the budget of 99.9 %. Rules of Sloth: {sets['sloth'][1]}; "
          f"of Pyrra: {sets['pyrra'][1]}.")


if __name__ == "__main__":
    main()

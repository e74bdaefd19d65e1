"""The rules that other generators make of the same SLOs, to hold ours against.

Where the program is on the PATH it writes the rules itself: `sloth` (v0.16.0 was read) and `pyrra`
(v0.9.5). Where it is not, their documented shapes are written here from the formulas; no text of theirs
is copied.
"""

import json
import re
import shutil
import subprocess
from dataclasses import dataclass


@dataclass
class Slo:
    service: str
    objective: str  # in per cent: "99.9"
    bad: str  # selector of the events that fail; of a latency SLO those that are fast enough
    total: str
    latency: bool = False
    name: str = "availability"

    def total_rate(self, window):
        return f"sum(rate({ranged(self.total, window)}))"

    def bad_rate(self, window):
        rate = f"sum(rate({ranged(self.bad, window)}))"
        return f"({self.total_rate(window)} - {rate})" if self.latency else rate

    def budget(self):
        return 1 - float(self.objective) / 100


def ranged(selector, window):
    return f"{selector}[{window}]"


def program(name, arguments):
    """Whether the program is there and has run."""
    path = shutil.which(name)
    if not path:
        return False
    done = subprocess.run([path, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace")
    if done.returncode != 0:
        raise RuntimeError(f"{name} ends with {done.returncode}: {done.stdout[-2000:]}")
    return True


def write(folder, groups):
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "rules.yaml"
    file.write_text(json.dumps({"groups": groups}, indent=1))  # JSON is YAML
    return [file]


# --- Sloth

def sloth_spec(slos):
    """Sloth looks for the version in the text: the outermost keys must be plain YAML."""
    wanted = [{
        "name": slo.name,
        "objective": float(slo.objective),
        "sli": {"events": {"error_query": slo.bad_rate("{{.window}}"), "total_query": slo.total_rate("{{.window}}")}},
        "alerting": {"name": f"{slo.service}-{slo.name}", "page_alert": {"labels": {"severity": "page"}},
                     "ticket_alert": {"labels": {"severity": "ticket"}}},
    } for slo in slos]
    return f'version: "prometheus/v1"\nservice: "{slos[0].service}"\nslos: {json.dumps(wanted)}\n'


def sloth(slos, folder):
    """(rule files, where they come from)"""
    specs, rules = folder / "specs", folder / "rules"
    specs.mkdir(parents=True)
    rules.mkdir()
    for slo in slos:
        (specs / f"{slo.service}.yaml").write_text(sloth_spec([slo]))
    if program("sloth", ["generate", "--no-log", "-i", specs, "-o", rules]):
        return sorted(rules.glob("*.yaml")), "written by Sloth itself"
    return write(rules, [group for slo in slos for group in sloth_shape(slo)]), "in Sloth's documented shape"


def sloth_shape(slo):
    windows = ["5m", "30m", "1h", "2h", "6h", "1d", "3d"]
    pairs = {"page": [("5m", "1h", 14.4), ("30m", "6h", 6)], "ticket": [("2h", "1d", 3), ("6h", "3d", 1)]}
    own = {"sloth_id": f"{slo.service}-{slo.name}", "sloth_service": slo.service, "sloth_slo": slo.name}
    select = "{" + ",".join(f'{k}="{v}"' for k, v in own.items()) + "}"

    def record(name, expr, **labels):
        return {"record": name, "expr": expr, "labels": {**own, **labels}}

    sli = [record(f"slo:sli_error:ratio_rate{w}", f"{slo.bad_rate(w)} / {slo.total_rate(w)}", sloth_window=w)
           for w in windows]
    short = f"slo:sli_error:ratio_rate5m{select}[30d]"
    sli.append(record("slo:sli_error:ratio_rate30d",
                      f"sum_over_time({short}) / ignoring(sloth_window) count_over_time({short})", sloth_window="30d"))
    burn = "slo:sli_error:ratio_rate{0}{1} / on(sloth_id, sloth_slo, sloth_service) group_left slo:error_budget:ratio{1}"
    meta = [
        record("slo:objective:ratio", f"vector({1 - slo.budget()})"),
        record("slo:error_budget:ratio", f"vector({slo.budget()})"),
        record("slo:time_period:days", "vector(30)"),
        record("slo:current_burn_rate:ratio", burn.format("5m", select)),
        record("slo:period_burn_rate:ratio", burn.format("30d", select)),
        record("slo:period_error_budget_remaining:ratio", f"1 - slo:period_burn_rate:ratio{select}"),
        record("sloth_slo_info", "vector(1)", sloth_objective=slo.objective),
    ]

    def over(window, factor):
        return f"max(slo:sli_error:ratio_rate{window}{select} > ({factor} * {slo.budget()})) without (sloth_window)"

    alerts = [{"alert": f"{slo.service}-{slo.name}", "labels": {"severity": severity, "sloth_severity": severity},
               "expr": " or ".join(f"({over(a, factor)} and {over(b, factor)})" for a, b, factor in chosen)}
              for severity, chosen in pairs.items()]
    return [{"name": f"sloth-slo-{kind}-{own['sloth_id']}", "rules": rules}
            for kind, rules in (("sli-recordings", sli), ("meta-recordings", meta), ("alerts", alerts))]


# --- Pyrra

def pyrra(slos, folder, generic=False):
    """(rule files, where they come from); with `generic`, those that tell the availability too"""
    specs, rules = folder / "specs", folder / "rules"
    specs.mkdir(parents=True)
    rules.mkdir()
    for slo in slos:
        indicator = ({"latency": {"success": {"metric": slo.bad}, "total": {"metric": slo.total}}} if slo.latency
                     else {"ratio": {"errors": {"metric": slo.bad}, "total": {"metric": slo.total}}})
        (specs / f"{slo.service}.yaml").write_text(json.dumps({
            "apiVersion": "pyrra.dev/v1alpha1", "kind": "ServiceLevelObjective",
            "metadata": {"name": f"{slo.service}-{slo.name}"},
            "spec": {"target": slo.objective, "window": "30d", "indicator": indicator}}))
    if program("pyrra", ["generate", f"--config-files={specs}/*.yaml", f"--prometheus-folder={rules}",
                         *["--generic-rules"] * generic]):
        return sorted(rules.glob("*.yaml")), "written by Pyrra itself"
    return write(rules, [group for slo in slos for group in pyrra_shape(slo, generic)]), "in Pyrra's documented shape"


def pyrra_shape(slo, generic):
    name = f"{slo.service}-{slo.name}"
    metric = slo.total.split("{", 1)[0].removesuffix("_total").removesuffix("_count")
    tiers = [("5m", "1h4m", 14, "2m"), ("32m", "6h26m", 7, "16m"), ("2h9m", "1d1h43m", 2, "1h4m"),
             ("6h26m", "4d6h51m", 1, "3h13m")]
    windows = ["5m", "32m", "1h4m", "2h9m", "6h26m", "1d1h43m", "4d6h51m"]
    labels = {"slo": name, "service": slo.service}
    increases = f"{metric}:increase30d"
    if slo.latency:
        increase = [(f"sum(increase({ranged(slo.total, '30d')}))", {"le": ""}),
                    (f"sum(increase({ranged(slo.bad, '30d')}))", {"le": "any"})]
    else:  # one for all, kept apart by the labels that tell failures
        by = ",".join(sorted(set(re.findall(r"(\w+)[=!]", slo.bad)) - set(re.findall(r"(\w+)[=!]", slo.total))))
        increase = [(f"sum by ({by}) (increase({ranged(slo.total, '30d')}))", {})]
    increase = [{"record": increases, "expr": expr, "labels": {**labels, **more}} for expr, more in increase]
    burn = [{"record": f"{metric}:burnrate{w}", "labels": labels, "expr": f"{slo.bad_rate(w)} / {slo.total_rate(w)}"}
            for w in windows]
    select = "{" + ",".join(f'{k}="{v}"' for k, v in labels.items()) + "}"
    alerts = [{"alert": "ErrorBudgetBurn", "for": wait, "labels": {**labels, "short": a, "long": b},
               "expr": " and ".join(f"{metric}:burnrate{w}{select} > ({factor} * {slo.budget()})" for w in (a, b))}
              for a, b, factor, wait in tiers]
    absent = {"alert": "SLOMetricAbsent", "for": "3m", "expr": f"absent({slo.total}) == 1",
              "labels": {**labels, "severity": "critical"}}
    groups = [{"name": f"{name}-increase", "interval": "2m30s", "rules": [*increase, absent]},
              {"name": name, "interval": "30s", "rules": [*burn, *alerts]}]
    if generic and not slo.latency:
        failed = ",".join(re.findall(r'\w+=~?"[^"]*"', slo.bad)[:1])
        groups.append({"name": f"{name}-generic", "interval": "30s", "rules": [{
            "record": "pyrra_availability", "labels": {"slo": name},
            "expr": f'1 - sum({increases}{{{failed},slo="{name}"}} or vector(0)) / sum({increases}{{slo="{name}"}})'}]})
    return groups


# --- nothing but the windows

def raw(slos, folder):
    """Every window straight from the raw series, and the period too."""
    groups = []
    for slo in slos:
        labels = {"service": slo.service, "slo": slo.name}
        groups.append({"name": f"{slo.service}-{slo.name}", "interval": "30s", "rules": [
            {"record": f"raw:error_ratio:rate{w}", "labels": labels, "expr": f"{slo.bad_rate(w)} / {slo.total_rate(w)}"}
            for w in ("5m", "30m", "1h", "2h", "6h", "1d", "3d", "30d")]})
    return write(folder, groups), "straight from the series"

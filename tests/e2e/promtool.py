"""What promtool says of the rules that relc makes of a workspace."""

import re

import e2e

# promtool 2.42 ends with 0 even if it has something to say, so every line must be a known good one.
CHECKED = re.compile(r"Checking .*|\s+SUCCESS: (\d+) rules found|\s*")
TESTED = re.compile(r"Unit Testing:\s+(.*)|\s+SUCCESS|\s*")

PROMISED = re.compile(r"(?:service|journey): (\S+)\n\s+slo: (\S+)")
PROVEN = re.compile(r"- name: '?(\S+)/(\S+): ")


def slos(files, pattern):
    return {pair for file in files for pair in pattern.findall(file.read_text())}


def unexpected(text, expected):
    return [line for line in text.splitlines() if not expected.fullmatch(line)]


def judge(workspace, out, must_prove=True, options=()):
    """What is wrong with the rules of a workspace, built into the folder `out`; None if nothing is.
    Without `must_prove` it may have rules of which relc writes no tests."""
    promtool = e2e.need("promtool")["promtool"]
    rules, tests = e2e.build(workspace, out, *options)
    status, text = e2e.run(promtool, "check", "rules", *rules)
    counts = [int(n) for n in re.findall(r"SUCCESS: (\d+) rules found", text)]
    if status != 0 or unexpected(text, CHECKED) or len(counts) != len(rules):
        return f"promtool check rules exits with {status}:\n{text}"

    if must_prove and not tests:
        return "there are no tests for the rules"
    # One run a file: promtool stops at the first file that it cannot read, and says too little.
    for test in tests:
        status, text = e2e.run(promtool, "test", "rules", test.name, cwd=test.parent, timeout=300)
        if status != 0 or unexpected(text, TESTED):
            return f"promtool test rules {test.name} exits with {status}:\n{text}"

    proven = slos(tests, PROVEN)
    unproven = slos(rules, PROMISED) - proven
    print(f"{' '.join([workspace.name, *options])}: {sum(counts)} rules in {len(rules)} files; the tests of {len(proven)} SLOs pass"
          + "".join(f"\n  without a test: {service}/{slo}" for service, slo in sorted(unproven)))
    return None

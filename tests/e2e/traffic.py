"""Scripted traffic: what happens is written down first, so that the truth about any window is known
without Prometheus, and what Prometheus makes of the scrapes can be held against it.

Times are seconds since the script began. A counter holds whole events. A client shows a counter from
its first event on, as client libraries do for labels that they learn from events; a restart of the
process begins it anew.

How far a right rule may be off the truth (`Script.bounds`). Prometheus sees counters at scrapes only,
so no rule can know
  - events before the first scrape that shows a series, and after the last one before it goes or
    restarts (`rate` guesses up to half an interval of them);
  - events while nothing is scraped for longer than a range;
  - where between two scrapes an event fell, so whether it is inside of a window that ends there.
Rules that smooth with a base range and average into slices blur the ends of a window by the sum of
those lengths. The bounds are what comes out if each of these doubtful events counts between nothing
and twice, always to the worse; all others count once.
"""

import bisect
import math
from dataclasses import dataclass, field

HOUR, DAY = 3600, 86400


@dataclass
class Counter:
    labels: dict
    rate: object  # events a second at a time
    bad: bool = False
    gone: float = math.inf  # from when on the client shows it no more
    counts: list = field(default_factory=list)  # whole events by each step of the script

    def play(self, duration, step):
        total = carry = 0.0
        self.counts = [0]
        for k in range(math.ceil(duration / step)):
            carry += max(0.0, self.rate(k * step)) * step
            whole = math.floor(carry + 1e-9)
            carry -= whole
            total += whole
            self.counts.append(int(total))


class Script:
    """Counters of one target. `step` is how finely time is cut: at most the scrape interval. `labels` are
    those of the target, by which its SLO keeps it apart from other targets of the `service`."""

    def __init__(self, name, duration, step, counters, restarts=(), away=None, begins=0, about="",
                 service=None, labels=None):
        self.name, self.duration, self.step, self.about = name, duration, step, about
        self.service, self.labels = service or name, labels or {}
        self.counters, self.restarts, self.begins = counters, sorted(restarts), begins
        self.away = away or (lambda t: False)  # when nobody answers a scrape
        for counter in counters:
            counter.play(duration, step)
        last = [sum(c.counts[k] for c in counters) for k in range(len(counters[0].counts))]
        bad = [sum(c.counts[k] for c in counters if c.bad) for k in range(len(last))]
        self._totals = {False: last, True: bad}

    # --- what happens

    def _at(self, counts, t):
        """Events by a time; between two steps they are spread evenly."""
        place = min(max(t / self.step, 0), len(counts) - 1)
        k = min(int(place), len(counts) - 2)
        return counts[k] + (counts[k + 1] - counts[k]) * (place - k)

    def events(self, begin, end, bad=False):
        return self._at(self._totals[bad], end) - self._at(self._totals[bad], begin)

    def truth(self, begin, end):
        """(bad events, all events) after `begin` up to `end`."""
        return self.events(begin, end, True), self.events(begin, end)

    # --- what a scrape sees

    def is_up(self, t):
        return t >= self.begins and not self.away(t)

    def shown(self, counter, t):
        """The value that a scrape at that time gets, or None if the series is not there."""
        if not self.is_up(t) or t >= counter.gone:
            return None
        process = bisect.bisect_right(self.restarts, t)
        since = self.restarts[process - 1] if process else 0
        k = min(int(t / self.step + 1e-9), len(counter.counts) - 1)
        value = counter.counts[k] - counter.counts[min(int(since / self.step + 1e-9), k)]
        return value if value > 0 else None

    def series(self, times):
        """(metric, labels, [(time, value)…]) that scrapes at those times get."""
        for counter in self.counters:
            points = [(t, value) for t in times if (value := self.shown(counter, t)) is not None]
            if points:
                yield "http_requests_total", {**counter.labels, **self.labels, "job": self.service}, points

    def histogram(self, times):
        """The same as a latency histogram: what is bad takes longer than 250 ms."""
        all_of_them, fast = [], []
        for t in times:
            values = [(self.shown(counter, t), counter.bad) for counter in self.counters]
            if any(value is not None for value, _ in values):
                all_of_them.append((t, sum(value or 0 for value, _ in values)))
                fast.append((t, sum(value or 0 for value, bad in values if not bad)))
        labels = {**self.labels, "job": self.service}
        yield "http_request_duration_seconds_count", labels, all_of_them
        yield "http_request_duration_seconds_bucket", {**labels, "le": "0.25"}, fast
        yield "http_request_duration_seconds_bucket", {**labels, "le": "+Inf"}, all_of_them

    # --- what a right rule can make of it

    def observe(self, scrapes, scrape_interval):
        """Remembers when it was scraped, and which events cannot be known exactly from that."""
        if scrapes[-1] < self.duration - 2 * scrape_interval:
            scrapes = [*scrapes, self.duration]  # what ends is as doubtful as what pauses
        self.scrapes = scrapes
        n = len(scrapes)
        gaps = [b - a for a, b in zip(scrapes, scrapes[1:])]
        # A range of four intervals still gives every event its weight if each other scrape is lost;
        # not if more are, nor where the distance changes.
        late = [gap > 2.1 * scrape_interval or abs(gap - before) > 0.5 * scrape_interval
                for gap, before in zip(gaps, gaps[:1] + gaps)]
        self._doubt = {}  # bad -> events up to each scrape about which there is doubt
        doubts = {False: [0.0] * n, True: [0.0] * n}
        for counter in self.counters:
            values = [self.shown(counter, t) for t in scrapes]
            broken = [k for k in range(1, n)
                      if late[k - 1] or (values[k] is None) != (values[k - 1] is None)
                      or (values[k] is not None and values[k] < values[k - 1])]
            broken += [k for k in range(1, n) if self._restarted(scrapes[k - 1], scrapes[k])]
            reach = set()
            for k in broken:  # a rate over four intervals is a guess wherever it meets such a place
                reach.update(range(max(1, k - 5), min(n, k + 6)))
            for k in reach | {k for k in range(1, n) if values[k] is None}:
                events = self._at(counter.counts, scrapes[k]) - self._at(counter.counts, scrapes[k - 1])
                doubts[False][k] += events
                doubts[True][k] += events if counter.bad else 0
        for bad, steps in doubts.items():
            running, sums = 0.0, []
            for events in steps:
                running += events
                sums.append(running)
            self._doubt[bad] = sums

    def _restarted(self, begin, end):
        return bisect.bisect_right(self.restarts, begin) != bisect.bisect_right(self.restarts, end)

    def doubt(self, begin, end, bad):
        """Events between two times about which there is doubt, at least."""
        first = max(bisect.bisect_left(self.scrapes, begin) - 1, 0)
        last = min(bisect.bisect_left(self.scrapes, end), len(self.scrapes) - 1)
        return self._doubt[bad][last] - self._doubt[bad][first]

    def bounds(self, end, window, blur):
        """The lowest error ratio of the window that a right rule may report, the true one, and the
        highest, if the rule blurs the window's ends by so many seconds."""
        bad, total = self.truth(end - window, end)
        ends, sure_bad, sure = self._blurred(end, window, blur)
        doubtful_bad = self.doubt(end - window - blur, end, True)
        doubtful = self.doubt(end - window - blur, end, False)
        lowest = self._extreme(max(0.0, sure_bad - doubtful_bad), sure + doubtful, ends, min)
        highest = self._extreme(sure_bad + doubtful_bad, max(0.0, sure - doubtful), ends, max)
        truth = bad / total if total else 0.0
        return (lowest, truth, min(1.0, highest)) if total > doubtful else (0.0, truth, 1.0)

    def event_bounds(self, end, window, blur, bad):
        """The same of the number of events, bad ones or all."""
        ends, sure_bad, sure = self._blurred(end, window, blur)
        certain, doubtful = (sure_bad if bad else sure), self.doubt(end - window - blur, end, bad)
        return (max(0.0, certain - doubtful), self.events(end - window, end, bad),
                certain + doubtful + 2 * sum(e[0 if bad else 1] for e in ends))

    def _blurred(self, end, window, blur):
        """([(bad, all)…] of the steps around the ends of a window, bad and all events between them)."""
        begin = end - window
        first, last = math.floor((begin - blur) / self.step), math.ceil(end / self.step)
        inner = min(math.ceil((begin + blur) / self.step), last)  # whole steps are sure from here
        outer = max(math.floor((end - blur) / self.step), inner)  # to here
        bad, total = self._totals[True], self._totals[False]
        n = len(total) - 1
        ends = [(bad[k + 1] - bad[k], total[k + 1] - total[k])
                for k in [*range(max(0, first), min(inner, n)), *range(max(0, outer), min(last, n))]]
        ends = sorted((e for e in ends if e[1]), key=lambda e: e[0] / e[1])
        sure_bad, sure = self.truth(inner * self.step, outer * self.step)
        return ends, sure_bad, sure

    @staticmethod
    def _extreme(bad, total, ends, pick):
        """The ratio with those events of the ends, counted at most twice, that move it most. `ends` are
        sorted by their own ratio."""
        for b, n in reversed(ends) if pick is max else ends:
            if total > 0 and pick((bad + 2 * b) / (total + 2 * n), bad / total) == bad / total:
                break
            bad, total = bad + 2 * b, total + 2 * n
        return bad / total if total > 0 else 0.0


# --- the scripts: of days, or, with a day of a few seconds, to be watched live

def within(t, begin, length):
    return begin <= t < begin + length


def diurnal(peak, trough, day):
    """Busy at noon, quiet at midnight."""
    middle, swing = (peak + trough) / 2, (peak - trough) / 2
    return lambda t: middle - swing * math.cos(2 * math.pi * t / day)


def answers(good, share):
    """Counters of requests: all that are asked, and the share of them that fails at a time."""
    return [Counter({"code": "200"}, lambda t: good(t) * (1 - share(t))),
            Counter({"code": "500"}, lambda t: good(t) * share(t), bad=True)]


@dataclass
class Scale:
    """How long things last. As it stands: real days."""

    scrape: float = 30
    step: float = 30
    day: float = DAY
    hour: float = HOUR
    lull: float = HOUR / 3
    peak: float = 50.0  # requests a second
    usual: float = 0.0004  # share that fails on good days
    bad: float = 0.05  # and in an incident


def scripts(duration, trouble, scale=Scale()):
    """One script for each way in which traffic misleads; what happens once happens at `trouble`."""
    hour, lull, usual = scale.hour, scale.lull, scale.usual
    busy = diurnal(scale.peak, scale.peak / 100, scale.day)
    night = trouble - scale.day / 2

    def burst(t):
        return t % (3 * lull) < lull / 4

    def dead(t):
        return t % (6 * lull) >= 5 * lull

    def incident(begin, length=2 * hour, otherwise=usual):
        return lambda t: scale.bad if within(t, begin, length) else otherwise

    def route(code, name, share, until=math.inf):
        return Counter({"code": code, "route": name}, lambda t: share * busy(t) * (t < until), bad=code == "500",
                       gone=until + 4 * scale.scrape)

    def make(name, about, counters, **more):
        return Script(name, duration, scale.step, counters, about=about, **more)

    return [
        make("peak", "traffic of 100:1 between day and night, an incident of two hours at noon",
             answers(busy, incident(trouble - hour))),
        make("trough", "the same incident at midnight", answers(busy, incident(night - hour))),
        make("bursts", "bursts of a twelfth of the time; twenty times as many of their requests fail",
             answers(lambda t: scale.peak if burst(t) else scale.peak / 100,
                     lambda t: 10 * usual if burst(t) else usual / 2)),
        make("idle", "for a while there is not a single request",
             answers(lambda t: 0.0 if within(t, trouble, lull) else busy(t), lambda t: usual)),
        make("no-errors", "nothing ever failed, so there is no series of errors", [Counter({"code": "200"}, busy)]),
        make("restarts", "the process begins anew every eight hours", answers(busy, incident(trouble)),
             restarts=[k * 8 * hour + 2 * scale.scrape for k in range(1, int(duration / hour / 8) + 1)]),
        make("label-gone", "a label value with a third of the traffic and most errors goes away",
             [route("200", "/new", 0.7), route("200", "/old", 0.3, trouble),
              route("500", "/new", usual), route("500", "/old", 4 * usual, trouble)]),
        make("late-errors", "the first error ever opens an incident of two hours",
             answers(lambda t: scale.peak / 2, incident(trouble, otherwise=0.0))),
        make("target-away", "amid an incident the target cannot be scraped for two hours, and comes back anew",
             answers(busy, incident(trouble - 2 * hour, 6 * hour)),
             away=lambda t: within(t, trouble, 2 * hour), restarts=[trouble + 2 * hour - scale.step]),
        make("crashes", "every two hours the process fails for a while, dies, and comes back later",
             answers(lambda t: busy(t) * (not dead(t)), lambda t: 1.0 if within(t % (6 * lull), 4.9 * lull, 0.1 * lull) else usual),
             away=dead, restarts=[k * 6 * lull for k in range(1, int(duration / lull / 6) + 1)]),
        make("half-scraped", "for the second half of the time every other scrape is lost",
             answers(busy, incident(trouble)),
             away=lambda t: t > duration / 2 and int(t / scale.scrape + 0.5) % 2 == 1),
        make("new-service", "there is nothing before an hour before an incident",
             answers(lambda t: busy(t) if t >= trouble - hour else 0.0, incident(trouble)), begins=trouble - hour),
    ]


def regions(duration, trouble, scale=Scale()):
    """Two regions of one service, of which each has a budget of its own: one with the traffic, one with
    the incident, and it is not there all the time."""
    busy = diurnal(scale.peak, scale.peak / 100, scale.day)
    rest = lambda t: busy(t) / 20 if t < trouble + 6 * scale.hour else 0.0
    share = lambda t: scale.bad if within(t, trouble, 4 * scale.hour) else scale.usual
    return [Script(f"region-{name}", duration, scale.step, counters, about=about, service="regions",
                   labels={"region": name}, away=away)
            for name, counters, about, away in (
                ("east", answers(busy, lambda t: scale.usual), "the region with most of the traffic", None),
                ("west", answers(rest, share), "a small region that fails, and is switched off in the end",
                 lambda t: t > trouble + 6 * scale.hour))]


# --- judging what was recorded

def judge(script, window, values, blur):
    """What is wrong with the recorded error ratios of a window (time -> value), the bounds by time,
    and (how far off, the truth, the width of the bounds) where a value is furthest off."""
    complaints, known, furthest = [], {}, (-1.0, 0.0, 0.0)
    for at, value in values.items():
        low, truth, high = known[at] = script.bounds(at, window, blur)
        furthest = max(furthest, (abs(value - truth), truth, high - low))
        slack = 1e-9 + 1e-6 * high
        if not low - slack <= value <= high + slack:
            complaints.append(f"{script.name} ({script.about}), window of {window:g} s at {at:.3f} s: {value:.9f}, "
                              f"truth {truth:.9f}, possible {low:.9f} to {high:.9f}")
    return complaints, known, furthest


def judge_alert(threshold, long, short, firing, age):
    """(what is wrong with an alert, how often it fires rightly, how often it is rightly silent). `long`
    and `short` are the bounds of its windows by time, `firing` are the times at which it fires; the
    short window's value may be older by `age`."""
    complaints, fired, silent = [], 0, 0
    order = sorted(short)
    for at, (low, truth, high) in sorted(long.items()):
        k = bisect.bisect_right(order, at) - 1
        if k < 0 or at - order[k] > age:
            continue
        low_short, _, high_short = short[order[k]]
        must = min(low, low_short) > threshold * (1 + 1e-6)
        must_not = min(high, high_short) < threshold * (1 - 1e-6)
        if must and at not in firing or must_not and at in firing:
            complaints.append(f"{'is silent' if must else 'fires'} at {at:.3f} s: {truth:.6f} failed over the long "
                              f"window, threshold {threshold:.6f}")
        fired += must and at in firing
        silent += must_not and at not in firing
    return complaints, fired, silent


def print_table(rows):
    widths = [max(map(len, column)) for column in zip(*rows)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())

#!/usr/bin/python3
"""Rewrites the measured parts of docs/accuracy.md: every view of pcaps/ and of what 'make lab' wrote.

The prose of the document stays; what stands between "<!-- generated: NAME -->" and "<!-- end -->" is
replaced. Nothing is taken over from an earlier measurement.
"""
import argparse
import collections
import json
import os
import re
import statistics
import subprocess
import sys

import accuracy
import harness
from accuracy import views, wire

DOC = os.path.join(harness.ROOT, "docs", "accuracy.md")
LAB = os.path.join("tests", "lab", "out", "cases")
FOUR = ("BIND", "Unbound", "Knot Resolver", "PowerDNS Recursor")
# Why a cause has no labelled failure. A cause without one that is not here is said to have no reason.
NO_CASE = {
}


def table(heads, rows, right=1):
    """Markdown; columns from number "right" on are figures."""
    rule = ["---"] * right + ["---:"] * (len(heads) - right)
    lines = [heads, rule, *rows]
    return "".join("| %s |\n" % " | ".join(str(c).replace("|", "\\|") for c in line)
                   for line in lines)


def figures(score):
    n = score.n
    return [n["failures"], n["exact"], accuracy.accuracy_text.percent(n["exact"], n["failures"]),
            n["wrong"], n["wrong_proven"], n["unknown"], n["missed"], n["healthy"],
            n["false_alarms"], n["invented"] + n["duplicates"], n["rcode_differs"]]


HEADS = ["failures", "exact", "%", "wrong", "wrong and proven", "unknown", "no event", "healthy",
         "false alarms", "invented, doubled", "other rcode"]


def git(*words):
    return subprocess.run(["git", *words], cwd=harness.ROOT, stdout=subprocess.PIPE, check=True,
                          text=True).stdout.strip()


PROGRAM = ["analyze", "base", "capture", "decode", "emit", ":(glob)*.c", ":(glob)*.h"]


def commit(rcause):
    """The last commit that touched the program; those after it are of tests and documents."""
    changed = git("status", "--porcelain", "--untracked-files=no", "--", *PROGRAM)
    version = subprocess.run([rcause, "--version"], stdout=subprocess.PIPE, check=True,
                             text=True).stdout.split("\n")[0]
    return "Measured with the program of commit %s%s (%s).\n" % (
        git("log", "-1", "--abbrev=10", "--format=%h", "--", *PROGRAM),
        ", changed since" if changed else "", version)


# --- tables of results -------------------------------------------------------------------------


def views_table(sets):
    rows = [[name, view] + figures(results.views[view]) for name, results in sets
            for view in views.VIEWS if view in results.views]
    return table(["captures", "view", *HEADS], rows, 2)


def resolvers_table(results):
    rows = []
    for view in ("both", "client", "upstream", "taps"):
        for (v, software), score in sorted(results.resolvers.items()):
            if v == view and (score.n["failures"] or score.n["healthy"]):
                rows.append([software, view] + figures(score)[:-2] + [score.n["rcode_differs"]])
    return table(["asked", "view"] + HEADS[:-2] + HEADS[-1:], rows, 2)


def ede_table(results):
    rows = []
    for (view, software), s in sorted(results.resolvers.items()):
        if view == "both" and s.n["failures"]:
            share = accuracy.accuracy_text.percent
            rows.append([software, s.n["failures"], s.ede_any, s.ede_exact,
                         share(s.ede_exact, s.n["failures"]), share(s.n["exact"], s.n["failures"])])
    return table(["asked", "failures", "EDE given", "EDE exact", "EDE exact %", "rcause exact %"], rows)


def confusion_table(results):
    rows = collections.defaultdict(collections.Counter)
    for (label, got, confidence), count in results.views["both"].confusion.items():
        if got != label:
            rows[label]["%s (%s)" % (got, confidence)] += count
    return table(["label", "said, how often (also_ok not told apart)"],
                 [[label, ", ".join("%s %d" % x for x in said.most_common())]
                  for label, said in sorted(rows.items())], 2)


def causes_table(results):
    """Each cause by its own right, in the three views where its failures can be seen."""
    counts = collections.defaultdict(collections.Counter)
    for view, judged in results.judged.items():
        for cause, outcome in judged:
            counts[cause][view, outcome] += 1
            counts[cause][view] += 1
    rows = []
    for cause in sorted(counts):
        c = counts[cause]
        if not c["both"] + c["client"]:
            continue
        row = [cause, c["both"]]
        for view in ("both", "client"):
            row += [c[view, "exact"], c[view, "wrong"], c[view, "wrong and proven"],
                    c[view, "unknown"] + c[view, "missed"]]
        rows.append(row)
    return table(["cause", "failures", "both: exact", "wrong", "proven", "unknown or none",
                  "client: exact", "wrong", "proven", "unknown or none"], rows)


def missing_table(rcause, sets):
    done = harness.run(rcause, "--causes=json")
    text = done.out.decode("ascii")
    rows = json.loads(text) if text.startswith("[") else map(json.loads, text.splitlines())
    seen = {cause for _, results in sets for judged in results.judged.values()
            for cause, _ in judged}
    gaps = [r["slug"] for r in rows if r["slug"] not in seen]
    if not gaps:
        return "Every cause of `rcause --causes` has labelled failures.\n"
    return table(["cause", "why no case"], [[g, NO_CASE.get(g, "no reason given")] for g in gaps], 2)


# --- on the wire ---------------------------------------------------------------------------------


class Wire:
    """What the four resolvers sent and how long they took, for each cause."""

    def __init__(self):
        self.first = collections.defaultdict(list)  # (cause, software): (rcode, ms, queries, ede)
        self.again = collections.defaultdict(list)  # ... asked again

    def add(self, rows, packets):
        host = views.hosts(packets)
        clients = views.clients_of(rows)
        asked = [(p.ts_ns, p.frame[6:12]) for p, m, _ in wire.messages(packets)
                 if not m.qr and p.dport == 53 and p.src not in clients]
        last = packets[-1].ts_ns
        for row, begin, end in views.spans(rows, packets):
            software = accuracy.brand(row.get("resolver_software"))
            if row["cause"] in (None, "none") or row.get("cd") or software not in FOUR:
                continue
            repeated = row.get("step") == "repeat" or row["cached"]
            if row.get("step") not in ("first", "", "repeat"):
                continue
            mine = host.get(row["server"])
            queries = sum(begin <= t <= end and mac == mine for t, mac in asked)
            to = self.again if repeated else self.first
            took_ms = None if row["rcode"] is None and end == last else (end - begin) / 1e6
            to[row["cause"], software].append((row["rcode"], took_ms, queries, row.get("ede") or []))

    def cell(self, facts):
        if not facts:
            return "-"
        rcodes = collections.Counter(f[0] or "no answer" for f in facts)
        parts = ["/".join(r for r, _ in rcodes.most_common())]
        times = [f[1] for f in facts if f[1] is not None]
        if times:
            parts.append(span(times, duration))
        parts.append(span([f[2] for f in facts], str) + " queries")
        codes = sorted({c for f in facts for c in f[3]})
        if codes:
            parts.append("EDE " + ", ".join(map(str, codes)))
        return "; ".join(parts)

    def table(self):
        causes = sorted({cause for cause, _ in [*self.first, *self.again]
                         if cause.split(".")[0] in ("dnssec", "upstream", "delegation", "zone",
                                                    "resolver")})
        rows = []
        for cause in causes:
            for name, facts in (("first", self.first), ("again", self.again)):
                if any(facts[cause, s] for s in FOUR):
                    rows.append([cause, name] + [self.cell(facts[cause, s]) for s in FOUR])
        return table(["cause", "asked", *FOUR], rows, 6)


def duration(ms):
    return "%.0f ms" % ms if ms < 1000 else "%.1f s" % (ms / 1000)


def span(values, text):
    """Median, and the range when it is wide."""
    low, middle, high = min(values), statistics.median_low(values), max(values)
    if text(low) == text(high):
        return text(middle)
    return "%s (%s - %s)" % (text(middle), text(low), text(high))


def wire_of(place):
    seen = Wire()
    for capture, labels in accuracy.labelled([place]):
        rows = accuracy.read_rows(labels)
        if rows and accuracy.stored_view(capture, labels, rows) == "both":
            seen.add(rows, wire.read(harness.read_bytes(capture)))
    return seen.table()


def servers(place):
    versions = {r.get("resolver_software") for _, labels in accuracy.labelled([place])
                for r in accuracy.read_rows(labels)}
    return ", ".join(sorted(v for v in versions if v and not v.startswith("tests/"))) + ".\n"


# --- the document --------------------------------------------------------------------------------


def replace(text, name, block):
    pattern = re.compile("(<!-- generated: %s -->\n).*?(<!-- end -->)" % name, re.DOTALL)
    if not pattern.search(text):
        raise SystemExit("accuracy_doc: %s has no part %r" % (DOC, name))
    return pattern.sub(lambda m: m.group(1) + "\n" + block + "\n" + m.group(2), text)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rcause", default=harness.default_rcause())
    parser.add_argument("--lab", default=os.path.join(harness.ROOT, LAB), metavar="DIR",
                        help="what 'make lab' wrote")
    options = parser.parse_args()
    options.rcause = os.path.abspath(options.rcause)
    if not harness.captures(options.lab):
        raise SystemExit("accuracy_doc: %s: no captures; run: make lab" % options.lab)
    options.trust_anchor, options.extra, options.views = None, [], set(views.VIEWS)
    sets = []
    for name, place in (("`make lab`", options.lab), ("`pcaps/`", os.path.join(harness.ROOT, "pcaps"))):
        options.places = [place]
        sets.append((name, accuracy.measure(options)))
    lab = sets[0][1]
    blocks = {"commit": commit(options.rcause), "servers": servers(options.lab),
              "views": views_table(sets), "resolvers": resolvers_table(lab),
              "causes": causes_table(lab), "confusion": confusion_table(lab),
              "ede": ede_table(lab), "missing": missing_table(options.rcause, sets),
              "wire": wire_of(options.lab)}
    with open(DOC, encoding="utf-8") as f:
        text = f.read()
    for name, block in blocks.items():
        text = replace(text, name, block)
    with open(DOC, "w", encoding="utf-8") as f:
        f.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())

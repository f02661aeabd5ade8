#!/usr/bin/python3
"""Compares the failure and incident events of pcaps/SLUG/CASE.pcap with CASE.events.jsonl.

Byte by byte; only observer.version is put out of the way, so that a release changes no golden
file. --write rewrites the files: read the diff before you commit it. What is expected may be less
than the labels know, but never against them: no event for a healthy query, none twice, none invented,
no wrong cause claimed as proven.
"""
import argparse
import json
import os
import re
import sys

import accuracy
import accuracy_text
import harness

NEVER = ("false_alarms", "invented", "duplicates", "wrong_proven", "rcode_differs")
VERSION = re.compile(rb'("observer":\{[^{}]*"version":")[^"]*')
DIFFS_MAX = 12


def produce(rcause, case):
    result = harness.run(rcause, "-q", *harness.case_args(os.path.join(harness.ROOT, case)),
                         "--emit", "failures,incidents", "-r", case, "-o", "json:-")
    result.out = VERSION.sub(rb"\1-", result.out)
    return result


def expected_path(case):
    return os.path.join(harness.ROOT, harness.split_name(case)[0] + ".events.jsonl")


def leaves(value, path=""):
    """{dotted path: value} of every leaf."""
    if isinstance(value, dict) and value:
        parts = [("%s.%s" % (path, k) if path else k, v) for k, v in value.items()]
    elif isinstance(value, list) and value:
        parts = [("%s[%d]" % (path, i), v) for i, v in enumerate(value)]
    else:
        return {path: value}
    return {p: leaf for k, v in parts for p, leaf in leaves(v, k).items()}


def title(event):
    question = event.get("dns", {}).get("question", {})
    return "%s %s %s" % (event["event"]["dataset"], question.get("name"), question.get("type"))


def describe(wanted, got):
    """What differs, leaf by leaf, for people."""
    wanted_lines, got_lines = wanted.splitlines(), got.splitlines()
    text = []
    if len(wanted_lines) != len(got_lines):
        text.append("%d events, wanted %d" % (len(got_lines), len(wanted_lines)))
    for number, (w, g) in enumerate(zip(wanted_lines, got_lines), 1):
        if w == g:
            continue
        w, g = json.loads(w), json.loads(g)
        text.append("event %d: %s" % (number, title(g)))
        old, new = leaves(w), leaves(g)
        changed = [p for p in {**old, **new} if old.get(p, "(none)") != new.get(p, "(none)")]
        for path in changed[:DIFFS_MAX]:
            text.append("  %s" % path)
            text.append("    - %s" % json.dumps(old.get(path, "(none)")))
            text.append("    + %s" % json.dumps(new.get(path, "(none)")))
        if not changed:
            text.append("  the same facts in another order or spelling")
        elif len(changed) > DIFFS_MAX:
            text.append("  ... and %d more" % (len(changed) - DIFFS_MAX))
        if len(text) > 60:
            break
    return "\n".join(text)


def check(tap, rcause, case):
    first, second = produce(rcause, case), produce(rcause, case)
    tap.ok(first.status == 0 and not first.err, "%s is read without complaint" % case, first)
    tap.ok(first.out == second.out, "%s gives the same bytes twice" % case,
           describe(first.out, second.out))
    try:
        with open(expected_path(case), "rb") as f:
            wanted = f.read()
    except FileNotFoundError:
        tap.ok(False, "%s has expected events" % case, "run: make golden, and read what it wrote")
        return
    tap.ok(first.out == wanted, "%s gives its expected events" % case, describe(wanted, first.out))
    check_against_labels(tap, case, wanted)


def check_against_labels(tap, case, wanted):
    labels = harness.labels_path(os.path.join(harness.ROOT, case))
    if not os.path.exists(labels):
        return
    events = [json.loads(line) for line in wanted.splitlines()]
    score = accuracy.score_events(labels, [e for e in events
                                           if e["event"]["dataset"] == "rcause.failure"])
    against = any(score.n[c] for c in NEVER)
    tap.ok(not against, "%s expects nothing against its labels" % case,
           "\n".join(accuracy_text.problem_text(*p) for p in score.problems))


def write(rcause, cases):
    for case in cases:
        result = produce(rcause, case)
        if result.status != 0:
            print("golden: %s: %s" % (case, result), file=sys.stderr)
            return 1
        path, old = expected_path(case), None
        if os.path.exists(path):
            with open(path, "rb") as f:
                old = f.read()
        if old != result.out:
            with open(path, "wb") as f:
                f.write(result.out)
            print("%s %s" % ("wrote  " if old is None else "changed", os.path.relpath(path)))
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rcause", default=harness.default_rcause())
    parser.add_argument("--write", action="store_true")
    parser.add_argument("cases", nargs="*", help="captures; default all of pcaps/")
    options = parser.parse_args()
    rcause = os.path.abspath(options.rcause)
    cases = [os.path.relpath(c, harness.ROOT) for c in options.cases] or harness.golden_cases()
    if options.write:
        return write(rcause, cases)
    tap = harness.Tap()
    tap.ok(cases, "pcaps/ has captures")
    for case in cases:
        check(tap, rcause, case)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
"""Every cause has a capture that shows it: pcaps/SLUG/ holds a case with a labelled query whose
golden event names SLUG. Every folder of pcaps/ is a cause, or one of the folders without a fault.
"""
import json
import os
import re
import sys

import accuracy
import golden
import harness

OTHER_FOLDERS = ("healthy", "traps", "client-side", "late-capture")  # views and lures, no one cause


def slugs(rcause):
    result = harness.run(rcause, "--causes=json")
    if result.status != 0:
        raise SystemExit("rules: rcause --causes=json failed: %s" % result)
    text = result.out.decode("ascii")
    rows = json.loads(text) if text.startswith("[") else map(json.loads, text.splitlines())
    return [row["slug"] for row in rows]


def golden_events(case):
    try:
        with open(golden.expected_path(case), encoding="ascii") as f:
            return [json.loads(line) for line in f]
    except FileNotFoundError:
        return []


def shows(case, slug):
    """True if a query labelled with the slug has an expected event that names it."""
    labels = os.path.join(harness.ROOT, harness.split_name(case)[0] + ".labels.jsonl")
    if not os.path.exists(labels):
        return False
    exchanges = accuracy.read_labels(labels)
    events = [e for e in golden_events(case) if e["event"]["dataset"] == "rcause.failure"]
    accuracy.match(exchanges, events)
    return any(x.label["cause"] == slug and x.event and x.event["rcause"]["cause"] == slug
               for x in exchanges)


def families_in_code():
    """What the code compares slugs with: (file, how the slug has to begin)."""
    for folder, _, files in os.walk(os.path.join(harness.ROOT, "analyze")):
        for name in sorted(files):
            with open(os.path.join(folder, name), encoding="ascii") as f:
                for family in re.findall(r'rc_cause_is_of\([^"()]*"([^"]*)"\)', f.read()):
                    yield os.path.relpath(os.path.join(folder, name), harness.ROOT), family


def main():
    tap = harness.Tap()
    known = slugs(harness.default_rcause())
    cases = harness.golden_cases()
    tap.ok(known, "rcause --causes=json lists causes")
    tap.equal(sorted(set(known)), sorted(known), "no cause is listed twice")
    for slug in known:
        own = [c for c in cases if harness.slug_of(c) == slug]
        tap.ok(any(shows(c, slug) for c in own), "%s has a capture that shows it" % slug,
               "no case of pcaps/%s/ has a labelled query with this cause and its event" % slug)
    compared = set(families_in_code())
    tap.ok(compared, "the code compares slugs")
    for path, family in sorted(compared):
        tap.ok(any(slug.startswith(family) for slug in known),
               "%s: %s is the beginning of a slug" % (path, family))
    top = os.path.join(harness.ROOT, "pcaps")
    folders = sorted(d for d in os.listdir(top) if os.path.isdir(os.path.join(top, d)))
    for folder in folders:
        tap.ok(folder in known or folder in OTHER_FOLDERS, "pcaps/%s is a known cause" % folder,
               "no such cause in rcause --causes")
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/python3
"""Every event of the test captures, of every kind, is valid by the schema that ships, is ASCII on
one line, and keeps the order of its keys."""
import collections
import copy
import itertools
import json
import os
import re
import subprocess
import sys

import jsonschema

import harness

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)")
NINE_DIGITS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z")
TRANSACTIONS_MAX = 50  # validated of one capture; the kinds that say why are validated all


def objects(value, path=""):
    """(path without indexes, object) of every object inside."""
    if isinstance(value, dict):
        yield path, value
        for key, inner in value.items():
            yield from objects(inner, path + "." + key)
    elif isinstance(value, list):
        for inner in value:
            yield from objects(inner, path + "[]")


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from strings(inner)


class KeyOrder:
    """Remembers which key came before which, and tells the first contradiction."""

    def __init__(self):
        self.before = collections.defaultdict(set)

    def contradiction(self, event):
        for path, value in objects(event):
            known = self.before[event["event"]["dataset"] + path]
            for pair in itertools.combinations(value, 2):
                if pair[::-1] in known:
                    return "%s: %s before %s, elsewhere after it" % (path, *pair)
                known.add(pair)
        return ""


class Checker:
    def __init__(self, schema):
        self.validator = jsonschema.Draft202012Validator(schema)
        self.order = KeyOrder()
        self.samples = {}

    def faults(self, line):
        """What is wrong with one line of output; empty if nothing is."""
        try:
            event = json.loads(line.decode("ascii"))
        except ValueError as error:
            return str(error)
        if not isinstance(event, dict):
            return "not an object"
        error = next(self.validator.iter_errors(event), None)
        if error:
            return "%s: %s" % (error.json_path, error.message[:300])
        for text in strings(event):
            if TIME.fullmatch(text) and not NINE_DIGITS.fullmatch(text):
                return "time without nine digits or not in UTC: %s" % text
        self.samples.setdefault(event["event"]["dataset"], event)
        return self.order.contradiction(event)


def check_case(tap, checker, rcause, case):
    result = harness.run(rcause, "-q", *harness.case_args(os.path.join(harness.ROOT, case)),
                         "--emit", harness.KINDS, "-r", case, "-o", "json:-")
    bad, transactions = [], 0
    for number, line in enumerate(result.out.split(b"\n")[:-1], 1):
        if b'"rcause.transaction"' in line:
            transactions += 1
            if transactions > TRANSACTIONS_MAX:
                continue
        fault = checker.faults(line)
        if fault:
            bad.append("line %d: %s" % (number, fault))
    tap.ok(result.status == 0 and not bad and result.out.endswith(b"\n"),
           "%s gives valid events" % case, "\n".join([str(result), *bad[:5]]))


def check_rejections(tap, checker):
    """The schema is closed: it refuses what no event may have."""
    for dataset, event in sorted(checker.samples.items()):
        extra = copy.deepcopy(event)
        extra["rcause"]["no_such_field"] = 1
        tap.ok(not checker.validator.is_valid(extra), "%s: an unknown field is refused" % dataset)
        missing = copy.deepcopy(event)
        del missing["@timestamp"]
        tap.ok(not checker.validator.is_valid(missing), "%s: a time is required" % dataset)


def main():
    rcause, tap = harness.default_rcause(), harness.Tap()
    printed = harness.run(rcause, "--schema")
    tap.ok(printed.status == 0, "rcause --schema prints the schema", printed)
    schema = json.loads(printed.out)
    jsonschema.Draft202012Validator.check_schema(schema)
    fresh = subprocess.run([sys.executable, os.path.join(harness.ROOT, "tools", "docs.py"), "--rcause",
                            rcause], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    tap.ok(fresh.returncode == 0, "the schema and tables in docs/ are what the program says",
           fresh.stdout.decode())
    checker = Checker(schema)
    for case in harness.golden_cases():
        check_case(tap, checker, rcause, case)
    for kind in harness.KINDS.split(","):
        dataset = "rcause." + (kind if kind == "stats" else kind.rstrip("s"))
        tap.ok(dataset in checker.samples, "the captures give events of %s" % dataset)
    check_rejections(tap, checker)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())

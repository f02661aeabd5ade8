#!/usr/bin/python3
"""Scores rcause's causes against labelled captures, and against other views of them.

Beside CASE.pcap (or .pcapng, compressed or not) lies CASE.labels.jsonl, one line per client query:
t, client, server, qname, qtype, id, sport, rcode, cause ('none' if it succeeded), also_ok, and
retransmit for a repeat of the line before. A cause of null means that nobody knows what this query
had to get: it counts neither way. CASE-client.pcap is the client's view of the same labels; a field
"view" in the labels says that the capture is itself a view. Of whole captures the other views are
made here, as tests/lab/views.py says, and scored too.

  found         a labelled failure with its event
  exact         its cause is the label's, or one of also_ok
  wrong         another cause; 'proven' counts those claimed as proven, the worst of all
  unknown       rcause said that it cannot tell (unknown.*)
  false alarms  an event for a query that succeeded
  invented      an event that belongs to no labelled query
  duplicates    a further event for the same query
  rcode differs the event's response code is not the label's
  beside        of views that hide clients' queries: events about queries of the resolvers
  served, named of the upstream view: clients' failures that some query of the resolver served, and
                those whose cause an event of such a query names
"""
import argparse
import collections
import datetime
import ipaddress
import json
import os
import sys
import tempfile

import accuracy_text
import harness

sys.path.insert(0, os.path.join(harness.ROOT, "tests", "lab"))
sys.dont_write_bytecode = True
import views
import wire

START_TOLERANCE_S = 0.005
COUNTS = ("failures", "found", "exact", "wrong", "wrong_proven", "unknown", "missed", "healthy",
          "false_alarms", "invented", "duplicates", "rcode_differs", "beside", "served",
          "named")
# What each EDE code (RFC 8914 5.2) says, for scoring the resolver's own witness.
EDE_CAUSES = {
    1: ("dnssec.algorithm_unsupported",), 2: ("dnssec.algorithm_unsupported",),
    7: ("dnssec.signature_expired",), 8: ("dnssec.signature_not_yet_valid",),
    9: ("dnssec.dnskey_missing", "dnssec.ds_mismatch"), 10: ("dnssec.rrsig_missing",),
    11: ("dnssec.no_zone_key_bit",), 12: ("dnssec.denial_missing",),
    13: ("resolver.cached_failure",), 15: ("policy.blocked",), 16: ("policy.blocked",),
    17: ("policy.blocked",), 18: ("policy.client_not_allowed",),
    20: ("policy.not_authoritative",), 23: ("upstream.timeout", "upstream.unreachable"),
    27: ("dnssec.nsec3_iterations_too_high",),
}


class Exchange:
    """One labelled client query with its retransmissions, and the events that match it."""

    def __init__(self, label):
        self.label, self.times, self.event, self.further = label, [label["t"]], None, []

    @property
    def failed(self):
        return self.label["cause"] != "none"

    def asks_for(self, qtype):
        """Label writers may not know the mnemonic of a new type: TYPE128 stands for any."""
        own = self.label["qtype"] or ""
        return own.startswith("TYPE") or own == qtype

    def key(self):
        row = self.label
        return key(row["client"], row["server"], row["sport"], row["id"], row["qname"])

    def repeat(self, row):
        """Takes a retransmission; the attempt that got an answer is the exchange's outcome."""
        self.times.append(row["t"])
        self.label["rcode"] = row.get("rcode") or self.label.get("rcode")
        self.label["ede"] = row.get("ede") or self.label.get("ede")


def key(client, server, port, ident, qname):
    """What label and event of one exchange have in common, besides the time."""
    name = (qname or "").lower()
    return (ipaddress.ip_address(client), ipaddress.ip_address(server), int(port), int(ident),
            name.rstrip(".") or name)


def exchanges_of(rows):
    exchanges, latest = [], {}
    for row in rows:
        x = Exchange(row)
        if row.get("retransmit") and x.key() in latest:
            latest[x.key()].repeat(row)
        else:
            exchanges.append(x)
            latest[x.key()] = x
    return exchanges


def read_labels(path):
    with open(path, encoding="utf-8") as f:
        return exchanges_of(map(json.loads, f))


def seconds(stamp):
    """Seconds since 1970 of an RFC 3339 time in UTC with nine digits."""
    whole, _, fraction = stamp.rstrip("Z").partition(".")
    moment = datetime.datetime.strptime(whole + "+0000", "%Y-%m-%dT%H:%M:%S%z")
    return moment.timestamp() + float("0." + (fraction or "0"))


def event_key(event):
    question = event["dns"].get("question", {})
    return key(event["client"]["ip"], event["server"]["ip"], event["client"]["port"],
               event["dns"]["id"], question.get("name"))


def match(exchanges, events):
    """Gives each event to its labelled exchange; returns the events that have none."""
    by_key = collections.defaultdict(list)
    for x in exchanges:
        by_key[x.key()].append(x)
    invented = []
    for event in events:
        start = seconds(event["event"]["start"])
        qtype = event["dns"].get("question", {}).get("type", "")
        near = [x for x in by_key[event_key(event)] if x.asks_for(qtype) and
                abs(x.times[0] - start) <= START_TOLERANCE_S]
        x = min(near, key=lambda x: abs(x.times[0] - start), default=None)
        if x is None:
            invented.append(event)
        elif x.event is None:
            x.event = event
        else:
            x.further.append(event)
    return invented


def is_exact(label, slug):
    return slug == label["cause"] or slug in label.get("also_ok", ())


def is_told_elsewhere(x, named):
    """Of the upstream view: the event about a resolver's work stands at one query of it; and work that
    came to a good end is no failure."""
    return "serves" in x.label and all(tuple(name) in named for name, _ in x.label["serves"])


def ede_is_exact(label):
    if "ede_grade" in label:
        return label["ede_grade"] == "exact"
    codes = [e["code"] if isinstance(e, dict) else int(e) for e in label.get("ede") or ()]
    return any(is_exact(label, slug) for code in codes for slug in EDE_CAUSES.get(code, ()))


class Score:
    def __init__(self):
        self.n = collections.Counter()
        self.confusion = collections.Counter()  # (label, got, confidence)
        self.ede_any = self.ede_exact = 0
        self.problems = []

    def add(self, other):
        self.n.update(other.n)
        self.confusion.update(other.confusion)
        self.ede_any += other.ede_any
        self.ede_exact += other.ede_exact
        self.problems += other.problems

    def _problem(self, kind, label, event):
        self.problems.append((kind, label, event))

    def judge_failure(self, x):
        self.n["failures"] += 1
        if x.label.get("ede"):
            self.ede_any += 1
            self.ede_exact += ede_is_exact(x.label)
        if x.event is None:
            self.n["missed"] += 1
            self.confusion[x.label["cause"], "(no event)", "-"] += 1
            self._problem("missed", x.label, None)
            return
        self.n["found"] += 1
        if x.event["dns"].get("response_code") != x.label.get("rcode"):
            self.n["rcode_differs"] += 1
            self._problem("rcode differs", x.label, x.event)
        slug, confidence = x.event["rcause"]["cause"], x.event["rcause"]["confidence"]
        self.confusion[x.label["cause"], slug, confidence] += 1
        if is_exact(x.label, slug):
            self.n["exact"] += 1
        elif slug.startswith("unknown."):
            self.n["unknown"] += 1
            self._problem("unknown", x.label, x.event)
        else:
            self.n["wrong"] += 1
            self.n["wrong_proven"] += confidence == "proven"
            self._problem("wrong, proven" if confidence == "proven" else "wrong", x.label, x.event)

    def judge(self, exchanges, invented):
        served, named = self._served(exchanges)
        self.n["served"] += len(served)
        self.n["named"] += len(named)
        lab={}
        for x in exchanges:
            for name, causes in x.label.get("serves", ()):
                lab[tuple(name)]=causes
        for k in sorted(served-named, key=str):
            print("UNNAMED", lab[k], k, exchanges[0].label.get("fault","")[:30])
        for x in exchanges:
            if x.label["cause"] is None:
                self._judge_open(x)
                continue
            if x.failed:
                if x.event is None and is_told_elsewhere(x, named):
                    continue
                self.judge_failure(x)
            else:
                self._judge_healthy(x)
            self.n["duplicates"] += len(x.further)
            for event in x.further:
                self._problem("duplicate", x.label, event)
        self.n["invented"] += len(invented)
        for event in invented:
            self._problem("invented", None, event)

    def beside(self, events):
        """Events about queries of the resolvers themselves, whose clients this view hides."""
        self.n["beside"] += len(events)

    def _judge_open(self, x):
        """The capture does not show its outcome: nothing can be proven but what is true."""
        if "proven_ok" in x.label and x.event and \
                x.event["rcause"]["confidence"] == "proven" and \
                x.event["rcause"]["cause"] not in x.label["proven_ok"]:
            self.n["wrong_proven"] += 1
            self._problem("wrong, proven", x.label, x.event)

    def _judge_healthy(self, x):
        self.n["healthy"] += 1
        if x.event is None or x.event["rcause"]["cause"] in x.label.get("event_ok", ()):
            return
        self.n["false_alarms"] += 1
        rc = x.event["rcause"]
        self.confusion["none", rc["cause"], rc["confidence"]] += 1
        self._problem("false alarm", x.label, x.event)

    @staticmethod
    def _served(exchanges):
        served, named = set(), set()
        for x in exchanges:
            for name, causes in x.label.get("serves", ()):
                served.add(tuple(name))
                if x.event and x.event["rcause"]["cause"] in causes:
                    named.add(tuple(name))
        return served, named

    def exact_percent(self):
        return 100.0 * self.n["exact"] / self.n["failures"] if self.n["failures"] else 100.0

    def row(self, name):
        return {"capture": name, **{c: self.n[c] for c in COUNTS},
                "exact_percent": round(self.exact_percent(), 2),
                "ede_given": self.ede_any, "ede_exact": self.ede_exact}


# --- captures and their views ------------------------------------------------------------------


def labelled(places):
    """(capture, labels) for every capture that has labels."""
    for place in places:
        if place.endswith(".labels.jsonl"):
            stem = place[: -len(".labels.jsonl")]
            found = [p for p in harness.captures(os.path.dirname(place) or ".")
                     if harness.split_name(p)[0] in (stem, stem + "-client")]
        else:
            found = harness.captures(place)
        for path in found:
            labels = harness.labels_path(path)
            if os.path.exists(labels):
                yield path, labels


def read_rows(labels):
    with open(labels, encoding="utf-8") as f:
        return [json.loads(line) for line in f]


def stored_view(capture, labels, rows):
    if harness.split_name(capture)[0] + ".labels.jsonl" != labels:
        return "client"
    return rows[0].get("view", "both") if rows else "both"


def view_cases(capture, labels, wanted, folder):
    """(view, files, rows) of the capture itself, and of the views of it that are wanted."""
    rows = read_rows(labels)
    own = stored_view(capture, labels, rows)
    if wanted(own):
        yield own, [os.path.abspath(capture)], rows
    others = [v for v in views.VIEWS if v not in ("both", *views.STORED) and wanted(v)]
    stem, ending = harness.split_name(capture)
    if os.path.exists(stem + "-client" + ending):
        others = [v for v in others if v != "client"]
    if own != "both" or not rows or not others:
        return
    packets = wire.read(harness.read_bytes(capture))
    for view in others:
        for seen, parts in views.cases(view, rows, packets):
            if not seen or not any(parts):
                continue
            files = [os.path.join(folder, "%s-%d.pcap" % (view, i)) for i in range(len(parts))]
            for path, part in zip(files, parts):
                views.write(path, part)
            yield view, files, seen


def run_on(options, capture, files):
    reads = [word for path in files for word in ("-r", path)]
    result = harness.run(options.rcause, "-q", *harness.case_args(capture, options.trust_anchor),
                         *options.extra, *reads, "-o", "json:-", timeout=600)
    if result.status != 0:
        raise SystemExit("accuracy: %s: rcause failed: %s" % (capture, result))
    return result.events("failure")


def score_events(labels, events):
    exchanges = read_labels(labels)
    score = Score()
    score.judge(exchanges, match(exchanges, events))
    return score


def brand(software):
    """The resolver's software without its version."""
    return " ".join(w for w in (software or "").split() if not w[0].isdigit()) or "(no server)"


def outcome(x):
    """What became of a labelled failure, in a word."""
    one = Score()
    one.judge_failure(x)
    return next(name for count, name in (
        ("wrong_proven", "wrong and proven"), ("wrong", "wrong"), ("unknown", "unknown"),
        ("missed", "missed"), ("exact", "exact")) if one.n[count])


class Results:
    """Scores of one capture and view each, and their sums."""

    def __init__(self):
        self.rows = []  # (capture, view, Score)
        self.views = collections.defaultdict(Score)
        self.resolvers = collections.defaultdict(Score)  # (view, software)
        self.judged = collections.defaultdict(list)  # view: [(cause of the label, outcome)]

    def add(self, capture, view, rows, events):
        exchanges = exchanges_of([dict(r) for r in rows])
        invented = match(exchanges, events)
        score = Score()
        if view in views.PARTIAL:
            clients = views.clients_of(rows)
            score.beside([e for e in invented if e["client"]["ip"] not in clients])
            invented = [e for e in invented if e["client"]["ip"] in clients]
        score.judge(exchanges, invented)
        self.rows.append((os.path.relpath(capture), view, score))
        self.views[view].add(score)
        self.judged[view] += [(x.label["cause"], outcome(x)) for x in exchanges
                              if x.label["cause"] not in (None, "none")]
        groups = collections.defaultdict(list)
        for x in exchanges:
            groups[brand(x.label.get("resolver_software"))].append(x)
        for software, group in groups.items():
            part = Score()
            part.judge(group, [])
            self.resolvers[view, software].add(part)


def measure(options):
    results = Results()

    def wanted(view):
        return view in options.views

    for capture, labels in labelled(options.places):
        with tempfile.TemporaryDirectory(prefix="rcause-accuracy-") as folder:
            for view, files, rows in view_cases(capture, labels, wanted, folder):
                results.add(capture, view, rows, run_on(options, capture, files))
    return results


# --- command line ------------------------------------------------------------------------------


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("places", nargs="+", metavar="DIR_OR_LABELS")
    parser.add_argument("--rcause", default=harness.default_rcause())
    parser.add_argument("--trust-anchor", metavar="FILE",
                        help="default: the nearest root.key beside or above the capture")
    parser.add_argument("--view", action="append", choices=("all", "main", *views.VIEWS),
                        help="repeatable; default main: " + ", ".join(views.MAIN))
    parser.add_argument("--extra", action="append", default=[], help="a further option for rcause")
    parser.add_argument("--cases", action="store_true", help="a row for each capture too")
    parser.add_argument("--json", action="store_true", help="one JSON object a line, per capture")
    parser.add_argument("--csv", action="store_true")
    parser.add_argument("-v", "--verbose", action="store_true", help="list what was not exact")
    parser.add_argument("--fail-under", type=float, metavar="PCT",
                        help="exit status 1 if fewer are exact in any view")
    parser.add_argument("--max-wrong-proven", type=int, metavar="N")
    parser.add_argument("--max-false", type=int, metavar="N",
                        help="false alarms, invented and duplicate events together")
    options = parser.parse_args()
    options.rcause = os.path.abspath(options.rcause)
    if options.trust_anchor:
        options.trust_anchor = os.path.abspath(options.trust_anchor)
    chosen = options.view or ["main"]
    options.views = {v for c in chosen for v in
                     (views.VIEWS if c == "all" else views.MAIN if c == "main" else [c])}
    return options


def verdict(options, totals):
    bad = 0
    for view, score in totals.items():
        noise = score.n["false_alarms"] + score.n["invented"] + score.n["duplicates"]
        for name, value, limit, fine in (
                ("exact percent", score.exact_percent(), options.fail_under,
                 lambda v, l: v >= l),
                ("wrong and proven", score.n["wrong_proven"], options.max_wrong_proven,
                 lambda v, l: v <= l),
                ("false, invented and duplicate events", noise, options.max_false,
                 lambda v, l: v <= l)):
            if limit is not None and not fine(value, limit):
                print("accuracy: view %s: %s: %s, limit %s" % (view, name, value, limit),
                      file=sys.stderr)
                bad = 1
    return bad


def main():
    options = parse_options()
    results = measure(options)
    if not results.rows:
        print("accuracy: %s: no labelled captures" % " ".join(options.places), file=sys.stderr)
        return 2
    accuracy_text.show(options, results)
    return verdict(options, results.views)


if __name__ == "__main__":
    sys.exit(main())

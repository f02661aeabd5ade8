"""A network drawn by lot: other addresses, servers, zones, faults and clients for each seed, all in one capture.

The table (scenarios.py) has one fault at a time on a network that rcause was made with. Here faults, sound zones, repeats
and clients stand side by side as they do in the field, on one that nobody has seen: what is wrong here is wrong out there.

    sudo tests/lab/run.sh --seed 7              # to tests/lab/out/cases/composed/seed-7.pcap

Drawn one after another, each from what was drawn before: nodes (compose_net.py), zones (compose_zones.py), what happens
meanwhile (compose_events.py), questions and what their answers mean (compose_asks.py).
"""

import types

import nodes
from compose_asks import Questions
from compose_events import Events
from compose_net import Network
from compose_zones import Tree
from lot import Lot
from scenario import S


def table(seed):
    """What a run needs of a table, as scenarios.py has it. Changes nodes.py."""
    lot = Lot(seed)
    net = Network(lot)
    tree = Tree(lot, net)
    events = Events(lot, net, tree)
    questions = Questions(lot, net, tree, events)
    scenario = S("composed", f"seed-{seed}", "", [questions.asks], settle=2.0, stored=False, inject=events.inject,
                 keep=(*net.resolvers, *net.forwarders, net.gate, net.shared))
    return types.SimpleNamespace(ZONES=tree.zones, OPTIONS=net.options, SCENARIOS=[scenario],
                                 tiny_behaviours=lambda: set(nodes.TINY))

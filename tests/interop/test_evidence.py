"""What a node's evidence log says of changes of state: who, by which step, when, and what was before. On both engines."""

import time
import unittest

import elmo_generate
from client import peers
from nodes import ENGINES
from peer import evidence
from test_hostile import Suite

RECENT_SECONDS = 300


class Changes(Suite):
    def told(self, happened: int, **wanted) -> list[tuple]:
        """Actor, machine, step and both states of the entries about a thing, oldest first; each is of this moment."""
        leaves = [leaf for leaf in self.leaves(happened).values() if all(getattr(leaf, key) == value for key, value in wanted.items())]
        for leaf in leaves:
            self.assertLess(abs(leaf.happen_time.seconds - time.time()), RECENT_SECONDS)
        return [(leaf.actor, leaf.machine, leaf.step, leaf.from_state, leaf.to_state) for leaf in leaves]

    def test_a_record_and_a_partner_that_change_leave_actor_step_time_and_the_state_before(self):
        sis, officer = self.node.as_role("sis"), self.node.as_role("trust_officer").peers
        document = elmo_generate.document("2.1.1", 7001, self.node.domain)
        name = sis.take(document).transcripts[0].name
        created = ("sis", "uc6.transcript", "import", "", "imported")
        self.assertEqual(self.told(evidence.HAPPENED_CHANGED, resource=name), [created])

        peer = f"peers/{self.peer.domain}"
        officer.SuspendPeer(peers.SuspendPeerRequest(name=peer))
        officer.ResumePeer(peers.ResumePeerRequest(name=peer))
        told = self.told(evidence.HAPPENED_PEER, resource=peer)
        suspended = ("trust_officer", "node.peer", "suspend", "active", "suspended")
        resumed = ("trust_officer", "node.peer", "resume", "suspended", "active")
        self.assertEqual(told[-2:], [suspended, resumed])


def load_tests(loader, _standard, _pattern):
    tests = unittest.TestSuite()
    for engine in ENGINES:
        name = f"ChangesOn{engine.capitalize()}"
        made = type(name, (Changes, unittest.TestCase), {"engine": engine, "__module__": __name__})
        tests.addTests(loader.loadTestsFromTestCase(made))
    return tests

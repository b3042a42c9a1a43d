"""A transcript goes from one node to another, as a client sees it that nobody here wrote. On both engines."""

import hashlib
import unittest

import grpc

import elmo_compare
import elmo_generate
import proof
from client import credentials, disclosures, messaging, purpose, refused
from nodes import Node, on_each_engine, wait_until

DELIVERY_SECONDS_MAX = 60


class JourneySuite:
    engine = "sqlite"

    @classmethod
    def setUpClass(cls):
        cls.a, cls.b = Node("alpha.example", cls.engine), Node("beta.example", cls.engine)
        for node in (cls.a, cls.b):
            cls.addClassCleanup(node.remove)
            node.start()
        cls.a.trust(cls.b)
        cls.b.trust(cls.a)
        cls.sis, cls.registrar = cls.a.as_role("sis"), cls.b.as_role("registrar")

    def delivered(self, name: str):
        """The message once its receipt is here."""
        found = []

        def is_settled():
            found[:] = [self.sis.messages.GetMessage(messaging.GetMessageRequest(name=name))]
            return found[0].state in (messaging.MESSAGE_STATE_DELIVERED, messaging.MESSAGE_STATE_DEAD)

        wait_until(is_settled, DELIVERY_SECONDS_MAX, f"{name} is not delivered", lambda: f"{found}\n{self.b.log()}")
        self.assertEqual(found[0].state, messaging.MESSAGE_STATE_DELIVERED, found[0])
        return found[0]

    def test_a_transcript_goes_to_the_partner_and_is_proved_by_its_receipt(self):
        document = elmo_generate.document("2.1.1", 1000, "alpha.example")
        taken = self.sis.take(document).transcripts[0]
        message = self.delivered(self.sis.send(taken.name, "beta.example").message)

        told = self.b.self_description()
        descriptor = proof.descriptor(told.descriptor, told.fingerprint)
        receipt = proof.receipt(message.receipt, descriptor)
        self.assertEqual((receipt.receiver, receipt.sender), ("beta.example", "alpha.example"))
        self.assertEqual(f"messages/{receipt.message_id}", message.name)
        self.assertEqual(receipt.header_sha256, hashlib.sha256(message.header).digest())
        altered = bytes([message.receipt.receipt[0] ^ 1]) + message.receipt.receipt[1:]
        key = proof.key_of(descriptor, receipt.key_id, 4)
        self.assertFalse(proof.holds(key, "hei-receipt-v1", altered, message.receipt.signature))

        received = [one for one in self.registrar.all_transcripts() if one.sender == "peers/alpha.example" and self.registrar.get(one.name).achievements == self.sis.get(taken.name).achievements]
        self.assertEqual(len(received), 1)
        here, there = self.registrar.get(received[0].name), self.sis.get(taken.name)
        self.assertEqual(list(here.achievements), list(there.achievements))
        self.assertEqual(here.issuer, there.issuer)
        given = self.registrar.export(received[0].name)
        losses = [loss.path for loss in given.losses]
        found = elmo_compare.differences(document, given.document)
        first_losses = [loss.path for loss in self.sis.take(document).losses]
        self.assertEqual(elmo_compare.unexplained(found, losses + first_losses), [])

        self.shows_the_disclosure(there.learner.identifiers[0], taken.name)

    def shows_the_disclosure(self, learner, name: str):
        request = disclosures.ListDisclosuresRequest(learner=learner, purpose=purpose("learner_access"))
        told = self.a.as_role("registrar").disclosures.ListDisclosures(request).disclosures
        self.assertEqual([(one.recipient, one.resource, one.purpose.code) for one in told], [("peers/beta.example", name, "mobility")])

    def test_a_caller_without_token_has_no_access(self):
        for token in (None, "no such role"):
            with self.subTest(token), refused(grpc.StatusCode.UNAUTHENTICATED, "NO_CREDENTIAL" if token is None else "TOKEN_INACTIVE"):
                caller = self.a.as_role(None) if token is None else self.with_token(token)
                caller.all_transcripts()

    def with_token(self, token: str):
        self.a.tokens[token] = token
        return self.a.as_role(token)


def load_tests(loader, _standard, _pattern):
    return on_each_engine(loader, __name__, JourneySuite)


if __name__ == "__main__":
    unittest.main()

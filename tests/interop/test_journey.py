"""A transcript goes from one node to another, as a client sees it that nobody here wrote. On both engines."""

import hashlib
import unittest
import uuid

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

    def test_a_repeated_request_sends_once_and_another_content_is_a_conflict(self):
        taken = self.sis.take(elmo_generate.document("1.7", 1001, "alpha.example")).transcripts[0]
        key = str(uuid.uuid4())
        first = self.sis.send(taken.name, "beta.example", request_id=key)
        self.assertEqual(self.sis.send(taken.name, "beta.example", request_id=key), first)
        with refused(grpc.StatusCode.ALREADY_EXISTS, "ID_CONFLICT"):
            self.sis.send(taken.name, "beta.example", why="recognition", request_id=key)
        self.delivered(first.message)

    def test_a_transcript_of_another_institution_is_not_sent(self):
        taken = self.sis.take(elmo_generate.document("2.1.1", 1002, "gamma.example")).transcripts[0]
        with refused(grpc.StatusCode.PERMISSION_DENIED, "NOT_DATA_OWNER"):
            self.sis.send(taken.name, "beta.example")

    def test_an_unknown_partner_is_refused(self):
        taken = self.sis.take(elmo_generate.document("2.1.1", 1003, "alpha.example")).transcripts[0]
        with refused(grpc.StatusCode.PERMISSION_DENIED, "PEER_UNTRUSTED"):
            self.sis.send(taken.name, "nowhere.example")

    def test_a_caller_without_token_has_no_access(self):
        for token in (None, "no such role"):
            with self.subTest(token), refused(grpc.StatusCode.UNAUTHENTICATED, "NO_CREDENTIAL" if token is None else "TOKEN_INACTIVE"):
                caller = self.a.as_role(None) if token is None else self.with_token(token)
                caller.all_transcripts()

    def with_token(self, token: str):
        self.a.tokens[token] = token
        return self.a.as_role(token)

    def test_a_call_about_a_person_without_purpose_is_refused(self):
        with refused(grpc.StatusCode.INVALID_ARGUMENT, "FIELD_MISSING") as refusal:
            self.sis.transcripts.ListTranscripts(credentials.ListTranscriptsRequest())
        self.assertEqual(refusal.fields, ["purpose"])

    def test_a_foreign_page_token_is_refused_and_pages_add_up(self):
        for seed in range(1010, 1015):
            self.sis.take(elmo_generate.document("2.1.1", seed, "alpha.example"))
        whole = [one.name for one in self.sis.all_transcripts()]
        self.assertEqual([one.name for one in self.sis.all_transcripts(page_size=2)], whole)
        self.assertEqual(len(whole), len(set(whole)))
        with refused(grpc.StatusCode.INVALID_ARGUMENT, "BAD_PAGE_TOKEN"):
            self.sis.transcripts.ListTranscripts(
                credentials.ListTranscriptsRequest(page_token="bm8gdG9rZW4", purpose=purpose("administration"))
            )


def load_tests(loader, _standard, _pattern):
    return on_each_engine(loader, __name__, JourneySuite)


if __name__ == "__main__":
    unittest.main()

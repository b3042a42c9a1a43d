"""A partner that nobody here wrote: what an honest one gets from a node, and what one that cheats gets. On both engines."""

import json
import re
import ssl
import time
import unittest
import uuid
from datetime import datetime

import grpc
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import elmo_generate
import proof
from client import Refusal, descriptors, disclosures, envelopes, messaging, peers, purpose, refused, transcripts
from line import Line
from nodes import Node, on_each_engine, wait_until
from hei.credentials.v1 import transcript_peer_service_pb2 as transcript_reads
from hei.credentials.v1 import transcript_peer_service_pb2_grpc as transcript_reads_grpc
from peer import DAY_SECONDS, Partner, Peer, achievements, changed, evidence, kinds, peer_service, refusing, sha256, uuid7
from test_elmo import case

SETTLED_SECONDS_MAX = 30
INBOX_DAYS = 90
SERVICE = "/hei.messaging.v1.MessagingPeerService"
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
Code = grpc.StatusCode


def at(text: str) -> datetime:
    """A moment, however many digits its fraction has."""
    return datetime.fromisoformat(text)


class Suite:
    """One node, and partners that it has added by its command line."""

    engine = "sqlite"

    @classmethod
    def setUpClass(cls):
        # In development, where a campus listener has reflection.
        cls.node = Node("node.example", cls.engine, environment="development")
        cls.addClassCleanup(cls.node.remove)
        cls.node.start()
        fingerprint = cls.node.self_description().fingerprint
        cls.partner = Partner.at(f"https://127.0.0.1:{cls.node.public}", fingerprint)
        cls.registrar = cls.node.as_role("registrar")
        cls.peer = cls.stranger("honest.example")
        cls.add(cls.peer)

    @classmethod
    def stranger(cls, domain: str) -> Peer:
        """A peer of which the node does not know."""
        peer = Peer(domain, cls.partner)
        cls.addClassCleanup(peer.close)
        return peer

    @classmethod
    def add(cls, peer: Peer) -> None:
        cls.node.run("peer", "add", peer.web.url, "--fingerprint", peer.fingerprint)

    def friend(self, domain: str) -> Peer:
        """A peer of this test's own, which the node has added."""
        peer = self.stranger(domain)
        self.add(peer)
        return peer

    # What the node keeps

    def leaves(self, happened: int) -> dict[bytes, evidence.EvidenceLeaf]:
        """Entries of its evidence by their hash, which is checked."""
        found = {}
        for leaf, leaf_hash in self.node.rows("SELECT leaf, leaf_hash FROM evidence_entries ORDER BY id"):
            self.assertEqual(leaf_hash, sha256(b"\0" + leaf))
            told = evidence.EvidenceLeaf.FromString(leaf)
            if told.happened == happened:
                found[leaf_hash] = told
        return found

    def effects(self) -> list[tuple]:
        """What an envelope that is taken adds to."""
        tables = ("inbox", "uc6_transcripts", "disclosures", "outbox")
        return [self.node.rows(f"SELECT count(*) FROM {table}") for table in tables]


class Delivering(Suite):
    """Envelopes to the node."""

    def is_refused(self, code, reason, envelope, peer: Peer | None = None, clock_seconds: float = 0):
        """Refused with this reason, without effect, and kept as evidence."""
        peer = peer or self.peer
        effects, known = self.effects(), self.leaves(evidence.HAPPENED_REFUSED)
        with refused(code, reason) as refusal:
            peer.deliver(envelope, clock_seconds)
        self.assertEqual(self.effects(), effects)
        new = [leaf for key, leaf in self.leaves(evidence.HAPPENED_REFUSED).items() if key not in known]
        told = [(leaf.reason, leaf.peer, leaf.header_sha256) for leaf in new]
        self.assertEqual(told, [(reason, peer.domain, sha256(envelope.header))])
        return refusal

    def is_taken(self, envelope, clock_seconds: float = 0) -> envelopes.Receipt:
        answered = self.peer.deliver(envelope, clock_seconds)
        return proof.receipt(answered.receipt, self.partner.descriptor)

    def test_an_honest_envelope_is_taken_and_its_receipt_proves_it(self):
        sent = self.peer.envelope()
        answered = self.peer.deliver(sent)
        header = envelopes.EnvelopeHeader.FromString(sent.header)
        taken = kinds.TranscriptTaken.FromString(answered.answer)

        receipt = proof.receipt(answered.receipt, self.partner.descriptor)
        self.assertEqual((receipt.sender, receipt.receiver), (self.peer.domain, self.node.domain))
        self.assertEqual((receipt.message_id, receipt.header_sha256), (header.message_id, sha256(sent.header)))
        self.assertEqual(receipt.answer_sha256, sha256(answered.answer))
        leaf = self.leaves(evidence.HAPPENED_RECEIVED)[receipt.leaf_hash]
        self.assertEqual((leaf.message_id, leaf.header_sha256), (receipt.message_id, receipt.header_sha256))
        self.assertEqual(leaf.peer, self.peer.domain)

        self.assertEqual(taken.achievement_count, achievements(sent.payload))
        self.assertEqual(self.registrar.get(taken.name).origin, transcripts.ORIGIN_RECEIVED)

    def test_the_same_envelope_again_gets_the_same_receipt_and_adds_nothing(self):
        sent = self.peer.envelope()
        first = self.peer.deliver(sent)
        effects = self.effects()
        self.peer.call_again()
        again = self.peer.deliver(sent)
        self.assertEqual((again.receipt.receipt, again.receipt.signature), (first.receipt.receipt, first.receipt.signature))
        self.assertEqual(again.answer, first.answer)
        self.assertEqual(self.effects(), effects)

    def test_a_changed_byte_breaks_the_signature(self):
        for part in ("header", "payload", "signature"):
            with self.subTest(part):
                sent = self.peer.envelope()
                setattr(sent, part, changed(getattr(sent, part), -1))
                self.is_refused(Code.UNAUTHENTICATED, "SIGNATURE_INVALID", sent)

    def test_no_byte_of_the_header_can_be_changed(self):
        sent, effects, known = self.peer.envelope(), self.effects(), self.leaves(evidence.HAPPENED_REFUSED)
        for place in range(len(sent.header)):
            header, refusal = changed(sent.header, place), Refusal()
            altered = peer_service.DeliverRequest(header=header, payload=sent.payload, signature=sent.signature)
            with self.subTest(place), self.assertRaises(grpc.RpcError) as raised:
                self.peer.deliver(altered)
            refusal.read(raised.exception)
            self.assertIn(refusal.reason, ("SIGNATURE_INVALID", "SENDER_MISMATCH", "WRONG_AUDIENCE", "MALFORMED"))
        self.assertEqual(self.effects(), effects)
        self.assertEqual(len(self.leaves(evidence.HAPPENED_REFUSED)) - len(known), len(sent.header))

    def test_the_same_id_with_other_content_is_a_conflict(self):
        message_id = uuid7(time.time())
        self.is_taken(self.peer.envelope(message_id=message_id))
        self.is_refused(Code.ALREADY_EXISTS, "ID_CONFLICT", self.peer.envelope(message_id=message_id))

    def test_an_attempt_by_a_clock_too_far_off_is_refused_with_both_times(self):
        for seconds in (-121, 121):
            with self.subTest(seconds):
                sent = self.peer.envelope()
                refusal = self.is_refused(Code.UNAUTHENTICATED, "CLOCK_SKEW", sent, clock_seconds=seconds)
                told = f"{refusal.message} {refusal.metadata}"
                times = {at(text) for text in RFC_3339.findall(told)}
                self.assertTrue(at(sent.send_time.ToJsonString()) in times and len(times) == 2, told)
                self.assertIn("120", told)

    def test_an_attempt_within_the_allowance_is_taken(self):
        for seconds in (-119, 119):
            with self.subTest(seconds):
                self.is_taken(self.peer.envelope(), clock_seconds=seconds)

    def test_only_the_message_key_of_the_descriptor_signs_envelopes(self):
        message, receipt = (self.peer.keys[use] for use in (descriptors.KEY_USE_MESSAGE, descriptors.KEY_USE_RECEIPT))
        foreign = self.stranger("foreign.example").keys[descriptors.KEY_USE_MESSAGE]
        named = proof.thumbprint(message.public_key().public_bytes_raw())
        for name, sent in {
            "a foreign key": self.peer.envelope(signer=foreign),
            "a foreign key by the name of the right one": self.peer.envelope(signer=foreign, key_id=named),
            "the receipt key": self.peer.envelope(signer=receipt),
        }.items():
            with self.subTest(name):
                self.is_refused(Code.UNAUTHENTICATED, "SIGNATURE_INVALID", sent)

    def test_a_signature_for_another_use_does_not_count(self):
        sent = self.peer.envelope()
        sent.signature = self.peer.sign(descriptors.KEY_USE_MESSAGE, "hei-receipt-v1", sent.header)
        self.is_refused(Code.UNAUTHENTICATED, "SIGNATURE_INVALID", sent)

    def test_a_peer_speaks_for_no_other_institution(self):
        self.is_refused(Code.PERMISSION_DENIED, "SENDER_MISMATCH", self.peer.envelope(sender="else.example"))

    def test_an_envelope_to_another_institution_is_refused(self):
        self.is_refused(Code.INVALID_ARGUMENT, "WRONG_AUDIENCE", self.peer.envelope(audience="else.example"))

    def test_another_partner_cannot_replay_it(self):
        sent = self.peer.envelope()
        self.is_taken(sent)
        thief = self.friend("thief.example")
        self.is_refused(Code.PERMISSION_DENIED, "SENDER_MISMATCH", sent, thief)

    def test_an_envelope_older_than_the_memory_of_the_inbox_is_refused(self):
        old = uuid7(time.time() - INBOX_DAYS * DAY_SECONDS - 60)
        self.is_refused(Code.FAILED_PRECONDITION, "REPLAYED", self.peer.envelope(message_id=old))

    def test_an_unknown_kind_or_version_is_refused(self):
        for name, header in {"kind": {"kind": "hei.credentials.horoscope"}, "version": {"version": 2}}.items():
            with self.subTest(name):
                self.is_refused(Code.UNIMPLEMENTED, "KIND_UNKNOWN", self.peer.envelope(**header))

    def test_a_transcript_that_somebody_else_issued_is_refused(self):
        sent = self.peer.envelope(self.peer.transcript("else.example"))
        self.is_refused(Code.PERMISSION_DENIED, "NOT_DATA_OWNER", sent)

    def test_a_credential_is_its_awarding_bodys_whoever_seals_it(self):
        def claims(awarding: str) -> bytes:
            whole = json.loads(case("D03-reference.jsonld"))
            own = {"id": "urn:x:own", "type": "Identifier", "notation": self.peer.domain, "schemeName": "schac"}
            whole["issuer"]["identifier"] = own
            body = whole["credentialSubject"]["hasClaim"][0]["awardedBy"]["awardingBody"]
            (body if isinstance(body, dict) else body[0])["identifier"] = {**own, "id": "urn:x:body", "notation": awarding}
            message = kinds.TranscriptSent(name=f"transcripts/{uuid.uuid4()}", document=json.dumps(whole).encode())
            return message.SerializeToString()

        self.is_refused(Code.PERMISSION_DENIED, "NOT_DATA_OWNER", self.peer.envelope(claims("else.example")))
        self.is_refused(Code.PERMISSION_DENIED, "NOT_DATA_OWNER", self.peer.envelope(claims(f" ELSE.{self.peer.domain}")))
        self.peer.deliver(self.peer.envelope(claims(self.peer.domain)))

    def test_a_record_that_is_here_already_is_its_issuers_alone_all_the_same(self):
        payload = self.peer.transcript()
        self.peer.deliver(self.peer.envelope(payload))
        other = self.friend(f"c{uuid.uuid4().hex[:8]}.example")
        with refused(Code.PERMISSION_DENIED, "NOT_DATA_OWNER"):
            other.deliver(other.envelope(payload))

    def test_an_envelope_without_purpose_is_refused(self):
        refusal = self.is_refused(Code.INVALID_ARGUMENT, "FIELD_MISSING", self.peer.envelope(purpose=None))
        self.assertEqual(len(refusal.fields), 1)
        self.assertIn("purpose", refusal.fields[0])


class Trusting(Suite):
    """Who may be at the other end of the channel."""

    def is_kept_out(self, reason: str, peer: Peer) -> None:
        effects = self.effects()
        with refused(Code.PERMISSION_DENIED, reason) as refusal:
            peer.deliver(peer.envelope())
        self.assertTrue(refusal.message)
        self.assertEqual(self.effects(), effects)

    def test_a_stranger_is_refused_with_the_reason(self):
        self.is_kept_out("PEER_UNTRUSTED", self.stranger("stranger.example"))

    def test_a_partner_s_domain_with_another_key_is_a_stranger(self):
        self.is_kept_out("PEER_UNTRUSTED", self.stranger(self.peer.domain))

    def test_a_fingerprint_may_begin_with_a_hyphen(self):
        peer = self.stranger("hyphen.example")
        while not peer.fingerprint.startswith("-"):
            peer.keys[descriptors.KEY_USE_DESCRIPTOR] = Ed25519PrivateKey.generate()
        self.add(peer)
        peer.deliver(peer.envelope())

    def test_a_suspended_partner_is_refused_with_the_reason_until_it_is_resumed(self):
        peer = self.friend("suspended.example")
        peer.ask()
        self.node.run("peer", "suspend", peer.domain)
        peer.call_again()
        self.is_kept_out("PEER_SUSPENDED", peer)
        self.node.run("peer", "resume", peer.domain)
        peer.call_again()
        peer.deliver(peer.envelope())

    def test_a_decision_counts_from_the_moment_of_its_answer(self):
        peer, officer = self.friend("quick.example"), self.node.as_role("trust_officer").peers
        name = f"peers/{peer.domain}"
        for _ in range(10):
            officer.SuspendPeer(peers.SuspendPeerRequest(name=name))
            peer.call_again()
            with refused(Code.PERMISSION_DENIED, "PEER_SUSPENDED"):
                peer.ask()
            officer.ResumePeer(peers.ResumePeerRequest(name=name))
            peer.call_again()
            peer.ask()

    def test_a_removed_partner_loses_its_connection_and_no_session_brings_it_back(self):
        peer = self.friend("removed.example")
        first = Line.of(self.partner, peer)
        self.addCleanup(first.close)
        told = descriptors.SignedDescriptor.FromString(first.call(f"{SERVICE}/GetDescriptor"))
        self.assertEqual(told.descriptor, self.partner.descriptor.SerializeToString())

        self.node.run("peer", "remove", peer.domain)
        self.assertTrue(first.ends())
        second = first.again()
        self.addCleanup(second.close)
        self.assertFalse(second.tls.session_reused)
        with refused(Code.PERMISSION_DENIED, "PEER_UNTRUSTED"):
            second.call(f"{SERVICE}/GetDescriptor")

    def test_an_older_tls_and_a_caller_without_certificate_are_refused(self):
        for name, peer, newest in (
            ("TLS 1.2", self.peer, ssl.TLSVersion.TLSv1_2),
            ("no certificate", None, ssl.TLSVersion.TLSv1_3),
        ):
            with self.subTest(name), self.assertRaises(OSError):
                line = Line.of(self.partner, peer, newest)
                self.addCleanup(line.close)
                line.call(f"{SERVICE}/GetDescriptor")

    def test_a_partner_gets_no_reflection(self):
        for version in ("v1", "v1alpha"):
            path = f"/grpc.reflection.{version}.ServerReflection/ServerReflectionInfo"
            with self.subTest(version), refused(Code.UNIMPLEMENTED, "METHOD_UNKNOWN"):
                list(self.peer.channel.stream_stream(path)(iter([b"\x3a\x00"]), timeout=30))


class Sending(Suite):
    """Envelopes from the node, to peers that are honest, fail, refuse or cheat."""

    seeds = iter(range(5001, 10_000, 10))

    def setUp(self):
        self.sis = self.node.as_role("sis")
        self.other = self.friend(f"r{uuid.uuid4().hex[:8]}.example")

    def sent(self) -> tuple[bytes, str]:
        """A document that the node now sends, and the name of the message."""
        document = elmo_generate.document("2.1.1", next(self.seeds), self.node.domain)
        record = self.sis.take(document).transcripts[0]
        return document, self.sis.send(record.name, self.other.domain).message

    def message(self, name: str) -> messaging.Message:
        return self.sis.messages.GetMessage(messaging.GetMessageRequest(name=name))

    def until(self, name: str, state: int, attempts: int = 0) -> messaging.Message:
        """The message once it stands so."""
        found = []

        def stands():
            found[:] = [self.message(name)]
            return found[0].state == state and found[0].attempts >= attempts

        wait_until(stands, SETTLED_SECONDS_MAX, f"{name} is not in state {state}", lambda: f"{found}\n{self.node.log()}")
        return found[0]

    def is_delivered_once_the_peer_is_honest(self, name: str) -> messaging.Message:
        """A successful call from the peer wakes what waits for it."""
        self.other.answer = self.other.take
        self.other.ask()
        return self.until(name, messaging.MESSAGE_STATE_DELIVERED)

    def test_a_peer_reads_what_was_sent_to_it_and_nothing_else_and_each_read_is_disclosed(self):
        document = elmo_generate.document("2.1.1", next(self.seeds), self.node.domain)
        own = self.sis.take(document).transcripts[0].name
        hidden = self.sis.take(elmo_generate.document("2.1.1", next(self.seeds), self.node.domain)).transcripts[0].name
        self.until(self.sis.send(own, self.other.domain).message, messaging.MESSAGE_STATE_DELIVERED)
        reads = transcript_reads_grpc.TranscriptPeerServiceStub(self.other.channel)
        fetch = lambda name: reads.FetchTranscript(transcript_reads.FetchTranscriptRequest(name=name, purpose=purpose("mobility")))
        listed = reads.ListSentTranscripts(transcript_reads.ListSentTranscriptsRequest(purpose=purpose("mobility")))
        self.assertEqual([one.name for one in listed.transcripts], [own])
        self.assertEqual(list(fetch(own).achievements), list(self.sis.get(own).achievements))
        with refused(Code.NOT_FOUND, "NOT_FOUND"):
            fetch(hidden)
        with refused(Code.INVALID_ARGUMENT, "FIELD_MISSING"):
            reads.FetchTranscript(transcript_reads.FetchTranscriptRequest(name=own))
        with refused(Code.PERMISSION_DENIED, "PURPOSE_NOT_AGREED"):
            reads.FetchTranscript(transcript_reads.FetchTranscriptRequest(name=own, purpose=purpose("administration")))
        learner = next(one for one in self.sis.get(own).learner.identifiers if one.scheme in ("esi", "local"))
        request = disclosures.ListDisclosuresRequest(learner=learner, purpose=purpose("learner_access"))
        told = self.registrar.disclosures.ListDisclosures(request).disclosures
        mine = [one.channel for one in told if one.recipient == f"peers/{self.other.domain}" and one.resource == own]
        self.assertEqual(mine, ["message", "read", "read"])

    def test_a_receiver_checks_the_envelope_and_its_receipt_delivers_it(self):
        document, name = self.sent()
        message = self.until(name, messaging.MESSAGE_STATE_DELIVERED)
        request = self.other.received[0]
        self.other.examine(request)
        payload = kinds.TranscriptSent.FromString(request.payload)
        self.assertEqual((payload.document, payload.media_type), (document, "application/xml"))
        header = envelopes.EnvelopeHeader.FromString(request.header)
        self.assertEqual((header.kind, header.version, header.purpose.code), ("hei.credentials.transcript", 1, "mobility"))
        self.assertTrue(header.legal_basis and header.data_categories and header.order_key and header.order_seq)
        self.assertEqual((message.header, message.signature, len(self.other.received)), (request.header, request.signature, 1))
        self.assertEqual(proof.receipt(message.receipt, self.other.descriptor()).message_id, header.message_id)

    def test_a_receipt_that_does_not_prove_it_delivers_nothing(self):
        other = self.other

        def broken(request):
            answered = other.take(request)
            answered.receipt.signature = changed(answered.receipt.signature, 0)
            return answered

        def of_another_answer(request):
            answered = other.take(request)
            answered.answer = kinds.TranscriptTaken(name="transcripts/another").SerializeToString()
            return answered

        for name, answer in {
            "its signature is broken": broken,
            "the message key signed it": lambda it: other.receipt(it, b"", other.keys[descriptors.KEY_USE_MESSAGE]),
            "it is of another header": lambda it: other.receipt(it, b"", header_sha256=sha256(b"another")),
            "it is of another message": lambda it: other.receipt(it, b"", message_id=uuid7(time.time())),
            "it is of another sender": lambda it: other.receipt(it, b"", sender="else.example"),
            "it is of another receiver": lambda it: other.receipt(it, b"", receiver="else.example"),
            "the answer is another": of_another_answer,
        }.items():
            with self.subTest(name):
                other.answer = answer
                _, sent = self.sent()
                message = self.until(sent, messaging.MESSAGE_STATE_QUEUED, attempts=1)
                self.assertTrue(message.last_reason)
                self.assertFalse(message.HasField("receipt"))
                self.is_delivered_once_the_peer_is_honest(sent)

    def test_a_refusal_that_may_pass_is_tried_again(self):
        for code, reason in (
            (Code.UNAVAILABLE, "DATABASE_DOWN"),
            (Code.RESOURCE_EXHAUSTED, "RATE_LIMITED"),
            (Code.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED"),
            (Code.INTERNAL, "INTERNAL"),
            (Code.UNAUTHENTICATED, "SIGNATURE_INVALID"),
        ):
            with self.subTest(reason):
                self.other.answer = refusing(code, reason)
                _, name = self.sent()
                self.assertEqual(self.until(name, messaging.MESSAGE_STATE_QUEUED, attempts=1).last_reason, reason)
                self.is_delivered_once_the_peer_is_honest(name)

    def test_nobody_needs_to_wake_what_is_tried_again(self):
        self.other.answer = refusing(Code.UNAVAILABLE, "DATABASE_DOWN")
        _, name = self.sent()
        self.until(name, messaging.MESSAGE_STATE_QUEUED, attempts=1)
        self.other.answer = self.other.take
        self.assertGreaterEqual(self.until(name, messaging.MESSAGE_STATE_DELIVERED).attempts, 2)

    def test_a_refusal_with_a_cause_that_can_go_holds_the_message(self):
        for code, reason in (
            (Code.PERMISSION_DENIED, "PEER_SUSPENDED"),
            (Code.PERMISSION_DENIED, "PEER_UNTRUSTED"),
            (Code.UNAUTHENTICATED, "CLOCK_SKEW"),
            (Code.UNIMPLEMENTED, "KIND_UNKNOWN"),
        ):
            with self.subTest(reason):
                self.other.answer = refusing(code, reason)
                _, name = self.sent()
                self.assertEqual(self.until(name, messaging.MESSAGE_STATE_HELD).last_reason, reason)
                tried = len(self.other.received)
                _, later = self.sent()
                self.is_delivered_once_the_peer_is_honest(name)
                self.until(later, messaging.MESSAGE_STATE_DELIVERED)
                # What came later was not tried while the first was held.
                self.assertEqual(self.other.received[tried].header, self.message(name).header)

    def test_any_other_refusal_makes_a_dead_letter(self):
        for code, reason in (
            (Code.INVALID_ARGUMENT, "FIELD_MISSING"),
            (Code.PERMISSION_DENIED, "NOT_DATA_OWNER"),
            (Code.FAILED_PRECONDITION, "REPLAYED"),
            (Code.ALREADY_EXISTS, "ID_CONFLICT"),
            (Code.RESOURCE_EXHAUSTED, "TOO_LARGE"),
        ):
            with self.subTest(reason):
                self.other.answer = refusing(code, reason)
                _, name = self.sent()
                message = self.until(name, messaging.MESSAGE_STATE_DEAD)
                self.assertEqual((message.last_reason, message.attempts), (reason, 1))
                self.assertTrue(message.last_error)


def load_tests(loader, _standard, _pattern):
    return on_each_engine(loader, __name__, Delivering, Trusting, Sending)


if __name__ == "__main__":
    unittest.main()

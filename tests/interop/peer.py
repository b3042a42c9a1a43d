"""A partner's node in Python, written from the contract alone: it may be honest, and it may cheat."""

import datetime
import hashlib
import json
import secrets
import ssl
import tempfile
import threading
import time
import urllib.request
import uuid
from base64 import urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import grpc
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from google.protobuf import json_format
from lxml import etree

import elmo_generate
import proof
from client import DETAILS, REQUEST_BYTES_MAX, common, descriptors, envelopes, error_details_pb2, purpose, status_pb2
from google.protobuf.timestamp_pb2 import Timestamp
from hei.credentials.v1 import transcript_message_pb2 as kinds
from hei.messaging.v1 import evidence_pb2 as evidence
from hei.messaging.v1 import messaging_peer_service_pb2 as peer_service
from hei.messaging.v1 import messaging_peer_service_pb2_grpc as peer_service_grpc

CALL_SECONDS_MAX = 30
CLOCK_SECONDS_MAX = 120
DAY_SECONDS = 24 * 3600
SIGNING = (descriptors.KEY_USE_DESCRIPTOR, descriptors.KEY_USE_MESSAGE, descriptors.KEY_USE_RECEIPT)


def moment(seconds: float) -> Timestamp:
    return Timestamp(seconds=int(seconds), nanos=int(seconds % 1 * 1000) * 1_000_000)


def uuid7(seconds: float) -> str:
    """RFC 9562 §5.7: 48 bits of milliseconds, the rest random."""
    value = int(seconds * 1000) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) & ~(0x3 << 62) | 0x7 << 76 | 0x2 << 62
    return str(uuid.UUID(int=value))


def sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def achievements(payload: bytes) -> int:
    """How many the document in a payload has."""
    document = etree.fromstring(kinds.TranscriptSent.FromString(payload).document)
    return len(list(document.iter("{*}learningOpportunitySpecification")))


def changed(content: bytes, place: int) -> bytes:
    """The same bytes with one bit of the byte at a place turned."""
    altered = bytearray(content)
    altered[place] ^= 1
    return bytes(altered)


def public_bytes(key) -> bytes:
    """As a descriptor holds it: the 32 raw bytes of an Ed25519 key, the SubjectPublicKeyInfo of a TLS key."""
    return key.public_bytes_raw() if isinstance(key, Ed25519PublicKey) else spki(key)


def spki(key) -> bytes:
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def key_id(key) -> str:
    """RFC 7638, over an OKP key (RFC 8037) or one of P-256."""
    if isinstance(key, Ed25519PublicKey):
        return proof.thumbprint(public_bytes(key))
    point = key.public_numbers()
    x, y = (urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode() for number in (point.x, point.y))
    jwk = json.dumps({"crv": "P-256", "kty": "EC", "x": x, "y": y}, separators=(",", ":"))
    return urlsafe_b64encode(sha256(jwk.encode())).rstrip(b"=").decode()


def self_signed(domain: str, key) -> bytes:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, domain)])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(domain)]), critical=False)
    )
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


@dataclass(frozen=True)
class Partner:
    """The node at the other end, as its public address and its fingerprint tell it."""

    domain: str
    address: str
    certificate: bytes
    descriptor: descriptors.NodeDescriptor

    @classmethod
    def at(cls, url: str, fingerprint: str) -> "Partner":
        unverified = ssl._create_unverified_context()  # The descriptor's signature vouches, not this certificate.
        with urllib.request.urlopen(f"{url}/.well-known/hei-node", timeout=CALL_SECONDS_MAX, context=unverified) as answer:
            signed = json_format.Parse(answer.read(), descriptors.SignedDescriptor())
        told = proof.descriptor(signed, fingerprint)
        host, port = told.peer_address.rsplit(":", 1)
        certificate = ssl.get_server_certificate((host, int(port))).encode()
        shown = x509.load_pem_x509_certificate(certificate)
        pinned = [key.public_key for key in told.keys if key.use == descriptors.KEY_USE_TLS]
        assert spki(shown.public_key()) in pinned, "the listener shows a key that is not in the descriptor"
        return cls(told.institution, told.peer_address, certificate, told)


class Refused(Exception):
    """What this peer answers instead of a receipt."""

    def __init__(self, code: grpc.StatusCode, reason: str):
        self.code, self.reason = code, reason

    def status(self) -> status_pb2.Status:
        status = status_pb2.Status(code=self.code.value[0], message=f"the test says {self.reason}")
        status.details.add().Pack(error_details_pb2.ErrorInfo(reason=self.reason, domain="hei"))
        return status


def refusing(code: grpc.StatusCode, reason: str):
    """An answer of a peer that takes nothing."""

    def answer(_request):
        raise Refused(code, reason)

    return answer


class Peer:
    """One university's node: keys, certificate, descriptor, a public address, a peer listener, a client."""

    def __init__(self, domain: str, partner: Partner):
        self.domain, self.partner = domain, partner
        self.keys = {use: Ed25519PrivateKey.generate() for use in SIGNING}
        self.tls_key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = self_signed(domain, self.tls_key)
        self.seeds = iter(range(3001, 10_000, 10))
        self.received: list[peer_service.DeliverRequest] = []
        self.answer = self.take
        self.folder = tempfile.TemporaryDirectory(prefix=f"hei-peer-{domain}-")
        self.pem = Path(self.folder.name) / "tls.pem"
        self.pem.write_bytes(self.private_pem() + self.certificate)
        self.server, self.port = self.listen()
        self.web = Public(self)
        self.channel = self.call()

    # What it is

    @property
    def fingerprint(self) -> str:
        return key_id(self.keys[descriptors.KEY_USE_DESCRIPTOR].public_key())

    def private_pem(self) -> bytes:
        return self.tls_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def descriptor(self) -> descriptors.NodeDescriptor:
        now = time.time()
        keys = {**self.keys, descriptors.KEY_USE_TLS: self.tls_key}
        return descriptors.NodeDescriptor(
            institution=self.domain,
            titles=[common.LocalizedText(language="en", text=f"University {self.domain}")],
            version=1,
            create_time=moment(now),
            expire_time=moment(now + 30 * DAY_SECONDS),
            keys=[self.described(use, key.public_key(), now) for use, key in keys.items()],
            peer_address=f"127.0.0.1:{self.port}",
            claims=["uc6/sender@1", "uc6/receiver@1"],
            operations=[f"/hei.messaging.v1.MessagingPeerService/{method}" for method in ("Deliver", "GetDescriptor")],
            kinds=["hei.credentials.transcript/1"],
            standards=["ELMO 2.1.1"],
            limits=[descriptors.Limit(name="message_bytes", value=16 * 1024 * 1024)],
        )

    @staticmethod
    def described(use: int, key, now: float) -> descriptors.Key:
        span = {"not_before_time": moment(now - DAY_SECONDS), "not_after_time": moment(now + 30 * DAY_SECONDS)}
        return descriptors.Key(key_id=key_id(key), use=use, public_key=public_bytes(key), **span)

    def signed_descriptor(self) -> descriptors.SignedDescriptor:
        said = self.descriptor().SerializeToString()
        signature = self.sign(descriptors.KEY_USE_DESCRIPTOR, "hei-descriptor-v1", said)
        return descriptors.SignedDescriptor(descriptor=said, key_id=self.fingerprint, signature=signature)

    def sign(self, use: int, domain: str, content: bytes) -> bytes:
        return self.keys[use].sign(f"{domain}\n".encode() + content)

    # What it sends

    def call(self) -> grpc.Channel:
        credentials = grpc.ssl_channel_credentials(self.partner.certificate, self.private_pem(), self.certificate)
        # A pool of its own: no connection outlives the channel.
        options = [("grpc.ssl_target_name_override", self.partner.domain), ("grpc.use_local_subchannel_pool", 1)]
        return grpc.secure_channel(self.partner.address, credentials, options)

    def call_again(self) -> None:
        self.channel.close()
        self.channel = self.call()

    def stub(self) -> peer_service_grpc.MessagingPeerServiceStub:
        return peer_service_grpc.MessagingPeerServiceStub(self.channel)

    def transcript(self, issuer: str | None = None) -> bytes:
        """A payload that nobody sent before."""
        document = elmo_generate.document("2.1.1", next(self.seeds), issuer or self.domain)
        sent = kinds.TranscriptSent(name=f"transcripts/{uuid.uuid4()}", document=document, media_type="application/xml")
        return sent.SerializeToString()

    def envelope(self, payload: bytes | None = None, signer=None, **header) -> peer_service.DeliverRequest:
        """An honest envelope but for the fields of the header, or the signing key, that are given."""
        payload = self.transcript() if payload is None else payload
        signer = signer or self.keys[descriptors.KEY_USE_MESSAGE]
        now = time.time()
        honest = {
            "kind": "hei.credentials.transcript",
            "version": 1,
            "message_id": uuid7(now),
            "sender": self.domain,
            "audience": self.partner.domain,
            "create_time": moment(now),
            "payload_sha256": sha256(payload),
            "key_id": key_id(signer.public_key()),
            "purpose": purpose("mobility"),
            "legal_basis": "GDPR Art. 6(1)(e)",
            "data_categories": ["identity", "achievements"],
            # A key of its own, so that no refused envelope leaves a gap behind it.
            "order_key": f"transcripts/{uuid.uuid4()}",
            "order_seq": 1,
        }
        said = envelopes.EnvelopeHeader(**{**honest, **header}).SerializeToString()
        signature = signer.sign(b"hei-envelope-v1\n" + said)
        return peer_service.DeliverRequest(header=said, payload=payload, signature=signature)

    def deliver(self, envelope: peer_service.DeliverRequest, clock_seconds: float = 0) -> peer_service.DeliverResponse:
        """One attempt, by a clock that may be wrong."""
        envelope.send_time.CopyFrom(moment(time.time() + clock_seconds))
        return self.stub().Deliver(envelope, timeout=CALL_SECONDS_MAX)

    def ask(self) -> descriptors.SignedDescriptor:
        """The lightest successful call."""
        return self.stub().GetDescriptor(peer_service.GetDescriptorRequest(), timeout=CALL_SECONDS_MAX)

    # What it receives

    def listen(self) -> tuple[grpc.Server, int]:
        server = grpc.server(ThreadPoolExecutor(4), options=[("grpc.max_receive_message_length", REQUEST_BYTES_MAX)])
        peer_service_grpc.add_MessagingPeerServiceServicer_to_server(Listener(self), server)
        chain = [(self.private_pem(), self.certificate)]
        port = server.add_secure_port("127.0.0.1:0", grpc.ssl_server_credentials(chain, self.partner.certificate, True))
        server.start()
        return server, port

    def take(self, request: peer_service.DeliverRequest) -> peer_service.DeliverResponse:
        """What an honest receiver does: checks everything, then signs."""
        self.examine(request)
        taken = kinds.TranscriptTaken(name=f"transcripts/{uuid.uuid4()}", achievement_count=achievements(request.payload))
        return self.receipt(request, taken.SerializeToString())

    def examine(self, request: peer_service.DeliverRequest) -> None:
        header = envelopes.EnvelopeHeader.FromString(request.header)
        key = proof.key_of(self.partner.descriptor, header.key_id, descriptors.KEY_USE_MESSAGE)
        assert proof.holds(key, "hei-envelope-v1", request.header, request.signature), "the signature does not hold"
        assert header.payload_sha256 == sha256(request.payload), "another payload than was signed"
        assert (header.sender, header.audience) == (self.partner.domain, self.domain), "not from the partner to this peer"
        assert abs(request.send_time.seconds - time.time()) <= CLOCK_SECONDS_MAX, "the attempt is of another time"

    def receipt(self, request, answer: bytes, signer=None, **said) -> peer_service.DeliverResponse:
        """An honest receipt but for what is given."""
        header = envelopes.EnvelopeHeader.FromString(request.header)
        honest = {
            "message_id": header.message_id,
            "header_sha256": sha256(request.header),
            "receiver": self.domain,
            "sender": header.sender,
            "receive_time": moment(time.time()),
            "answer_sha256": sha256(answer),
            "leaf_hash": sha256(b"\0" + self.leaf(header, request, answer)),
            "key_id": key_id(self.keys[descriptors.KEY_USE_RECEIPT].public_key()),
        }
        content = envelopes.Receipt(**{**honest, **said}).SerializeToString()
        signature = (signer or self.keys[descriptors.KEY_USE_RECEIPT]).sign(b"hei-receipt-v1\n" + content)
        signed = envelopes.SignedReceipt(receipt=content, signature=signature)
        return peer_service.DeliverResponse(receipt=signed, answer=answer)

    @staticmethod
    def leaf(header: envelopes.EnvelopeHeader, request, answer: bytes) -> bytes:
        return evidence.EvidenceLeaf(
            entry_id=uuid7(time.time()),
            happened=evidence.HAPPENED_RECEIVED,
            happen_time=moment(time.time()),
            message_id=header.message_id,
            peer=header.sender,
            kind=f"{header.kind}/{header.version}",
            header_sha256=sha256(request.header),
            answer_sha256=sha256(answer),
        ).SerializeToString()

    def close(self) -> None:
        self.channel.close()
        self.server.stop(None)
        self.web.close()
        self.folder.cleanup()


class Listener(peer_service_grpc.MessagingPeerServiceServicer):
    """The peer listener: keeps what comes, and answers as the peer says."""

    def __init__(self, peer: Peer):
        self.peer = peer

    def Deliver(self, request, context):  # noqa: N802
        self.peer.received.append(request)
        try:
            return self.peer.answer(request)
        except Refused as refusal:
            status = refusal.status()
            context.set_trailing_metadata([(DETAILS, status.SerializeToString())])
            context.abort(refusal.code, status.message)

    def GetDescriptor(self, _request, _context):  # noqa: N802
        return self.peer.signed_descriptor()


class Public:
    """The public address: `/.well-known/hei-node`, under the self-signed certificate."""

    def __init__(self, peer: Peer):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):  # noqa: N802
                found = self.path == "/.well-known/hei-node"
                body = json_format.MessageToJson(peer.signed_descriptor()).encode() if found else b""
                self.send_response(200 if found else 404)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(peer.pem)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"https://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

"""A client of a node that shares no code with it: grpcio, and messages compiled from the .proto files here."""

import atexit
import shutil
import sys
import tempfile
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import grpc
import grpc_tools
from grpc_tools import protoc

PROTO = Path(__file__).resolve().parents[2] / "proto"
DETAILS = "grpc-status-details-bin"
REQUEST_BYTES_MAX = 64 * 1024 * 1024


def compile_contract() -> None:
    """Compiles every .proto file of the contract into a folder of this process and makes it importable."""
    folder = tempfile.mkdtemp(prefix="hei-interop-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    files = sorted(str(file.relative_to(PROTO)) for file in PROTO.rglob("*.proto"))
    well_known = Path(grpc_tools.__file__).parent / "_proto"
    status = protoc.main(
        ["protoc", f"-I{PROTO}", f"-I{well_known}", f"--python_out={folder}", f"--grpc_python_out={folder}", *files]
    )
    if status != 0:
        raise RuntimeError("protoc refuses the contract")
    sys.path.insert(0, folder)


compile_contract()

from google.rpc import error_details_pb2, status_pb2  # noqa: E402
from hei.common.v1 import types_pb2 as common  # noqa: E402
from hei.credentials.v1 import transcript_pb2 as transcripts  # noqa: E402
from hei.credentials.v1 import transcript_service_pb2 as credentials  # noqa: E402
from hei.credentials.v1 import transcript_service_pb2_grpc as credentials_grpc  # noqa: E402
from hei.messaging.v1 import descriptor_pb2 as descriptors  # noqa: E402
from hei.messaging.v1 import envelope_pb2 as envelopes  # noqa: E402
from hei.messaging.v1 import message_service_pb2 as messaging  # noqa: E402
from hei.messaging.v1 import message_service_pb2_grpc as messaging_grpc  # noqa: E402
from hei.node.v1 import disclosure_service_pb2 as disclosures  # noqa: E402
from hei.node.v1 import disclosure_service_pb2_grpc as disclosures_grpc  # noqa: E402
from hei.node.v1 import node_service_pb2 as node  # noqa: E402
from hei.node.v1 import node_service_pb2_grpc as node_grpc  # noqa: E402
from hei.node.v1 import peer_directory_service_pb2 as peers  # noqa: E402
from hei.node.v1 import peer_directory_service_pb2_grpc as peers_grpc  # noqa: E402

__all__ = ["common", "credentials", "descriptors", "disclosures", "envelopes", "messaging", "node", "peers", "transcripts"]


def purpose(code: str):
    return common.CodedValue(scheme="hei-purpose", code=code)


@dataclass
class Refusal:
    """What a node answered instead of a result. Filled by the block of `refused`."""

    code: grpc.StatusCode | None = None
    reason: str = ""
    message: str = ""
    metadata: dict = field(default_factory=dict)
    violations: list = field(default_factory=list)

    def read(self, error: grpc.RpcError) -> None:
        self.code, self.message = error.code(), error.details()
        for detail in details(error):
            if detail.Is(error_details_pb2.ErrorInfo.DESCRIPTOR):
                info = error_details_pb2.ErrorInfo.FromString(detail.value)
                self.reason, self.metadata = info.reason, dict(info.metadata)
            if detail.Is(error_details_pb2.BadRequest.DESCRIPTOR):
                self.violations = list(error_details_pb2.BadRequest.FromString(detail.value).field_violations)

    @property
    def fields(self) -> list[str]:
        return [violation.field for violation in self.violations]

    def __str__(self):
        return f"{self.code} {self.reason} {self.fields} {self.message}"


def details(error: grpc.RpcError):
    """The details of a refusal as google.rpc.Status carries them in the trailers."""
    for key, value in error.trailing_metadata() or ():
        if key == DETAILS:
            return status_pb2.Status.FromString(value).details
    return []


@contextmanager
def refused(code: grpc.StatusCode, reason: str):
    """The block must be refused with this code and reason."""
    refusal = Refusal()
    try:
        yield refusal
    except grpc.RpcError as error:
        refusal.read(error)
        assert (refusal.code, refusal.reason) == (code, reason), f"wanted {code} {reason}, got {refusal}"
        return
    raise AssertionError(f"wanted {code} {reason}, and it was done")


class Bearer(grpc.UnaryUnaryClientInterceptor):
    """Sends the caller's token with every call."""

    def __init__(self, token: str | None):
        self.token = token

    def intercept_unary_unary(self, continuation, call, request):
        metadata = list(call.metadata or ())
        if self.token is not None:
            metadata.append(("authorization", f"Bearer {self.token}"))
        return continuation(call._replace(metadata=metadata), request)


class Client:
    """One caller of a node's campus listener."""

    def __init__(self, address: str, token: str | None):
        options = [("grpc.max_receive_message_length", REQUEST_BYTES_MAX)]
        self.plain = grpc.insecure_channel(address, options=options)
        channel = grpc.intercept_channel(self.plain, Bearer(token))
        self.transcripts = credentials_grpc.TranscriptServiceStub(channel)
        self.messages = messaging_grpc.MessageServiceStub(channel)
        self.disclosures = disclosures_grpc.DisclosureServiceStub(channel)
        self.nodes = node_grpc.NodeServiceStub(channel)
        self.peers = peers_grpc.PeerDirectoryServiceStub(channel)

    def close(self) -> None:
        self.plain.close()

    # What several tests do

    def take(self, document: bytes, **options):
        """Imports a document."""
        request = credentials.ImportTranscriptRequest(
            document=document, purpose=purpose("administration"), request_id=str(uuid.uuid4())
        )
        request.MergeFrom(credentials.ImportTranscriptRequest(**options))
        return self.transcripts.ImportTranscript(request)

    def get(self, name: str):
        return self.transcripts.GetTranscript(
            credentials.GetTranscriptRequest(name=name, purpose=purpose("administration"))
        )

    def export(self, name: str, form: int = credentials.FORMAT_ELMO):
        request = credentials.ExportTranscriptRequest(name=name, format=form, purpose=purpose("administration"))
        return self.transcripts.ExportTranscript(request)

    def send(self, name: str, domain: str, why: str = "mobility", **options):
        request = credentials.SendTranscriptRequest(
            name=name, peer=f"peers/{domain}", purpose=purpose(why), request_id=str(uuid.uuid4())
        )
        request.MergeFrom(credentials.SendTranscriptRequest(**options))
        return self.transcripts.SendTranscript(request)

    def all_transcripts(self, page_size: int = 200) -> list:
        """Every page of the list, in order."""
        found, token = [], ""
        while True:
            page = self.transcripts.ListTranscripts(
                credentials.ListTranscriptsRequest(
                    page_size=page_size, page_token=token, purpose=purpose("administration")
                )
            )
            found += page.transcripts
            token = page.next_page_token
            if not token:
                return found

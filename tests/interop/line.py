"""One TLS connection of a caller, by Python's ssl and h2: grpcio shows neither session, version nor end of one."""

import base64
import socket
import ssl
import struct
from urllib.parse import unquote

import grpc
from h2 import connection, events

from client import DETAILS
from peer import Partner, Peer

SECONDS_MAX = 20


class Answer(grpc.RpcError):
    """A refusal as it came, in the form in which grpcio shows it."""

    def __init__(self, headers: dict[str, str]):
        super().__init__(headers)
        self.headers = headers

    def code(self) -> grpc.StatusCode:
        return next(code for code in grpc.StatusCode if code.value[0] == int(self.headers["grpc-status"]))

    def details(self) -> str:
        return unquote(self.headers.get("grpc-message", ""))

    def trailing_metadata(self):
        details = self.headers.get(DETAILS, "")
        return [(DETAILS, base64.b64decode(details + "=" * (-len(details) % 4)))]


class Line:
    """A connection to a partner's peer listener; `again` makes another one and offers the session of this one."""

    def __init__(self, partner: Partner, context: ssl.SSLContext, session: ssl.SSLSession | None = None):
        self.partner, self.context = partner, context
        host, port = partner.address.rsplit(":", 1)
        plain = socket.create_connection((host, int(port)), SECONDS_MAX)
        self.tls = context.wrap_socket(plain, server_hostname=partner.domain, session=session)
        self.http = connection.H2Connection()
        self.http.initiate_connection()
        self.flush()

    @classmethod
    def of(cls, partner: Partner, peer: Peer | None, newest=ssl.TLSVersion.TLSv1_3) -> "Line":
        """As a peer, or as nobody; by no newer version of TLS than is given."""
        context = ssl.create_default_context(cadata=partner.certificate.decode())
        context.maximum_version = newest
        context.set_alpn_protocols(["h2"])
        if peer is not None:
            context.load_cert_chain(peer.pem)
        return cls(partner, context)

    def again(self) -> "Line":
        return Line(self.partner, self.context, self.tls.session)

    def call(self, path: str, request: bytes = b"") -> bytes:
        """A unary call of a small message; a refusal is raised."""
        stream = self.http.get_next_available_stream_id()
        asked = {":method": "POST", ":scheme": "https", ":authority": self.partner.domain, ":path": path}
        asked |= {"content-type": "application/grpc", "te": "trailers"}
        self.http.send_headers(stream, list(asked.items()))
        self.http.send_data(stream, struct.pack(">BI", 0, len(request)) + request, end_stream=True)
        self.flush()
        headers, body = self.read(stream)
        if headers.get("grpc-status") != "0":
            raise Answer(headers)
        return body[5:]

    def read(self, stream: int) -> tuple[dict[str, str], bytes]:
        headers, body = {}, b""
        while True:
            content = self.tls.recv(65536)
            if not content:
                raise ConnectionError("the connection ended before the answer did")
            for event in self.http.receive_data(content):
                if isinstance(event, (events.ResponseReceived, events.TrailersReceived)):
                    headers |= {as_text(name): as_text(value) for name, value in event.headers}
                if isinstance(event, events.DataReceived):
                    body += event.data
                    self.http.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                if isinstance(event, events.StreamEnded) and event.stream_id == stream:
                    return headers, body
            self.flush()

    def flush(self) -> None:
        self.tls.sendall(self.http.data_to_send())

    def ends(self) -> bool:
        """Whether the other end closes it, without being asked to."""
        try:
            while self.tls.recv(65536):
                pass
        except TimeoutError:
            return False
        except OSError:  # A reset, or an end without close_notify.
            pass
        return True

    def close(self) -> None:
        self.tls.close()


def as_text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value

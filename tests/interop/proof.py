"""Checks a node's signatures with `cryptography`: what stands in a descriptor, and what a receipt proves."""

import base64
import hashlib
import json

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from client import descriptors, envelopes


def thumbprint(key: bytes) -> str:
    """RFC 7638 over the JWK of RFC 8037."""
    x = base64.urlsafe_b64encode(key).rstrip(b"=").decode()
    jwk = json.dumps({"crv": "Ed25519", "kty": "OKP", "x": x}, separators=(",", ":"), sort_keys=True)
    return base64.urlsafe_b64encode(hashlib.sha256(jwk.encode()).digest()).rstrip(b"=").decode()


def holds(key: bytes, domain: str, signed: bytes, signature: bytes) -> bool:
    """Ed25519 over the domain line and the bytes."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, f"{domain}\n".encode() + signed)
    except InvalidSignature:
        return False
    return True


def descriptor(signed, fingerprint: str):
    """The descriptor, after its signature and the fingerprint were checked."""
    told = descriptors.NodeDescriptor.FromString(signed.descriptor)
    key = key_of(told, signed.key_id, descriptors.KEY_USE_DESCRIPTOR)
    assert thumbprint(key) == fingerprint == signed.key_id, "another key than the fingerprint names"
    assert holds(key, "hei-descriptor-v1", signed.descriptor, signed.signature), "the signature does not hold"
    return told


def key_of(told, key_id: str, use: int) -> bytes:
    found = [key.public_key for key in told.keys if key.key_id == key_id and key.use == use]
    assert len(found) == 1, f"{len(found)} keys {key_id} of use {use} in the descriptor of {told.institution}"
    return found[0]


def receipt(signed, told):
    """The receipt, after its signature was checked with the key in the receiver's descriptor."""
    shown = envelopes.Receipt.FromString(signed.receipt)
    key = key_of(told, shown.key_id, descriptors.KEY_USE_RECEIPT)
    assert thumbprint(key) == shown.key_id, "the key is not the one that its id names"
    assert holds(key, "hei-receipt-v1", signed.receipt, signed.signature), "the signature does not hold"
    return shown

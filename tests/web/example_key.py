"""A security key that nobody owns, on an account: pages that ask for it can be drawn without a browser's key."""

import hashlib

from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorAttestationResponse,
    AuthenticatorData,
    CollectedClientData,
    RegistrationResponse,
)

from renben.web.guard.models import User

NAME = b"example-credential"
PRESENT_WITH_CREDENTIAL = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.AT


def plant_key(user: User) -> Authenticator:
    """Add a key as a browser would have registered it."""
    public = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    held = AttestedCredentialData.create(Aaguid(bytes(16)), NAME, public)
    found = AuthenticatorData.create(hashlib.sha256(b"localhost").digest(), PRESENT_WITH_CREDENTIAL, 0, held)
    answer = AuthenticatorAttestationResponse(
        client_data=CollectedClientData.create("webauthn.create", b"example", "http://localhost"),
        attestation_object=AttestationObject.create("none", found, {}),
    )
    credential = RegistrationResponse(raw_id=NAME, response=answer)
    return Authenticator.objects.create(
        user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "示例密钥", "credential": dict(credential)}
    )

"""The signing key and the form secret, made once and kept in the folder: a restart keeps every session valid."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from joserfc.jwk import KeySet, OctKey, RSAKey

from sandbox import durable


@dataclass(frozen=True)
class Keys:
    signing: RSAKey
    forms: OctKey

    def public(self) -> dict[str, Any]:
        """The JWKS document; no private part in it."""
        return dict(KeySet([self.signing]).as_dict(private=False))


def load(file: Path) -> Keys:
    """The keys of the file, made first when there is none."""
    if not file.exists():
        made = fresh()
        kept = {"signing": made.signing.as_dict(private=True), "forms": made.forms.as_dict(private=True)}
        durable.write_text(file, json.dumps(kept))
    kept = json.loads(file.read_text(encoding="utf-8"))
    return Keys(RSAKey.import_key(kept["signing"]), OctKey.import_key(kept["forms"]))


def fresh() -> Keys:
    signing = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)
    return Keys(signing, OctKey.generate_key(256))

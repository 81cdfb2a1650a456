"""A fingerprint of a document, by which damage to a file is noticed; it proves nothing about what the file claims."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def digest_of(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 of ``document`` without its field ``digest``, as JSON with sorted keys and no white space."""
    content = {key: value for key, value in document.items() if key != "digest"}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()

"""Addresses of services, as settings take them."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator


def _web_address(text: str) -> str:
    try:
        parts = urlsplit(text)
        _ = parts.port  # raises where it is no number
    except ValueError as error:
        raise ValueError(f"it should be an address such as http://localhost:8083: {error}") from error
    if parts.scheme not in ("http", "https") or not parts.hostname or any(map(str.isspace, text)):
        raise ValueError("it should be an address such as http://localhost:8083")
    if parts.username is not None or parts.password is not None:
        raise ValueError("it should hold no password, for addresses are printed")
    return text.rstrip("/")


WebAddress = Annotated[str, AfterValidator(_web_address)]
"""An address of a web service without a slash at its end, and without a password in it."""

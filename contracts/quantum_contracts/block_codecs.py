"""Compression of the blocks of Avro container files.

Decompression has a limit: a small hostile file must not fill the memory.
"""

import bz2
import zlib
from typing import Literal, assert_never

Codec = Literal["null", "deflate"]  # what every reader of Avro has
READABLE_CODECS = ("null", "deflate", "bzip2", "snappy")  # what Kafka Connect's S3 sink may write
_CHECKSUM_BYTES = 4
_ZLIB_CHECKSUM_BYTES = 4  # Python writers leave some of it behind a deflate block: zlib.compress(data)[2:-1]


class BrokenBlockError(Exception):
    """A block that its codec does not take, or that would be too large."""


def compress(codec: Codec, plain: bytes) -> bytes:
    """Compress one block."""
    match codec:
        case "null":
            return plain
        case "deflate":
            compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
            return compressor.compress(plain) + compressor.flush()
        case _:
            assert_never(codec)


def decompress(codec: str, block: bytes, limit: int) -> bytes:
    """Decompress one block of at most `limit` bytes.

    Raises:
        BrokenBlockError: broken data, more than `limit` bytes, or a codec that is not one of `READABLE_CODECS`.
    """
    match codec:
        case "null":
            plain = block
        case "deflate":
            plain = _stream(zlib.decompressobj(-zlib.MAX_WBITS), block, limit, _ZLIB_CHECKSUM_BYTES)
        case "bzip2":
            plain = _stream(bz2.BZ2Decompressor(), block, limit, 0)
        case "snappy":
            plain = _snappy(block, limit)
        case _:
            raise BrokenBlockError(f"codec {codec!r} is not supported (supported: {', '.join(READABLE_CODECS)})")
    if len(plain) > limit:
        raise BrokenBlockError(f"it holds more than {limit} bytes when decompressed")
    return plain


def _stream(decompressor: "zlib._Decompress | bz2.BZ2Decompressor", block: bytes, limit: int, slack: int) -> bytes:
    """Decompress a stream behind which at most `slack` bytes may be left."""
    try:
        plain = decompressor.decompress(block, limit + 1)
    except (zlib.error, OSError) as error:
        raise BrokenBlockError(f"it does not decompress ({error})") from error
    if len(plain) <= limit and (not decompressor.eof or len(decompressor.unused_data) > slack):
        raise BrokenBlockError("its compressed data ends early or late")
    return plain


def _snappy(block: bytes, limit: int) -> bytes:
    import pyarrow as pa  # half a second that only readers of snappy files should pay

    body, checksum = block[:-_CHECKSUM_BYTES], block[-_CHECKSUM_BYTES:]
    size = _snappy_size(body)
    if size > limit:
        raise BrokenBlockError(f"it holds more than {limit} bytes when decompressed")
    try:
        plain: bytes = pa.decompress(body, decompressed_size=size, codec="snappy", asbytes=True)
    except (pa.ArrowException, OSError) as error:
        raise BrokenBlockError(f"it does not decompress ({error})") from error
    if zlib.crc32(plain).to_bytes(_CHECKSUM_BYTES, "big") != checksum:
        raise BrokenBlockError("its checksum is wrong")
    return plain


def _snappy_size(body: bytes) -> int:
    """Read the decompressed size that snappy data begins with: seven bits a byte, the lowest first."""
    size = 0
    for index, byte in enumerate(body[:5]):
        size |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return size
    raise BrokenBlockError("it does not decompress (no size at its beginning)")

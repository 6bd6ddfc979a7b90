import bz2
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quantum_contracts.block_codecs import BrokenBlockError, Codec, compress, decompress


@pytest.mark.parametrize("codec", ["null", "deflate"])
@given(plain=st.binary(max_size=500))
def test_what_is_compressed_decompresses(codec: Codec, plain: bytes) -> None:
    assert decompress(codec, compress(codec, plain), limit=500) == plain


def test_a_part_of_the_zlib_checksum_may_follow_a_deflate_block() -> None:
    assert decompress("deflate", zlib.compress(b"plain")[2:-1], limit=100) == b"plain"
    with pytest.raises(BrokenBlockError, match="ends early or late"):
        decompress("deflate", zlib.compress(b"plain")[2:] + b"more", limit=100)


@pytest.mark.parametrize("codec", ["deflate", "bzip2"])
def test_a_block_cut_short_is_told(codec: str) -> None:
    whole = compress("deflate", b"plain" * 9) if codec == "deflate" else bz2.compress(b"plain" * 9)
    with pytest.raises(BrokenBlockError, match="ends early or late"):
        decompress(codec, whole[:-3], limit=100)


@pytest.mark.parametrize("codec", ["null", "deflate", "bzip2"])
def test_the_limit_is_allowed_and_one_more_is_not(codec: str) -> None:
    plain = b"x" * 1000
    block = {"null": plain, "deflate": compress("deflate", plain), "bzip2": bz2.compress(plain)}[codec]
    assert decompress(codec, block, limit=1000) == plain
    with pytest.raises(BrokenBlockError, match="more than 999 bytes"):
        decompress(codec, block, limit=999)


@pytest.mark.parametrize("codec", ["deflate", "bzip2", "snappy"])
@given(block=st.binary(max_size=60))
def test_no_bytes_raise_anything_else(codec: str, block: bytes) -> None:
    try:
        assert len(decompress(codec, block, limit=1000)) <= 1000
    except BrokenBlockError:
        return

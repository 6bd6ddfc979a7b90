"""Landing folders in an object store that speaks S3.

A store lists from a key on, so finding what is new costs what is new: the listing of a partition starts after its
highest known offset, and each gap before it is looked through by itself.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO

from botocore.exceptions import BotoCoreError, ClientError
from urllib3.exceptions import HTTPError

from quantum_contracts.container import MAX_BYTES
from quantum_contracts.errors import QuantumPipelineError
from quantum_contracts.landing import OFFSET_DIGITS, LandingFile
from quantum_features.coverage import Coverage, Gap
from quantum_features.landing_folders import LARGEST_OFFSET, is_production, landing_file, partition_of

# Beyond them names have more digits and lose the order of their offsets; with room for what a partition gains in a run.
ORDERED_OFFSETS = 10**OFFSET_DIGITS - 10**8
MISSING = ("NoSuchKey", "404")


@dataclass(frozen=True)
class BucketLandingFolders:
    """Landing folders below a prefix of a bucket; `client` is boto3's. The prefix is empty or ends with a slash."""

    client: Any
    bucket: str
    prefix: str

    def topics(self) -> list[str]:
        """As `LandingFolders.topics`."""
        return sorted(filter(is_production, self._folders("")))

    def partitions(self, topic: str) -> list[int]:
        """As `LandingFolders.partitions`."""
        numbers = map(partition_of, self._folders(f"{topic}/"))
        return sorted(number for number in numbers if number is not None)

    def files(self, topic: str, partition: int, known: Coverage) -> Iterator[LandingFile]:
        """As `LandingFolders.files`: the files in the gaps of `known`, and those after it."""
        ordered = known.next_offset <= ORDERED_OFFSETS
        wanted = [*known.gaps, Gap(known.next_offset, LARGEST_OFFSET)] if ordered else [Gap(0, LARGEST_OFFSET)]
        next_listed = 0  # what lies before was seen to be absent
        for gap in wanted:
            if next_listed > gap.last:
                continue
            for file in self._files_from(topic, partition, max(gap.first, next_listed)):
                next_listed = file.offset
                if file.offset > gap.last:
                    break
                yield file

    def open(self, file: LandingFile) -> BinaryIO:
        """As `LandingFolders.open`.

        Raises:
            FileNotFoundError: it is not there any more.
            QuantumPipelineError: the store fails, which is no fault of the file.
        """
        try:
            body = self.client.get_object(Bucket=self.bucket, Key=self.prefix + str(file.path))["Body"]
            return BytesIO(body.read(MAX_BYTES + 1))
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in MISSING:
                raise FileNotFoundError(str(file.path)) from error
            raise QuantumPipelineError(f"{file.path} cannot be read from {self.bucket}: {error}") from error
        except (BotoCoreError, HTTPError) as error:
            raise QuantumPipelineError(f"{file.path} cannot be read from {self.bucket}: {error}") from error

    def _files_from(self, topic: str, partition: int, first: int) -> Iterator[LandingFile]:
        """The files of these and higher offsets, in the order of their names."""
        folder = f"{self.prefix}{LandingFile(topic, partition, 0).directory}/"
        start = f"{folder}{LandingFile(topic, partition, first - 1).name}" if first else folder
        for page in self._pages(Prefix=folder, StartAfter=start):
            for entry in page.get("Contents", ()):
                file = landing_file(entry["Key"].removeprefix(folder), topic, partition)
                if file is not None:
                    yield file

    def _folders(self, below: str) -> list[str]:
        prefix = self.prefix + below
        return [
            entry["Prefix"].removeprefix(prefix).removesuffix("/")
            for page in self._pages(Prefix=prefix, Delimiter="/")
            for entry in page.get("CommonPrefixes", ())
        ]

    def _pages(self, **request: str) -> Iterator[dict[str, Any]]:
        try:
            yield from self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, **request)
        except (BotoCoreError, ClientError) as error:
            raise QuantumPipelineError(f"the bucket {self.bucket} cannot be listed: {error}") from error

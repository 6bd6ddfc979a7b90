"""Landing folders in an object store that speaks S3.

A store lists from a key on, a thousand at a time, so finding what is new costs what is new: a partition is listed after
its highest known offset, and around each gap before it.
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
        """As `LandingFolders.files`: the files in the gaps of `known`, and those after it.

        A page of the listing is looked through whole, for it costs the same; then follows the page with the next gap.
        """
        folder = f"{self.prefix}{LandingFile(topic, partition, 0).directory}/"
        gaps = [*known.gaps, Gap(known.next_offset, LARGEST_OFFSET)]
        if known.next_offset > ORDERED_OFFSETS:
            gaps = [Gap(0, LARGEST_OFFSET)]
        seen, after = -1, folder
        while True:
            following = next(gap for gap in gaps if gap.last > seen)
            if following.first:
                after = max(after, folder + LandingFile(topic, partition, following.first - 1).name)
            page = self._page(Prefix=folder, StartAfter=after)
            for entry in page.get("Contents", ()):
                after = entry["Key"]
                file = landing_file(after.removeprefix(folder), topic, partition)
                if file is None:
                    continue
                if file.offset < 10**OFFSET_DIGITS:  # longer names stand anywhere between the others
                    seen = file.offset
                if not known.knows(file.offset):
                    yield file
            if not page.get("IsTruncated"):
                return

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

    def _folders(self, below: str) -> list[str]:
        prefix = self.prefix + below
        return [
            entry["Prefix"].removeprefix(prefix).removesuffix("/")
            for page in self._pages(Prefix=prefix, Delimiter="/")
            for entry in page.get("CommonPrefixes", ())
        ]

    def _pages(self, **request: str) -> Iterator[dict[str, Any]]:
        page = self._page(**request)
        yield page
        while page.get("IsTruncated"):
            page = self._page(**request, ContinuationToken=page["NextContinuationToken"])
            yield page

    def _page(self, **request: str) -> dict[str, Any]:
        try:
            page: dict[str, Any] = self.client.list_objects_v2(Bucket=self.bucket, **request)
        except (BotoCoreError, ClientError) as error:
            raise QuantumPipelineError(f"the bucket {self.bucket} cannot be listed: {error}") from error
        return page

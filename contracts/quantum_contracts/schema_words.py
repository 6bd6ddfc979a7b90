"""What was found about schemas, for people and for machines."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from quantum_contracts.compatibility import Verdict
from quantum_contracts.schema_check import Report

if TYPE_CHECKING:  # they import a client of registries, which takes as long as all the rest
    from quantum_contracts.streaming.publication import Publication, Subject
    from quantum_contracts.streaming.registered import RegistryReport


def verdict_as_json(verdict: Verdict) -> dict[str, Any]:
    """Give a verdict with its level."""
    return asdict(verdict) | {"compatibility": verdict.compatibility}


def files_in_words(report: Report) -> Iterator[str]:
    """Tell whether files are what the models say, and how they go together."""
    for version, same in report.files.items():
        yield f"{version}: the file {'is' if same else 'is NOT'} what the models say"
    for verdict in report.verdicts:
        yield from verdict_in_words(verdict)


def verdict_in_words(verdict: Verdict) -> Iterator[str]:
    """Tell who reads whom, and why not."""
    yield f"{verdict.old} and {verdict.new}: {verdict.compatibility}"
    for reader, writer, problems in (
        (verdict.new, verdict.old, verdict.backward_problems),
        (verdict.old, verdict.new, verdict.forward_problems),
    ):
        yield f"  {reader} {'cannot read' if problems else 'reads'} what {writer} writes"
        for problem in problems:
            yield f"    {problem}"


def registry_in_words(report: "RegistryReport") -> Iterator[str]:
    """Tell what a registry has."""
    for found in report.subjects:
        held = ", ".join(f"{number} is {version or 'of no file'}" for number, version in found.versions.items())
        yield f"{found.subject}: compatibility {found.level}; {held}"
    for version in report.missing:
        yield f"{version} is not registered"
    for verdict in report.verdicts:
        yield from verdict_in_words(verdict)


def registry_as_json(report: "RegistryReport") -> dict[str, Any]:
    """Give what a registry has."""
    return {
        "ok": report.ok,
        "subjects": [asdict(found) for found in report.subjects],
        "missing": report.missing,
        "verdicts": [verdict_as_json(verdict) for verdict in report.verdicts],
    }


def publication_in_words(publication: "Publication") -> Iterator[str]:
    """Tell what was judged and what was published."""
    for verdict in publication.verdicts:
        yield from verdict_in_words(verdict)
    for subject in publication.subjects:
        yield _subject_in_words(subject, publication)
        for reason in subject.reasons:
            yield f"  {reason}"
    if publication.refused:
        yield "nothing was published"
    elif not publication.changed:
        yield "nothing to do: everything is there"


def _subject_in_words(subject: "Subject", publication: "Publication") -> str:
    if subject.reasons:
        return f"{subject.name}: at {subject.level} the registry does not allow {subject.called}"
    if subject.already:
        done = f"{subject.called} is there already, id {subject.schema_id}"
    elif subject.schema_id is None:
        return f"{subject.name}: {subject.called} is not published"
    else:
        done = f"{subject.called} published, id {subject.schema_id}"
    before = subject.level_before
    was = f" (was {before})" if before not in (None, subject.level) and not publication.refused else ""
    level = before if publication.refused else subject.level
    return f"{subject.name}: {done}, compatibility {level}{was}"


def publication_as_json(publication: "Publication") -> dict[str, Any]:
    """Give what was judged and what was published."""
    return {
        "ok": not publication.refused,
        "changed": publication.changed,
        "verdicts": [verdict_as_json(verdict) for verdict in publication.verdicts],
        "subjects": [
            {
                "subject": subject.name,
                "id": subject.schema_id,
                "already": subject.already,
                "level_before": subject.level_before,
                "level": subject.level,
                "reasons": subject.reasons,
            }
            for subject in publication.subjects
        ],
    }

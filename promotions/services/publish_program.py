"""Putting one program in force."""

from datetime import datetime

from promotions.services.publish_programs import ProgramPublished, publish_programs


def publish_program(*, program_id: int, published_by: int | None, at: datetime) -> ProgramPublished:
    """Put the draft of a program in force as a new version; a paused program resumes.

    Raises: ProgramNotFound, ProgramArchived, ProgramIncomplete, CodeTaken, SecondPersonNeeded.
    Writes: programversion, publishedcode, catalogstate, programusage, event ProgramPublished.
    Safe under: replay, an unchanged program makes no version; concurrency, by row locks.
    """
    (published,) = publish_programs(program_ids=[program_id], published_by=published_by, at=at)
    return published

"""The refusals of this app."""

from core.errors import Missing


class JobNotFound(Missing):
    """There is no such job, or it is somebody else's."""

    code = "job_not_found"

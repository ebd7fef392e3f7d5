"""Why a commit starts again."""


class Stale(Exception):
    """What the decision was made by changed before it could be written."""

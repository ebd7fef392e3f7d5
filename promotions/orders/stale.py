"""Why a commit starts again."""


class Stale(Exception):
    """What the decision was made by changed before it could be written."""


class PointsLacking(Stale):
    """A card holds less than a program's rewards or payments are to take.

    Where that is not by another order, the card got less of this order's points than was decided
    (a cap, or points that wait), and no new start helps.
    """

    def __init__(self, program_id: int) -> None:
        """Take the program."""
        super().__init__(program_id)
        self.program_id = program_id

"""An election as text in the .pb format: what `parse` reads from it is the election again."""

import csv
import io

from schemas.pabulib.shapes import Pabulib, VoteType


def written(election: Pabulib) -> str:
    """META as it stands, then PROJECTS, then VOTES; only columns that are read again."""
    text = io.StringIO(newline="")
    rows = csv.writer(text, delimiter=";", lineterminator="\n")
    rows.writerow(["META"])
    rows.writerow(["key", "value"])
    rows.writerows(election.meta.items())
    rows.writerow(["PROJECTS"])
    told = election.selected is not None
    rows.writerow(["project_id", "cost", "name", *(["selected"] if told else [])])
    for project in election.projects:
        selected = [str(int(bool(project.selected)))] if told else []
        rows.writerow([project.id, _amount(project.cost, election.unit), project.name, *selected])
    rows.writerow(["VOTES"])
    pointed = election.vote_type in (VoteType.CUMULATIVE, VoteType.SCORING)
    rows.writerow(["voter_id", "vote", *(["points"] if pointed else [])])
    for vote in election.votes:
        points = [",".join(map(str, vote.points))] if pointed else []
        rows.writerow([vote.voter_id, ",".join(vote.projects), *points])
    return text.getvalue()


def _amount(amount: int, unit: int) -> str:
    """With as many decimals as the unit has zeros."""
    whole, rest = divmod(amount, unit)
    return str(whole) if unit == 1 else f"{whole}.{rest:0{len(str(unit)) - 1}}"

"""The .pb format of Pabulib, in which cities publish their participatory budgets: text in, an election out.

Stolicki, Szufa, Talmon: "Pabulib: A Participatory Budgeting Library", 2020. Three sections, META, PROJECTS,
VOTES, each a semicolon CSV with its own header. A file is read whole or not at all: every bad line is
reported by number, up to a limit, and counts that do not fit META mean that lines are missing. Money becomes
integers of the smallest unit that occurs in the file. What a file tells of voters beyond their vote (age,
sex) is not kept.
"""

from schemas.pabulib.reading import parse
from schemas.pabulib.shapes import Pabulib, Project, Vote, VoteType
from schemas.pabulib.tables import BadLine, NotPabulib
from schemas.pabulib.writing import written

__all__ = ["BadLine", "NotPabulib", "Pabulib", "Project", "Vote", "VoteType", "parse", "written"]

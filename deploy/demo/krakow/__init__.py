"""The main job on real input: the 18 districts of Kraków 2024, from their residents' votes to paid and rated projects.

Elections: Pabulib (Stolicki, Szufa, Talmon). What comes after the votes is made up from a seed, and marked 示例.
"""

from deploy.demo.krakow.city import DISTRICTS, Differs, run
from deploy.demo.krakow.report import tell

__all__ = ["DISTRICTS", "Differs", "run", "tell"]

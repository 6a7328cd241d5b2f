"""The kinds of bidder (承接主体), and a tender that takes only some of them, on a recorded legal basis."""

from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field

from schemas.model import Model
from schemas.project import ProjectFact


class BidderKind(StrEnum):
    """Who may provide a purchased service under 财政部令第102号; a rulebook's `bidder.kinds` names them so."""

    ENTERPRISE = "enterprise"
    """企业"""
    SOCIAL_ORGANIZATION = "social_organization"
    """社会组织"""
    PUBLIC_INSTITUTION_II = "public_institution_ii"
    """公益二类事业单位"""
    PRODUCTION_INSTITUTION = "production_institution"
    """从事生产经营活动的事业单位"""
    RURAL_COLLECTIVE = "rural_collective"
    """农村集体经济组织"""
    RESIDENTS_COMMITTEE = "residents_committee"
    """基层群众性自治组织"""
    INDIVIDUAL = "individual"
    """具备条件的个人: here a certified social worker"""


class Narrowing(Model):
    """Only bidders of these kinds, and what allows the buyer to leave out the others."""

    kinds: Annotated[tuple[BidderKind, ...], Field(min_length=1, max_length=len(BidderKind))]
    basis: Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")]
    """why, in the buyer's words; public"""
    source: Annotated[
        str,
        Field(
            min_length=4,
            max_length=200,
            pattern=r"^《?\w.{1,80}(法|条例|办法|规定|规则)》?.{0,60} ?第[一二三四五六七八九十百]+条",
        ),
    ]
    """the statute or rule and its article, as the buyer cites it"""


class TenderNarrowed(ProjectFact):
    """The tender that was just opened takes bids of these kinds only."""

    type: ClassVar[str] = "tender.narrowed"

    narrowing: Narrowing

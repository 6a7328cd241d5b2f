"""Errors as people get them: in their language, with the rule and how sure it is, and never what they sent."""

from typing import Annotated, Any, Literal

import orjson
import pytest
from aiohttp.test_utils import make_mocked_request
from pydantic import AfterValidator, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from schemas.refused import Refused
from schemas.rulebook import Certainty, Source
from services.kit.limiting import MOST_CALLERS, Limiter
from services.kit.problems import invalid, language, problem
from tests.support.jars import DropCoin
from tests.support.pure import refused

RULE = Source("财政部令第87号第三十三条", Certainty.SECONDARY)


def asked_in(languages: str | None) -> Any:
    return make_mocked_request("GET", "/v1/x", headers={"Accept-Language": languages} if languages else {})


@pytest.mark.parametrize(
    ("languages", "expected"),
    [
        (None, "zh"),
        ("", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,en;q=0.9", "en"),
        ("EN", "en"),
        ("fr, en;q=0.5", "en"),
        ("fr", "zh"),
        (",;,=;" * 200, "zh"),
    ],
)
def test_people_are_answered_in_the_language_they_prefer_and_in_chinese_otherwise(
    languages: str | None, expected: str
) -> None:
    answer = problem(asked_in(languages), Refused("not_json"))

    assert language(asked_in(languages)) == answer.headers["Content-Language"] == expected


def test_a_problem_says_what_where_why_and_by_which_rule() -> None:
    no = Refused("not_found", RULE, status=404, field="jar_id", what="jar", id="7")

    answer = problem(asked_in("en"), no)

    assert (answer.status, answer.content_type) == (404, "application/problem+json")
    assert isinstance(answer.body, bytes)
    assert orjson.loads(answer.body) == {
        "type": "urn:sanshe:problem:not_found",
        "title": "not_found",
        "status": 404,
        "detail": "There is no jar 7. Please check the identifier.",
        "instance": "/v1/x",
        "field": "jar_id",
        "rule": {"source": RULE.text, "certainty": RULE.certainty},
    }


def test_a_field_that_does_not_fit_is_named_and_never_quoted() -> None:
    with pytest.raises(ValidationError) as caught:
        DropCoin.model_validate({"jar_id": "secret-1", "fen": "secret-2", "secret-3": 1})

    no = invalid(caught.value)

    assert (no.status, no.field) == (422, "jar_id")
    assert [error["field"] for error in no.details["errors"]] == ["jar_id", "fen", "secret-3"]
    answer = problem(asked_in("en"), no)
    assert isinstance(answer.body, bytes)
    assert b"secret-1" not in answer.body
    assert b"secret-2" not in answer.body


def said(languages: str, no: Refused) -> Any:
    answer = problem(asked_in(languages), no)
    assert isinstance(answer.body, bytes)
    return orjson.loads(answer.body)


def why(shape: Any, sent: Any) -> Refused:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(shape).validate_python(sent)
    return invalid(caught.value)


def test_what_is_wrong_with_each_field_is_said_in_the_callers_language() -> None:
    no = why(DropCoin, {"jar_id": "secret", "fen": 0})

    assert said("zh", no)["detail"] == "请求中 jar_id 不符合要求:应是 UUID。"
    assert said("en", no)["detail"] == "The field jar_id does not fit: it must be a UUID."
    assert said("zh", no)["errors"] == [
        {"field": "jar_id", "problem": "应是 UUID"},
        {"field": "fen", "problem": "不得小于 1"},
    ]
    assert said("en", no)["errors"][1] == {"field": "fen", "problem": "it must be 1 or more"}


def test_a_choice_is_given_by_the_names_to_be_sent() -> None:
    assert "L, S, P, Q, G, ?" in said("zh", why(Certainty, "secret"))["detail"]
    assert said("zh", why(Literal[Certainty.LAW, Certainty.COMMON], "x"))["errors"][0]["problem"].endswith("L, G")


def a_validator(error: Exception) -> Any:
    def refuse(value: int) -> int:
        raise error

    return Annotated[int, AfterValidator(refuse)]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ValueError("secret"), "this content is not allowed"),
        (PydanticCustomError("above_zero", "x"), "the amount must be above zero"),
        (PydanticCustomError("nobody_knows", "is odd"), "is odd"),
        (PydanticCustomError("nobody_knows", "is {got}", {"got": "secret"}), "this content is not allowed"),
    ],
)
def test_words_that_may_quote_what_was_sent_are_not_passed_on(error: Exception, told: str) -> None:
    answer = said("en", why(a_validator(error), 1))

    assert answer["errors"] == [{"field": "", "problem": told}]
    assert "secret" not in str(answer)


def test_of_a_thousand_wrong_fields_twenty_are_named() -> None:
    with pytest.raises(ValidationError) as caught:
        DropCoin.model_validate({f"f{n}": n for n in range(1000)})

    assert len(invalid(caught.value).details["errors"]) == 20


class Now:
    """A clock for the limiter."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.s = 1000.0
        monkeypatch.setattr("services.kit.limiting.time.monotonic", lambda: self.s)


def test_a_caller_may_burst_then_waits_as_long_as_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    now, limiter = Now(monkeypatch), Limiter(rate=2, burst=3)
    for _ in range(3):
        limiter.take("a")

    with refused("too_many_requests", status=429) as caught:
        limiter.take("a")
    limiter.take("b")  # somebody else is not concerned

    assert caught.value.details == {"retry_after": 1}
    now.s += 1
    limiter.take("a")
    limiter.take("a")
    with refused("too_many_requests"):
        limiter.take("a")


def test_the_limiter_remembers_a_limited_number_of_callers(monkeypatch: pytest.MonkeyPatch) -> None:
    Now(monkeypatch)
    limiter = Limiter(rate=1, burst=1)
    for n in range(MOST_CALLERS + 50):
        limiter.take(str(n))

    assert len(limiter._buckets) == MOST_CALLERS
    limiter.take("0")  # forgotten, the longest silent
    with refused("too_many_requests"):
        limiter.take(str(MOST_CALLERS + 49))

"""The base of every shape that crosses a boundary: frozen, and closed to fields nobody declared."""

from pydantic import BaseModel, ConfigDict, WithJsonSchema


class Model(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,  # a refused body is never echoed: it may hold a sealed price
        use_attribute_docstrings=True,
        ser_json_bytes="base64",
        val_json_bytes="base64",
    )


def up_to(most: int) -> WithJsonSchema:
    """How a number from 0 to `most` with at most two decimals is written in a request; exact as a string."""
    number = {"type": "number", "minimum": 0, "maximum": most, "multipleOf": 0.01}
    text = {"type": "string", "pattern": rf"^[0-9]{{1,{len(str(most))}}}(\.[0-9]{{1,2}})?$", "examples": ["12.50"]}
    return WithJsonSchema({"anyOf": [number, text]}, mode="validation")

"""The ready templates that a city may take over as examples: ``template_examples.yaml`` beside this file."""

from __future__ import annotations

from pathlib import Path

import yaml

from pmo.domain.template import Template, from_plan

EXAMPLES = Path(__file__).parent / "template_examples.yaml"


def read_examples(path: Path = EXAMPLES) -> dict[str, Template]:
    """Code to template, in the order of the file."""
    with path.open(encoding="utf-8") as file:
        listed = yaml.safe_load(file)["templates"]
    return {one.pop("code"): from_plan(one) for one in listed}

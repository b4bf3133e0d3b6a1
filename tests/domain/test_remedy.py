"""The nearest acts that turn a project green: carried out, they do; left out one by one, they do not."""

from datetime import date

import pytest

from pmo.domain.policy import STANDARD
from pmo.domain.project import known_until
from pmo.domain.remedy import Act, Deed, _severity_after, nearest_remedy
from pmo.domain.verdict import judge_project
from tests.domain.demo_portfolio import *  # noqa: F403

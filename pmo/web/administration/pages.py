"""The blueprint with all its pages: importing a module of pages adds its routes."""

from pmo.web.administration import calendar, departments, people, rules
from pmo.web.administration.blueprint import administration

__all__ = ["administration", "calendar", "departments", "people", "rules"]

"""The blueprint with all its pages: importing a module of pages adds its routes."""

from pmo.web.project_templates import items, projects
from pmo.web.project_templates.views import project_templates

__all__ = ["items", "project_templates", "projects"]

"""The template that a plan starts from, as a workspace made of it would have it."""

from templates.catalog import Catalog
from templates.generation.generate import Base
from templates.generation.plan import Plan
from templates.render import render


def base_of(plan: Plan, name: str, catalog: Catalog) -> Base:
    """Blocks while the template's files are read; nothing where the plan names no template."""
    if not plan.base:
        return Base()
    project = render(catalog.load(plan.base), {"name": name})
    return Base(project.files, project.manifest)

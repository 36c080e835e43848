"""What a plan will cost, before it is asked for."""

import asyncio
from decimal import Decimal

from screens.models.access import ModelAccess
from templates.catalog import Catalog
from templates.generation.prompts import plan_messages
from templates.models.prices import estimate_prompt

TOKENS = 700
"""What a plan has on average."""


async def plan_cost(access: ModelAccess, catalog: Catalog, model: str) -> Decimal | None:
    """US dollars, None where prices are unknown. Raises what listing the models raises."""
    models = await access.models()
    chosen = next((one for one in models if one.id == model), models[0] if len(models) == 1 else None)
    if chosen is None or chosen.prices is None:
        return None
    listing = await asyncio.to_thread(catalog.list)
    return chosen.prices.cost(estimate_prompt(plan_messages("", listing.templates)), TOKENS)

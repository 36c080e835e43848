"""The application: what is served, and what is measured of it."""

import logging
from typing import Annotated

from ddtrace.trace import tracer
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field

from app import logs
from app.metrics import statsd

PRICES = {"tea": 350, "coffee": 420, "cake": 510}
"""In cents."""

logs.configure("uvicorn", "uvicorn.access")
logging.getLogger("ddtrace").setLevel(logging.ERROR)
logger = logging.getLogger(__name__)
app = FastAPI(title="{{ title }}")


class Order(BaseModel):
    items: Annotated[dict[str, Annotated[int, Field(ge=1, le=100)]], Field(min_length=1)]


class Bill(BaseModel):
    total: int


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/api/prices")
def prices() -> dict[str, int]:
    return PRICES


@app.post("/api/orders", status_code=201)
def order(order: Order) -> Bill:
    with tracer.trace("order.price") as span:  # a span of its own within the request's
        if unknown := order.items.keys() - PRICES.keys():
            span.set_tag("order.unknown", ",".join(sorted(unknown)))
            raise HTTPException(422, f"There is no {', '.join(sorted(unknown))}.")
        total = sum(PRICES[item] * count for item, count in order.items.items())
        span.set_metric("order.total", total)
    statsd.histogram("order.total", total, tags=[f"items:{len(order.items)}"])
    logger.info("Sold for %d cents", total)
    return Bill(total=total)

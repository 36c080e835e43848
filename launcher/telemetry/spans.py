"""Spans as ddtrace sends them; only the sender imports this."""

from collections.abc import Mapping, Sequence

from ddtrace.llmobs import LLMObs
from ddtrace.trace import Context, tracer
from ddtrace.trace import Span as Sent

from launcher.telemetry.records import ModelCall, Span

PATIENCE = 5
"""Seconds that the Agent has to take them."""


def send_spans(spans: Sequence[Span], identity: Mapping[str, str]) -> None:
    """A request to a model goes as a span of LLM Observability."""
    if any(span.call for span in spans):
        LLMObs.enable(ml_app=identity["service"], integrations_enabled=False, agentless_enabled=False)
    sent: dict[int, Sent] = {}
    for span in sorted(spans, key=lambda one: one.start):
        sent[span.id] = _begun(span, sent, identity)
    for span in reversed(spans):
        sent[span.id].finish(span.end / 1e9)
    if any(span.call for span in spans):
        LLMObs.disable()
    tracer.shutdown(timeout=PATIENCE)


def _begun(span: Span, sent: Mapping[int, Sent], identity: Mapping[str, str]) -> Sent:
    above = Context(trace_id=span.trace, span_id=span.parent)
    if span.call is None:
        one = tracer.start_span(span.name, child_of=sent.get(span.parent, above), resource=span.resource)
    else:
        tracer.context_provider.activate(above)
        one = _model_call(span.name, span.call)
    one.span_id, one.start_ns = span.id, span.start
    one.set_tags({"team": identity["team"], **span.tags})
    if span.error:
        code, title = span.error
        one.error = 1
        one.set_tags({"error.type": code, "error.message": title})
    return one


def _model_call(name: str, call: ModelCall) -> Sent:
    one = LLMObs.llm(call.model, name=name, model_provider=call.provider, session_id=call.session)
    numbers: dict[str, float] = {
        "input_tokens": call.prompt_tokens,
        "output_tokens": call.completion_tokens,
        "total_tokens": call.prompt_tokens + call.completion_tokens,
    }
    if call.cost is not None:
        numbers["total_cost"] = call.cost
    if call.first_token is not None:
        numbers["time_to_first_token"] = call.first_token
    LLMObs.annotate(
        one,
        input_data=[{"role": role, "content": content} for role, content in call.messages] or None,
        output_data=[{"role": "assistant", "content": call.answer}] if call.answer else None,
        metrics=numbers,
    )
    return one

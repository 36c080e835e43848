"""What Datadog's API answers about what arrives there, in the form of the answers that its own clients' tests record.

Sources: https://docs.datadoghq.com/api/latest/ (hosts, metrics, spans, logs, incidents), and `tests/v1` and `tests/v2`
of datadog-api-client-python.
"""

from typing import Any

HOSTS = ("GET", "/api/v1/hosts")
METRICS = ("POST", "/api/v2/query/timeseries")
TRACES = ("POST", "/api/v2/spans/analytics/aggregate")
LOGS = ("POST", "/api/v2/logs/analytics/aggregate")
INCIDENTS = ("GET", "/api/v2/incidents/search")
SCOPES = {
    HOSTS: "hosts_read",
    METRICS: "timeseries_query",
    TRACES: "apm_read",
    LOGS: "logs_read_data",
    INCIDENTS: "incident_read",
}
LAST = 1772366380
"""Seconds since 1970 of the last metric: 2026-03-01T11:59:40Z."""


def arrived() -> dict[tuple[str, str], object]:
    """Answers by method and path: two machines, one of them gone, metrics, two services, an incident."""
    return {HOSTS: hosts(), METRICS: metrics(), TRACES: spans(), LOGS: logs(), INCIDENTS: incidents()}


def hosts() -> dict[str, Any]:
    def host(name: str, *, up: bool, reported: int) -> dict[str, Any]:
        return {
            "name": name,
            "host_name": name,
            "id": 1,
            "aliases": [name],
            "apps": ["agent", "container"],
            "sources": ["agent"],
            "up": up,
            "is_muted": False,
            "last_reported_time": reported,
            "metrics": {"cpu": 12.5, "iowait": 0.1, "load": 0.4},
            "tags_by_source": {"Datadog": ["managed_by:vibecode", f"host:{name}"]},
        }

    listed = [host("laptop", up=True, reported=LAST - 20), host("old-laptop", up=False, reported=LAST - 86400)]
    return {"total_returned": 2, "total_matching": 2, "host_list": listed, "exact_total_matching": True}


def metrics() -> dict[str, Any]:
    """Three points in time; the third metric has no series, and one has a hole."""
    series = [{"group_tags": [], "query_index": number, "unit": None} for number in (0, 1, 3, 4)]
    attributes = {
        "series": series,
        "times": [(LAST - 120) * 1000, (LAST - 60) * 1000, LAST * 1000],
        "values": [[4, 8, 6], [524288000, None, 734003200], [0.04, 0.05, None], [1200, None, None]],
    }
    return {"data": {"id": "0", "type": "timeseries_response", "attributes": attributes}}


def spans() -> dict[str, Any]:
    def bucket(service: str, count: int) -> dict[str, Any]:
        return {"type": "bucket", "id": service, "attributes": {"by": {"service": service}, "compute": {"c0": count}}}

    meta = {"elapsed": 27, "request_id": "pddv1", "status": "done"}
    return {"data": [bucket("demo", 40), bucket("vibecode", 1200)], "meta": meta}


def logs() -> dict[str, Any]:
    buckets = [
        {"by": {"service": "demo"}, "computes": {"c0": 5120}},
        {"by": {"service": "without a service"}, "computes": {"c0": 80}},
    ]
    return {"meta": {"status": "done", "request_id": "pddv1", "elapsed": 5}, "data": {"buckets": buckets}}


def incidents() -> dict[str, Any]:
    attributes = {
        "public_id": 174193,
        "title": "Sign-in is down",
        "severity": "SEV-2",
        "state": "active",
        "created": "2026-03-01T11:00:00+00:00",
        "customer_impacted": False,
        "fields": {"state": {"type": "dropdown", "value": "active"}},
    }
    found = {"total": 1, "facets": {}, "incidents": [{"data": {"type": "incidents", "attributes": attributes}}]}
    return {"data": {"type": "incidents_search_results", "attributes": found}}

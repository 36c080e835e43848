"""What can go wrong with Datadog, each with an action that can work."""

from templates.errors import VibeCodeError


class DatadogError(VibeCodeError):
    """Datadog refused a request, or cannot be asked."""

    code = "datadog-request-refused"
    title = "Datadog refused the request"
    hint = "`vibecode datadog status` shows which keys there are, and what Datadog says of them."


class DatadogKeyMissingError(DatadogError):
    code = "datadog-key-missing"
    title = "A key for Datadog is missing"
    hint = "`vibecode datadog status` says which, and how to set it."


class DatadogKeyRefusedError(DatadogError):
    code = "datadog-key-refused"
    title = "Datadog does not take the key"
    hint = "`vibecode datadog status` says which of the two, and why."


class DatadogScopeError(DatadogError):
    code = "datadog-scope-missing"
    title = "The keys may not do this in Datadog"
    hint = "Give the application key the scopes monitors_read and monitors_write, or use one of a person who may."


class DatadogNotFoundError(DatadogError):
    code = "datadog-not-found"
    title = "Datadog does not have this any more"
    hint = "Somebody else may have deleted it. Run the same command again: it starts from what is there."


class DatadogMonitorError(DatadogError):
    code = "datadog-monitor-refused"
    title = "Datadog does not take a monitor"
    hint = "Nothing was written. Where `datadog_notify` is set, see whether its handles exist: `vibecode config`."


class DatadogDashboardError(DatadogError):
    code = "datadog-dashboard-refused"
    title = "Datadog does not take the dashboard"
    hint = "The monitors are as they should be. A newer VibeCode may know how Datadog wants its dashboard now."


class DatadogChangedError(DatadogError):
    code = "datadog-changed"
    title = "Somebody else has changed something of it meanwhile"
    hint = "Nothing was written. Look at the plan again: it shows what is there now."


class DatadogRateLimitError(DatadogError):
    """`seconds` is how long Datadog wants to be left alone."""

    code = "datadog-rate-limited"
    title = "Datadog was asked too often"
    hint = "Wait, then run the same command again: it goes on where it stopped."

    def __init__(self, detail: str, seconds: float, *, hint: str | None = None) -> None:
        super().__init__(detail, hint=hint)
        self.seconds = seconds


class DatadogOutageError(DatadogError):
    code = "datadog-unreachable"
    title = "Datadog does not answer"
    hint = "https://status.datadoghq.com tells of outages; run the same command again: it goes on where it stopped."


class DatadogAnswerError(DatadogError):
    code = "datadog-answer-unknown"
    title = "What answered is not Datadog, or not as it is documented"
    hint = "See whether a proxy stands between here and Datadog (`env | grep -i proxy`), then run it again."


class DatadogSiteError(DatadogError):
    code = "datadog-site-unknown"
    title = "This is no site of Datadog"


class RunbookNotFoundError(VibeCodeError):
    code = "runbook-not-found"
    title = "There is no such runbook"
    hint = "`vibecode datadog runbook` lists them all."


class AgentImageError(DatadogError):
    code = "datadog-agent-image"
    title = "The image of Datadog's Agent cannot be pulled"
    hint = (
        "Check the connection; `VIBECODE_DATADOG_AGENT_IMAGE` and `VIBECODE_DATADOG_CLUSTER_AGENT_IMAGE` name those of "
        "a mirror. Then run `vibecode datadog enable` again."
    )


class AgentFailedError(DatadogError):
    code = "datadog-agent-failed"
    title = "Datadog's Agent does not start"
    hint = "`vibecode datadog status` shows why; `vibecode datadog disable` removes it."


class AgentNamespaceError(DatadogError):
    code = "datadog-namespace-foreign"
    title = "There is a namespace of this name that VibeCode did not make"
    hint = "Nothing was changed. Whoever made it can rename or remove it; VibeCode never touches what it did not make."


class AgentNotReadyError(DatadogError):
    code = "datadog-agent-not-ready"
    title = "Datadog's Agent cannot be sent to"
    hint = "`vibecode datadog enable` puts the Agent into the cluster; `vibecode datadog status` says how it is."

"""What has arrived in Datadog lately: hosts, metrics, traces, logs, and the incidents that are open there."""

#!/bin/bash
# As the Agent's own: completes the configuration that was copied to where it can be written.
echo "api_key_given: ${DD_API_KEY:+yes}" >>/etc/datadog-agent/datadog.yaml

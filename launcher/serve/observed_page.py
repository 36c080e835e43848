"""The portal's page where Datadog's Real User Monitoring is set for it.

The policy allows one script of Datadog's and one address that it sends to; nothing runs that stands in the page itself.
Source: https://docs.datadoghq.com/integrations/content_security_policy_logs/.
"""

import json

from cluster.datadog.tags import ENV, SERVICE
from launcher.serve.pages import content_security
from templates.rum import Rum, intake, sdk_address

START = "rum.js"
"""What starts it, beside the page's own scripts."""

_START = """// The name of a workspace may be a person's: it is not told.
const own = (address) => address.replace(/\\/workspace\\/[^?#]*/, "/workspace/-");
window.DD_RUM?.init({
  ...OPTIONS,
  beforeSend(event) {
    event.view.url = own(event.view.url);
    if (event.view.referrer) event.view.referrer = own(event.view.referrer);
    if (event.view.name) event.view.name = own(event.view.name);
    return true;
  },
});
"""


def observed(page: bytes, rum: Rum) -> bytes:
    """The page with the SDK and what starts it, in this order, after its own scripts."""
    scripts = (
        f'  <script defer src="{sdk_address(rum.site)}"></script>\n  <script defer src="/portal/{START}"></script>\n'
    )
    before, found, after = page.partition(b"</head>")
    assert found, "the portal's page has a head"
    return before + scripts.encode() + found + after


def policy(rum: Rum) -> str:
    return content_security(scripts=sdk_address(rum.site), connections=intake(rum.site))


def start(rum: Rum, version: str) -> bytes:
    """Starts the SDK with all that people write or read masked, and without the addresses that the page asks."""
    options = {
        "applicationId": rum.application,
        "clientToken": rum.token,
        "site": rum.site,
        "service": f"{SERVICE}-portal",
        "env": ENV,
        "version": version,
        "sessionSampleRate": 100,
        "sessionReplaySampleRate": 0,
        "defaultPrivacyLevel": "mask",
        "enablePrivacyForActionName": True,
        "trackUserInteractions": True,
        "trackResources": False,
        "trackLongTasks": True,
    }
    return _START.replace("OPTIONS", json.dumps(options)).encode()

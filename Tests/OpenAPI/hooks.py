"""What is asked of each answer besides the checks that schemathesis has.

Its own check `ignored_auth` sends one wrong token for each address, and takes the server's refusal to
look at the eleventh in a minute (429) for a hole; this one knows it.
"""

import requests
import schemathesis

asked = set()


@schemathesis.check
def token_is_needed(context, response, case):
    """Where the token opens something, none and a wrong one open nothing."""
    label = case.operation.label
    if label in asked or not 200 <= response.status_code < 300:
        return
    asked.add(label)
    request = response.request
    kept = {name: value for name, value in request.headers.items() if name.lower() != "authorization"}
    for headers, expected in (
        (kept, (401,)),
        ({**kept, "Authorization": "Bearer wrong-wrong-wrong-wrong-wrong"}, (401, 429)),
    ):
        answer = requests.request(
            request.method, request.url, headers=headers, data=request.body, timeout=60)
        assert answer.status_code in expected, (
            f"{label}: {answer.status_code} without the token, expected {expected}")

"""What the suite gives to the program (coverage/README.md), and the operator's side of the server."""

import json
import os
import re
import urllib.request

import plivo
from walk import eventually

AUTH_ID = os.environ["PLIVO_AUTH_ID"]
RUN = os.environ["COVERAGE_RUN"]
NUMBER = os.environ["COVERAGE_NUMBER"]
NUMBER_2 = os.environ["COVERAGE_NUMBER_2"]
NUMBER_3 = os.environ["COVERAGE_NUMBER_3"]
TOLL_FREE = os.environ["COVERAGE_TOLL_FREE"]
TOLL_FREE_2 = os.environ["COVERAGE_TOLL_FREE_2"]
SHORT_CODE = os.environ["COVERAGE_SHORTCODE"]
PHONE = os.environ["COVERAGE_PHONE"]
PHONE_2 = os.environ["COVERAGE_PHONE_2"]
PHONE_3 = os.environ["COVERAGE_PHONE_3"]
OWN_NUMBER = os.environ["COVERAGE_OWN_NUMBER"]
CARRIER = os.environ["COVERAGE_CARRIER"]
PHLO = os.environ["COVERAGE_PHLO"]
PHLO_NODE = os.environ["COVERAGE_PHLO_NODE"]
STREAM = os.environ["COVERAGE_STREAM"]

UUID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
# Five decimals, as all money.
MONEY = re.compile(r"^-?\d+\.\d{5}$")
CALL_TIME = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d:\d\d$")
RFC_3339 = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")

# Credentials and way are those of the environment.
api = plivo.RestClient()
phlo_api = plivo.phlo.RestClient()


def matches(pattern, text):
    assert isinstance(text, str) and pattern.search(text), f"{text!r} does not match {pattern.pattern}"
    return text


def file(name):
    return os.path.join(os.environ["COVERAGE_FILES"], name)


def web(path):
    """On the customer's web server."""
    return os.environ["COVERAGE_STAGE"] + path


def operator(path, body=None):
    request = urllib.request.Request(
        f"{os.environ['RINGDOWN_PUBLIC_URL']}/ringdown/v1/{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Authorization": f"Bearer {os.environ['RINGDOWN_OPERATOR_TOKEN']}",
            "Content-Type": "application/json",
        },
    )
    with urllib.request.urlopen(request, timeout=15) as answer:
        return json.loads(answer.read() or b"null")


def inbox(phone):
    """Texts that the phone has got, oldest first."""
    return [message["text"] for message in operator(f"phones/{phone}/messages")["messages"]]


def code_at(phone, texts):
    """The code that comes to the phone after the first so many texts."""

    def look():
        found = [re.search(r"code is (\d{6})", text) for text in inbox(phone)[texts:]]
        return next((match.group(1) for match in found if match), None)

    return eventually(f"code for {phone}", look)

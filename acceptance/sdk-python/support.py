"""The official Python SDK pointed at a server under test, and a web server that records webhooks."""

import json
import os
import threading
import time
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import plivo
import plivo.resources.lookup as lookup
import plivo.rest.client as rest
from plivo.utils import validate_signature, validate_v3_signature

URL = os.environ["RINGDOWN_URL"]
AUTH_ID = os.environ["RINGDOWN_AUTH_ID"]
AUTH_TOKEN = os.environ["RINGDOWN_AUTH_TOKEN"]
OPERATOR_TOKEN = os.environ["RINGDOWN_OPERATOR_TOKEN"]
OWN_NUMBER = os.environ["RINGDOWN_OWN_NUMBER"]
SECOND_NUMBER = os.environ["RINGDOWN_SECOND_NUMBER"]
PHONE = os.environ["RINGDOWN_PHONE"]
OTHER_PHONE = os.environ["RINGDOWN_OTHER_PHONE"]
FOR_SALE = os.environ["RINGDOWN_FOR_SALE"].split(",")
# Called parties by what they do, as in acceptance/voice-fixture.ts.
FAR = json.loads(os.environ["RINGDOWN_FAR"])
SLOW_AUTH_ID = os.environ["RINGDOWN_SLOW_AUTH_ID"]
SLOW_AUTH_TOKEN = os.environ["RINGDOWN_SLOW_AUTH_TOKEN"]
SLOW_NUMBER = os.environ["RINGDOWN_SLOW_NUMBER"]
BARRED_COUNTRY_NUMBER = os.environ["RINGDOWN_BARRED_COUNTRY_NUMBER"]
BARRED_PREFIX_NUMBER = os.environ["RINGDOWN_BARRED_PREFIX_NUMBER"]
COMPLIANCE_LONG_CODE = os.environ["RINGDOWN_COMPLIANCE_LONG_CODE"]
COMPLIANCE_TOLL_FREE = os.environ["RINGDOWN_COMPLIANCE_TOLL_FREE"]

# The SDK reads these module globals at each call; it has no setting for them.
for name in (
    "PLIVO_API_BASE_URI",
    "API_VOICE_BASE_URI",
    "API_VOICE_BASE_URI_FALLBACK_1",
    "API_VOICE_BASE_URI_FALLBACK_2",
):
    setattr(rest, name, URL + "/v1/Account")
rest.CALLINSIGHTS_BASE_URL = URL
lookup.LOOKUP_API_ENDPOINT = URL + "/v1/Number"


def client(auth_id=AUTH_ID, auth_token=AUTH_TOKEN):
    return plivo.RestClient(auth_id, auth_token, timeout=15)


def eventually(what, probe, seconds=10):
    """Polls until probe() is true and gives back what it returned."""
    deadline = time.monotonic() + seconds
    while True:
        found = probe()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"within {seconds} s there was no {what}")
        time.sleep(0.05)


def operator(path, body=None, method=None):
    """A request to the operator API; POST when there is a body and nothing else is said."""
    request = urllib.request.Request(
        f"{URL}/ringdown/v1/{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {OPERATOR_TOKEN}", "Content-Type": "application/json"},
        method=method,
    )
    with urllib.request.urlopen(request, timeout=15) as answer:
        return answer.read().decode()


class Webhooks:
    """
    Records every request as a dict: method, url, path, headers, params (query and form), form, body.
    `answers` holds by path what is answered: status, content type and body; other paths get an empty 200.
    """

    def __init__(self):
        self.received = []
        self.answers = {}
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            def take(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                parts = urllib.parse.urlsplit(self.path)
                is_form = (self.headers.get("Content-Type") or "").startswith("application/x-www-form-urlencoded")
                form = dict(urllib.parse.parse_qsl(body, keep_blank_values=True)) if is_form else {}
                query = dict(urllib.parse.parse_qsl(parts.query, keep_blank_values=True))
                recorder.received.append(
                    {
                        "method": self.command,
                        "url": f"http://{self.headers['Host']}{self.path}",
                        "path": parts.path,
                        "headers": {key.lower(): value for key, value in self.headers.items()},
                        "form": form,
                        "params": {**query, **form},
                        "body": body,
                    }
                )
                status, content_type, answer = recorder.answers.get(parts.path, (200, "text/plain", b""))
                self.send_response(status)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_POST = take

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, path):
        return f"http://127.0.0.1:{self.server.server_port}{path}"

    def answer_xml(self, path, response):
        """What a document made by the SDK's builder is served as; gives back its URL."""
        self.answers[path] = (200, "application/xml", response.to_string().encode())
        return self.url(path)

    def wait_for(self, what, wanted, seconds=10):
        return eventually(what, lambda: next((got for got in self.received if wanted(got)), None), seconds)

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def signatures(request, token, main_token):
    """Which of the four signature headers the SDK's validators accept."""
    headers = request["headers"]
    uri, method = request["url"], request["method"]

    def v2(name, key):
        return name in headers and validate_signature(uri, headers["x-plivo-signature-v2-nonce"], headers[name], key)

    def v3(name, key):
        return name in headers and validate_v3_signature(
            method, uri, headers["x-plivo-signature-v3-nonce"], key, headers[name], request["form"]
        )

    return {
        "v2": bool(v2("x-plivo-signature-v2", token)),
        "ma_v2": bool(v2("x-plivo-signature-ma-v2", main_token)),
        "v3": bool(v3("x-plivo-signature-v3", token)),
        "ma_v3": bool(v3("x-plivo-signature-ma-v3", main_token)),
    }


ALL_VALID = {"v2": True, "ma_v2": True, "v3": True, "ma_v3": True}

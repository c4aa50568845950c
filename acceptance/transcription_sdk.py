"""The Transcription resource by the official Python SDK: prints what it answers for a recording."""

import os

import plivo
import plivo.rest.client as rest

# The SDK reads these module globals at each call; it has no setting for them.
for name in ("PLIVO_API_BASE_URI", "API_VOICE_BASE_URI", "API_VOICE_BASE_URI_FALLBACK_1", "API_VOICE_BASE_URI_FALLBACK_2"):
    setattr(rest, name, os.environ["RINGDOWN_URL"] + "/v1/Account")

recording = os.environ["RECORDING"]
api = plivo.RestClient(os.environ["RINGDOWN_AUTH_ID"], os.environ["RINGDOWN_AUTH_TOKEN"])
found = api.transcriptions.get_transcription(recording)
full = api.transcriptions.get_transcription(recording, type="full")
try:
    api.transcriptions.delete_transcription("019a0000-0000-7000-8000-000000000000")
    raise AssertionError("there is no such transcription")
except plivo.exceptions.ResourceNotFoundError:
    pass
again = api.transcriptions.create_transcription(recording)
print(found.status, found.transcription, len(full.transcription), again.message)

"""What a program of a user looks like: the SDK as it comes, credentials from the environment."""

import json
import os

import plivo

client = plivo.RestClient()
source = os.environ["SRC"]
message = client.messages.create(src=source, dst=os.environ["DST"], text="from Python")
call = client.calls.create(from_=source, to_=os.environ["CALLEE"], answer_url="http://127.0.0.1:9/answer")
number = client.lookup.get(source)
print(json.dumps({"message": message.message_uuid[0], "call": call.request_uuid, "lookup": number.phone_number}))

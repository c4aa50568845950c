# What a program of a user looks like: the SDK as it comes, credentials from the environment.
require 'json'
require 'plivo'

client = Plivo::RestClient.new
source, callee = ENV.values_at('SRC', 'CALLEE')
message = client.messages.create(src: source, dst: ENV.fetch('DST'), text: 'from Ruby')
call = client.calls.create(source, [callee], 'http://127.0.0.1:9/answer')
number = client.lookup.get(source)
puts JSON.generate(message: message.message_uuid[0], call: call.request_uuid, lookup: number.phone_number)

<?php
// What a program of a user looks like: the SDK as it comes, credentials from the environment.
require 'vendor/autoload.php';

$client = new Plivo\RestClient();
$source = getenv('SRC');
$message = $client->messages->create(['src' => $source, 'dst' => getenv('DST'), 'text' => 'from PHP']);
$call = $client->calls->create($source, [getenv('CALLEE')], 'http://127.0.0.1:9/answer');
$number = $client->lookup->get($source);
echo json_encode([
    'message' => $message->messageUuid[0],
    'call' => $call->requestUuid,
    'lookup' => $number['phone_number'],
]), "\n";

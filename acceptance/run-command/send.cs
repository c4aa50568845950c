// What a program of a user looks like: the SDK as it comes, credentials from the environment.
using System;
using System.Collections.Generic;
using Newtonsoft.Json;
using Plivo;

public static class Send
{
    public static void Main()
    {
        Func<string, string> variable = Environment.GetEnvironmentVariable;
        var api = new PlivoApi(variable("PLIVO_AUTH_ID"), variable("PLIVO_AUTH_TOKEN"));
        var source = variable("SRC");
        var message = api.Message.Create(new List<string> { variable("DST") }, src: source, text: "from .NET");
        var call = api.Call.Create(source, new List<string> { variable("CALLEE") }, "http://127.0.0.1:9/answer", "POST");
        var number = api.Lookup.Get(source);
        Console.WriteLine(JsonConvert.SerializeObject(
            new { message = message.MessageUuid[0], call = call.RequestUuid, lookup = number.PhoneNumber }));
    }
}

using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Net.Http;
using System.Reflection;
using System.Text.RegularExpressions;

/// <summary>
/// Loaded by DOTNET_STARTUP_HOOKS into every process of .NET Core 3.0 or later below `ringdown run`. The SDK forbids its HttpClient every
/// proxy but one given in code. HttpClient tells listeners of each request before it opens a connection: those to the hosted service are
/// turned to the run's own server then, in plain text over loopback.
/// </summary>
/// <remarks>
/// StartupHook.dll beside this file is what runs, and holds this text as a resource: it has to be compiled again after every change.
/// Any C# compiler will do, with this file as resource and as source, and with references no newer than mscorlib, System and
/// System.Net.Http 4.0 and System.Diagnostics.DiagnosticSource 4.0.3 (package version 4.5): newer ones are taken where it runs.
/// </remarks>
internal sealed class StartupHook : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object>>
{
    private const string HttpListener = "HttpHandlerDiagnosticListener";
    /// <summary>Told without an Activity being made, so requests get no headers for tracing.</summary>
    private const string BeforeRequest = "System.Net.Http.Request";

    private readonly string _domain;
    private readonly int _port;

    private StartupHook(string domain, int port)
    {
        _domain = domain;
        _port = port;
    }

    public static void Initialize()
    {
        // Without it nobody is told of requests; a program may have switched it off.
        AppContext.SetSwitch("System.Net.Http.EnableActivityPropagation", true);
        var folder = Path.GetDirectoryName(typeof(StartupHook).Assembly.Location);
        var settings = File.ReadAllText(Path.Combine(folder, "run.json"));
        var domain = Regex.Match(settings, "\"domain\":\"([^\"]+)\"").Groups[1].Value;
        var port = int.Parse(Regex.Match(settings, "\"port\":([0-9]+)").Groups[1].Value);
        DiagnosticListener.AllListeners.Subscribe(new StartupHook(domain, port));
    }

    public void OnNext(DiagnosticListener listener)
    {
        if (listener.Name == HttpListener) listener.Subscribe(this, IsBeforeRequest);
    }

    public void OnNext(KeyValuePair<string, object> told)
    {
        if (told.Key != BeforeRequest) return;
        var request = told.Value.GetType().GetProperty("Request").GetValue(told.Value, null) as HttpRequestMessage;
        var uri = request == null ? null : request.RequestUri;
        if (uri == null || !uri.IsAbsoluteUri || !IsPlivoHost(uri.Host)) return;
        if (request.Headers.Host == null) request.Headers.Host = uri.Authority;
        request.RequestUri = new Uri("http://127.0.0.1:" + _port + uri.PathAndQuery);
    }

    public void OnError(Exception error)
    {
    }

    public void OnCompleted()
    {
    }

    private static bool IsBeforeRequest(string name)
    {
        return name == BeforeRequest;
    }

    private bool IsPlivoHost(string host)
    {
        var name = host.ToLowerInvariant().TrimEnd('.');
        return name == _domain || name.EndsWith("." + _domain, StringComparison.Ordinal);
    }
}

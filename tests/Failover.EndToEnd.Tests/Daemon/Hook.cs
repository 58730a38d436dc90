using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Failover;

/// <summary>A web server that is told by a webhook, and keeps the CloudEvents that it is told.</summary>
internal sealed class Hook : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly Lock gate = new();
    private readonly List<JsonElement> told = [];

    public Hook()
    {
        // A free port may be taken before it is listened on.
        do
        {
            Port = Random.Shared.Next(20_000, 32_000);
        } while (!TryListen());

        _ = ServeAsync();
    }

    public int Port { get; private set; }

    /// <summary>What it answers.</summary>
    public HttpStatusCode Answer { get; set; } = HttpStatusCode.OK;

    /// <summary>Its URL.</summary>
    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}/hook");

    /// <summary>The events that it took, each once, in the order in which it heard of them first.</summary>
    public ImmutableArray<JsonElement> Told
    {
        get
        {
            lock (gate)
            {
                return [.. told.DistinctBy(one => one.GetProperty("id").GetString())];
            }
        }
    }

    /// <summary>The same in words: <c>firing /mail</c>.</summary>
    public IEnumerable<string> Words =>
        Told.Select(one => $"{one.GetProperty("data").GetProperty("status")} {one.GetProperty("subject")}");

    /// <summary>What it knows to be wrong.</summary>
    public ImmutableHashSet<string> Known =>
        Told.Aggregate(
            ImmutableHashSet<string>.Empty,
            (known, one) =>
                one.GetProperty("data").GetProperty("status").GetString() == "firing"
                    ? known.Add(one.GetProperty("subject").GetString()!)
                    : known.Remove(one.GetProperty("subject").GetString()!)
        );

    /// <summary>Waits until it knows that something is wrong, or that it is not.</summary>
    public Task KnowsAsync(string subject, bool isWrong, object whom) =>
        Eventually.IsAsync(
            () => Known.Contains(subject) == isWrong,
            $"{subject} wrong: {isWrong} at the hook of {whom}"
        );

    public void Dispose() => listener.Close();

    private bool TryListen()
    {
        try
        {
            listener.Prefixes.Clear();
            listener.Prefixes.Add(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}/"));
            listener.Start();
            return true;
        }
        catch (HttpListenerException)
        {
            return false;
        }
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                HttpListenerContext call = await listener.GetContextAsync();
                using JsonDocument body = await JsonDocument.ParseAsync(call.Request.InputStream);
                if (Answer == HttpStatusCode.OK)
                {
                    lock (gate)
                    {
                        told.AddRange(
                            body.RootElement.ValueKind == JsonValueKind.Array
                                ? body.RootElement.Clone().EnumerateArray()
                                : [body.RootElement.Clone()]
                        );
                    }
                }

                call.Response.StatusCode = (int)Answer;
                call.Response.Close();
            }
        }
        catch (Exception end) when (end is HttpListenerException or ObjectDisposedException or JsonException)
        {
            // The end, or a daemon that was killed.
        }
    }
}

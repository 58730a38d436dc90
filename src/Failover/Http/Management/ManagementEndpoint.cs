using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Failover;

/// <summary>Answers one request of the management API, which reads and changes nothing.</summary>
/// <remarks>Whoever may connect may read. A page in an operator's browser may connect, too, by a name of its own that leads here
/// (DNS rebinding): such a name is in the Host header, and is refused.</remarks>
/// <param name="source">What is reported.</param>
/// <param name="address">Where it is served.</param>
internal sealed class ManagementEndpoint(IManagementSource source, ListenAddress address)
{
    /// <summary>How many transitions, and as many POSTs, one answer holds at most.</summary>
    public const int MostEntries = 10_000;

    private const string Root = "/-/api/v1/";
    private const string Components = "components/";
    private const string Probes = "probes/";
    private const string Latency = "latency/";
    private const string History = "history";
    private const string WithinSeconds = "within_seconds";
    private const string Limit = "limit";
    private const string By = "by";
    private const string Minute = "minute";
    private const string Hour = "hour";
    private const int UsualEntries = 1000;
    private const double Day = 86_400;

    private static readonly string[] OfComponent = [Components, Probes, Latency];

    private const string AcceptedHosts = "an IP address, localhost or the name that is listened on";

    public Task HandleAsync(HttpContext http)
    {
        if (!IsHostOurs(http.Request.Host.Host))
        {
            string host = Printable.Quoted(http.Request.Host.Host);
            return RefuseAsync(http, StatusCodes.Status403Forbidden, $"the host is {host}; accepted: {AcceptedHosts}");
        }

        string path = Path(http) ?? "";
        if (
            path is not ("status" or "configuration" or History)
            && !OfComponent.Any(prefix => path.StartsWith(prefix, StringComparison.Ordinal))
        )
        {
            string accepted =
                $"{Root}status, {Root}{Components}NAME, {Root}configuration, {Root}{History}, {Root}{Probes}NAME, {Root}{Latency}NAME";
            return RefuseAsync(http, StatusCodes.Status404NotFound, $"unknown path; accepted: {accepted}");
        }

        // Methods are case-sensitive (RFC 9110, 9.1).
        if (http.Request.Method is not ("GET" or "HEAD"))
        {
            http.Response.Headers.Allow = "GET, HEAD";
            string method = Printable.Quoted(http.Request.Method);
            return RefuseAsync(
                http,
                StatusCodes.Status405MethodNotAllowed,
                $"the method is {method}; accepted: GET, HEAD"
            );
        }

        return path switch
        {
            "status" => WriteAsync(http, source.Status(), ManagementJson.Default.StatusDocument),
            "configuration" => WriteAsync(http, source.Configuration(), ManagementJson.Default.ConfigurationDocument),
            History => HistoryAsync(http),
            _ when path.StartsWith(Probes, StringComparison.Ordinal) => ProbesAsync(http, path[Probes.Length..]),
            _ when path.StartsWith(Latency, StringComparison.Ordinal) => LatencyAsync(http, path[Latency.Length..]),
            _ => ExplainAsync(http, path[Components.Length..]),
        };
    }

    private async Task HistoryAsync(HttpContext http)
    {
        IQueryCollection query = http.Request.Query;
        if (await BoundsAsync(http) is var (within, limit))
        {
            string? component = query["component"] is [{ } given] ? given : null;
            await AnswerAsync(
                http,
                component ?? "",
                () =>
                    source.HistoryAsync(
                        component,
                        within is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
                        limit,
                        http.RequestAborted
                    )!,
                ManagementJson.Default.HistoryDocument
            );
        }
    }

    private async Task ProbesAsync(HttpContext http, string name)
    {
        if (await BoundsAsync(http) is var (_, limit))
        {
            await AnswerAsync(
                http,
                name,
                () => Task.FromResult(source.Probes(name, limit)),
                ManagementJson.Default.ProbesDocument
            );
        }
    }

    private async Task LatencyAsync(HttpContext http, string name)
    {
        string? by = http.Request.Query[By];
        if (by is not (null or Minute or Hour))
        {
            string problem = $"{By} is {Printable.Quoted(by)}; accepted: {Minute}, {Hour}";
            await RefuseAsync(http, StatusCodes.Status400BadRequest, problem);
            return;
        }

        if (await BoundsAsync(http) is var (within, limit))
        {
            await AnswerAsync(
                http,
                name,
                () =>
                    source.LatencyAsync(
                        name,
                        by == Hour ? RollUpPeriod.Hour : RollUpPeriod.Minute,
                        TimeSpan.FromSeconds(within ?? (by == Hour ? 7 * Day : Day)),
                        limit,
                        http.RequestAborted
                    ),
                ManagementJson.Default.LatencyDocument
            );
        }
    }

    private static async Task AnswerAsync<T>(HttpContext http, string name, Func<Task<T?>> read, JsonTypeInfo<T> type)
        where T : class
    {
        T? document;
        try
        {
            document = await read();
        }
        catch (StateStoreException fault)
        {
            await RefuseAsync(http, StatusCodes.Status503ServiceUnavailable, fault.Message);
            return;
        }

        await (document is null ? RefuseUnknownAsync(http, name) : WriteAsync(http, document, type));
    }

    // How far back, and how much; null where they are wrong, which has been answered.
    private static async Task<(double? Within, int Limit)?> BoundsAsync(HttpContext http)
    {
        IQueryCollection query = http.Request.Query;
        if (!TryNumber(query[WithinSeconds], TimeSpan.MaxValue.TotalSeconds - 1, out double? within))
        {
            await RefuseAsync(
                http,
                StatusCodes.Status400BadRequest,
                $"{WithinSeconds} is {Printable.Quoted(query[WithinSeconds]!)}; accepted: a number of seconds"
            );
            return null;
        }

        if (!TryNumber(query[Limit], MostEntries, out double? limit))
        {
            await RefuseAsync(
                http,
                StatusCodes.Status400BadRequest,
                FormattableString.Invariant(
                    $"{Limit} is {Printable.Quoted(query[Limit]!)}; accepted: a number up to {MostEntries}"
                )
            );
            return null;
        }

        return (within, (int)(limit ?? UsualEntries));
    }

    private static bool TryNumber(string? text, double largest, out double? number)
    {
        bool isNumber = double.TryParse(
            text,
            NumberStyles.AllowDecimalPoint,
            CultureInfo.InvariantCulture,
            out double parsed
        );
        number = isNumber ? parsed : null;
        return text is null || (isNumber && parsed is >= 0 && parsed <= largest);
    }

    private Task ExplainAsync(HttpContext http, string name) =>
        source.Component(name) is { } component
            ? WriteAsync(http, component, ManagementJson.Default.ComponentDocument)
            : RefuseUnknownAsync(http, name);

    private static Task RefuseUnknownAsync(HttpContext http, string name) =>
        RefuseAsync(http, StatusCodes.Status404NotFound, $"no component is named {Printable.Quoted(name)}");

    // A Unix socket is reached by its path: no name leads there.
    private bool IsHostOurs(string host) =>
        address.SocketPath is not null
        || IPAddress.TryParse(host, out _)
        || string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (host.Length > 0 && string.Equals(host, address.Host, StringComparison.OrdinalIgnoreCase));

    // The path below the root, decoded once; null: it is elsewhere, or no path at all.
    private static string? Path(HttpContext http)
    {
        string target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        string? path = RequestTarget.Decode(RequestTarget.Path(target));
        return path?.StartsWith(Root, StringComparison.Ordinal) == true ? path[Root.Length..] : null;
    }

    private static Task RefuseAsync(HttpContext http, int status, string error) =>
        WriteAsync(http, new ErrorDocument(error), ManagementJson.Default.ErrorDocument, status);

    private static Task WriteAsync<T>(
        HttpContext http,
        T document,
        JsonTypeInfo<T> type,
        int status = StatusCodes.Status200OK
    ) => Answer.WriteAsync(http, status, "application/json", JsonSerializer.SerializeToUtf8Bytes(document, type));
}

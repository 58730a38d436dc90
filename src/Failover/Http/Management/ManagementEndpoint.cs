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
    private const string History = "history";
    private const string WithinSeconds = "within_seconds";
    private const string Limit = "limit";
    private const int UsualEntries = 1000;
    private const string AcceptedHosts = "an IP address, localhost or the name that is listened on";

    public Task HandleAsync(HttpContext http)
    {
        if (!IsHostOurs(http.Request.Host.Host))
        {
            string host = Printable.Quoted(http.Request.Host.Host);
            return RefuseAsync(http, StatusCodes.Status403Forbidden, $"the host is {host}; accepted: {AcceptedHosts}");
        }

        string? path = Path(http);
        if (
            path is not ("status" or "configuration" or History)
            && path?.StartsWith(Components, StringComparison.Ordinal) != true
        )
        {
            string accepted = $"{Root}status, {Root}{Components}NAME, {Root}configuration, {Root}{History}";
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
            _ => ExplainAsync(http, path[Components.Length..]),
        };
    }

    private async Task HistoryAsync(HttpContext http)
    {
        IQueryCollection query = http.Request.Query;
        if (!TryNumber(query[WithinSeconds], TimeSpan.MaxValue.TotalSeconds - 1, out double? within))
        {
            await RefuseAsync(
                http,
                StatusCodes.Status400BadRequest,
                $"{WithinSeconds} is {Printable.Quoted(query[WithinSeconds]!)}; accepted: a number of seconds"
            );
            return;
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
            return;
        }

        HistoryDocument document;
        try
        {
            document = await source.HistoryAsync(
                query["component"] is [{ } component] ? component : null,
                within is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
                (int)(limit ?? UsualEntries),
                http.RequestAborted
            );
        }
        catch (StateStoreException fault)
        {
            await RefuseAsync(http, StatusCodes.Status503ServiceUnavailable, fault.Message);
            return;
        }

        await WriteAsync(http, document, ManagementJson.Default.HistoryDocument);
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
            : RefuseAsync(http, StatusCodes.Status404NotFound, $"no component is named {Printable.Quoted(name)}");

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

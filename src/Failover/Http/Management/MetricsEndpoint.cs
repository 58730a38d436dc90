using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Failover;

/// <summary>Answers metrics: <c>/-/metrics</c>, in the text format of Prometheus or of OpenMetrics.</summary>
/// <remarks>Nothing waits for who reads it: what a component serves is read without a lock, and a piece of the text is made once the client has
/// taken the one before. A client that does not read at all is for the web server's limits.</remarks>
internal sealed class MetricsEndpoint(ImmutableArray<IMetricSource> sources)
{
    public const string Path = "/-/metrics";
    public const string Text = "text/plain; version=0.0.4; charset=utf-8";
    public const string OpenMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    /// <summary>The parameter that names a family, as client libraries of Prometheus have it.</summary>
    public const string Name = "name[]";

    private static readonly ImmutableArray<string> TextVersions = ["0.0.4"];
    private static readonly ImmutableArray<string> OpenMetricsVersions = ["1.0.0", "0.0.1"];

    public static ManagementDescription Description { get; } =
        new(
            "Metrics, in the text format of Prometheus, or in that of OpenMetrics where Accept prefers it.",
            typeof(string)
        )
        {
            ContentType = "text/plain",
            Query = [new(Name, typeof(string), "a metric that is wanted; may be repeated; left out, all are")],
        };

    /// <summary>Answers.</summary>
    public async Task HandleAsync(HttpContext http)
    {
        if (!http.Request.Query.TryGetValue(Name, out StringValues wanted))
        {
            await WriteAsync(http, sources);
            return;
        }

        MetricNames known = await MetricNames.OfAsync(sources);
        HashSet<string> families = new(StringComparer.Ordinal);
        foreach (string name in wanted.OfType<string>())
        {
            if (known.FamilyOf(name) is not { } family)
            {
                string meant = known.Nearest(name) is { } nearest ? $"; did you mean {Printable.Quoted(nearest)}?" : "";
                await ProblemDocument.WriteAsync(
                    http,
                    StatusCodes.Status400BadRequest,
                    $"{Name} is {Printable.Quoted(name)}; accepted: a metric of {Path}{meant}"
                );
                return;
            }

            families.Add(family);
        }

        await WriteAsync(http, sources, families);
    }

    /// <summary>Answers with metrics, in the format that is asked for.</summary>
    /// <param name="http">The request.</param>
    /// <param name="sources">What writes them.</param>
    /// <param name="families">Which are wanted; left out, all.</param>
    public static async Task WriteAsync(
        HttpContext http,
        IReadOnlyList<IMetricSource> sources,
        IReadOnlySet<string>? families = null
    )
    {
        bool isOpenMetrics = PrefersOpenMetrics(http.Request.Headers.Accept);
        http.Response.StatusCode = StatusCodes.Status200OK;
        Answer.AddHeaders(http.Response, isOpenMetrics ? OpenMetrics : Text);
        http.Response.Headers.Vary = HeaderNames.Accept;
        if (HttpMethods.IsHead(http.Request.Method))
        {
            return;
        }

        MetricsTextWriter writer = new(http.Response.Body, isOpenMetrics, families, http.RequestAborted);
        foreach (IMetricSource source in sources)
        {
            await source.WriteAsync(writer);
            await writer.SendIfFullAsync();
        }

        await writer.EndAsync();
    }

    /// <summary>Which of the two formats is wanted (RFC 9110, 12.5.1). Where neither is, or both are alike, it is the text of Prometheus.</summary>
    /// <param name="accept">The headers.</param>
    public static bool PrefersOpenMetrics(StringValues accept)
    {
        if (!MediaTypeHeaderValue.TryParseList([.. accept.OfType<string>()], out IList<MediaTypeHeaderValue>? ranges))
        {
            return false;
        }

        return Quality(ranges, "application/openmetrics-text", "application/*", OpenMetricsVersions)
            > Quality(ranges, "text/plain", "text/*", TextVersions);
    }

    // That of the most specific range that it is in; of several, the highest.
    private static double Quality(
        IList<MediaTypeHeaderValue> ranges,
        string type,
        string group,
        ImmutableArray<string> versions
    )
    {
        foreach (string asked in (string[])[type, group, "*/*"])
        {
            double[] found = [.. ranges.Where(range => IsOf(range, asked, versions)).Select(range => QualityOf(range))];
            if (found.Length > 0)
            {
                return found.Max();
            }
        }

        return 0;
    }

    // One that cannot be read is not wanted.
    private static double QualityOf(MediaTypeHeaderValue range) =>
        range.Quality
        ?? (range.Parameters.Any(one => one.Name.Equals("q", StringComparison.OrdinalIgnoreCase)) ? 0 : 1);

    private static bool IsOf(MediaTypeHeaderValue range, string asked, ImmutableArray<string> versions)
    {
        string? version = range
            .Parameters.FirstOrDefault(parameter =>
                parameter.Name.Equals("version", StringComparison.OrdinalIgnoreCase)
            )
            ?.Value.ToString();
        return range.MediaType.Equals(asked, StringComparison.OrdinalIgnoreCase)
            && (version is null || versions.Contains(version.Trim('"'), StringComparer.Ordinal));
    }
}

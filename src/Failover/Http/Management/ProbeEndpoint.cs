using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Failover;

/// <summary>Probes a target that the request names, and answers with metrics: <c>/probe</c>, as blackbox_exporter has it.</summary>
/// <remarks>Nothing is probed that the configuration does not list. The probe is no evidence for any component, and nothing of it is kept.</remarks>
/// <param name="service">Runs it.</param>
/// <param name="source">Has the modules and the targets.</param>
internal sealed class ProbeEndpoint(HealthService service, IManagementSource source)
{
    private const string Target = "target";
    private const string Module = "module";

    // What it is where the request does not say, in blackbox_exporter as well.
    private const string UsualModule = "http_2xx";
    private const string ScrapeTimeout = "X-Prometheus-Scrape-Timeout-Seconds";

    // What is left of a scrape for the way of the answer, as blackbox_exporter has it.
    private static readonly TimeSpan Reserve = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan ShortestProbe = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan LongestScrape = TimeSpan.FromDays(1);

    /// <summary>Where it is: beside the others, and where scrape jobs look for it that were made for blackbox_exporter.</summary>
    public static ImmutableArray<string> Paths { get; } = ["/-/probe", "/probe"];

    public static ManagementDescription Description { get; } =
        new(
            "Probes a target by a module of the configuration, and answers with metrics under the names of blackbox_exporter.",
            typeof(string)
        )
        {
            ContentType = "text/plain",
            Query =
            [
                new(Target, typeof(string), "what is probed: one of probes.targets"),
                new(Module, typeof(string), $"how: one of probes.modules; left out, {UsualModule}"),
            ],
        };

    /// <summary>Answers.</summary>
    public async Task HandleAsync(HttpContext http)
    {
        ModuleSet set = source.Modules;
        if (set.Modules.IsEmpty)
        {
            await RefuseAsync(http, StatusCodes.Status404NotFound, "the configuration has no probes.modules");
            return;
        }

        if (await DescribeAsync(http, set) is not { } probe)
        {
            return;
        }

        if (HttpMethods.IsHead(http.Request.Method))
        {
            await MetricsEndpoint.WriteAsync(http, []);
            return;
        }

        if (await probe.RunAsync(http.RequestAborted) is { } cause)
        {
            await RefuseAsync(http, StatusCodes.Status503ServiceUnavailable, cause);
        }
        else if (probe.Refusal is { } refusal)
        {
            await RefuseAsync(http, StatusCodes.Status403Forbidden, refusal);
        }
        else
        {
            await MetricsEndpoint.WriteAsync(http, [new ModuleMetrics(probe)]);
        }
    }

    private async Task<ModuleProbe?> DescribeAsync(HttpContext http, ModuleSet set)
    {
        StringValues target = http.Request.Query[Target];
        if (target is not [{ Length: > 0 } asked])
        {
            string got = target.Count > 1 ? "given more than once" : "missing";
            await RefuseAsync(
                http,
                StatusCodes.Status400BadRequest,
                $"{Target} is {got}; accepted: one of probes.targets"
            );
            return null;
        }

        string name = http.Request.Query[Module] is [{ Length: > 0 } said, ..] ? said : UsualModule;
        if (set.Find(name) is not { } module)
        {
            string names = string.Join(", ", set.Modules.Select(one => one.Name));
            await RefuseAsync(
                http,
                StatusCodes.Status400BadRequest,
                $"{Module} is {Printable.Quoted(name)}; accepted: {names}"
            );
            return null;
        }

        if (!TryReadTimeout(http.Request.Headers[ScrapeTimeout], out TimeSpan? atMost))
        {
            await RefuseAsync(
                http,
                StatusCodes.Status400BadRequest,
                $"{ScrapeTimeout} is {Printable.Quoted(http.Request.Headers[ScrapeTimeout].ToString())}; accepted: a number of seconds"
            );
            return null;
        }

        try
        {
            if (
                ModuleProbe.TryDescribe(
                    service.Engine,
                    module,
                    set.Targets,
                    asked,
                    atMost,
                    out ModuleProbe? probe,
                    out string? refusal
                )
            )
            {
                return probe;
            }

            await RefuseAsync(http, StatusCodes.Status403Forbidden, refusal);
        }
        catch (ArgumentException fault)
        {
            // Without what the runtime adds to it.
            string problem = fault.Message.Split(" (Parameter '")[0];
            await RefuseAsync(http, StatusCodes.Status400BadRequest, problem);
        }

        return null;
    }

    /// <summary>How long a probe may take for a scrape to get the answer; null where nobody says.</summary>
    internal static bool TryReadTimeout(StringValues header, out TimeSpan? atMost)
    {
        atMost = null;
        if (header.Count == 0)
        {
            return true;
        }

        bool isNumber =
            double.TryParse(
                header.ToString(),
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out double seconds
            )
            && seconds > 0;
        if (isNumber)
        {
            TimeSpan scrape = TimeSpan.FromSeconds(Math.Min(seconds, LongestScrape.TotalSeconds));
            // Of a scrape that has no time for a reserve, half.
            TimeSpan left = scrape > 2 * Reserve ? scrape - Reserve : scrape / 2;
            atMost = left > ShortestProbe ? left : ShortestProbe;
        }

        return isNumber;
    }

    private Task RefuseAsync(HttpContext http, int status, string detail) =>
        ProblemDocument.WriteAsync(http, status, source.Redact(detail));
}

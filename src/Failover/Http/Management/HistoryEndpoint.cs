using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Failover;

/// <summary>Answers what has happened: <c>history</c> of all or of one component, and <c>probes</c> and <c>latency</c> of one.</summary>
/// <param name="source">Knows it.</param>
internal sealed class HistoryEndpoint(IManagementSource source)
{
    private const string By = "by";
    private const string Minute = "minute";
    private const string Hour = "hour";

    // A day of minutes; a week of hours is less.
    private const int UsualPeriods = 1440;

    private static readonly TimeSpan UsualOfMinutes = TimeSpan.FromDays(1);
    private static readonly TimeSpan UsualOfHours = TimeSpan.FromDays(7);

    public static ManagementDescription HistoryDescription { get; } =
        new(
            "What has happened, the newest first: transitions of components, and what people did.",
            typeof(HistoryDocument)
        )
        {
            Query =
            [
                new("component", typeof(string), "of one component; left out, of all"),
                QueryBounds.WithinParameter("all that is kept"),
                QueryBounds.LimitParameter(" of each"),
            ],
        };

    public static ManagementDescription ProbesDescription { get; } =
        new("The newest probes of a component's checks, from memory, the newest first.", typeof(ProbesDocument))
        {
            Query = [QueryBounds.LimitParameter("")],
        };

    public static ManagementDescription LatencyDescription { get; } =
        new(
            "What a component served and how long its probes took, by minute or hour, the newest first.",
            typeof(LatencyDocument)
        )
        {
            Query =
            [
                new(By, typeof(string), $"{Minute} or {Hour}; left out, {Minute}"),
                QueryBounds.WithinParameter("a day of minutes, a week of hours"),
                QueryBounds.LimitParameter(" periods", UsualPeriods),
            ],
        };

    public async Task HistoryAsync(HttpContext http)
    {
        if (await QueryBounds.ReadAsync(http) is not { } bounds)
        {
            return;
        }

        string? component = http.Request.Query["component"] is [{ } given] ? given : null;
        await AnswerAsync(
            http,
            component ?? "",
            async () => await source.HistoryAsync(component, bounds.Within, bounds.Limit, http.RequestAborted),
            ManagementJson.Default.HistoryDocument
        );
    }

    public async Task ProbesAsync(HttpContext http, string name)
    {
        if (await QueryBounds.ReadAsync(http) is { } bounds)
        {
            await AnswerAsync(
                http,
                name,
                () => Task.FromResult(source.Probes(name, bounds.Limit)),
                ManagementJson.Default.ProbesDocument
            );
        }
    }

    public async Task LatencyAsync(HttpContext http, string name)
    {
        string? by = http.Request.Query[By];
        if (by is not (null or Minute or Hour))
        {
            await ProblemDocument.WriteAsync(
                http,
                StatusCodes.Status400BadRequest,
                $"{By} is {Printable.Quoted(by)}; accepted: {Minute}, {Hour}"
            );
            return;
        }

        if (await QueryBounds.ReadAsync(http, UsualPeriods) is { } bounds)
        {
            (RollUpPeriod period, TimeSpan usual) =
                by == Hour ? (RollUpPeriod.Hour, UsualOfHours) : (RollUpPeriod.Minute, UsualOfMinutes);
            await AnswerAsync(
                http,
                name,
                () => source.LatencyAsync(name, period, bounds.Within ?? usual, bounds.Limit, http.RequestAborted),
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
            await ProblemDocument.WriteAsync(http, StatusCodes.Status503ServiceUnavailable, fault.Message);
            return;
        }

        await (
            document is null
                ? ProblemDocument.WriteUnknownAsync(http, name)
                : ManagementAnswer.WriteAsync(http, document, type)
        );
    }
}

using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Failover;

/// <summary>Answers what has happened: <c>/-/api/v1/history</c>.</summary>
internal static class HistoryEndpoint
{
    /// <summary>How many transitions, and as many POSTs, one answer holds at most.</summary>
    public const int MostEntries = 10_000;

    private const string WithinSeconds = "within_seconds";
    private const string Limit = "limit";
    private const int UsualEntries = 1000;

    public static ManagementDescription Description { get; } =
        new(
            "What has happened, the newest first: transitions of components, and what people did.",
            typeof(HistoryDocument)
        )
        {
            Query =
            [
                new("component", typeof(string), "of one component; left out, of all"),
                new(WithinSeconds, typeof(double), "how long ago at most; left out, all that is kept"),
                new(
                    Limit,
                    typeof(int),
                    FormattableString.Invariant(
                        $"at most so many of each, up to {MostEntries}; left out, {UsualEntries}"
                    )
                ),
            ],
        };

    /// <summary>Answers.</summary>
    public static async Task HandleAsync(HttpContext http, IManagementSource source)
    {
        IQueryCollection query = http.Request.Query;
        if (!TryNumber(query[WithinSeconds], TimeSpan.MaxValue.TotalSeconds - 1, out double? within))
        {
            await ProblemDocument.WriteAsync(
                http,
                StatusCodes.Status400BadRequest,
                $"{WithinSeconds} is {Printable.Quoted(query[WithinSeconds]!)}; accepted: a number of seconds"
            );
            return;
        }

        if (!TryNumber(query[Limit], MostEntries, out double? limit))
        {
            await ProblemDocument.WriteAsync(
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
            await ProblemDocument.WriteAsync(http, StatusCodes.Status503ServiceUnavailable, fault.Message);
            return;
        }

        await ManagementAnswer.WriteAsync(http, document, ManagementJson.Default.HistoryDocument);
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
}

using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Failover;

/// <summary>How far back a request asks for, and for how much.</summary>
/// <param name="Within">How long ago at most; null where the request leaves it out.</param>
/// <param name="Limit">At most so many, the newest.</param>
internal readonly record struct QueryBounds(TimeSpan? Within, int Limit)
{
    /// <summary>The most that one answer holds.</summary>
    public const int MostEntries = 10_000;

    /// <summary>What it holds where the request does not say.</summary>
    public const int UsualEntries = 1000;

    private const string WithinSeconds = "within_seconds";
    private const string LimitKey = "limit";

    /// <summary>Describes how far back.</summary>
    /// <param name="otherwise">What holds where it is left out.</param>
    public static QueryParameter WithinParameter(string otherwise) =>
        new(WithinSeconds, typeof(double), $"how long ago at most; left out, {otherwise}");

    /// <summary>Describes how much.</summary>
    /// <param name="what">What is counted, as <c>of each</c>.</param>
    /// <param name="usual">What holds where it is left out.</param>
    public static QueryParameter LimitParameter(string what, int usual = UsualEntries) =>
        new(
            LimitKey,
            typeof(int),
            FormattableString.Invariant($"at most so many{what}, up to {MostEntries}; left out, {usual}")
        );

    /// <summary>Reads them; null where they are wrong, which has been answered then.</summary>
    /// <param name="http">The request.</param>
    /// <param name="usual">How many where it does not say.</param>
    public static async Task<QueryBounds?> ReadAsync(HttpContext http, int usual = UsualEntries)
    {
        IQueryCollection query = http.Request.Query;
        if (!TryNumber(query[WithinSeconds], TimeSpan.MaxValue.TotalSeconds - 1, out double? within))
        {
            await ProblemDocument.WriteAsync(
                http,
                StatusCodes.Status400BadRequest,
                $"{WithinSeconds} is {Printable.Quoted(query[WithinSeconds]!)}; accepted: a number of seconds"
            );
            return null;
        }

        if (!TryNumber(query[LimitKey], MostEntries, out double? limit))
        {
            await ProblemDocument.WriteAsync(
                http,
                StatusCodes.Status400BadRequest,
                FormattableString.Invariant(
                    $"{LimitKey} is {Printable.Quoted(query[LimitKey]!)}; accepted: a number up to {MostEntries}"
                )
            );
            return null;
        }

        return new(within is { } seconds ? TimeSpan.FromSeconds(seconds) : null, (int)(limit ?? usual));
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

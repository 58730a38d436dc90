namespace Failover;

/// <summary>Says that metrics cannot be sent, and that they can be again: at the change, and at most every ten minutes where it changes
/// to and fro.</summary>
internal sealed class OtlpTrouble(TimeProvider time, EventLog log)
{
    // As with all secrets: a shorter one would take ordinary words and numbers out of the text.
    private const int ShortestSecret = 4;

    private const int LongestProblem = 300;

    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);

    private string? told;
    private long? toldAt;

    /// <summary>Takes what came of an export.</summary>
    public void Report(OtlpSettings settings, OtlpOutcome outcome)
    {
        string receiver = settings.Receiver.GetLeftPart(UriPartial.Path);
        if (outcome.Problem is not { } problem)
        {
            if (told is not null)
            {
                told = null;
                log.WriteNotice(LogEvents.MetricsExport, $"{FileKeys.Otlp}: metrics are taken again by {receiver}");
            }

            return;
        }

        // The whole text: of a secret that is cut, a part would be left.
        problem = Printable.Escape(Secrets.Redact(problem, ValuesOf(settings)), LongestProblem);
        string text =
            outcome.Result == OtlpResult.Partial
                ? $"{FileKeys.Otlp}: {receiver} complains of metrics: {problem}"
                : $"{FileKeys.Otlp}: metrics cannot be sent to {receiver}: {problem}; it is tried again every {Units.Text(settings.Interval)}";
        if (text != told && (toldAt is not { } at || time.GetElapsedTime(at) >= Pause))
        {
            (told, toldAt) = (text, time.GetTimestamp());
            log.WriteWarning(LogEvents.MetricsExport, text);
        }
    }

    // A receiver may quote what it has got. The longest first: one may hold another. Of "Bearer TOKEN", the token alone is secret, too.
    private static IEnumerable<(string Value, string Shown)> ValuesOf(OtlpSettings settings) =>
        settings
            .Headers.SelectMany(header => (string[])[header.Value, header.Value.Split(' ')[^1]])
            .Append(settings.Receiver.Query.TrimStart('?'))
            .Where(value => value.Length >= ShortestSecret)
            .OrderByDescending(value => value.Length)
            .Select(value => (value, Substitution.Concealed));
}

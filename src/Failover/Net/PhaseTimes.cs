using System.Globalization;
using System.Runtime.CompilerServices;

namespace Failover;

/// <summary>How long each phase of one probe took, and which one it is at.</summary>
/// <param name="time">The clock.</param>
/// <param name="timeout">How long all of it may take.</param>
internal sealed class PhaseTimes(TimeProvider time, TimeSpan timeout)
{
    private static readonly ProbePhase[] All = Enum.GetValues<ProbePhase>();
    private static readonly string?[] Texts = new string?[101];

    private readonly long started = time.GetTimestamp();
    private TimeSpan?[] spent = new TimeSpan?[All.Length];
    private long since = time.GetTimestamp();

    public ProbePhase Current { get; private set; } = ProbePhase.Name;

    /// <summary>Until when the certificate that the target showed is valid; null where it showed none.</summary>
    public DateTimeOffset? CertificateEnds { get; set; }

    /// <summary>From the beginning until now.</summary>
    public TimeSpan Total => time.GetElapsedTime(started);

    /// <summary>Ends the phase that it is at. One that is begun again, after a redirect, adds up.</summary>
    public void Begin(ProbePhase next)
    {
        long now = time.GetTimestamp();
        spent[(int)Current] = (spent[(int)Current] ?? TimeSpan.Zero) + time.GetElapsedTime(since, now);
        (Current, since) = (next, now);
    }

    /// <summary>A copy that continues by itself, for one of several attempts at a time.</summary>
    public PhaseTimes Fork()
    {
        PhaseTimes copy = (PhaseTimes)MemberwiseClone();
        copy.spent = [.. spent];
        return copy;
    }

    /// <summary>The deadline has passed; the reason names the phase.</summary>
    public Observation TimedOut(string target) => TimedOut(target, InPhase);

    /// <summary>The deadline has passed.</summary>
    /// <param name="target">Where the connection leads to, for people.</param>
    /// <param name="where">What it was at, as <c>in TLS handshake</c>.</param>
    public Observation TimedOut(string target, string where) =>
        Observation.TimedOut($"timed out after {Units.Text(timeout)} {where}: {target}");

    /// <summary>What was right took too long.</summary>
    /// <param name="total">How long it took.</param>
    /// <param name="limit">How long it may take.</param>
    public Observation Slow(TimeSpan total, TimeSpan limit) =>
        Observation.Fail($"slow: {Rounded(total)}, over {Units.Text(limit)} ({Text})");

    /// <summary>The phase that it is at, as <c>in TLS handshake</c>.</summary>
    public string InPhase =>
        Current switch
        {
            ProbePhase.Name => "in name resolution",
            ProbePhase.Connect => "while connecting",
            ProbePhase.Tls => "in TLS handshake",
            ProbePhase.FirstByte => "while waiting for the answer",
            ProbePhase.Rest => "while reading the answer",
            _ => throw new InvalidOperationException($"no such phase: {Current}"),
        };

    /// <summary>For people: <c>name 1ms, connect 12ms</c>.</summary>
    public string Text =>
        string.Join(", ", Spent().Select(phase => $"{Word(phase.Phase).Replace('_', ' ')} {Rounded(phase.Time)}"));

    /// <summary>As <see cref="Observation.PerformanceData"/>, in seconds.</summary>
    public string PerformanceData
    {
        get
        {
            DefaultInterpolatedStringHandler text = new(0, 0, CultureInfo.InvariantCulture, stackalloc char[256]);
            foreach (ProbePhase phase in All)
            {
                if (SpentIn(phase) is { } spentThere)
                {
                    AppendFigure(ref text, Word(phase), spentThere);
                    text.AppendLiteral(" ");
                }
            }

            AppendFigure(ref text, "total", Total);
            return text.ToStringAndClear();
        }
    }

    /// <summary>An observation with the times of the phases before its own figures, and with what is known of a certificate.</summary>
    public Observation AddTo(Observation seen) =>
        seen with
        {
            PerformanceData =
                seen.PerformanceData.Length > 0 ? $"{PerformanceData} {seen.PerformanceData}" : PerformanceData,
            CertificateEnds = CertificateEnds,
        };

    /// <summary>Whole milliseconds as soon as that is precise to a tenth or better.</summary>
    public static string Rounded(TimeSpan elapsed)
    {
        double milliseconds = elapsed.TotalMilliseconds;
        return milliseconds < 10
            ? Tenths(elapsed < TimeSpan.Zero ? 0 : (int)Math.Round(milliseconds * 10))
            : Units.Text(TimeSpan.FromMilliseconds(Math.Round(milliseconds)));
    }

    // Each is made once: nearly every probe of a target nearby says one of them.
    private static string Tenths(int tenths) => Texts[tenths] ??= Units.Text(TimeSpan.FromMilliseconds(tenths / 10.0));

    private IEnumerable<(ProbePhase Phase, TimeSpan Time)> Spent()
    {
        foreach (ProbePhase phase in All)
        {
            if (SpentIn(phase) is { } spentThere)
            {
                yield return (phase, spentThere);
            }
        }
    }

    // What it is at counts with what it has taken so far.
    private TimeSpan? SpentIn(ProbePhase phase) =>
        phase == Current ? (spent[(int)phase] ?? TimeSpan.Zero) + time.GetElapsedTime(since) : spent[(int)phase];

    private static string Word(ProbePhase phase) =>
        phase switch
        {
            ProbePhase.Name => "name",
            ProbePhase.Connect => "connect",
            ProbePhase.Tls => "tls",
            ProbePhase.FirstByte => "first_byte",
            ProbePhase.Rest => "rest",
            _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, "no such phase"),
        };

    // In microseconds, with three decimals at least.
    private static void AppendFigure(ref DefaultInterpolatedStringHandler text, string label, TimeSpan value)
    {
        long microseconds = (value.Ticks + (TimeSpan.TicksPerMicrosecond / 2)) / TimeSpan.TicksPerMicrosecond;
        (long seconds, long rest) = Math.DivRem(microseconds, 1_000_000);
        text.AppendLiteral(label);
        text.AppendLiteral("=");
        text.AppendFormatted(seconds);
        text.AppendLiteral(".");
        (long milliseconds, rest) = Math.DivRem(rest, 1000);
        text.AppendFormatted(milliseconds, "D3");
        if (rest != 0)
        {
            text.AppendFormatted(rest, "D3");
        }

        text.AppendLiteral("s");
    }
}

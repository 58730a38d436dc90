using System.Buffers;
using System.Globalization;
using System.Text;

namespace Failover;

/// <summary>Writes metrics in the text formats of Prometheus and OpenMetrics, piece by piece: however many there are, what is in memory of them
/// is <see cref="PieceLength"/>.</summary>
/// <remarks>Sources: Prometheus, "Exposition formats", text format 0.0.4; OpenMetrics 1.0.0. They differ in the names of counters in the lines
/// above the samples, in the line with the unit, and in the last line.</remarks>
/// <param name="output">Where to.</param>
/// <param name="isOpenMetrics">Which of the two.</param>
/// <param name="families">The families that are written; null: all.</param>
/// <param name="cancellationToken">Gives up.</param>
internal sealed class MetricsTextWriter(
    Stream output,
    bool isOpenMetrics,
    IReadOnlySet<string>? families,
    CancellationToken cancellationToken
) : MetricsWriter
{
    /// <summary>So many bytes are sent at a time, or a little more.</summary>
    public const int PieceLength = 32 * 1024;

    private const int LongestNumber = 32;

    // Separators, quotes, braces, and the name of the last label.
    private const int MostAround = 16;

    private static readonly SearchValues<char> Special = SearchValues.Create("\\\"\n");

    private readonly ArrayBufferWriter<byte> piece = new(2 * PieceLength);
    private byte[] name = [];
    private bool isWanted = true;

    /// <summary>Whether a piece is to be sent.</summary>
    public bool IsFull => piece.WrittenCount >= PieceLength;

    /// <inheritdoc/>
    public override bool Begin(string family, MetricType type, string help)
    {
        isWanted = families is null || families.Contains(family);
        if (!isWanted)
        {
            return false;
        }

        name = Encoding.UTF8.GetBytes(family);
        string described = isOpenMetrics ? WithoutTotal(family, type) : family;
        Append($"# HELP {described} {help}\n");
        Append($"# TYPE {described} {Word(type)}\n");
        if (isOpenMetrics && UnitOf(described) is { } unit)
        {
            Append($"# UNIT {described} {unit}\n");
        }

        return true;
    }

    /// <inheritdoc/>
    public override void Sample(long value, params ReadOnlySpan<MetricLabel> labels)
    {
        if (isWanted)
        {
            AppendSeries("", labels, le: null);
            AppendNumber(value);
        }
    }

    /// <inheritdoc/>
    public override void Sample(double value, params ReadOnlySpan<MetricLabel> labels)
    {
        if (isWanted)
        {
            AppendSeries("", labels, le: null);
            AppendNumber(value);
        }
    }

    /// <inheritdoc/>
    public override void Sample(DurationCounts counted, params ReadOnlySpan<MetricLabel> labels)
    {
        if (!isWanted)
        {
            return;
        }

        long atMost = 0;
        for (int i = 0; i < counted.Bounds.Length; i++)
        {
            atMost += counted.Counts[i];
            AppendSeries("_bucket", labels, Canonical(counted.Bounds[i]));
            AppendNumber(atMost);
        }

        atMost += counted.Counts[^1];
        AppendSeries("_bucket", labels, "+Inf");
        AppendNumber(atMost);
        AppendSeries("_sum", labels, le: null);
        AppendNumber(counted.Sum);
        AppendSeries("_count", labels, le: null);
        AppendNumber(atMost);
    }

    /// <inheritdoc/>
    public override ValueTask SendIfFullAsync() => IsFull ? SendAsync() : ValueTask.CompletedTask;

    /// <summary>Ends the text, and sends what is left of it.</summary>
    public ValueTask EndAsync()
    {
        if (isOpenMetrics)
        {
            Append("# EOF\n");
        }

        return SendAsync();
    }

    private async ValueTask SendAsync()
    {
        await output.WriteAsync(piece.WrittenMemory, cancellationToken);
        piece.ResetWrittenCount();
        // Polls come first where both have the same core: else they wait until the system takes it from this thread, for milliseconds.
        Thread.Yield();
    }

    private static string Word(MetricType type) =>
        type switch
        {
            MetricType.Gauge => "gauge",
            MetricType.Counter => "counter",
            MetricType.Histogram => "histogram",
            _ => throw new ArgumentOutOfRangeException(nameof(type), type, "no such type"),
        };

    // One text for one bound in both formats: "1.0", never "1" (OpenMetrics, "Canonical numbers").
    private static string Canonical(double bound)
    {
        string text = bound.ToString(CultureInfo.InvariantCulture);
        return text.AsSpan().ContainsAny('.', 'E') ? text : $"{text}.0";
    }

    // One room for all of a sample: 100,000 of them are written at a time.
    private void AppendSeries(string suffix, ReadOnlySpan<MetricLabel> labels, string? le)
    {
        int most = name.Length + suffix.Length + MostAround + (le?.Length ?? 0);
        foreach (MetricLabel label in labels)
        {
            // Three bytes of UTF-8 for a character; a character that is escaped becomes two bytes.
            most += (3 * label.Value.Length) + label.Name.Length + MostAround;
        }

        Span<byte> room = piece.GetSpan(most);
        name.CopyTo(room);
        int at = name.Length;
        Put(suffix, room, ref at);
        byte separator = (byte)'{';
        foreach (MetricLabel label in labels)
        {
            PutLabel(separator, label, room, ref at);
            separator = (byte)',';
        }

        if (le is not null)
        {
            PutLabel(separator, new("le", le), room, ref at);
            separator = (byte)',';
        }

        if (separator == ',')
        {
            room[at++] = (byte)'}';
        }

        room[at++] = (byte)' ';
        piece.Advance(at);
    }

    private static void PutLabel(byte separator, MetricLabel label, Span<byte> room, ref int at)
    {
        room[at++] = separator;
        Put(label.Name, room, ref at);
        room[at++] = (byte)'=';
        room[at++] = (byte)'"';
        ReadOnlySpan<char> value = label.Value;
        while (value.IndexOfAny(Special) is >= 0 and int special)
        {
            Put(value[..special], room, ref at);
            room[at++] = (byte)'\\';
            room[at++] = value[special] == '\n' ? (byte)'n' : (byte)value[special];
            value = value[(special + 1)..];
        }

        Put(value, room, ref at);
        room[at++] = (byte)'"';
    }

    private static void Put(ReadOnlySpan<char> text, Span<byte> room, ref int at) =>
        at += Encoding.UTF8.GetBytes(text, room[at..]);

    private void AppendNumber<T>(T value)
        where T : IUtf8SpanFormattable
    {
        Span<byte> room = piece.GetSpan(LongestNumber);
        value.TryFormat(room, out int written, default, CultureInfo.InvariantCulture);
        room[written] = (byte)'\n';
        piece.Advance(written + 1);
    }

    private void Append(string text) =>
        piece.Advance(Encoding.UTF8.GetBytes(text, piece.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length))));
}

using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Failover;

/// <summary>A request of OTLP, read field by field as opentelemetry-proto 1.x describes it. A field that is not described there is an error.</summary>
internal sealed class ReceivedMetrics
{
    private readonly Dictionary<string, double> series = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ReceivedFamily> families = new(StringComparer.Ordinal);

    private ReceivedMetrics() { }

    /// <summary>The values as a scrape has them, by series: histograms in their buckets.</summary>
    public IReadOnlyDictionary<string, double> Series => series;

    /// <summary>The metrics by name.</summary>
    public IReadOnlyDictionary<string, ReceivedFamily> Families => families;

    public Dictionary<string, string> Resource { get; } = new(StringComparer.Ordinal);

    public string Scope { get; private set; } = "";

    /// <summary>The moment of its values, which is the same for all.</summary>
    public DateTimeOffset At { get; private set; }

    public static ReceivedMetrics Of(ReadOnlySpan<byte> request)
    {
        ReceivedMetrics read = new();
        Field ofResource = Fields(request).ShouldHaveSingleItem().Numbered(1);
        foreach (Field field in Fields(ofResource.Bytes))
        {
            switch (field.Number)
            {
                case 1:
                    foreach (Field attribute in Fields(field.Bytes))
                    {
                        (string name, string value) = Attribute(attribute.Numbered(1));
                        read.Resource.Add(name, value);
                    }

                    break;
                case 2:
                    read.ReadScope(field.Bytes);
                    break;
                default:
                    throw new InvalidDataException($"field {field.Number} of ResourceMetrics");
            }
        }

        return read;
    }

    private void ReadScope(byte[] scope)
    {
        foreach (Field field in Fields(scope))
        {
            switch (field.Number)
            {
                case 1:
                    Scope = string.Join(' ', Fields(field.Bytes).Select(part => part.Text));
                    break;
                case 2:
                    ReadMetric(Fields(field.Bytes));
                    break;
                default:
                    throw new InvalidDataException($"field {field.Number} of ScopeMetrics");
            }
        }
    }

    private void ReadMetric(List<Field> metric)
    {
        string name = metric.Single(field => field.Number == 1).Text;
        string help = metric.Single(field => field.Number == 2).Text;
        string unit = metric.SingleOrDefault(field => field.Number == 3)?.Text ?? "";
        Field data = metric.Single(field => field.Number > 3);
        List<Field> parts = Fields(data.Bytes);
        bool isCumulative = parts.SingleOrDefault(part => part.Number == 2)?.Value == 2;
        bool isMonotonic = parts.SingleOrDefault(part => part.Number == 3)?.Value == 1;
        string type = (data.Number, isCumulative, isMonotonic) switch
        {
            (5, false, false) => "gauge",
            (7, true, true) => "counter",
            (9, true, false) => "histogram",
            _ => throw new InvalidDataException($"{name} is of type {data.Number}, {isCumulative}, {isMonotonic}"),
        };
        families.Add(name, new(type, unit, help));
        foreach (Field point in parts.Where(part => part.Number == 1))
        {
            ReadPoint(name, type, Fields(point.Bytes));
        }
    }

    private void ReadPoint(string name, string type, List<Field> point)
    {
        // A fixed64 each: when counting began, and the moment of the value.
        point.Any(field => field.Number == 2).ShouldBe(type != "gauge");
        ulong time = point.Single(field => field.Number == 3).Value;
        At = DateTimeOffset.UnixEpoch.AddTicks((long)time / TimeSpan.NanosecondsPerTick);
        int attributes = type == "histogram" ? 9 : 7;
        string[] labels =
        [
            .. point
                .Where(field => field.Number == attributes)
                .Select(Attribute)
                .Select(label => $"{label.Name}=\"{label.Value}\""),
        ];
        if (type != "histogram")
        {
            Field value = point.Single(field => field.Number is 4 or 6);
            series.Add(
                Named(name, labels),
                value.Number == 4 ? BitConverter.UInt64BitsToDouble(value.Value) : (long)value.Value
            );
            return;
        }

        ulong[] counts = Packed(point.Single(field => field.Number == 6));
        double[] bounds = [.. Packed(point.Single(field => field.Number == 7)).Select(BitConverter.UInt64BitsToDouble)];
        counts.Length.ShouldBe(bounds.Length + 1);
        double atMost = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            atMost += counts[i];
            series.Add(Named($"{name}_bucket", [.. labels, $"le=\"{Bound(bounds, i)}\""]), atMost);
        }

        series.Add(
            Named($"{name}_sum", labels),
            BitConverter.UInt64BitsToDouble(point.Single(field => field.Number == 5).Value)
        );
        series.Add(Named($"{name}_count", labels), point.Single(field => field.Number == 4).Value);
        series[Named($"{name}_count", labels)].ShouldBe(atMost);
    }

    private static string Bound(double[] bounds, int index)
    {
        if (index == bounds.Length)
        {
            return "+Inf";
        }

        string text = bounds[index].ToString(CultureInfo.InvariantCulture);
        return text.AsSpan().ContainsAny('.', 'E') ? text : $"{text}.0";
    }

    private static string Named(string name, string[] labels) =>
        labels.Length == 0 ? name : $"{name}{{{string.Join(',', labels)}}}";

    private static (string Name, string Value) Attribute(Field attribute)
    {
        List<Field> pair = Fields(attribute.Bytes);
        return (
            pair.Single(field => field.Number == 1).Text,
            Fields(pair.Single(field => field.Number == 2).Bytes).ShouldHaveSingleItem().Numbered(1).Text
        );
    }

    private static ulong[] Packed(Field field) =>
        [.. field.Bytes.Chunk(sizeof(ulong)).Select(part => BinaryPrimitives.ReadUInt64LittleEndian(part))];

    private static List<Field> Fields(ReadOnlySpan<byte> message)
    {
        List<Field> fields = [];
        while (!message.IsEmpty)
        {
            ulong key = Varint(ref message);
            int number = (int)(key >> 3);
            switch (key & 7)
            {
                case 0:
                    fields.Add(new(number, Varint(ref message), []));
                    break;
                case 1:
                    fields.Add(new(number, BinaryPrimitives.ReadUInt64LittleEndian(message), []));
                    message = message[sizeof(ulong)..];
                    break;
                case 2:
                    int length = (int)Varint(ref message);
                    fields.Add(new(number, 0, message[..length].ToArray()));
                    message = message[length..];
                    break;
                default:
                    throw new InvalidDataException($"wire type {key & 7}");
            }
        }

        return fields;
    }

    private static ulong Varint(ref ReadOnlySpan<byte> message)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = message[0];
            message = message[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if ((next & 0x80) == 0)
            {
                return value;
            }
        }
    }

    private sealed record Field(int Number, ulong Value, byte[] Bytes)
    {
        public string Text => Encoding.UTF8.GetString(Bytes);

        public Field Numbered(int expected)
        {
            Number.ShouldBe(expected);
            return this;
        }
    }
}

/// <summary>What a metric is.</summary>
internal sealed record ReceivedFamily(string Type, string Unit, string Help);

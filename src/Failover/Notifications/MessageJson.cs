using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Failover;

/// <summary>Bodies in JSON, by hand: a serializer would look types up by reflection, which a trimmed program cannot.</summary>
internal static class MessageJson
{
    // Letters as they are, not as \u00e4: receivers count bytes. No body of these is ever part of a page.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The bytes of what is written.</summary>
    public static byte[] Of(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> body = new();
        using (Utf8JsonWriter json = new(body, Options))
        {
            write(json);
        }

        return body.WrittenSpan.ToArray();
    }

    /// <summary>The same, with texts that are cut until all of it fits.</summary>
    /// <param name="most">How many bytes it may have.</param>
    /// <param name="longest">How long its texts may be at first.</param>
    /// <param name="write">Writes it, with texts of such a length.</param>
    public static byte[] OfAtMost(int most, int longest, Action<Utf8JsonWriter, int> write)
    {
        byte[] body = Of(json => write(json, longest));
        return body.Length > most && longest > 1 ? OfAtMost(most, longest / 2, write) : body;
    }

    /// <summary>Writes a text if there is one.</summary>
    public static void WriteIfKnown(this Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }
}

using System.Buffers;
using System.Text.Json;

namespace Failover;

/// <summary>Bodies in JSON, by hand: a serializer would look types up by reflection, which a trimmed program cannot.</summary>
internal static class MessageJson
{
    /// <summary>The bytes of what is written.</summary>
    public static byte[] Of(Action<Utf8JsonWriter> write)
    {
        ArrayBufferWriter<byte> body = new();
        using (Utf8JsonWriter json = new(body))
        {
            write(json);
        }

        return body.WrittenSpan.ToArray();
    }
}

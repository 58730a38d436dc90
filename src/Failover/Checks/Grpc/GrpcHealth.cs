using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Failover;

/// <summary>The standard health service of gRPC as it stands on the wire: <c>grpc.health.v1.Health/Check</c>.</summary>
/// <remarks>https://github.com/grpc/grpc/blob/master/doc/health-checking.md for the service,
/// https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md for what carries it.</remarks>
internal static class GrpcHealth
{
    public const string Path = "/grpc.health.v1.Health/Check";

    public const string MediaType = "application/grpc";

    // A flag for compression, and a length.
    private const int PrefixSize = 5;
    private const int Serving = 1;
    private const int LongestMessage = 200;

    // Field 1 of HealthCheckRequest, a text; field 1 of HealthCheckResponse, an enumeration (protobuf's tags).
    private const byte ServiceTag = (1 << 3) | 2;
    private const byte StatusTag = 1 << 3;

    private static readonly string[] Statuses = ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"];

    // https://grpc.io/docs/guides/status-codes/
    private static readonly string[] Codes =
    [
        "OK",
        "CANCELLED",
        "UNKNOWN",
        "INVALID_ARGUMENT",
        "DEADLINE_EXCEEDED",
        "NOT_FOUND",
        "ALREADY_EXISTS",
        "PERMISSION_DENIED",
        "RESOURCE_EXHAUSTED",
        "FAILED_PRECONDITION",
        "ABORTED",
        "OUT_OF_RANGE",
        "UNIMPLEMENTED",
        "INTERNAL",
        "UNAVAILABLE",
        "DATA_LOSS",
        "UNAUTHENTICATED",
    ];

    /// <summary>The body that asks for a service; for the server as a whole, five zeros.</summary>
    public static byte[] Ask(string service)
    {
        byte[] name = Encoding.UTF8.GetBytes(service);
        List<byte> message = [];
        if (name.Length > 0)
        {
            message.Add(ServiceTag);
            int left = name.Length;
            for (; left >= 0x80; left >>= 7)
            {
                message.Add((byte)(left | 0x80));
            }

            message.Add((byte)left);
            message.AddRange(name);
        }

        byte[] body = new byte[PrefixSize + message.Count];
        BinaryPrimitives.WriteInt32BigEndian(body.AsSpan(1), message.Count);
        message.CopyTo(body, PrefixSize);
        return body;
    }

    /// <summary>What is wrong with an answer; null where the service is serving.</summary>
    public static string? FlawOf(HttpAnswer answer)
    {
        string type = answer["Content-Type"] ?? "";
        if (answer.Status != 200)
        {
            return $"status {answer.Status}";
        }

        if (!type.StartsWith(MediaType, StringComparison.OrdinalIgnoreCase))
        {
            return $"not gRPC, the content type is {Printable.Quoted(type)}";
        }

        // An answer without a message has them where the others have their headers.
        string? code = TrailerOf(answer, "grpc-status");
        if (code != "0")
        {
            return code is null
                ? "malformed answer, it has no grpc-status"
                : Failed(code, TrailerOf(answer, "grpc-message"));
        }

        return StatusOf(answer.Body) switch
        {
            null => "malformed answer, its message is none of the health service",
            Serving => null,
            >= 0 and var status when status < Statuses.Length => Statuses[status],
            var status => $"health status {status}",
        };
    }

    private static string? TrailerOf(HttpAnswer answer, string name) =>
        answer
            .Trailers.Where(trailer => string.Equals(trailer.Key, name, StringComparison.OrdinalIgnoreCase))
            .Select(trailer => trailer.Value)
            .FirstOrDefault()
        ?? answer[name];

    private static string Failed(string code, string? message)
    {
        string word =
            int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number > 0
            && number < Codes.Length
                ? Codes[number]
                : $"grpc-status {Printable.Escape(code, LongestMessage)}";
        return string.IsNullOrEmpty(message)
            ? word
            : $"{word} ({Printable.Escape(Uri.UnescapeDataString(message), LongestMessage)})";
    }

    // Null where it is no such message. One without the field has its default, 0.
    private static int? StatusOf(ReadOnlySpan<byte> body)
    {
        if (body.Length < PrefixSize || body[0] != 0)
        {
            return null;
        }

        int length = BinaryPrimitives.ReadInt32BigEndian(body[1..]);
        ReadOnlySpan<byte> message = body[PrefixSize..];
        return message.Length != length ? null
            : length == 0 ? 0
            : message[0] == StatusTag && length == 2 && message[1] < 0x80 ? message[1]
            : null;
    }
}

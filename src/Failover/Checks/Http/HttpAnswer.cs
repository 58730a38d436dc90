using System.Net;
using System.Text;

namespace Failover;

/// <summary>What a target answered.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Headers">The headers, in their order.</param>
/// <param name="Body">The body, or its beginning.</param>
/// <param name="IsCut">Whether there is more of the body than was read.</param>
internal sealed record HttpAnswer(int Status, List<KeyValuePair<string, string>> Headers, byte[] Body, bool IsCut)
{
    /// <summary>How much of a body is read, in bytes: what a health check looks for stands at its beginning.</summary>
    public const int LargestBody = 64 * 1024;

    /// <summary>How large the head may be, interim answers and trailers included, in bytes.</summary>
    public const int LargestHead = 16 * 1024;

    /// <summary>The headers behind the body, as HTTP/2 has them.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Trailers { get; init; } = [];

    /// <summary>The version of HTTP that it is in.</summary>
    public Version Version { get; init; } = HttpVersion.Version11;

    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>Where it leads to; null where it is no redirect.</summary>
    public string? Location => Status is 301 or 302 or 303 or 307 or 308 ? this["Location"] : null;

    /// <summary>The values of a header, joined as RFC 9110, 5.3 has it; null where there is none.</summary>
    public string? this[string name]
    {
        get
        {
            string? joined = null;
            foreach ((string one, string value) in Headers)
            {
                if (string.Equals(one, name, StringComparison.OrdinalIgnoreCase))
                {
                    joined = joined is null ? value : $"{joined}, {value}";
                }
            }

            return joined;
        }
    }
}

/// <summary>What came of an exchange: an answer, or why there is none.</summary>
internal readonly record struct HttpOutcome(HttpAnswer? Answer, Observation? Failure)
{
    public static HttpOutcome Of(HttpAnswer answer) => new(answer, null);

    public static HttpOutcome Of(Observation failure) => new(null, failure);
}

/// <summary>An answer that is none of HTTP, or a larger one than is read.</summary>
internal sealed class MalformedAnswerException(string message) : Exception(message);

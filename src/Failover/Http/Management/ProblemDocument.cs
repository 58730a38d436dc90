using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Failover;

/// <summary>Why a request of the management API was not answered with what it asked for (RFC 9457).</summary>
/// <param name="Type">The kind of problem: <c>about:blank</c>, for the status says all of it.</param>
/// <param name="Title">The status in words.</param>
/// <param name="Status">The status of HTTP.</param>
/// <param name="Detail">What was got and what is accepted, in one sentence.</param>
/// <param name="Instance">The path that was asked for.</param>
internal sealed record ProblemDocument(string Type, string Title, int Status, string Detail, string Instance)
{
    public const string ContentType = "application/problem+json";

    /// <summary>Answers that there is no component of that name.</summary>
    public static Task WriteUnknownAsync(HttpContext http, string name) =>
        WriteAsync(http, StatusCodes.Status404NotFound, $"no component is named {Printable.Quoted(name)}");

    /// <summary>Answers with one.</summary>
    public static Task WriteAsync(HttpContext http, int status, string detail)
    {
        string instance = Printable.Escape(http.Request.Path.Value ?? "");
        ProblemDocument problem = new("about:blank", ReasonPhrases.GetReasonPhrase(status), status, detail, instance);
        return Answer.WriteAsync(
            http,
            status,
            ContentType,
            JsonSerializer.SerializeToUtf8Bytes(problem, ManagementJson.Default.ProblemDocument)
        );
    }
}

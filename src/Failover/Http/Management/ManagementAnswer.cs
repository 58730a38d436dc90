using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Failover;

/// <summary>Writes documents of the management API.</summary>
internal static class ManagementAnswer
{
    public const string ContentType = "application/json";

    /// <summary>Answers with a document.</summary>
    public static Task WriteAsync<T>(
        HttpContext http,
        T document,
        JsonTypeInfo<T> type,
        int status = StatusCodes.Status200OK
    ) => Answer.WriteAsync(http, status, ContentType, JsonSerializer.SerializeToUtf8Bytes(document, type));

    /// <summary>Answers what came of a request to change something: the document that the change made, or its outcome in a word; a problem
    /// where it was not done.</summary>
    public static Task WriteAsync(HttpContext http, PostResult result) =>
        result.Answer.Status >= StatusCodes.Status400BadRequest
            ? ProblemDocument.WriteAsync(
                http,
                result.Answer.Status,
                result.Reason is { } reason ? $"{result.Answer.Text}: {reason}" : result.Answer.Text
            )
        : result.Document is { } document ? Answer.WriteAsync(http, result.Answer.Status, ContentType, document)
        : WriteAsync(
            http,
            new OutcomeDocument(result.Answer.Text),
            ManagementJson.Default.OutcomeDocument,
            result.Answer.Status
        );
}

/// <summary>What came of a change that has nothing more to say.</summary>
/// <param name="Outcome">In a word or two, as the audit has it.</param>
internal sealed record OutcomeDocument(string Outcome);

using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Failover;

/// <summary>Answers with a state: in one word as plain text, or as JSON to who asks for that.</summary>
internal static class StateAnswer
{
    /// <summary>Answers a GET, a HEAD, or an OPTIONS with the same status and no body.</summary>
    /// <param name="http">The request.</param>
    /// <param name="state">The state.</param>
    /// <param name="hasWarning">Whether it is an ok with a warning.</param>
    /// <param name="since">When it began, by the wall clock; null where that is not known.</param>
    public static Task WriteAsync(HttpContext http, HealthState state, bool hasWarning, DateTimeOffset? since)
    {
        Answer answer = Answer.Of(state);
        return http.Request.Method is "OPTIONS" ? answer.WriteWithoutBodyAsync(http)
            : http.Request.Headers.Accept.Count > 0 && AcceptedJson.TypeIn(http) is { } type
                ? Answer.WriteAsync(
                    http,
                    answer.Status,
                    type,
                    JsonSerializer.SerializeToUtf8Bytes(
                        new StateDocument(Word(state, hasWarning), state, since),
                        ManagementJson.Default.StateDocument
                    )
                )
            : answer.WriteAsync(http);
    }

    // A draft that knows three: its "fail" is whatever is answered with a status of 400 or more.
    private static string Word(HealthState state, bool hasWarning) =>
        state != HealthState.Ok ? "fail"
        : hasWarning ? "warn"
        : "pass";
}

/// <summary>A state to whoever polls: <c>application/json</c> or <c>application/health+json</c>. Reasons are for the management API.</summary>
/// <param name="Status"><c>pass</c>, <c>warn</c> or <c>fail</c> (draft-inadarei-api-health-check, 3.1).</param>
/// <param name="State">The state.</param>
/// <param name="Since">When it began, by the wall clock; null where that is not known.</param>
internal sealed record StateDocument(string Status, HealthState State, DateTimeOffset? Since);

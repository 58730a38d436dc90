using Microsoft.AspNetCore.Http;

namespace Failover;

/// <summary>Answers whether the process itself is well, whatever its components are: <c>/-/healthy</c> (its loops turn and it decides) and
/// <c>/-/ready</c> (everything has been judged, and it is not about to stop).</summary>
internal sealed class ProcessEndpoint(HealthService service)
{
    /// <summary>The path of the one, without its leading slash.</summary>
    public const string Healthy = "-/healthy";

    /// <summary>The path of the other.</summary>
    public const string Ready = "-/ready";

    public static ManagementDescription HealthyDescription { get; } =
        new("Whether the process does its work: OK with 200, or FAIL with 503.", typeof(string))
        {
            ContentType = Answer.ContentType,
        };

    public static ManagementDescription ReadyDescription { get; } =
        new(
            "Whether every component that is evaluated in the background has been judged: OK with 200, or FAIL with 503, which it is while "
                + "the daemon stops as well.",
            typeof(string)
        )
        {
            ContentType = Answer.ContentType,
        };

    /// <summary>Answers GET, HEAD and OPTIONS of <see cref="Healthy"/>.</summary>
    public async Task HealthyAsync(HttpContext http) => await AnswerAsync(http, await service.Liveness.IsAliveAsync());

    /// <summary>Answers GET, HEAD and OPTIONS of <see cref="Ready"/>.</summary>
    public Task ReadyAsync(HttpContext http) => AnswerAsync(http, service.IsReady);

    private static Task AnswerAsync(HttpContext http, bool isWell) =>
        StateAnswer.WriteAsync(http, isWell ? HealthState.Ok : HealthState.Fail, hasWarning: false, since: null);
}

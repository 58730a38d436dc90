using Microsoft.AspNetCore.Http;

namespace Failover;

internal sealed class PostEndpoint(HealthService service)
{
    public const int LongestBody = 4096;

    public Task HandleAsync(HttpContext http, Component component, PostAction action)
    {
        _ = (service, component, action);
        return Answer.Unavailable.WriteAsync(http);
    }
}

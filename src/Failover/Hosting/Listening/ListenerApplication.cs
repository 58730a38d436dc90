using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Failover;

/// <summary>What the web server calls for each request: no pipeline, no container, one context for each connection.</summary>
internal sealed class ListenerApplication(Func<HttpContext, Task> handler) : IHttpApplication<DefaultHttpContext>
{
    public DefaultHttpContext CreateContext(IFeatureCollection contextFeatures)
    {
        if (contextFeatures is not IHostContextContainer<DefaultHttpContext> connection)
        {
            return new DefaultHttpContext(contextFeatures);
        }

        DefaultHttpContext context = connection.HostContext ??= new DefaultHttpContext();
        context.Initialize(contextFeatures);
        return context;
    }

    public Task ProcessRequestAsync(DefaultHttpContext context) => handler(context);

    public void DisposeContext(DefaultHttpContext context, Exception? exception) => context.Uninitialize();
}

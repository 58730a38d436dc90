using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Failover;

/// <summary>Maps endpoints of the management listener, each with who may use it.</summary>
/// <remarks>A path is literal, or ends with <see cref="Name"/>, which is the rest of it, slashes and all. Both are compared ordinally with the
/// path as the client sent it (<see cref="ManagementPath"/>).</remarks>
/// <param name="endpoints">Takes them.</param>
/// <param name="service">Judges who may.</param>
internal sealed class ManagementRoutes(IEndpointRouteBuilder endpoints, HealthService service)
{
    /// <summary>What all documents are below.</summary>
    public const string Api = "/-/api/v1/";

    /// <summary>The last part of a path that names something.</summary>
    public const string Name = "{**name}";

    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Maps GET and HEAD of a path.</summary>
    /// <param name="path">The path.</param>
    /// <param name="role">Who may.</param>
    /// <param name="handle">Answers.</param>
    public IEndpointConventionBuilder MapRead(string path, ManagementRole role, RequestDelegate handle) =>
        Map(path, Reading, role, handle);

    /// <summary>Maps GET and HEAD of a path that ends with a name.</summary>
    /// <inheritdoc cref="MapRead(string, ManagementRole, RequestDelegate)"/>
    public IEndpointConventionBuilder MapRead(
        string path,
        ManagementRole role,
        Func<HttpContext, string, Task> handle
    ) => Map(path, Reading, role, http => handle(http, ManagementPath.NameIn(http, path)));

    /// <summary>Maps a method that changes something and that users of a role may use. It passes the cross-site gate and the rate limit of
    /// log-ins, and is in the audit, as a POST of a component.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The path; with a name at its end, or without.</param>
    /// <param name="role">Who may.</param>
    /// <param name="find">Finds what it would do, once its body is there; null: there is nothing of that name.</param>
    /// <param name="isFenced">Whether it must say in <c>If-Match</c> for which version of the component it is meant.</param>
    public IEndpointConventionBuilder MapChange(
        string method,
        string path,
        ManagementRole role,
        Func<HttpContext, string, ManagementChange?> find,
        bool isFenced = false
    ) =>
        Map(
            path,
            [method],
            role,
            http => HandleAsync(http, () => Target(http, role, find(http, ManagementPath.NameIn(http, path))), isFenced)
        );

    /// <summary>Maps a POST that judges by itself who may: a component's own users, or whoever has a password.</summary>
    /// <param name="path">The path; with a name at its end, or without.</param>
    /// <param name="role">Who may, for the document.</param>
    /// <param name="find">As above, with who may.</param>
    /// <param name="isFenced">As above.</param>
    public IEndpointConventionBuilder MapPost(
        string path,
        ManagementRole role,
        Func<HttpContext, string, PostTarget?> find,
        bool isFenced = false
    ) =>
        Map(
            path,
            [HttpMethods.Post],
            role,
            http => HandleAsync(http, () => find(http, ManagementPath.NameIn(http, path)), isFenced)
        );

    private IEndpointConventionBuilder Map(
        string path,
        string[] methods,
        ManagementRole role,
        RequestDelegate handle
    ) => endpoints.MapMethods(path, methods, handle).WithMetadata(new ManagementEndpoint(path, methods, role));

    private PostTarget? Target(HttpContext http, ManagementRole role, ManagementChange? change) =>
        change is null
            ? null
            : new(
                change.Subject,
                (login, cancel) => ManagementLogin.JudgeAsync(http, login, service, role, cancel),
                (body, audit) => change.Act(body, audit),
                ManagementLogin.Challenges
            );

    private Task HandleAsync(HttpContext http, Func<PostTarget?> find, bool isFenced) =>
        PostRequest.HandleAsync(
            http,
            service,
            () => find() is { } target ? (isFenced ? Fenced(http, target) : target) : null,
            ManagementAnswer.WriteAsync
        );

    // After the log-in: who may not learns nothing of versions.
    private static PostTarget Fenced(HttpContext http, PostTarget target) =>
        target with
        {
            Act = (body, audit) =>
                http.Request.Headers.IfMatch.Count == 0
                    ? new(new PostResult(Answer.PreconditionRequired))
                    : target.Act(body, audit),
        };
}

/// <summary>What is known of an endpoint of the management listener.</summary>
/// <param name="Path">The path; may end with <see cref="ManagementRoutes.Name"/>.</param>
/// <param name="Methods">The methods.</param>
/// <param name="Role">Who may use it.</param>
internal sealed record ManagementEndpoint(string Path, IReadOnlyList<string> Methods, ManagementRole Role)
{
    /// <summary>Whether it changes nothing.</summary>
    public bool IsRead { get; } = HttpMethods.IsGet(Methods[0]);
}

/// <summary>What a request that changes something would do.</summary>
/// <param name="Subject">What the audit calls it.</param>
/// <param name="Act">Does it, from the body. The audit has who asked.</param>
internal sealed record ManagementChange(string Subject, Func<byte[], PostAudit, ValueTask<PostResult>> Act);

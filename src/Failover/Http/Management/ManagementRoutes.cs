using Microsoft.AspNetCore.Http;

namespace Failover;

/// <summary>Maps endpoints of the management listener, each with who may use it.</summary>
/// <remarks>A path is literal, or has <see cref="Name"/> in it, mostly at its end, which stands for any text, slashes and all. Both are compared ordinally with the
/// path as the client sent it (<see cref="ManagementPath"/>).</remarks>
/// <param name="service">Judges who may.</param>
internal sealed class ManagementRoutes(HealthService service)
{
    /// <summary>What all documents are below.</summary>
    public const string Api = "/-/api/v1/";

    /// <summary>The part of a path that names something.</summary>
    public const string Name = "{**name}";

    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    private readonly List<ManagementEndpoint> endpoints = [];

    /// <summary>All that are mapped, in that order.</summary>
    public IReadOnlyList<ManagementEndpoint> Endpoints => endpoints;

    /// <summary>Maps GET and HEAD of a path.</summary>
    /// <param name="path">The path.</param>
    /// <param name="role">Who may.</param>
    /// <param name="handle">Answers.</param>
    public ManagementEndpoint MapRead(string path, ManagementRole role, RequestDelegate handle) =>
        Map(path, Reading, role, handle);

    /// <summary>Maps GET and HEAD of a path with a name in it.</summary>
    /// <inheritdoc cref="MapRead(string, ManagementRole, RequestDelegate)"/>
    public ManagementEndpoint MapRead(string path, ManagementRole role, Func<HttpContext, string, Task> handle) =>
        Map(path, Reading, role, http => handle(http, ManagementPath.NameIn(http, path)));

    /// <summary>Maps a method that changes something and that users of a role may use. It passes the cross-site gate and the rate limit of
    /// log-ins, and is in the audit, as a POST of a component.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The path; with a name in it, or without.</param>
    /// <param name="role">Who may.</param>
    /// <param name="find">Finds what it would do, once its body is there; null: there is nothing of that name.</param>
    /// <param name="isFenced">Whether it must say in <c>If-Match</c> for which version of the component it is meant.</param>
    public ManagementEndpoint MapChange(
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
    /// <param name="path">The path; with a name in it, or without.</param>
    /// <param name="find">As above, with who may.</param>
    /// <param name="isFenced">As above.</param>
    /// <param name="role">Who that is, for the document.</param>
    public ManagementEndpoint MapPost(
        string path,
        Func<HttpContext, string, PostTarget?> find,
        bool isFenced = false,
        ManagementRole role = ManagementRole.Component
    ) =>
        Map(
            path,
            [HttpMethods.Post],
            role,
            http => HandleAsync(http, () => find(http, ManagementPath.NameIn(http, path)), isFenced)
        );

    private ManagementEndpoint Map(string path, string[] methods, ManagementRole role, RequestDelegate handle)
    {
        if (endpoints.Any(one => one.Path == path && one.Methods.Intersect(methods, StringComparer.Ordinal).Any()))
        {
            throw new ArgumentException($"{path} has {methods[0]} already", nameof(path));
        }

        endpoints.Add(new(path, methods, role, handle));
        return endpoints[^1];
    }

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

/// <summary>What a request that changes something would do.</summary>
/// <param name="Subject">What the audit calls it.</param>
/// <param name="Act">Does it, from the body. The audit has who asked.</param>
internal sealed record ManagementChange(string Subject, Func<byte[], PostAudit, ValueTask<PostResult>> Act);

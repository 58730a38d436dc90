using Microsoft.AspNetCore.Http;

namespace Failover;

/// <summary>An endpoint of the management listener.</summary>
/// <param name="path">The path; may have <see cref="ManagementRoutes.Name"/> in it.</param>
/// <param name="methods">The methods.</param>
/// <param name="role">Who may use it.</param>
/// <param name="handle">Answers a request.</param>
internal sealed class ManagementEndpoint(
    string path,
    IReadOnlyList<string> methods,
    ManagementRole role,
    RequestDelegate handle
)
{
    public string Path => path;

    public IReadOnlyList<string> Methods => methods;

    public ManagementRole Role => role;

    public RequestDelegate Handle => handle;

    /// <summary>Whether it changes nothing.</summary>
    public bool IsRead { get; } = HttpMethods.IsGet(methods[0]);

    /// <summary>What it is for; null: the OpenAPI document cannot be made.</summary>
    public ManagementDescription? Description { get; private set; }

    /// <summary>Says what it is for, in the OpenAPI document.</summary>
    public void Describe(ManagementDescription description) => Description = description;
}

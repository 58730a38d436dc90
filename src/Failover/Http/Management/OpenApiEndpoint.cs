using Microsoft.AspNetCore.Http;

namespace Failover;

/// <summary>Answers what the management API is, as OpenAPI: <c>/-/api/v1/openapi.json</c>.</summary>
/// <remarks>The document is made of the routes by a test (docs/reference/openapi.json) and carried in the library: nothing of what makes it is
/// in the program.</remarks>
internal static class OpenApiEndpoint
{
    private const string Resource = "openapi.json";

    private static readonly Lazy<byte[]> Document = new(Read);

    /// <summary>Answers.</summary>
    public static Task HandleAsync(HttpContext http) =>
        Answer.WriteAsync(http, StatusCodes.Status200OK, ManagementAnswer.ContentType, Document.Value);

    private static byte[] Read()
    {
        using Stream carried = typeof(OpenApiEndpoint).Assembly.GetManifestResourceStream(Resource)!;
        byte[] bytes = new byte[carried.Length];
        carried.ReadExactly(bytes);
        return bytes;
    }
}

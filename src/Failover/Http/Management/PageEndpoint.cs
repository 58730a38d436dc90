using System.Collections.Frozen;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Failover;

/// <summary>Answers the operator's page: <c>/-/</c>, and its parts below <c>/-/page/</c>.</summary>
/// <remarks>The files hold no data: whoever reads them has seen nothing. What they show, they get from the API with a log-in.</remarks>
internal static class PageEndpoint
{
    /// <summary>Where the page is.</summary>
    public const string Path = "/-/";

    /// <summary>What its parts are below.</summary>
    public const string Parts = "/-/page/";

    /// <summary>Only what comes from here, and nothing inline: a name or a reason that holds markup runs nothing.</summary>
    public const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        + "frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    private const string Shell = "index.html";
    private const string Prefix = "page/";

    private static readonly Lazy<FrozenDictionary<string, PageFile>> Files = new(Read);

    public static ManagementDescription Description { get; } =
        new("The operator's page: it holds no data, and gets what it shows from here.", typeof(string))
        {
            ContentType = "text/html",
        };

    public static ManagementDescription FileDescription { get; } =
        new("A file of the page: a script, the style sheet, a picture.", typeof(string))
        {
            ContentType = "text/javascript",
        };

    /// <summary>Answers the page itself.</summary>
    public static Task HandleAsync(HttpContext http) => HandleFileAsync(http, Shell);

    /// <summary>Answers one of its files.</summary>
    /// <param name="http">The request.</param>
    /// <param name="name">The name of the file.</param>
    public static async Task HandleFileAsync(HttpContext http, string name)
    {
        if (!Files.Value.TryGetValue(name, out PageFile? file))
        {
            await ProblemDocument.WriteAsync(
                http,
                StatusCodes.Status404NotFound,
                $"the page has no file {Printable.Quoted(name)}"
            );
            return;
        }

        HttpResponse response = http.Response;
        Answer.AddHeaders(response, file.ContentType);
        response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        // Asked for each time, and sent only where it is another one: a new version is there with the next load.
        response.Headers.CacheControl = "no-cache";
        response.Headers.ETag = file.Tag;
        if (IsKnown(http, file))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentLength = file.Content.Length;
        if (HttpMethods.IsGet(http.Request.Method))
        {
            await response.Body.WriteAsync(file.Content, http.RequestAborted);
        }
    }

    private static bool IsKnown(HttpContext http, PageFile file) =>
        EntityTagHeaderValue.TryParseList(http.Request.Headers.IfNoneMatch, out IList<EntityTagHeaderValue>? tags)
        && tags.Any(tag => tag.Tag == file.Tag);

    private static FrozenDictionary<string, PageFile> Read()
    {
        Assembly assembly = typeof(PageEndpoint).Assembly;
        return assembly
            .GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToFrozenDictionary(name => name[Prefix.Length..], name => Read(assembly, name), StringComparer.Ordinal);
    }

    private static PageFile Read(Assembly assembly, string name)
    {
        using Stream carried = assembly.GetManifestResourceStream(name)!;
        byte[] content = new byte[carried.Length];
        carried.ReadExactly(content);
        return new(
            ContentTypeOf(name),
            content,
            EntityTag.Of(Convert.ToHexStringLower(Sha256.HashData(content))[..32])
        );
    }

    private static string ContentTypeOf(string name) =>
        System.IO.Path.GetExtension(name) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".svg" => "image/svg+xml",
            string other => throw new InvalidOperationException($"no type is known for {other}"),
        };

    private sealed record PageFile(string ContentType, byte[] Content, string Tag);
}

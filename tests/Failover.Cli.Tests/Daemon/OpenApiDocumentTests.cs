using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Json.Schema;

namespace Failover;

/// <summary>The OpenAPI document that a daemon serves says what the daemon answers.</summary>
public sealed class OpenApiDocumentTests : IAsyncLifetime
{
    private readonly CommandUnderTest command = new();
    private readonly HttpClient client = new(new SocketsHttpHandler { UseProxy = false });
    private RunningDaemon daemon = null!;
    private JsonObject document = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        // {SHA} of "secret".
        command.Write("alice:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n", "users");
        string users = command["users"];
        daemon = await RunningDaemon.StartAsync(
            $$$"""
            access:
              view: {{{users}}}
              operate: {{{users}}}
            notifications: {routes: {mail: {webhook: "http://127.0.0.1:1/", components: web} } }
            guards: {mail: {components: web, max_failing: 1, auth: "{{{users}}}" }}
            components:
              mail: {tcp: {host: 127.0.0.1, port: 1}, interval: 100ms, fail_after: 2, response_deadline: 2s, latch: "{{{users}}}"}
              eu/web: {all: [{tcp: "127.0.0.1:1"}, {not: {tcp: "127.0.0.1:1"} }], on_error: hold}
              web: {tcp: {host: 127.0.0.1, port: 1}, interval: 1h}
            """
        );
        client.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String("alice:secret"u8));
        document = (JsonObject)JsonNode.Parse(await GetAsync("openapi.json"))!;
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await daemon.DisposeAsync();
        command.Dispose();
    }

    [Fact]
    public async Task It_is_the_one_in_the_docs() =>
        (await GetAsync("openapi.json")).ShouldBe(
            await File.ReadAllTextAsync(
                Path.Combine(ConfigurationFileTests.Root, "docs", "reference", "openapi.json"),
                Cancel
            )
        );

    [Theory]
    [InlineData("status", "/-/api/v1/status")]
    [InlineData("components/mail", "/-/api/v1/components/{name}")]
    [InlineData("components/eu/web", "/-/api/v1/components/{name}")]
    [InlineData("configuration", "/-/api/v1/configuration")]
    [InlineData("history", "/-/api/v1/history")]
    [InlineData("notifications", "/-/api/v1/notifications")]
    [InlineData("notifications/mail", "/-/api/v1/notifications/{name}")]
    public async Task What_is_answered_is_what_it_says(string path, string described)
    {
        // Until there is a transition, and a POST in the audit.
        await client.PostAsync(new Uri($"{daemon.Url}/-/api/v1/session"), content: null, Cancel);
        await daemon.UntilAsync(() => daemon.Log.Contains("/mail ok -> fail", StringComparison.Ordinal));

        Validate(await GetAsync(path), ResponseOf(described, "get", "200", "application/json")).ShouldBeEmpty();
    }

    [Fact]
    public async Task So_are_a_session_and_a_problem()
    {
        using HttpResponseMessage session = await client.PostAsync(
            new Uri($"{daemon.Url}/-/api/v1/session"),
            content: null,
            Cancel
        );
        session.StatusCode.ShouldBe(HttpStatusCode.Created);
        Validate(
                await session.Content.ReadAsStringAsync(Cancel),
                ResponseOf("/-/api/v1/session", "post", "201", "application/json")
            )
            .ShouldBeEmpty();

        using HttpResponseMessage problem = await client.GetAsync(
            new Uri($"{daemon.Url}/-/api/v1/components/none"),
            Cancel
        );
        problem.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        Validate(
                await problem.Content.ReadAsStringAsync(Cancel),
                ResponseOf("/-/api/v1/components/{name}", "get", "default", "application/problem+json")
            )
            .ShouldBeEmpty();
    }

    [Fact]
    public async Task So_is_what_streams()
    {
        using HttpRequestMessage request = new(HttpMethod.Get, $"{daemon.Url}/-/api/v1/events?after=0-0");
        using HttpResponseMessage answer = await client.SendAsync(
            request,
            HttpCompletionOption.ResponseHeadersRead,
            Cancel
        );
        using StreamReader lines = new(await answer.Content.ReadAsStreamAsync(Cancel));
        string? line;
        do
        {
            line = await lines.ReadLineAsync(Cancel);
        } while (line != "event: transition");

        string data = (await lines.ReadLineAsync(Cancel))!;
        data.ShouldStartWith("data: ");
        Validate(data["data: ".Length..], document["components"]!["schemas"]!["TransitionEvent"]!).ShouldBeEmpty();
    }

    [Fact]
    public async Task Each_path_of_it_is_there_and_asks_who_it_is_where_it_says_so()
    {
        using HttpClient stranger = new(new SocketsHttpHandler { UseProxy = false });
        foreach ((string path, JsonNode? operations) in (JsonObject)document["paths"]!)
        {
            foreach ((string method, JsonNode? operation) in (JsonObject)operations!)
            {
                using HttpRequestMessage request = new(
                    new HttpMethod(method.ToUpperInvariant()),
                    $"{daemon.Url}{path.Replace("{name}", "mail", StringComparison.Ordinal)}"
                );
                using HttpResponseMessage answer = await stranger.SendAsync(request, Cancel);
                bool isOpen = operation!["security"] is null or JsonArray { Count: 0 };
                (answer.StatusCode == HttpStatusCode.Unauthorized).ShouldBe(!isOpen, $"{method} {path}");
                answer.StatusCode.ShouldNotBe(HttpStatusCode.MethodNotAllowed, $"{method} {path}");
                answer.StatusCode.ShouldNotBe(HttpStatusCode.NotFound, $"{method} {path}");
            }
        }
    }

    private async Task<string> GetAsync(string path)
    {
        using HttpResponseMessage answer = await client.GetAsync(new Uri($"{daemon.Url}/-/api/v1/{path}"), Cancel);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, path);
        return await answer.Content.ReadAsStringAsync(Cancel);
    }

    private JsonNode ResponseOf(string path, string method, string status, string contentType) =>
        document["paths"]![path]![method]!["responses"]![status]!["content"]![contentType]!["schema"]!;

    // Fields that it does not name are an error here, though clients ignore them.
    private List<string> Validate(string answer, JsonNode schema)
    {
        JsonObject definitions = (JsonObject)document["components"]!["schemas"]!.DeepClone();
        foreach (JsonObject definition in definitions.Select(one => one.Value).OfType<JsonObject>())
        {
            if (definition.ContainsKey("properties"))
            {
                definition["additionalProperties"] = false;
            }
        }

        JsonObject root = (JsonObject)schema.DeepClone();
        root["$defs"] = definitions;
        JsonSchema read = JsonSchema.FromText(
            root.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal)
        );
        EvaluationResults results = read.Evaluate(
            JsonDocument.Parse(answer).RootElement,
            new EvaluationOptions { OutputFormat = OutputFormat.List }
        );
        return results.IsValid
            ? []
            :
            [
                .. results
                    .Details!.Where(detail => detail.Errors is not null)
                    .SelectMany(detail => detail.Errors!.Select(error => $"{detail.InstanceLocation}: {error.Value}")),
            ];
    }
}

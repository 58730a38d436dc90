using System.Text.Json;

namespace Failover;

/// <summary>Groups of components, and what else the management listener answers beside its documents.</summary>
public sealed class GroupEndpointTests
{
    private static void Add(ManagementUnderTest test)
    {
        foreach (
            (string name, HealthState state) in ((string, HealthState)[])
                [
                    ("shop", Fail),
                    ("shop/web", Ok),
                    ("shop/eu/db", Error),
                    ("shop/eu/cache", Ok),
                    ("shopping/x", Fail),
                    ("up/a", Ok),
                ]
        )
        {
            test.Service.Add(new(name, new Background(new ScriptedCheck { Name = name, Sees = state }, Hour(1))));
        }
    }

    private static async Task<ManagementUnderTest> StartAsync()
    {
        ManagementUnderTest test = await ManagementUnderTest.StartAsync(Add);
        await test.Service.Engine.WhenIdleAsync();
        return test;
    }

    private static Task<RawAnswer> GetAsync(ManagementUnderTest test, string path, string headers = "") =>
        RawConnection.AskAsync(
            test.Port,
            $"GET {path} HTTP/1.1\r\nHost: localhost:{test.Port}\r\n{ManagementUnderTest.Basic("alice")}{headers}\r\n"
        );

    [Theory]
    [InlineData("shop", 500, "ERROR")]
    [InlineData("shop/eu", 500, "ERROR")]
    [InlineData("shopping", 503, "FAIL")]
    [InlineData("up", 200, "OK")]
    public async Task It_has_the_worst_state_of_what_is_below_a_path(string prefix, int status, string body)
    {
        await using ManagementUnderTest test = await StartAsync();

        RawAnswer answer = await GetAsync(test, $"/-/groups/{prefix}");
        RawAnswer json = await GetAsync(test, $"/-/groups/{prefix}", "Accept: application/json\r\n");

        (answer.Status, answer.Body, answer["Content-Type"]).ShouldBe((status, body, "text/plain; charset=utf-8"));
        (json.Status, json["Content-Type"]).ShouldBe((status, "application/json"));
        JsonElement.Parse(json.Body).GetProperty("state").GetString().ShouldBe(body.ToLowerInvariant());
    }

    [Fact]
    public async Task A_fail_is_worse_than_an_error()
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync(all =>
        {
            all.Service.Add(new("a/fail", new Background(new ScriptedCheck { Name = "f", Sees = Fail }, Hour(1))));
            all.Service.Add(new("a/error", new Background(new ScriptedCheck { Name = "e", Sees = Error }, Hour(1))));
        });
        await test.Service.Engine.WhenIdleAsync();

        (await GetAsync(test, "/-/groups/a")).Body.ShouldBe("FAIL");
    }

    [Fact]
    public async Task The_document_counts_and_names_them()
    {
        await using ManagementUnderTest test = await StartAsync();

        JsonElement group = JsonElement.Parse((await GetAsync(test, "/-/api/v1/groups/shop")).Body);

        (group.GetProperty("name").GetString(), group.GetProperty("state").GetString()).ShouldBe(("shop", "error"));
        ((string[])["ok", "fail", "error"]).Select(state => group.GetProperty(state).GetInt32()).ShouldBe([2, 0, 1]);
        group
            .GetProperty("components")
            .EnumerateArray()
            .Select(one => $"{one.GetProperty("name")} {one.GetProperty("state")}")
            .ShouldBe(["shop/web ok", "shop/eu/db error", "shop/eu/cache ok"]);
    }

    [Theory]
    [InlineData("/-/groups/none")]
    [InlineData("/-/groups/sho")]
    [InlineData("/-/groups/shop/")]
    [InlineData("/-/groups/Shop")]
    [InlineData("/-/groups/")]
    [InlineData("/-/api/v1/groups/mail")]
    [InlineData("/-/api/v1/pollers/none")]
    public async Task What_is_below_no_component_is_not_found(string path)
    {
        await using ManagementUnderTest test = await StartAsync();

        RawAnswer answer = await GetAsync(test, path);

        (answer.Status, answer["Content-Type"]).ShouldBe((404, "application/problem+json"));
    }

    [Theory]
    [InlineData("/-/groups/up", 401)]
    [InlineData("/-/api/v1/groups/up", 401)]
    [InlineData("/-/api/v1/pollers", 401)]
    [InlineData("/-/wait/mail", 401)]
    [InlineData("/-/ready", 200)]
    [InlineData("/-/healthy", 200)]
    public async Task Who_may_not_view_learns_whether_the_process_is_well_and_no_more(string path, int status)
    {
        await using ManagementUnderTest test = await StartAsync();

        string request = $"GET {path} HTTP/1.1\r\nHost: localhost:{test.Port}\r\n\r\n";
        (await RawConnection.AskAsync(test.Port, request)).Status.ShouldBe(status);
    }

    [Fact]
    public async Task Waiting_is_the_same_as_where_components_are_served()
    {
        await using ManagementUnderTest test = await StartAsync();

        RawAnswer answer = await GetAsync(test, "/-/wait/shop/web?state=ok");

        (answer.Status, answer.Body).ShouldBe((200, "OK"));
        answer["ETag"].ShouldBe($"\"{test.Service.Engine.EpochOf("shop/web")}\"");
    }
}

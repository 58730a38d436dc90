using System.Text;
using System.Text.Json;

namespace Failover;

/// <summary>Overrides, resets and forgotten latches over the management API, with password files that htpasswd wrote.</summary>
public sealed class OverrideEndpointTests : IAsyncLifetime
{
    private readonly string operators = Path.GetTempFileName();
    private readonly string owners = Path.GetTempFileName();
    private readonly HealthService service = new(TimeProvider.System);
    private readonly DelegateCheck check;
    private ManagementApplication application = null!;
    private Listener listener = null!;
    private volatile bool isUp = true;

    public OverrideEndpointTests() => check = new(_ => Task.FromResult(isUp));

    private static string Alice { get; } = Basic("alice", "open sésame");

    /// <summary>Who may reset, and not operate.</summary>
    private static string Owen { get; } = Basic("owen", "mine");

    /// <summary>Who may both.</summary>
    private static string Eve { get; } = Basic("eve", "both");

    public async ValueTask InitializeAsync()
    {
        await Htpasswd.RunAsync("-cbB", "-C", "4", operators, "alice", "open sésame");
        await Htpasswd.RunAsync("-bB", "-C", "4", operators, "eve", "both");
        await Htpasswd.RunAsync("-cbB", "-C", "4", owners, "owen", "mine");
        await Htpasswd.RunAsync("-bB", "-C", "4", owners, "eve", "both");
        ManagementAccess access = new(Operate: new HtpasswdFile(operators));
        Oneshot reset = new(auth: new HtpasswdFile(owners));
        service.Access = access;
        service.Add(new("shop/mail", new Toggle(check, reset), reset.Fire));
        service.Add(new("web", check));
        service.Start(_ => { }, _ => { });
        await PollAsync();
        application = new(service, new Source(service));
        ManagementCall call = ManagementCall.At(ListenerUnderTest.FreePort, access);
        listener = await ListenerUnderTest.StartAsync(
            ListenerUnderTest.FreePort,
            http => application.HandleAsync(http, call)
        );
    }

    public async ValueTask DisposeAsync()
    {
        await listener.DisposeAsync();
        await service.DisposeAsync();
        File.Delete(operators);
        File.Delete(owners);
    }

    [Fact]
    public async Task An_operator_sets_one_sees_it_and_clears_it()
    {
        RawAnswer set = await PutAsync("shop/mail", Alice, Body("fail"));

        set.Status.ShouldBe(200);
        OverrideDocument document = JsonSerializer.Deserialize(set.Body, ManagementJson.Default.OverrideDocument)!;
        (document.Component, document.Kind, document.State, document.Reason, document.User).ShouldBe(
            ("shop/mail", OverrideKind.Fail, Fail, "disk is replaced", "alice")
        );
        (document.Until - document.Since).TotalSeconds.ShouldBeInRange(58, 62);
        (await PollAsync()).ShouldBe(Fail);
        JsonSerializer
            .Deserialize((await AskAsync("GET", "overrides")).Body, ManagementJson.Default.OverridesDocument)!
            .Overrides.ShouldHaveSingleItem()
            .Component.ShouldBe("shop/mail");

        RawAnswer cleared = await ChangeAsync("DELETE", "overrides/shop/mail", Alice);
        (cleared.Status, cleared.Body).ShouldBe((200, "{\"outcome\":\"Cleared\"}"));
        (await PollAsync()).ShouldBe(Ok);
        RawAnswer again = await ChangeAsync("DELETE", "overrides/shop/mail", Alice);
        (again.Status, Detail(again)).ShouldBe((409, "Not possible: no override is in force"));
    }

    [Fact]
    public async Task Who_may_not_changes_nothing()
    {
        (await PutAsync("web", "", Body("fail"))).Status.ShouldBe(401);
        (await PutAsync("web", Basic("alice", "wrong"), Body("fail"))).Status.ShouldBe(401);
        (await PutAsync("web", Owen, Body("fail"))).Status.ShouldBe(401, "who may reset may not therefore operate");
        RawAnswer crossSite = await PutAsync("web", $"{Alice}Sec-Fetch-Site: cross-site\r\n", Body("fail"));
        (crossSite.Status, Detail(crossSite)).ShouldBe((403, "Cross-site request"));

        service.Engine.OverridesNow().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("", 428)]
    [InlineData("If-Match: \"0000000000000000\"\r\n", 412)]
    [InlineData("If-Match: nonsense\r\n", 412)]
    [InlineData("If-Match: W/\"0000000000000000\"\r\n", 412)]
    [InlineData("If-Match: *\r\n", 200)]
    public async Task It_says_for_which_version_it_is_meant(string match, int status)
    {
        RawAnswer answer = await AskAsync("PUT", "overrides/web", $"{Alice}{match}", Body("fail"));

        answer.Status.ShouldBe(status);
        service.Engine.OverridesNow().Count.ShouldBe(status == 200 ? 1 : 0);
    }

    [Fact]
    public async Task Of_several_versions_one_is_enough()
    {
        string match = $"If-Match: \"0000000000000000\", \"{service.Engine.EpochOf("web")}\"\r\n";

        (await AskAsync("PUT", "overrides/web", $"{Alice}{match}", Body("fail"))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_component_has_its_version_in_its_head_and_its_document()
    {
        RawAnswer answer = await AskAsync("GET", "components/web");

        string etag = JsonSerializer.Deserialize(answer.Body, ManagementJson.Default.ComponentDocument)!.Etag;
        etag.ShouldBe(service.Engine.EpochOf("web"));
        answer["ETag"].ShouldBe($"\"{etag}\"");
    }

    [Theory]
    [InlineData("", "the body is not the JSON that is expected")]
    [InlineData("null", "kind is missing")]
    [InlineData("[1]", "the body is not the JSON that is expected")]
    [InlineData("{\"reason\":\"x\"}", "kind is missing")]
    [InlineData("{\"kind\":\"up\",\"reason\":\"x\"}", "kind is \"up\"")]
    [InlineData("{\"kind\":\"OK\",\"reason\":\"x\"}", "kind is \"OK\"")]
    [InlineData("{\"kind\":\"ok\"}", "reason is missing")]
    [InlineData("{\"kind\":\"ok\",\"reason\":\"  \"}", "reason is missing")]
    [InlineData(
        "{\"kind\":\"ok\",\"reason\":\"x\",\"for_seconds\":0}",
        "for_seconds is 0, and may be 0.001 to 2592000"
    )]
    [InlineData(
        "{\"kind\":\"ok\",\"reason\":\"x\",\"for_seconds\":2592001}",
        "for_seconds is 2592001, and may be 0.001 to 2592000"
    )]
    [InlineData(
        "{\"kind\":\"ok\",\"reason\":\"x\",\"for_seconds\":1e999}",
        "for_seconds is Infinity, and may be 0.001 to 2592000"
    )]
    [InlineData(
        "{\"kind\":\"ok\",\"reason\":\"x\",\"for_seconds\":\"1h\"}",
        "the body is not the JSON that is expected"
    )]
    public async Task A_body_that_is_not_understood_says_what_is(string body, string flaw)
    {
        RawAnswer answer = await PutAsync("web", Alice, body);

        answer.Status.ShouldBe(400);
        Detail(answer)
            .ShouldBe(
                $"{flaw}; accepted: {{\"kind\": \"ok\", \"fail\" or \"hold\", \"reason\": \"…\", \"for_seconds\": 3600}}"
            );
    }

    [Fact]
    public async Task A_reason_has_a_limit()
    {
        string reason = new('x', OverrideEndpoint.LongestReason + 1);

        RawAnswer answer = await PutAsync("web", Alice, $"{{\"kind\":\"ok\",\"reason\":\"{reason}\"}}");

        Detail(answer).ShouldStartWith("reason is longer than 500 characters; accepted: ");
    }

    [Fact]
    public async Task An_unknown_component_has_none()
    {
        (await AskAsync("PUT", "overrides/none", $"{Alice}If-Match: *\r\n", Body("ok"))).Status.ShouldBe(404);
    }

    [Fact]
    public async Task To_hide_a_latch_takes_who_may_reset_it()
    {
        isUp = false;
        (await PollAsync()).ShouldBe(Fail);

        RawAnswer refused = await PutAsync("shop/mail", Alice, Body("ok"));
        (refused.Status, Detail(refused)).ShouldBe(
            (403, "The component is latched: serving ok over a latch requires a user who may also reset it")
        );
        (await PollAsync()).ShouldBe(Fail);

        (await PutAsync("shop/mail", Eve, Body("ok"))).Status.ShouldBe(200);
        (await PollAsync()).ShouldBe(Ok);
    }

    [Fact]
    public async Task A_reset_is_fenced_and_takes_who_may_reset()
    {
        isUp = false;
        await PollAsync();
        string seen = service.Engine.EpochOf("shop/mail");
        isUp = true;

        (await AskAsync("POST", "fire/shop/mail", Owen)).Status.ShouldBe(428);
        (await AskAsync("POST", "fire/shop/mail", $"{Alice}If-Match: \"{seen}\"\r\n")).Status.ShouldBe(401);
        RawAnswer armed = await AskAsync("POST", "fire/shop/mail", $"{Owen}If-Match: \"{seen}\"\r\n");
        (armed.Status, armed.Body).ShouldBe((200, "{\"outcome\":\"Armed\"}"));
        RawAnswer late = await AskAsync("POST", "fire/shop/mail", $"{Owen}If-Match: \"{seen}\"\r\n");
        (late.Status, Detail(late)).ShouldBe(
            (412, "The component is no longer as it was: its state, its latch or its override is another one")
        );
    }

    [Fact]
    public async Task A_latch_that_can_be_reset_is_not_forgotten()
    {
        isUp = false;
        await PollAsync();
        RawAnswer answer = await ChangeAsync("DELETE", "latches/shop/mail", Alice);
        (answer.Status, Detail(answer)).ShouldBe((409, "Nothing to forget"));

        service.Replace([new("shop/mail", new DelegateCheck(_ => Task.FromResult(true)))], Graph.NoNames);
        (await PollAsync()).ShouldBe(Fail, "an edit ends no latch");
        RawAnswer forgotten = await ChangeAsync("DELETE", "latches/shop/mail", Alice);
        (forgotten.Status, forgotten.Body).ShouldBe((200, "{\"outcome\":\"Forgotten\"}"));
        (await PollAsync()).ShouldBe(Ok);
    }

    private async Task<HealthState> PollAsync()
    {
        service.TryFind("shop/mail", out Component? component).ShouldBeTrue();
        return (await component!.AnswerAsync()).State;
    }

    private static string Basic(string user, string password) =>
        $"Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))}\r\n";

    private static string Body(string kind) =>
        $"{{\"kind\":\"{kind}\",\"reason\":\"disk is replaced\",\"for_seconds\":60}}";

    private Task<RawAnswer> PutAsync(string name, string headers, string body) =>
        AskAsync("PUT", $"overrides/{name}", $"{headers}If-Match: \"{service.Engine.EpochOf(name)}\"\r\n", body);

    private Task<RawAnswer> ChangeAsync(string method, string path, string headers) =>
        AskAsync(method, path, $"{headers}If-Match: \"{service.Engine.EpochOf(path[(path.IndexOf('/') + 1)..])}\"\r\n");

    private Task<RawAnswer> AskAsync(string method, string path, string headers = "", string body = "") =>
        RawConnection.AskAsync(
            listener.Address.Port,
            $"{method} /-/api/v1/{path} HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Length: {body.Length}\r\n\r\n{body}"
        );

    private static string Detail(RawAnswer answer)
    {
        answer["Content-Type"].ShouldBe("application/problem+json");
        // Read byte by byte.
        byte[] body = Encoding.Latin1.GetBytes(answer.Body);
        return JsonSerializer.Deserialize(body, ManagementJson.Default.ProblemDocument)!.Detail;
    }

    private sealed class Source(HealthService service) : ManagementSource
    {
        public override ComponentDocument? Component(string name) =>
            new(name, Ok, "", null, null, null, "", new("", "", Ok, "", true, "", "", false, []))
            {
                Etag = service.Engine.EpochOf(name),
            };

        public override OverridesDocument Overrides() =>
            new([
                .. service.Engine.OverridesNow().Select(one => OverrideDocument.Of(one, service.Engine.Clock, Redact)),
            ]);
    }
}

using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Failover;

/// <summary>The management API over the wire: what is where, and for whom.</summary>
public sealed class ManagementApplicationTests
{
    [Fact]
    public async Task The_status_is_one_document_for_nobody_to_keep()
    {
        RawAnswer answer = await GetAsync("/-/api/v1/status");

        answer.Status.ShouldBe(200);
        Read(answer, ManagementJson.Default.StatusDocument).Version.ShouldBe("1.2.3");
        answer["Content-Type"].ShouldBe("application/json");
        answer["Cache-Control"].ShouldBe("no-store");
        answer["X-Content-Type-Options"].ShouldBe("nosniff");
        answer["Content-Security-Policy"].ShouldBe("default-src 'none'; frame-ancestors 'none'");
    }

    [Fact]
    public async Task The_configuration_is_another()
    {
        RawAnswer answer = await GetAsync("/-/api/v1/configuration?pretty");

        answer.Status.ShouldBe(200);
        Read(answer, ManagementJson.Default.ConfigurationDocument).File.ShouldBe("f.yaml");
    }

    [Theory]
    [InlineData("", "all", "/1000")]
    [InlineData("?component=eu%2Fmail+1", "eu/mail 1", "/1000")]
    [InlineData("?component=mail&within_seconds=1.5&limit=7", "mail", "1.5/7")]
    public async Task The_history_is_a_document_of_one_component_or_of_all(string query, string component, string asked)
    {
        RawAnswer answer = await GetAsync($"/-/api/v1/history{query}");

        answer.Status.ShouldBe(200);
        HistoryTransition moved = Read(answer, ManagementJson.Default.HistoryDocument)
            .Transitions.ShouldHaveSingleItem();
        (moved.Component, moved.Reason).ShouldBe((component, asked));
    }

    [Theory]
    [InlineData("mail", "mail", "1000")]
    [InlineData("eu/mail%201?limit=7", "eu/mail 1", "7")]
    public async Task The_newest_probes_of_a_component_are_a_document(string path, string name, string limit)
    {
        RawAnswer answer = await GetAsync($"/-/api/v1/probes/{path}");

        answer.Body.ShouldBe(
            $$"""{"name":"{{name}}","probes":[{"at":"2026-03-01T12:00:00.000Z","check":"tcp","state":"ok","reason":"{{limit}}","duration_seconds":0.001234}]}"""
        );
    }

    [Theory]
    [InlineData("", "Minute 86400 1440")]
    [InlineData("?by=minute&within_seconds=60&limit=3", "Minute 60 3")]
    [InlineData("?by=hour", "Hour 604800 1440")]
    public async Task The_latencies_of_a_component_are_a_document(string query, string asked)
    {
        RawAnswer answer = await GetAsync($"/-/api/v1/latency/mail{query}");

        answer.Body.ShouldBe(
            $$"""{"name":"mail","by":"{{asked}}","roll_ups":["""
                + """{"from":"2026-03-01T12:00:00.000Z","seconds_observed":53,"ok":50,"fail":2,"error":1,"probes":3,"p50":0.00025,"p99":1,"max":2},"""
                + """{"from":"2026-03-01T12:00:00.000Z","seconds_observed":0,"ok":0,"fail":0,"error":0,"probes":0,"p50":null,"p99":null,"max":null}]}"""
        );
    }

    [Theory]
    [InlineData("probes/web", 404, "no component is named \"web\"")]
    [InlineData("latency/web", 404, "no component is named \"web\"")]
    [InlineData("latency/off", 503, "latencies are not kept: history is off")]
    [InlineData("latency/mail?by=day", 400, "by is \"day\"; accepted: minute, hour")]
    [InlineData("latency/mail?limit=x", 400, "limit is \"x\"; accepted: a number up to 10000")]
    public async Task Probes_and_latencies_that_are_not_to_be_had_say_why(string path, int status, string error)
    {
        RawAnswer answer = await GetAsync($"/-/api/v1/{path}");

        answer.Status.ShouldBe(status);
        Error(answer).ShouldBe(error);
    }

    [Theory]
    [InlineData("?within_seconds=2h", 400, "within_seconds is \"2h\"; accepted: a number of seconds")]
    [InlineData("?within_seconds=-Infinity", 400, "within_seconds is \"-Infinity\"; accepted: a number of seconds")]
    [InlineData("?within_seconds=Infinity", 400, "within_seconds is \"Infinity\"; accepted: a number of seconds")]
    [InlineData("?within_seconds=NaN", 400, "within_seconds is \"NaN\"; accepted: a number of seconds")]
    [InlineData("?limit=-Infinity", 400, "limit is \"-Infinity\"; accepted: a number up to 10000")]
    [InlineData("?limit=10001", 400, "limit is \"10001\"; accepted: a number up to 10000")]
    [InlineData("?component=broken", 503, "the disk is full")]
    public async Task A_history_that_is_not_to_be_had_says_why(string query, int status, string error)
    {
        RawAnswer answer = await GetAsync($"/-/api/v1/history{query}");

        answer.Status.ShouldBe(status);
        Error(answer).ShouldBe(error);
    }

    [Fact]
    public async Task HEAD_is_GET_without_the_body()
    {
        RawAnswer whole = await GetAsync("/-/api/v1/status");
        RawAnswer head = await AskAsync("HEAD /-/api/v1/status HTTP/1.1\r\nHost: localhost\r\n\r\n");

        head.Status.ShouldBe(200);
        head.Body.ShouldBeEmpty();
        head["Content-Length"].ShouldBe(whole["Content-Length"]);
    }

    [Theory]
    [InlineData("mail", "mail")]
    [InlineData("eu/mail%201", "eu/mail 1")]
    [InlineData("eu%2Fmail%201", "eu/mail 1")]
    [InlineData("100%25", "100%")]
    public async Task A_component_is_explained_by_its_name(string path, string name)
    {
        RawAnswer answer = await GetAsync($"/-/api/v1/components/{path}");

        answer.Status.ShouldBe(200);
        Read(answer, ManagementJson.Default.ComponentDocument).Name.ShouldBe(name);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("Mail", "Mail")]
    [InlineData("mail/", "mail/")]
    [InlineData("100%2525", "100%25")]
    [InlineData("%1b[2J", @"\u001b[2J")]
    public async Task A_component_that_is_not_there_is_named(string path, string name)
    {
        RawAnswer answer = await GetAsync($"/-/api/v1/components/{path}");

        answer.Status.ShouldBe(404);
        Error(answer).ShouldBe($"no component is named \"{name}\"");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/mail")]
    [InlineData("/-/api/v1")]
    [InlineData("/-/api/v1/")]
    [InlineData("/-/api/v1/Status")]
    [InlineData("/-/api/v1/status/")]
    [InlineData("/-/api/v1//status")]
    [InlineData("/-/api/v1/components")]
    [InlineData("/-/api/v2/status")]
    [InlineData("/x/../-/api/v1/status")]
    [InlineData("/-/api/v1/components/%zz")]
    [InlineData("/-/api/v1/components/%ff")]
    public async Task Elsewhere_is_nothing_and_it_says_what_there_is(string target)
    {
        RawAnswer answer = await GetAsync(target);

        answer.Status.ShouldBe(404);
        Error(answer)
            .ShouldStartWith(
                "unknown path; accepted: /-/api/v1/status, /-/api/v1/components/NAME, /-/api/v1/configuration, /-/api/v1/history, /-/api/v1/probes/NAME, /-/api/v1/latency/NAME"
            );
    }

    [Theory]
    [InlineData("POST", "status")]
    [InlineData("PUT", "configuration")]
    [InlineData("DELETE", "components/mail")]
    [InlineData("OPTIONS", "status")]
    [InlineData("get", "status")]
    public async Task It_can_be_read_only(string method, string path)
    {
        RawAnswer answer = await AskAsync(
            $"{method} /-/api/v1/{path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"
        );

        answer.Status.ShouldBe(405);
        answer["Allow"].ShouldBe("GET, HEAD");
        Error(answer).ShouldBe($"the method is \"{method}\"; accepted: GET, HEAD");
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:8081")]
    [InlineData("192.0.2.1:80")]
    [InlineData("[::1]:8081")]
    [InlineData("localhost")]
    [InlineData("LOCALHOST:8081")]
    public async Task An_address_or_localhost_is_a_host_of_ours(string host) =>
        (await AskHostAsync(host)).Status.ShouldBe(200);

    [Theory]
    [InlineData("evil.example")]
    [InlineData("localhost.evil.example:8081")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("")]
    public async Task A_name_that_leads_here_by_somebody_elses_DNS_is_refused(string host)
    {
        RawAnswer answer = await AskHostAsync(host);

        answer.Status.ShouldBe(403);
        Error(answer)
            .ShouldBe(
                $"the host is \"{host.Split(':')[0]}\"; accepted: an IP address, localhost or the name that is listened on"
            );
        (
            await AskAsync($"GET http://evil.example/-/api/v1/status HTTP/1.1\r\nHost: localhost\r\n\r\n")
        ).Status.ShouldBe(403);
    }

    [Fact]
    public async Task The_name_that_is_listened_on_is_ours()
    {
        ListenAddress address = new("admin.example", 8081);

        (await AskHostAsync("Admin.example:8081", address)).Status.ShouldBe(200);
        (await AskHostAsync("other.example", address)).Status.ShouldBe(403);
    }

    [Fact]
    public async Task A_name_that_the_configuration_lists_is_ours()
    {
        ImmutableArray<string> hosts = ["failover.example.org"];

        (await AskHostAsync("Failover.example.org", address: null, hosts)).Status.ShouldBe(200);
        RawAnswer other = await AskHostAsync("other.example", address: null, hosts);
        Error(other)
            .ShouldBe(
                "the host is \"other.example\"; accepted: an IP address, localhost, the name that is listened on, or one of access.hosts"
            );
    }

    [Fact]
    public async Task To_a_Unix_socket_no_name_leads()
    {
        ListenAddress address = new(null, 0, "/run/failover.sock");

        (await AskHostAsync("anything.example", address)).Status.ShouldBe(200);
    }

    private static Task<RawAnswer> GetAsync(string target) =>
        AskAsync($"GET {target} HTTP/1.1\r\nHost: localhost\r\n\r\n");

    private static Task<RawAnswer> AskHostAsync(
        string host,
        ListenAddress? address = null,
        ImmutableArray<string>? hosts = null
    ) => AskAsync($"GET /-/api/v1/status HTTP/1.1\r\nHost: {host}\r\n\r\n", address, hosts);

    // Served on a free port, whatever it is told about where that is.
    private static async Task<RawAnswer> AskAsync(
        string request,
        ListenAddress? address = null,
        ImmutableArray<string>? hosts = null
    )
    {
        await using HealthService service = new(TimeProvider.System);
        ManagementApplication application = new(service, new ManagementSource());
        ManagementCall call = ManagementCall.At(
            address ?? ListenerUnderTest.FreePort,
            ManagementAccess.Open with
            {
                Hosts = hosts ?? [],
            }
        );
        await using Listener listener = await ListenerUnderTest.StartAsync(
            ListenerUnderTest.FreePort,
            http => application.HandleAsync(http, call)
        );
        return await RawConnection.AskAsync(listener.Address.Port, request);
    }

    private static string Error(RawAnswer answer)
    {
        answer["Content-Type"].ShouldBe("application/problem+json");
        ProblemDocument problem = Read(answer, ManagementJson.Default.ProblemDocument);
        problem.Type.ShouldBe("about:blank");
        problem.Status.ShouldBe(answer.Status);
        answer.Head.ShouldStartWith($"HTTP/1.1 {problem.Status} {problem.Title}");
        return problem.Detail;
    }

    private static T Read<T>(RawAnswer answer, JsonTypeInfo<T> type) => JsonSerializer.Deserialize(answer.Body, type)!;
}

using System.Net;
using System.Net.Http.Headers;

namespace Failover;

/// <summary>The stream of events over real sockets.</summary>
public sealed class EventsEndpointTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_come_as_they_happen_with_their_cursor()
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync();
        Publish(test, "before");
        using EventReader reader = await EventReader.OpenAsync(test);
        (await reader.ReadAsync()).ShouldBe("id: 1\n: events");

        Publish(test, "refused by hunter2");
        test.Service.Engine.Events.Publish(new PostAudit("mail", "alice", "::1", "Armed"));
        test.Service.Engine.Events.Publish(new GuardChange("web", GuardStep.Tripped, 2, 3, 1, Minute(10)));

        (await reader.ReadAsync()).ShouldBe(
            "id: 2\nevent: transition\ndata: {\"at\":\"2026-01-01T00:00:00.000Z\",\"component\":\"mail\",\"from\":\"ok\",\"to\":\"fail\",\"reason\":\"refused by ***\"}"
        );
        (await reader.ReadAsync()).ShouldBe(
            "id: 3\nevent: post\ndata: {\"at\":\"2026-01-01T00:00:00.000Z\",\"component\":\"mail\",\"user\":\"alice\",\"source\":\"::1\",\"outcome\":\"Armed\"}"
        );
        (await reader.ReadAsync()).ShouldBe(
            "id: 4\nevent: guard\ndata: {\"at\":\"2026-01-01T00:00:00.000Z\",\"guard\":\"web\",\"step\":\"tripped\",\"failing\":2,\"members\":3,\"most_failing\":1,\"max_delay_seconds\":600}"
        );
        reader.Answer.Content.Headers.ContentType!.ToString().ShouldBe("text/event-stream");
        reader.Answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
        reader.Answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
    }

    [Theory]
    [InlineData("?after={ring}-1", null)]
    [InlineData("", "{ring}-1")]
    [InlineData("?after={ring}-1", "{ring}-0")]
    public async Task A_reader_that_comes_back_goes_on_where_it_was(string query, string? lastEventId)
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync();
        Publish(test, "first");
        Publish(test, "second");

        using EventReader reader = await EventReader.OpenAsync(test, query, lastEventId);

        (await reader.ReadAsync()).ShouldBe("id: 1\n: events");
        (await reader.ReadAsync())!.ShouldContain("second");
    }

    // However many this one has had since: the numbers of two processes have nothing to do with each other.
    [Theory]
    [InlineData("?after=0a1b2c3d-0")]
    [InlineData("?after=0a1b2c3d-1000")]
    [InlineData("?after={ring}-1000")]
    public async Task A_cursor_of_another_process_has_lost_nobody_knows_how_many(string query)
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync();
        Publish(test, "first");

        using EventReader reader = await EventReader.OpenAsync(test, query);

        (await reader.ReadAsync()).ShouldBe("id: 0\n: events");
        (await reader.ReadAsync()).ShouldBe("id: 0\nevent: lost\ndata: {\"missed\":null}");
        (await reader.ReadAsync())!.ShouldContain("first");
    }

    [Fact]
    public async Task A_reader_that_is_too_slow_is_told_how_many_it_has_lost()
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync();
        for (int number = 1; number <= HealthEngine.EventCapacity + 3; number++)
        {
            Publish(test, $"number {number}");
        }

        using EventReader reader = await EventReader.OpenAsync(test, "?after={ring}-0");

        await reader.ReadAsync();
        (await reader.ReadAsync()).ShouldBe("id: 3\nevent: lost\ndata: {\"missed\":3}");
        (await reader.ReadAsync())!.ShouldContain("\"number 4\"");
    }

    [Fact]
    public async Task A_stream_without_events_shows_that_it_is_alive()
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync();
        using EventReader reader = await EventReader.OpenAsync(test);
        await reader.ReadAsync();

        Task<string?> alive = reader.ReadAsync();
        await AdvanceUntilAsync(test, () => alive.IsCompleted);

        (await alive).ShouldBe(":");
    }

    [Theory]
    [InlineData("the session is over")]
    [InlineData("the user is removed")]
    [InlineData("the access is another one")]
    public async Task A_stream_ends_with_what_let_it_pass(string what)
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync();
        string token = await test.LogInAsync();
        using EventReader reader = await EventReader.OpenAsync(
            test,
            authorization: what == "the user is removed" ? null : new("Bearer", token)
        );
        await reader.ReadAsync();
        switch (what)
        {
            case "the session is over":
                test.Time.Leap(ManagementSessions.Lifetime);
                break;
            case "the user is removed":
                await File.WriteAllTextAsync(test.ViewFile, "carol:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n", Cancel);
                await test.GetAsync("status", ManagementUnderTest.Basic("alice"));
                break;
            default:
                test.Access = test.Access with { Hosts = ["other.example"] };
                break;
        }

        Task<bool> ended = reader.IsOverAsync();
        await AdvanceUntilAsync(test, () => ended.IsCompleted);
        (await ended).ShouldBeTrue();
    }

    [Fact]
    public async Task A_stop_of_the_listener_ends_streams_at_once()
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync();
        using EventReader reader = await EventReader.OpenAsync(test);
        await reader.ReadAsync();

        await test.StopAsync();

        (await reader.IsOverAsync()).ShouldBeTrue();
    }

    [Fact]
    public async Task A_client_that_does_not_read_is_dropped_and_nothing_is_kept_for_it()
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync();
        using RawConnection client = await RawConnection.OpenAsync(test.Port);
        await client.SendAsync(
            $"GET /-/api/v1/events HTTP/1.1\r\nHost: localhost\r\n{ManagementUnderTest.Basic("alice")}\r\n"
        );
        await client.ReadBytesAsync(1);
        string large = new('x', 1_000_000);

        for (int i = 0; i < 20; i++)
        {
            Publish(test, large);
        }

        await AdvanceUntilAsync(test, () => test.Budget.Open == 0);
    }

    [Fact]
    public async Task Five_thousand_streams_are_capped_and_others_are_served()
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync();
        string token = ManagementUnderTest.Bearer(ManagementUnderTest.ViewToken);
        List<RawConnection> open = [];
        int refused = 0;
        for (int i = 0; i < 5000; i++)
        {
            RawConnection client = await RawConnection.OpenAsync(test.Port);
            await client.SendAsync($"GET /-/api/v1/events HTTP/1.1\r\nHost: localhost\r\n{token}\r\n");
            string begin = await client.ReadBytesAsync("HTTP/1.1 200".Length);
            if (begin == "HTTP/1.1 200")
            {
                open.Add(client);
                continue;
            }

            begin.ShouldBe("HTTP/1.1 503");
            client.Dispose();
            refused++;
            if (i % 500 == 0)
            {
                (await test.GetAsync("status", token)).Status.ShouldBe(200);
            }
        }

        (open.Count, refused).ShouldBe((EventsEndpoint.MostStreams, 5000 - EventsEndpoint.MostStreams));
        RawAnswer answer = await test.GetAsync("events", token);
        answer.Status.ShouldBe(503);
        answer["Retry-After"].ShouldBe("10");
        answer["Connection"].ShouldBe("close");
        open.ForEach(client => client.Dispose());
        using EventReader next = await EventReader.OpenAsync(test, patience: true);
        (await next.ReadAsync()).ShouldStartWith("id: ");
    }

    [Theory]
    [InlineData("?after=x", 400)]
    [InlineData("?after=-1", 400)]
    [InlineData("?after=1", 400)]
    [InlineData("?after=a-99999999999999999999", 400)]
    public async Task A_cursor_that_is_none_is_refused(string query, int status)
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync();

        RawAnswer answer = await test.GetAsync($"events{query}", ManagementUnderTest.Basic("alice"));

        answer.Status.ShouldBe(status);
        answer.Body.ShouldContain("accepted: the id of an event");
    }

    [Fact]
    public async Task HEAD_opens_no_stream()
    {
        await using ManagementUnderTest test = await ManagementUnderTest.StartAsync();

        RawAnswer answer = await RawConnection.AskAsync(
            test.Port,
            $"HEAD /-/api/v1/events HTTP/1.1\r\nHost: localhost\r\n{ManagementUnderTest.Basic("alice")}\r\n"
        );

        (answer.Status, answer["Content-Type"]).ShouldBe((200, "text/event-stream"));
    }

    [Fact]
    public void Every_event_has_a_document()
    {
        // What has none would be missing from every stream without a word.
        HealthEvent[] each =
        [
            new StateChange("a", Ok, Fail, ""),
            new PostAudit("a", null, "", ""),
            new GuardChange("a", GuardStep.Over, 0, 0, 0, Second(1)),
            new OverrideChange(
                new("1", "a", OverrideKind.Fail, Fail, "", "", "", default, default, default),
                OverrideStep.Set
            ),
            new MaintenanceChange(new("a", MaintenanceState.Hold, "", default, default), MaintenanceStep.Opened),
        ];
        each.Select(one => one.GetType())
            .ShouldBe(
                typeof(HealthEvent).Assembly.GetTypes().Where(type => type.BaseType == typeof(HealthEvent)),
                ignoreOrder: true
            );
        each.Select(one => StreamedEvent.Of(new(one, 0, 0, default), text => text)).ShouldAllBe(one => one != null);
    }

    private static void Publish(ManagementUnderTest test, string reason) =>
        test.Service.Engine.Events.Publish(new StateChange("mail", Ok, Fail, reason));

    private static async Task AdvanceUntilAsync(ManagementUnderTest test, Func<bool> isSo)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(Second(30));
        while (!isSo())
        {
            test.Time.Advance(Second(1));
            // Real time: threads of the server come to wait for the clock that is moved, at no moment that can be seen from here.
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, patience.Token);
        }
    }

    /// <summary>A client that reads events, one after the other.</summary>
    private sealed class EventReader : IDisposable
    {
        private readonly HttpClient client;
        private readonly StreamReader lines;
        private readonly string ring;

        private EventReader(HttpClient client, HttpResponseMessage answer, StreamReader lines, string ring) =>
            (this.client, Answer, this.lines, this.ring) = (client, answer, lines, ring);

        public HttpResponseMessage Answer { get; }

        public static async Task<EventReader> OpenAsync(
            ManagementUnderTest test,
            string query = "",
            string? lastEventId = null,
            AuthenticationHeaderValue? authorization = null,
            bool patience = false
        )
        {
            string ringNow = test.Service.Engine.Events.Id;
            query = query.Replace("{ring}", ringNow, StringComparison.Ordinal);
            lastEventId = lastEventId?.Replace("{ring}", ringNow, StringComparison.Ordinal);
            HttpClient http = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false });
            HttpResponseMessage answer;
            do
            {
                using HttpRequestMessage request = new(HttpMethod.Get, $"{test.Url}events{query}");
                request.Headers.Authorization = authorization ?? new("Basic", Convert.ToBase64String("alice:secret"u8));
                request.Headers.Add("Last-Event-ID", lastEventId is null ? [] : [lastEventId]);
                answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
            } while (patience && answer.StatusCode == HttpStatusCode.ServiceUnavailable);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            return new(http, answer, new StreamReader(await answer.Content.ReadAsStreamAsync(Cancel)), ringNow);
        }

        /// <summary>The lines up to the next empty one, ids without what is of this process; null at the end.</summary>
        public async Task<string?> ReadAsync()
        {
            List<string> read = [];
            while (await lines.ReadLineAsync(Cancel) is { } line)
            {
                if (line.Length == 0)
                {
                    return string.Join('\n', read);
                }

                read.Add(line.Replace($"id: {ring}-", "id: ", StringComparison.Ordinal));
            }

            return null;
        }

        /// <summary>Whether the stream ends, whatever comes before.</summary>
        public async Task<bool> IsOverAsync()
        {
            while (await ReadAsync() is not null)
            {
                // What shows that it is alive.
            }

            return true;
        }

        public void Dispose()
        {
            lines.Dispose();
            Answer.Dispose();
            client.Dispose();
        }
    }
}

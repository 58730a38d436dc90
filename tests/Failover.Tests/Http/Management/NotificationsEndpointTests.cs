using System.Text.Json;

namespace Failover;

/// <summary>What becomes of notifications, over the management API.</summary>
public sealed class NotificationsEndpointTests : IAsyncLifetime
{
    private readonly WebhookPeer peer = new();
    private ManagementUnderTest test = null!;

    private static string Viewer { get; } = ManagementUnderTest.Basic("alice");

    private static string Operator { get; } = ManagementUnderTest.Basic("bob");

    public async ValueTask InitializeAsync()
    {
        test = await ManagementUnderTest.StartAsync(prepared =>
            prepared.Service.Notifications = new()
            {
                Routes =
                [
                    new("ops", new Webhook(peer.Url, [new("X-Key", "hunter2")])),
                    new("info", new Webhook(peer.Url), topics: NotificationTopics.Guard),
                ],
            }
        );
    }

    public async ValueTask DisposeAsync()
    {
        await test.DisposeAsync();
        await peer.DisposeAsync();
    }

    [Fact]
    public async Task Routes_are_shown_with_what_was_delivered_and_what_is_wrong()
    {
        test.Service.ReportReload("line 3: hunter2 is no number");
        (await peer.TakeAsync()).ShouldContain("X-Key: hunter2");
        SpinWait.SpinUntil(() => test.Service.Routes[0].Delivered == 1, Second(30)).ShouldBeTrue();

        RawAnswer answer = await test.GetAsync("notifications", Viewer);

        answer.Status.ShouldBe(200, answer.Body);
        answer.Body.ShouldNotContain("hunter2");
        NotificationsDocument all = Read(answer);
        string receiver = FormattableString.Invariant($"webhook at 127.0.0.1:{peer.Port}");
        all.Routes.ShouldBe([new("ops", receiver, 0, 1, 0, 0, 0, null), new("info", receiver, 0, 0, 0, 0, 0, null)]);
        StandingAlarm alarm = all.Alarms.ShouldHaveSingleItem();
        (alarm.Subject, alarm.Component, alarm.Severity, alarm.State, alarm.Since).ShouldBe(
            ("configuration", null, "warning", null, test.Time.GetUtcNow())
        );
        alarm.Reason.ShouldEndWith("line 3: *** is no number");
        alarm.Routes.ShouldBe(["ops"]);

        test.Service.ReportReload(problem: null);
        Read(await test.GetAsync("notifications", Viewer)).Alarms.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_given_up_is_shown_and_is_sent_again_by_who_may()
    {
        await GiveUpAsync();
        NotificationsDocument given = Read(await test.GetAsync("notifications/ops", Viewer));
        NotificationRouteStatus route = given.Routes.ShouldHaveSingleItem();
        (route.Pending, route.GivenUp, route.Problem).ShouldBe((0, 1, "status 500: no, ***"));
        DeadLetter letter = given.DeadLetters.ShouldHaveSingleItem();
        (letter.Route, letter.Status, letter.Severity, letter.Subject, letter.Failure).ShouldBe(
            ("ops", "firing", "warning", "configuration", "status 500: no, ***")
        );

        (await ResendAsync("ops", "")).Status.ShouldBe(401);
        RawAnswer viewer = await ResendAsync("ops", Viewer);
        (viewer.Status, Detail(viewer)).ShouldBe((403, "Not allowed: may view only"), viewer.Body);
        RawAnswer crossSite = await ResendAsync("ops", $"{Operator}Sec-Fetch-Site: cross-site\r\n");
        (crossSite.Status, Detail(crossSite)).ShouldBe((403, "Cross-site request"));
        test.Service.Routes[0].Dead.Length.ShouldBe(1);

        peer.Status = 200;
        RawAnswer resent = await ResendAsync("ops", Operator);

        (resent.Status, resent.Body).ShouldBe((200, "{\"outcome\":\"Sent again\",\"resent\":1}"));
        (await peer.TakeAsync()).ShouldContain(letter.Id);
        SpinWait
            .SpinUntil(() => test.Service.Routes[0] is { Waiting: 0, Problem: null, Delivered: 1 }, Second(30))
            .ShouldBeTrue();
        RawAnswer again = await ResendAsync("ops", Operator);
        (again.Status, Detail(again)).ShouldBe((409, "Nothing to send again"));
    }

    [Fact]
    public async Task Sending_again_is_in_the_audit()
    {
        await using IAsyncEnumerator<RingEntry> events = test
            .Service.Engine.Events.FollowAsync(0, TestContext.Current.CancellationToken)
            .GetAsyncEnumerator(TestContext.Current.CancellationToken);
        await GiveUpAsync();
        await ResendAsync("ops", Operator);

        PostAudit? audit = null;
        while (audit is null && await events.MoveNextAsync())
        {
            audit = events.Current.Event as PostAudit;
        }

        (audit!.Component, audit.User, audit.Outcome).ShouldBe(("-/notifications/ops", "bob", "Sent again"));
    }

    [Theory]
    [InlineData("notifications/none")]
    [InlineData("notifications/ops/")]
    [InlineData("notifications/")]
    [InlineData("notifications/ops/resend")]
    public async Task An_unknown_route_is_answered_with_those_that_there_are(string path)
    {
        RawAnswer answer = await test.GetAsync(path, Viewer);

        answer.Status.ShouldBe(404);
        Detail(answer).ShouldBe($"no route is named \"{path["notifications/".Length..]}\"; accepted: ops, info");
    }

    [Theory]
    [InlineData("POST", "notifications/none/resend", 404)]
    [InlineData("POST", "notifications//resend", 404)]
    [InlineData("POST", "notifications/resend", 405)]
    [InlineData("POST", "notifications/ops", 405)]
    [InlineData("DELETE", "notifications/ops/resend", 405)]
    public async Task What_cannot_be_sent_again_is_refused(string method, string path, int status) =>
        (await test.SendAsync(method, path, Operator)).Status.ShouldBe(status);

    // A notification is given up once it is a day old and is refused again.
    private async Task GiveUpAsync()
    {
        (peer.Status, peer.Says) = (500, "no, hunter2");
        test.Service.ReportReload("line 3");
        await peer.TakeAsync();
        SpinWait.SpinUntil(() => test.Service.Routes[0].Failed == 1, Second(30)).ShouldBeTrue();
        // Its next attempt is due in a second or so: at once after that, it is too old.
        test.Time.WallClock += Hour(24);
        while (test.Service.Routes[0].Dead.IsEmpty)
        {
            test.Time.Advance(Second(1));
            await Task.Yield();
        }

        await peer.TakeAsync();
    }

    private Task<RawAnswer> ResendAsync(string route, string headers) =>
        test.SendAsync("POST", $"notifications/{route}/resend", headers);

    private static NotificationsDocument Read(RawAnswer answer) =>
        JsonSerializer.Deserialize(answer.Body, ManagementJson.Default.NotificationsDocument)!;

    private static string Detail(RawAnswer answer) =>
        JsonSerializer.Deserialize(answer.Body, ManagementJson.Default.ProblemDocument)!.Detail;
}

namespace Failover;

/// <summary>What reading the files of certificates takes is not the target's time, and says nothing about the target.</summary>
public sealed class TlsFilesTests : IDisposable
{
    private readonly TestAuthority authority = new();
    private readonly TemporaryFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        authority.Dispose();
        folder.Dispose();
    }

    [Fact]
    public async Task The_time_of_the_target_begins_when_they_have_been_read()
    {
        string ca = folder.Write("ca.pem", authority.RootPem);
        await using FaultServer server = new(FaultServer.OverTls(authority.Issue("a"), (_, _) => Task.CompletedTask));

        // Whoever asks for them once the clock is running comes too late.
        Observation seen = await new TlsCheck("127.0.0.1", server.Port, ca: ca).ProbeAsync(
            new ActingClock(() => File.Delete(ca)),
            Cancel
        );

        seen.State.ShouldBe(Ok, seen.Reason);
    }

    [Fact]
    public async Task Those_that_are_not_read_in_time_are_an_error()
    {
        string ca = folder.Write("ca.pem", authority.RootPem);
        string client = folder.Write("client.pem", authority.Issue("client").Certificate);
        using ManualResetEventSlim answer = new();
        // As on a file system that has stopped to answer.
        Should.Throw<FileFault>(() =>
            FileThreads.OfChecks.Run(client, () => answer.Wait(Timeout.Infinite), TimeSpan.Zero)
        );
        ProbeCheck[] checks =
        [
            new TlsCheck("127.0.0.1", 1, ca: ca, clientCertificate: client),
            new HttpCheck("https://127.0.0.1:1/", ca: ca, clientCertificate: client),
            new TcpCheck("127.0.0.1", 1, tls: true, ca: ca, clientCertificate: client),
            new GrpcCheck("127.0.0.1", 1, tls: true, ca: ca, clientCertificate: client),
        ];

        List<Observation> seen = [];
        foreach (ProbeCheck check in checks)
        {
            seen.Add(await check.ProbeAsync(new ManualTime(), Cancel));
        }

        answer.Set();
        seen.ShouldAllBe(one =>
            one.State == Error && one.Reason == $"{client} cannot be read: it takes longer than 5s to answer"
        );
    }

    [Theory]
    [InlineData(2, false, 2)]
    [InlineData(2, true, 4)]
    [InlineData(5, true, 10)]
    [InlineData(60, true, 65)]
    public void A_probe_takes_as_long_as_the_target_may_and_for_files_as_long_again_up_to_5_s(
        double timeout,
        bool hasFiles,
        double longest
    )
    {
        string? ca = hasFiles ? "/ca.pem" : null;
        ProbeCheck[] checks =
        [
            new TlsCheck("127.0.0.1", 1, ca: ca, timeout: Second(timeout)),
            new HttpCheck("https://127.0.0.1:1/", ca: ca, timeout: Second(timeout)),
            new TcpCheck("127.0.0.1", 1, Second(timeout), tls: true, ca: ca),
            new GrpcCheck("127.0.0.1", 1, tls: true, ca: ca, timeout: Second(timeout)),
        ];

        checks.ShouldAllBe(check => check.LongestTime == Second(longest));
    }

    /// <summary>A clock that does something at the first reading.</summary>
    private sealed class ActingClock(Action act) : TimeProvider
    {
        private readonly Lazy<bool> acted = new(() =>
        {
            act();
            return true;
        });

        public override long GetTimestamp() => acted.Value ? base.GetTimestamp() : 0;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            acted.Value ? base.CreateTimer(callback, state, dueTime, period) : null!;
    }
}

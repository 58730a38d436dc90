using System.Diagnostics;
using System.Net.Sockets;

namespace Failover;

/// <summary>A component with a latch, and what its pollers and operators were told: so what has to be so after a crash.</summary>
/// <param name="name">Its name.</param>
internal sealed class LatchedComponent(string name) : IDisposable
{
    // A fail that is served later than that may be served before it is stored.
    private static readonly TimeSpan LongestCommit = Second(0.25);

    private readonly Target target = Target.Started();
    private bool isUnderWay;

    /// <summary>Whether it is latched, as was said last.</summary>
    public bool IsLatched { get; private set; }

    /// <summary>How many resets were answered with 200.</summary>
    public int Resets { get; private set; }

    /// <summary>How many were sent.</summary>
    public int Posts { get; private set; }

    /// <summary>As it stands in a configuration.</summary>
    public string Yaml =>
        $$"""
              {{name}}:
                toggle:
                  to_fail:
                    tcp: 127.0.0.1:{{target.Port}}
                  to_ok:
                    oneshot: {auth: PASSWORDS}
                on_post: to_ok.fire

            """;

    /// <summary>Looks whether what is so after a start is what was said last or what was under way.</summary>
    public async Task CheckAsync(RunningDaemon daemon)
    {
        bool found = (await AskAsync(() => daemon.StatusOfAsync(name))).GetProperty("is_latched").GetBoolean();
        if (!isUnderWay)
        {
            found.ShouldBe(IsLatched, $"{name} after a start; what was said before it {daemon.Process}");
        }

        (IsLatched, isUnderWay) = (found, false);
        (await AskAsync(() => daemon.PollAsync(name))).ShouldBe(found ? "FAIL" : "OK", name);
    }

    /// <summary>Fails, and is well again at once: only the latch holds.</summary>
    public async Task FailAsync(RunningDaemon daemon)
    {
        isUnderWay = true;
        target.Stop();
        try
        {
            long asked = Stopwatch.GetTimestamp();
            (await AskAsync(() => daemon.PollAsync(name))).ShouldBe("FAIL", name);
            bool isStored = Stopwatch.GetElapsedTime(asked) < LongestCommit;
            (IsLatched, isUnderWay) = (isStored || IsLatched, !isStored);
        }
        finally
        {
            target.Start();
        }

        (await AskAsync(() => daemon.PollAsync(name))).ShouldBe("FAIL", name);
    }

    /// <summary>Is reset.</summary>
    public async Task ResetAsync(RunningDaemon daemon)
    {
        isUnderWay = true;
        Posts++;
        (await AskAsync(() => daemon.PostAsync(name))).ShouldBe("200 Armed", name);
        Resets++;
        (IsLatched, isUnderWay) = (false, false);
        (await AskAsync(() => daemon.PollAsync(name))).ShouldBe("OK", name);
    }

    public void Dispose() => target.Dispose();

    private static async Task<T> AskAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception lost)
            when (lost is SocketException or IOException
                || (lost is ShouldAssertException && lost.Message.Contains("the connection was closed after"))
            )
        {
            throw new DaemonDiedException(lost);
        }
    }
}

using System.Text;

namespace Failover;

/// <summary>Takes lines, unless it is blocked or fails: a pipe that nobody reads, a full disk.</summary>
internal sealed class BlockableWriter : TextWriter
{
    private static readonly TimeSpan Patience = Second(30);

    private readonly ManualResetEventSlim gate = new(initialState: true);
    private readonly ManualResetEventSlim reached = new();
    private readonly List<string> lines = [];

    public override Encoding Encoding => Encoding.UTF8;

    /// <summary>How many of the next lines fail.</summary>
    public int FailuresToCome { get; set; }

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (lines)
            {
                return [.. lines];
            }
        }
    }

    public void Block() => gate.Reset();

    public void Unblock() => gate.Set();

    /// <summary>Waits until somebody writes.</summary>
    public void WaitUntilReached() => reached.Wait(Patience).ShouldBeTrue();

    public void WaitForLine(string line) =>
        SpinWait.SpinUntil(() => Lines.Contains(line, StringComparer.Ordinal), Patience).ShouldBeTrue(line);

    public override void WriteLine(string? value)
    {
        reached.Set();
        gate.Wait();
        if (FailuresToCome > 0)
        {
            FailuresToCome--;
            throw new IOException("no space left on device");
        }

        lock (lines)
        {
            lines.Add(value!);
        }
    }

    protected override void Dispose(bool disposing)
    {
        gate.Set();
        base.Dispose(disposing);
    }
}

using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Failover;

/// <summary>One run of a command, on a thread of its own that starts it, reads what it writes, and waits for its end.</summary>
/// <remarks>The end of the command is the end of its own process, whatever else holds its output open. What it has left running in its
/// group is killed then.</remarks>
/// <param name="command">The program and its arguments.</param>
/// <param name="environment">Its environment, as <c>NAME=VALUE</c>.</param>
/// <param name="input">What it reads from its standard input; null: nothing, from /dev/null.</param>
[SupportedOSPlatform("linux")]
internal sealed class CommandRun(IReadOnlyList<string> command, IReadOnlyList<string> environment, byte[]? input = null)
{
    private const int StackSize = 256 * 1024;

    // The capacity of a pipe, unless its user changes it (pipe(7)).
    private const int BlockSize = 64 * 1024;

    // How often it is asked whether it has ended where the system has nothing to wait for.
    private const int PollMilliseconds = 10;

    // How long the outcome of one that was killed waits for it to be gone, and that of one that was not started in time for it to be.
    private const int KillMilliseconds = 100;

    private static readonly CommandEnd Late = CommandEnd.NotStarted("the system did not start it in time");

    private readonly Lock gate = new();
    private readonly TaskCompletionSource<CommandEnd> end = new();
    private readonly TaskCompletionSource gone = new();
    private readonly CommandOutput output = new();
    private readonly CommandOutput errors = new();
    private Pipe? stop;
    private bool hasStarted;
    private bool isStopping;

    /// <summary>Its outcome. Never faults.</summary>
    public Task<CommandEnd> End => end.Task;

    /// <summary>Ends when its process is gone, which after a stop may be later.</summary>
    public Task Gone => gone.Task;

    /// <summary>Begins.</summary>
    public void Start()
    {
        try
        {
            new Thread(Run, StackSize) { IsBackground = true, Name = "Failover command" }.UnsafeStart();
        }
        catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
        {
            gone.TrySetResult();
            end.TrySetResult(CommandEnd.NotStarted("no thread left"));
        }
    }

    /// <summary>Begins, and waits for its outcome. At the deadline it is killed.</summary>
    public async ValueTask<CommandEnd> RunAsync(CancellationToken deadline)
    {
        Start();
        await using CancellationTokenRegistration atDeadline = deadline.UnsafeRegister(
            static run => Stop((CommandRun)run!),
            this
        );
        return await End;
    }

    // An analyzer does not see that a lambda is on Linux as well.
    private static void Stop(CommandRun run) => run.Stop();

    /// <summary>Kills it. A start that the system does not come back from is given up.</summary>
    public void Stop()
    {
        lock (gate)
        {
            isStopping = true;
            stop?.Write();
            if (hasStarted)
            {
                return;
            }
        }

        _ = GiveUpAsync();
    }

    // It may have started, and even ended, and its thread has not run since, as after a pause of this process.
    private async Task GiveUpAsync()
    {
        await Task.Delay(TimeSpan.FromMilliseconds(KillMilliseconds), TimeProvider.System).ConfigureAwait(false);
        end.TrySetResult(Late);
    }

    private void Run()
    {
        CommandEnd seen;
        try
        {
            seen = RunToEnd();
        }
#pragma warning disable CA1031 // It ends a thread, and would end the process.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            seen = CommandEnd.NotStarted($"{exception.GetType().Name}: {exception.Message}");
        }

        gone.TrySetResult();
        end.TrySetResult(seen);
    }

    private CommandEnd RunToEnd()
    {
        if (CommandFile.Find(command[0], out string fault) is not { } file)
        {
            return CommandEnd.NotStarted(fault);
        }

        using Pipe? wake = Make();
        using Pipe? written = Make();
        using Pipe? complaints = Make();
        using SafeFileHandle? given = input is null ? null : MemoryFile.Of(input);
        if (wake is null || written is null || complaints is null || (input is not null && given is null))
        {
            return CommandEnd.NotStarted("no descriptors left");
        }

        ChildSignal.Keep();
        int error = PosixSpawn.Start(file, command, environment, given, written.Writer, complaints.Writer, out int id);
        if (error != 0)
        {
            return CommandEnd.NotStarted(Printable.Escape(Marshal.GetPInvokeErrorMessage(error)));
        }

        written.Writer.Dispose();
        complaints.Writer.Dispose();
        using ChildProcess process = new(id);
        try
        {
            bool isInTime = Begin(wake);
            return ReadUntilEnd(process, wake, written, complaints) ? Collect(process) : EndStopped(process, isInTime);
        }
        catch
        {
            // Out of memory, say: nothing of it outlives the probe.
            process.KillGroup();
            process.Wait();
            throw;
        }
        finally
        {
            lock (gate)
            {
                stop = null;
            }
        }
    }

    /// <returns>Whether it was not to stop before.</returns>
    private bool Begin(Pipe wake)
    {
        lock (gate)
        {
            (stop, hasStarted) = (wake, true);
            if (isStopping)
            {
                wake.Write();
            }

            return !isStopping;
        }
    }

    /// <returns>Whether it ended; false where it is to stop.</returns>
    private bool ReadUntilEnd(ChildProcess process, Pipe wake, Pipe written, Pipe complaints)
    {
        byte[] block = new byte[BlockSize];
        (Pipe? fromOutput, Pipe? fromErrors) = (written, complaints);
        Span<bool> happened = stackalloc bool[4];
        while (true)
        {
            Pipe.Wait(
                [process.Descriptor, wake.Reader, fromOutput?.Reader, fromErrors?.Reader],
                happened,
                process.Descriptor.IsInvalid ? PollMilliseconds : Timeout.Infinite
            );
            // An end that comes before the deadline is handled is an end, as after a pause of this process.
            if ((happened[0] || process.Descriptor.IsInvalid) && process.HasEnded())
            {
                ReadRest(written, output, block);
                ReadRest(complaints, errors, block);
                return true;
            }

            if (happened[1])
            {
                return false;
            }

            fromOutput = happened[2] && !Read(written, output, block) ? null : fromOutput;
            fromErrors = happened[3] && !Read(complaints, errors, block) ? null : fromErrors;
        }
    }

    private CommandEnd Collect(ChildProcess process)
    {
        process.KillGroup();
        return process.Wait() switch
        {
            null => new(CommandEndKind.Lost),
            { ExitCode: { } code } => new(CommandEndKind.Exited, code, "", output.Text, errors.Text),
            { Signal: var signal } => new(CommandEndKind.Killed, signal, "", output.Text, errors.Text),
        };
    }

    // Most are gone at once. One that is blocked in the kernel, by a disk for instance, ends when that does: the outcome comes before.
    private CommandEnd EndStopped(ChildProcess process, bool isInTime)
    {
        process.KillGroup();
        CommandEnd stopped = isInTime ? new(CommandEndKind.Stopped, 0, "", output.Text, errors.Text) : Late;
        Pipe.Wait([process.Descriptor], stackalloc bool[1], KillMilliseconds);
        if (!process.HasEnded())
        {
            end.TrySetResult(stopped);
        }

        process.Wait();
        return stopped;
    }

    private static bool Read(Pipe pipe, CommandOutput into, byte[] block)
    {
        int count = pipe.Read(block);
        into.Add(block.AsSpan(0, count));
        return count > 0;
    }

    // What it wrote before it ended. Others may write on for ever.
    private static void ReadRest(Pipe pipe, CommandOutput into, byte[] block)
    {
        Span<bool> happened = stackalloc bool[1];
        do
        {
            Pipe.Wait([pipe.Reader], happened, milliseconds: 0);
        } while (!into.IsFull && happened[0] && Read(pipe, into, block));
    }

    private static Pipe? Make()
    {
        Pipe? made = Pipe.Make();
        if (made is null || (!Descriptors.IsOfReserve(made.Reader) && !Descriptors.IsOfReserve(made.Writer)))
        {
            return made;
        }

        made.Dispose();
        return null;
    }
}

using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Failover;

/// <summary>A program that a test started: what it writes, how it ends. It is gone with the test.</summary>
internal sealed partial class ChildProcess : IAsyncDisposable
{
    // Where daemons leave their addresses: not among those of the machine.
    private static readonly string RuntimeFolder = Path.Combine(Path.GetTempPath(), "failover-tests");

    private readonly Process process;
    private readonly StringBuilder output = new();
    private readonly StringBuilder errors = new();

    private ChildProcess(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, line) => Append(output, line.Data);
        process.ErrorDataReceived += (_, line) => Append(errors, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Starts a program.</summary>
    /// <param name="program">Its path, or its name where the PATH or a folder of system programs has it.</param>
    /// <param name="package">The Debian package that it comes from.</param>
    /// <param name="arguments">Its arguments.</param>
    public static ChildProcess Start(string program, string package, params IEnumerable<string> arguments)
    {
        // Programs for the system are not on everybody's PATH.
        string systemPath = Path.Combine("/usr/sbin", program);
        ProcessStartInfo start = new(File.Exists(systemPath) ? systemPath : program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return new ChildProcess(Process.Start(start)!);
        }
        catch (Win32Exception missing)
        {
            throw new InvalidOperationException($"{program} is missing: install {package}", missing);
        }
    }

    /// <summary>Starts a .NET program.</summary>
    public static ChildProcess StartDotnet(params IEnumerable<string> arguments)
    {
        string[] command = Dotnet(arguments);
        return Start(command[0], "coreutils", command[1..]);
    }

    /// <summary>Starts the SDK. What it needs of this repository was built with these tests, in the configuration of these tests: otherwise it
    /// would be compiled again.</summary>
    public static ChildProcess StartSdk(params IEnumerable<string> arguments)
    {
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        string[] command = Dotnet(arguments);
        return Start(command[0], "coreutils", [command[1], $"Configuration={configuration}", .. command[2..]]);
    }

    /// <summary>The command line of a .NET program, to be put behind another one's. Where the tests are run by something that ignores
    /// SIGINT, as a job in the background does, their children would, too.</summary>
    public static string[] Dotnet(params IEnumerable<string> arguments) =>
        ["env", "--default-signal=INT", $"XDG_RUNTIME_DIR={RuntimeFolder}", "dotnet", .. arguments];

    public string Output => Read(output);

    /// <summary>What it has written after so many characters: whole lines.</summary>
    public string OutputFrom(int start)
    {
        lock (output)
        {
            return output.ToString(start, output.Length - start);
        }
    }

    public string Errors => Read(errors);

    public int Id => process.Id;

    public bool HasEnded => process.HasExited;

    public void Signal(PosixSignal signal) => TrySignal(signal).ShouldBeTrue($"no such process: {this}");

    /// <summary>Sends a signal to a process that may have been killed meanwhile.</summary>
    /// <returns>False if it has ended.</returns>
    public bool TrySignal(PosixSignal signal)
    {
        int number = signal switch
        {
            PosixSignal.SIGHUP => 1,
            PosixSignal.SIGINT => 2,
            PosixSignal.SIGTERM => 15,
            _ => throw new ArgumentOutOfRangeException(nameof(signal), signal, "not used here"),
        };
        return Kill(process.Id, number) == 0;
    }

    /// <summary>Has it do nothing, until <see cref="Resume"/>: SIGSTOP.</summary>
    public void Pause() => Kill(process.Id, 19).ShouldBe(0, ToString());

    /// <summary>Has it go on: SIGCONT.</summary>
    public void Resume() => Kill(process.Id, 18).ShouldBe(0, ToString());

    /// <summary>Waits for a line of its output that contains a text.</summary>
    public async Task<string> LineAsync(string text)
    {
        await Eventually.IsAsync(
            () => HasEnded || Output.Contains(text, StringComparison.Ordinal),
            $"a line with \"{text}\""
        );
        return Output.Split('\n').FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"ended without a line with \"{text}\": {Output}{Errors}");
    }

    /// <summary>Waits for its end.</summary>
    /// <param name="within">How long that may take.</param>
    public async Task<int> ExitCodeAsync(TimeSpan within)
    {
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(within);
        return process.ExitCode;
    }

    /// <summary>Ends it where it stands, with all that it has started, and waits until it is gone.</summary>
    public async ValueTask KillAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        process.Dispose();
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{process.StartInfo.FileName}\n{Output}{Errors}");

    private static void Append(StringBuilder lines, string? line)
    {
        if (line is not null)
        {
            lock (lines)
            {
                lines.Append(line).Append('\n');
            }
        }
    }

    private static string Read(StringBuilder lines)
    {
        lock (lines)
        {
            return lines.ToString();
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}

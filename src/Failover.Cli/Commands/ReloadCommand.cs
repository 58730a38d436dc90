using System.CommandLine;
using System.Globalization;
using System.Runtime.Versioning;

namespace Failover;

/// <summary><c>failover reload</c>: has the running daemon read its configuration again, and says what came of it.</summary>
/// <remarks>The daemon is found by the file that it leaves for the commands, which also tells when a reload that began after the
/// signal has ended. So it works without a management address, and signals no process but that of a daemon.</remarks>
internal static class ReloadCommand
{
    public const string Name = "reload";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    // A reload drains for 7 s the addresses that it removes.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    public static Command Make(CommandContext context)
    {
        Argument<string?> file = ConfigurationArgument.FileArgument();
        Option<string?> authority = DaemonAddress.AuthorityOption();
        Command command = new DocumentedCommand(
            Name,
            "Have the running daemon read its configuration again (SIGHUP), wait for the outcome, and report it. Exits with 0 where the configuration is in force, and with 78 where it is rejected and the running one stays.",
            "failover reload",
            "failover reload /etc/failover/failover.yaml"
        )
        {
            file,
            authority,
        };
        command.SetAction(
            (parsed, cancellationToken) =>
                OperatingSystem.IsLinux()
                    ? ReloadAsync(parsed.GetValue(file), parsed.GetValue(authority), context, cancellationToken)
                    : throw new CommandException(ExitCode.Unreachable, "failover: reload works on Linux only")
        );
        return command;
    }

    [SupportedOSPlatform("linux")]
    private static async Task<int> ReloadAsync(
        string? file,
        string? authority,
        CommandContext context,
        CancellationToken cancellationToken
    )
    {
        IReadOnlyList<string> files = file is null ? context.DefaultFiles : [file];
        RuntimeFile running = Find(files, context) ?? throw NotRunning(string.Join(" or ", files));
        string configuration = Printable.Escape(running.Configuration);
        switch (running.Process.HangUp())
        {
            case SignalOutcome.Sent:
                break;
            case SignalOutcome.NotAllowed:
                throw new CommandException(
                    ExitCode.NotAllowed,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"failover: not allowed: the daemon of {configuration} is process {running.Process.Id} of another user"
                    )
                );
            case SignalOutcome.NoProcess:
                throw NotRunning(running.Configuration);
            default:
                throw new InvalidOperationException("no such outcome");
        }

        RuntimeFile ended = await EndedAsync(running, files, context, cancellationToken);
        ConfigurationStatus? status = await StatusAsync(ended, authority, context, cancellationToken);
        if (ended.IsReloadRejected)
        {
            string why = status?.Error is { } error
                ? string.Concat(error.TrimEnd('\n').Split('\n').Select(line => $"{Printable.Escape(line)}\n"))
                : "";
            string log = why.Length == 0 ? "; the daemon's log says why" : "";
            throw new CommandException(
                ExitCode.InvalidConfiguration,
                $"{why}failover: reload rejected: {configuration}; keeping the running configuration{log}"
            );
        }

        context.Printer.Print([
            $"reloaded {configuration}",
            .. (status?.Pending ?? []).Select(text => (Line)$"restart needed: {Printable.Escape(text)}"),
        ]);
        return ExitCode.Ok;
    }

    private static RuntimeFile? Find(IEnumerable<string> files, CommandContext context) =>
        files.Select(name => RuntimeFile.Find(name, context.RuntimeFolder)).FirstOrDefault(found => found is not null);

    private static CommandException NotRunning(string file) =>
        new(
            ExitCode.Unreachable,
            $"failover: no daemon of {Printable.Escape(file)} is known to run here, for this user or for the system"
        );

    // Only a reload that began after the signal counts: one that ran already may have read the file before it was changed.
    [SupportedOSPlatform("linux")]
    private static async Task<RuntimeFile> EndedAsync(
        RuntimeFile before,
        IReadOnlyList<string> files,
        CommandContext context,
        CancellationToken cancellationToken
    )
    {
        long began = context.Time.GetTimestamp();
        while (context.Time.GetElapsedTime(began) < Timeout)
        {
            // The folder may be a link that leads elsewhere since, and what is left there has the name of that folder.
            RuntimeFile? now = Find(files, context);
            if (now?.Process == before.Process && now.ReloadsEnded > before.ReloadsBegun)
            {
                return now;
            }

            if (!before.Process.IsRunning)
            {
                throw new CommandException(
                    ExitCode.Unreachable,
                    $"failover: the daemon of {Printable.Escape(before.Configuration)} has ended meanwhile"
                );
            }

            await Task.Delay(Interval, context.Time, cancellationToken);
        }

        throw new CommandException(
            ExitCode.Unreachable,
            $"failover: the daemon of {Printable.Escape(before.Configuration)} has not reported an outcome within {Units.Text(Timeout)}; its log may"
        );
    }

    // The outcome is known; this is for what is to be said beside it.
    private static async Task<ConfigurationStatus?> StatusAsync(
        RuntimeFile running,
        string? authority,
        CommandContext context,
        CancellationToken cancellationToken
    )
    {
        if (DaemonAddress.OfManagement(running) is not { } address)
        {
            return null;
        }

        try
        {
            using ManagementClient client = new(address, authority, ViewerLogin.OfEnvironment(context));
            string text = await client.TextAsync(ManagementClient.StatusPath, cancellationToken);
            return client.Read(text, ManagementJson.Default.StatusDocument).Configuration;
        }
        catch (CommandException)
        {
            return null;
        }
    }
}

namespace Failover;

/// <summary>docs/guide/on-call.md, task by task, with a daemon whose targets die when the page says so.</summary>
public sealed class OnCallTests
{
    private const int MostCommands = 2;

    private static readonly string[] Changes = ["override", "reset", "release", "forget", "reload", "mv"];

    [Fact]
    public async Task Twenty_tasks_of_a_person_on_call_take_at_most_two_commands_each()
    {
        OnCallTask[] tasks = [.. OnCallTask.All()];
        tasks.Length.ShouldBeGreaterThanOrEqualTo(20);
        using Target mail = new();
        using Target web = Target.Started();
        string yaml = ForTest(OnCallTask.Yaml, mail, web);
        using DaemonFiles files = await DaemonFiles.WithAsync(yaml);
        await using RunningDaemon daemon = await files.ServeAsync();
        await daemon.PollUntilAsync("mail", "FAIL");
        await daemon.PollUntilAsync("web1", "OK");
        // What happens before a task.
        Dictionary<string, Func<Task>> events = new(StringComparer.Ordinal)
        {
            ["Is it latched, and is the target back?"] = () => Do(mail.Start),
            ["Who asks, and what does it get?"] = async () =>
            {
                (await daemon.PollAsync("mail")).ShouldBe("OK");
                (await RawConnection.GetAsync(daemon.Port, "/Mail")).Status.ShouldBe(404);
            },
            ["Which guard is tripped?"] = () => Do(web.Stop),
            ["Probe by hand"] = () => Do(mail.Stop),
            ["Is the file accepted?"] = async () =>
            {
                await daemon.PollUntilAsync("mail", "FAIL");
                files.Write(
                    yaml.Replace(
                        "interval: 50ms, fail_after: 3, latch",
                        "intervall: 50ms, fail_after: 3, latch",
                        StringComparison.Ordinal
                    )
                );
                daemon.Reload();
            },
            ["Try a file before it is loaded"] = () => Do(() => WriteNew(files)),
        };

        foreach (OnCallTask task in tasks)
        {
            task.Commands.Count.ShouldBeInRange(1, MostCommands, task.Name);
            if (events.Remove(task.Name, out Func<Task>? happens))
            {
                await happens();
            }

            foreach (OnCallCommand command in task.Commands)
            {
                await ShouldShowAsync(task, command, files, daemon);
            }
        }

        events.Keys.ShouldBeEmpty("each is the heading of a task");

        static Task Do(Action action)
        {
            action();
            return Task.CompletedTask;
        }
    }

    // Ports of this machine, and times that nobody has to wait for.
    private static string ForTest(string yaml, Target mail, Target web) =>
        yaml.Replace(
                "listen: 127.0.0.1:8080\nmanagement: 127.0.0.1:8081\nstate: ./state.db\n",
                "",
                StringComparison.Ordinal
            )
            .Replace("10s", "50ms", StringComparison.Ordinal)
            .Replace("mail.example.net:25", $"\"127.0.0.1:{mail.Port}\"", StringComparison.Ordinal)
            .Replace("web4.example.net:443", "\"127.0.0.1:1\"", StringComparison.Ordinal)
            .Replace("web1.example.net:443", $"\"127.0.0.1:{web.Port}\"", StringComparison.Ordinal)
            .Replace("web2.example.net:443", $"\"127.0.0.1:{web.Port}\"", StringComparison.Ordinal)
            .Replace("web3.example.net:443", $"\"127.0.0.1:{web.Port}\"", StringComparison.Ordinal);

    private static void WriteNew(DaemonFiles files)
    {
        string before = File.ReadAllText(files.Configuration);
        string changed = before
            .Replace("intervall", "interval", StringComparison.Ordinal)
            .Replace("fail_after: 3, latch: ./users", "fail_after: 5", StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(files.Folder, "new.yaml"), changed);
    }

    // What only shows something is asked again until it shows that: the daemon has its own pace.
    private static async Task ShouldShowAsync(
        OnCallTask task,
        OnCallCommand command,
        DaemonFiles files,
        RunningDaemon daemon
    )
    {
        bool isChange = Changes.Any(word => command.Text.Contains($"failover {word}", StringComparison.Ordinal));
        string? missing = null;
        string said = await Eventually.GetAsync(
            () => RunAsync(command.Text, files, daemon),
            got => isChange | (missing = command.MissingIn(got)) is null,
            $"\"{task.Name}\" shows:\n{string.Join('\n', command.Shown)}"
        );
        missing.ShouldBeNull($"\"{task.Name}\", {command.Text}:\n{said}");
    }

    // A test has no terminal to type a password at, and new.yaml has no port by which a daemon could be found.
    private static async Task<string> RunAsync(string command, DaemonFiles files, RunningDaemon daemon)
    {
        string program = string.Join(' ', ChildProcess.Dotnet(DaemonFiles.Program).Select(word => $"'{word}'"));
        await using ChildProcess shell = ChildProcess.Start(
            "bash",
            "bash",
            "-c",
            $$"""
            cd '{{files.Folder}}'
            export USER={{DaemonFiles.User}}
            failover() {
              case $1 in
                override | reset | release | forget) set -- "$@" --password-file - ;;
                check) set -- "$@" --url http://127.0.0.1:{{daemon.ManagementPort}} ;;
              esac
              {{program}} "$@" <<< {{DaemonFiles.Password}}
            }
            {{command}}
            """
        );
        await shell.ExitCodeAsync(within: Minute(1));
        return shell.Output + shell.Errors;
    }
}

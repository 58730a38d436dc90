using System.Globalization;

namespace Failover;

/// <summary>The health checks of a configuration of keepalived (https://www.keepalived.org/manpage.html).</summary>
/// <remarks>Each real server with a checker becomes a component, <c>VIRTUAL/REAL</c>, and so does each <c>vrrp_script</c>.</remarks>
internal sealed class KeepalivedFile
{
    // What a statement outside the health checks is about, and where it has to be named: these decide about a state.
    private static readonly Dictionary<string, string> Lost = new(StringComparer.Ordinal)
    {
        ["include"] = "convert that file on its own",
        ["vrrp_track_process"] = "processes are not counted; an exec of pgrep comes close",
        ["track_file"] = "files are not weighted",
        ["vrrp_track_file"] = "files are not weighted",
        ["bfd_instance"] = "BFD is not spoken",
        ["SSL"] = "no client certificate is shown in SSL_GET",
    };

    private readonly ConvertedComponents components = new();

    private KeepalivedFile() { }

    public static ConvertedMap Convert(string text)
    {
        KeepalivedFile file = new();
        foreach (KeepalivedBlock block in KeepalivedBlock.Read(text))
        {
            if (block.Name == "vrrp_script")
            {
                file.AddScript(block);
            }
            else if (block.Name == "virtual_server")
            {
                file.AddVirtual(block);
            }
            else if (block.Name is ['@' or '$', ..])
            {
                file.components.Map.Lose(block.Line, $"{block.Text}: conditions and parameters are not evaluated");
            }
            else if (Lost.TryGetValue(block.Name, out string? why))
            {
                file.components.Map.Lose(block.Line, $"{block.Text}: {why}");
            }
        }

        return new ConvertedMap(isBlock: true).Add("components", file.components.Map);
    }

    private void AddScript(KeepalivedBlock script)
    {
        ConvertedMap remarks = new();
        string name = ConvertedComponents.Part(script.Words.ElementAtOrDefault(1) ?? "");
        SourceNumbers numbers = new(remarks);
        string interval = ConvertedTask.Duration(Time("interval") ?? TimeSpan.FromSeconds(1));
        if (script["user"] is { } user)
        {
            remarks.Lose(script.Line, $"user {user}: a program runs as the user of the daemon");
        }

        string timeout = Time("timeout") is { } time ? ConvertedTask.Duration(time) : interval;
        ConvertedMap? task = script.Last("script") is { Value.Length: > 0 } command
            ? ConvertedTask.Exec(command.Command, timeout)
            : null;
        components.Add(
            name,
            script.Line,
            task,
            new()
            {
                Interval = interval,
                FailAfter = Count("fall") ?? 1,
                OkAfter = Count("rise") ?? 1,
                StartsFailed = script["init_fail"] is not null,
            },
            remarks
        );

        TimeSpan? Time(string word) =>
            script.Last(word) is { } given ? numbers.Duration(given.Line, word, given.Value, Seconds) : null;

        int? Count(string word) => script.Last(word) is { } given ? numbers.Count(given.Line, word, given.Value) : null;
    }

    private void AddVirtual(KeepalivedBlock virtualServer)
    {
        string name = string.Join('-', virtualServer.Words.Skip(1).Select(ConvertedComponents.Part));
        foreach (KeepalivedBlock real in virtualServer.All("real_server"))
        {
            Add(name, virtualServer, real);
        }
    }

    private void Add(string virtualName, KeepalivedBlock virtualServer, KeepalivedBlock real)
    {
        KeepalivedBlock[] checkers =
        [
            .. real.Inner.Where(inner => KeepalivedChecker.Kinds.Contains(inner.Name, StringComparer.Ordinal)),
        ];
        string name = $"{virtualName}/{string.Join('-', real.Words.Skip(1).Select(ConvertedComponents.Part))}";
        ConvertedMap remarks = new();
        List<ConvertedMap> tasks = [];
        ConvertedJudgement? judgement = null;
        foreach (KeepalivedBlock block in checkers)
        {
            KeepalivedChecker checker = new(virtualServer, real, block, remarks);
            if (checker.Task() is not { } task)
            {
                continue;
            }

            tasks.Add(task);
            if (judgement is not null && judgement != checker.Judgement)
            {
                remarks.Lose(
                    block.Line,
                    $"times and retries of {block.Name}: those of the first checker count for all"
                );
            }

            judgement ??= checker.Judgement;
        }

        if (checkers.Length > 0)
        {
            components.Add(
                name,
                real.Line,
                tasks.Count == 0 ? null : ConvertedTask.All(tasks),
                judgement ?? new(),
                remarks
            );
        }
    }

    /// <summary>A time in seconds, which may have a fraction.</summary>
    public static double? Seconds(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds)
            ? seconds
            : null;
}

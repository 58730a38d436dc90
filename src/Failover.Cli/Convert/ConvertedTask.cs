using System.Globalization;

namespace Failover;

/// <summary>Tasks in the shortest form that the file has for them.</summary>
internal static class ConvertedTask
{
    /// <summary>Why there is no check where <see cref="AddStatus"/> finds no code.</summary>
    public const string NoStatusIsRight = "a check that no status code satisfies";

    private const string Timeout = "timeout";

    /// <summary>A check: in one text where its options are no more than that text says, the timeout beside it.</summary>
    public static ConvertedMap Check(string kind, ConvertedMap options)
    {
        ConvertedMap task = new();
        if (ShortForm(options.Without(Timeout)) is not { } text)
        {
            return task.Add(kind, options);
        }

        task.Add(kind, text);
        return options[Timeout] is { } timeout ? task.Add(Timeout, timeout) : task;
    }

    /// <summary>An HTTP check.</summary>
    /// <param name="options">Its options, with its URL.</param>
    /// <param name="demanded">Regular expressions that the body has to match.</param>
    /// <param name="refused">Regular expressions: a body that matches one of them is a fail.</param>
    /// <remarks>A check can demand one, and forbid none: each further one is a check of its own, negated where it is forbidden.</remarks>
    public static ConvertedMap Http(ConvertedMap options, IEnumerable<string> demanded, IEnumerable<string> refused)
    {
        ConvertedMap first = options;
        List<ConvertedMap> further = [];
        foreach (string pattern in demanded)
        {
            if (first["body_matches"] is null)
            {
                first = first.With("body_matches", pattern);
            }
            else
            {
                further.Add(Check("http", OfBody(pattern)));
            }
        }

        return All([
            Check("http", first),
            .. further,
            .. refused.Select(pattern => new ConvertedMap().Add("not", Check("http", OfBody(pattern)))),
        ]);

        ConvertedMap OfBody(string pattern) =>
            options.Without("body_contains", "body_matches", "json_equals").With("body_matches", pattern);
    }

    /// <summary>All of some tasks; of one, that one.</summary>
    public static ConvertedMap All(IReadOnlyList<ConvertedMap> tasks) =>
        tasks.Count == 1 ? tasks[0] : new ConvertedMap().Add("all", new ConvertedList(tasks));

    /// <summary>A program whose every exit code but 0 is a failure, as most software reads it. To a check, 1 is a warning.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="timeout">How long it may take.</param>
    /// <param name="isRight">The condition of the shell under which its exit code, <c>$c</c>, is none.</param>
    /// <remarks>The shell reports by 126 and 127 that it could not start the program, by a code over 128 that a signal ended it (POSIX.1-2024, XCU
    /// 2.8.2): in dash and bash 128 and the number of the signal, which is at most 64. That is an error, as without the shell. From 193 on it is
    /// the program's own code, as 255 of exit(-1).</remarks>
    public static ConvertedMap Exec(IEnumerable<string> command, string? timeout, string isRight = "[ $c -eq 0 ]")
    {
        string script = $"\"$@\"; c=$?; [ $c -ge 126 ] && [ $c -le 192 ] && exit 3; {isRight} || exit 2";
        return new ConvertedMap().Add(
            "exec",
            new ConvertedMap()
                .Add("command", ConvertedList.Of(["/bin/sh", "-c", script, "sh", .. command]))
                .AddIf(Timeout, timeout)
        );
    }

    /// <summary>The host of a URL, and its port unless it is the usual one.</summary>
    public static string Authority(string host, string port, bool isTls) =>
        port != (isTls ? "443" : "80") ? Address(host, port)
        : host.Contains(':', StringComparison.Ordinal) && !host.Contains("${", StringComparison.Ordinal) ? $"[{host}]"
        : host;

    public static string Address(string host, string port) =>
        host.Contains(':', StringComparison.Ordinal) && !host.Contains("${", StringComparison.Ordinal)
            ? $"[{host}]:{port}"
            : $"{host}:{port}";

    /// <summary>The host and the port of <c>HOST:PORT</c>, of which each may be the value of a variable.</summary>
    public static (string Host, string Port)? Split(string address)
    {
        int colon = address.LastIndexOf(':');
        if (colon < 0 || address.AsSpan(colon).IndexOfAny(']', '}') >= 0)
        {
            return null;
        }

        string host = address[..colon];
        return host.Length == 0 || colon == address.Length - 1 ? null
            : host is ['[', .., ']'] ? (host[1..^1], address[(colon + 1)..])
            : host.Contains(':', StringComparison.Ordinal) && !host.Contains("${", StringComparison.Ordinal) ? null
            : (host, address[(colon + 1)..]);
    }

    /// <summary>Adds the status codes that are right, unless a check takes these anyway.</summary>
    /// <returns>Whether there are any. Without, the check would be ok where it never was.</returns>
    public static bool AddStatus(this ConvertedMap options, Func<int, bool> isRight)
    {
        List<string> ranges = [];
        for (int code = StatusRange.Lowest; code <= StatusRange.Highest; code++)
        {
            if (isRight(code))
            {
                int first = code;
                while (code < StatusRange.Highest && isRight(code + 1))
                {
                    code++;
                }

                ranges.Add(new StatusRange(first, code).ToString());
            }
        }

        options.AddIf("status", ranges is ["200-399"] ? [] : ranges);
        return ranges.Count > 0;
    }

    /// <summary>A duration as the file writes it.</summary>
    public static string Duration(TimeSpan duration) => DurationText.Exact(duration);

    /// <summary>A duration of other software, as <c>1m30s</c>; null where the file has none like it.</summary>
    public static string? Duration(string? text) =>
        text is null ? null
        : text.Contains("${", StringComparison.Ordinal) ? text
        : DurationText.Parse(text) is { IsValue: true } parsed ? Duration((TimeSpan)parsed.Value!)
        : null;

    public static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string? ShortForm(ConvertedMap options) =>
        options.Lines.Select(line => (line.Key, (line.Value as ConvertedText)?.Text)).ToArray() switch
        {
            [("url" or "host", { } text)] => text,
            [("host", { } host), ("port", { } port)] => Address(host, port),
            _ => null,
        };
}

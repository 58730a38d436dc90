using System.Collections.Immutable;

namespace Failover;

/// <summary>A checker of a real server of keepalived.</summary>
/// <param name="virtualServer">The virtual server, whose options hold for all that is in it.</param>
/// <param name="real">The real server.</param>
/// <param name="checker">The checker.</param>
/// <param name="remarks">Takes what is lost.</param>
internal sealed class KeepalivedChecker(
    KeepalivedBlock virtualServer,
    KeepalivedBlock real,
    KeepalivedBlock checker,
    ConvertedMap remarks
)
{
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(5);

    // Of those that no check here does.
    private static readonly ImmutableArray<string> Unknown = ["BFD_CHECK", "FILE_CHECK", "UDP_CHECK"];

    public static ImmutableArray<string> Kinds { get; } =
    ["DNS_CHECK", "HTTP_GET", "MISC_CHECK", "PING_CHECK", "SMTP_CHECK", "SSL_GET", "TCP_CHECK", .. Unknown];

    /// <summary>When it is probed: again after a shorter time while it fails, a few times.</summary>
    public ConvertedJudgement Judgement
    {
        get
        {
            int retries =
                Count("retry")
                ?? Count("nb_get_retry")
                ?? checker.Name switch
                {
                    "MISC_CHECK" => 0,
                    "DNS_CHECK" => 3,
                    _ => 1,
                };
            TimeSpan interval = Time("delay_loop") ?? DefaultInterval;
            TimeSpan again =
                Time("delay_before_retry")
                ?? checker.Name switch
                {
                    "DNS_CHECK" => interval,
                    "HTTP_GET" or "SSL_GET" => TimeSpan.FromSeconds(3),
                    _ => TimeSpan.FromSeconds(1),
                };
            return new()
            {
                Interval = ConvertedTask.Duration(interval),
                FastInterval = retries == 0 ? null : again,
                FailAfter = retries + 1,
                StartsFailed = Inherited("alpha") is { } alpha && alpha is not ("no" or "off" or "false"),
            };
        }
    }

    private string Host => checker["connect_ip"] ?? real.Words.ElementAtOrDefault(1) ?? "";

    private string Port =>
        checker["connect_port"] ?? real.Words.ElementAtOrDefault(2) ?? virtualServer.Words.ElementAtOrDefault(2) ?? "";

    private string Timeout => ConvertedTask.Duration(Time("connect_timeout") ?? DefaultTimeout);

    public ConvertedMap? Task()
    {
        foreach (string word in ImmutableArray.Create("bindto", "bind_if", "bind_port", "fwmark"))
        {
            if (checker[word] is { } value && !(word is "bindto" && checker.Name == "TCP_CHECK"))
            {
                remarks.Lose(checker.Line, $"{word} {value}");
            }
        }

        switch (checker.Name)
        {
            case "TCP_CHECK":
                ConvertedTcp tcp = new(Host, Port) { Timeout = Timeout };
                tcp.Options.AddIf("source_host", checker["bindto"]);
                return tcp.Task();
            case "SMTP_CHECK":
                ConvertedTcp smtp = new(Host, Port) { Timeout = Timeout, Preset = "smtp" };
                if (checker["helo_name"] is { Length: > 0 } own)
                {
                    smtp.Greet($"HELO {own}");
                }

                return smtp.Task();
            case "HTTP_GET":
                return Http(isTls: false);
            case "SSL_GET":
                return Http(isTls: true);
            case "PING_CHECK":
                return ConvertedTask.Check(
                    "ping",
                    new ConvertedMap().Add("host", Host).Add("count", "1").Add("timeout", Timeout)
                );
            case "DNS_CHECK":
                return ConvertedTask.Check(
                    "dns",
                    new ConvertedMap()
                        .Add("name", checker["name"] ?? ".")
                        .Add("type", (checker["type"] ?? "SOA").ToUpperInvariant())
                        .Add("server", ConvertedTask.Address(Host, Port))
                        .Add("timeout", Timeout)
                );
            case "MISC_CHECK":
                return Program();
            default:
                remarks.Lose(checker.Line, $"{checker.Name}: there is no check of its kind");
                return null;
        }
    }

    private string? Inherited(string word) => Statement(word)?.Value;

    private KeepalivedBlock? Statement(string word) =>
        checker.Last(word) ?? real.Last(word) ?? virtualServer.Last(word);

    private TimeSpan? Time(string word) =>
        Statement(word) is { } given
            ? new SourceNumbers(remarks).Duration(given.Line, word, given.Value, KeepalivedFile.Seconds)
            : null;

    private int? Count(string word) =>
        Statement(word) is { } given ? new SourceNumbers(remarks).Count(given.Line, word, given.Value) : null;

    private ConvertedMap? Program()
    {
        if (checker["user"] is { } user)
        {
            remarks.Lose(checker.Line, $"user {user}: a program runs as the user of the daemon");
        }

        bool isDynamic = checker["misc_dynamic"] is not null;
        if (isDynamic)
        {
            remarks.Lose(
                checker.Line,
                "misc_dynamic: there are no weights; 0 and from 2 on is ok, 1 a failure, from 126 to 192 an error"
            );
        }

        if (checker.Last("misc_path") is not { Value.Length: > 0 } path)
        {
            return null;
        }

        IEnumerable<string> command = path.Command;
        string timeout = ConvertedTask.Duration(Time("misc_timeout") ?? Time("delay_loop") ?? DefaultInterval);
        return isDynamic ? ConvertedTask.Exec(command, timeout, "[ $c -ne 1 ]") : ConvertedTask.Exec(command, timeout);
    }

    private ConvertedMap? Http(bool isTls)
    {
        List<ConvertedMap> tasks = [];
        foreach (KeepalivedBlock url in checker.All("url"))
        {
            if (Http(url, isTls) is not { } task)
            {
                return null;
            }

            tasks.Add(task);
        }

        return tasks.Count == 0 ? null : ConvertedTask.All(tasks);
    }

    private ConvertedMap? Http(KeepalivedBlock url, bool isTls)
    {
        string path = url["path"] ?? "/";
        string address = ConvertedTask.Address(Host, Port);
        string? name = url["virtualhost"] ?? Inherited("virtualhost");
        ConvertedMap options = new ConvertedMap().Add(
            "url",
            $"http{(isTls ? "s" : "")}://{name ?? ConvertedTask.Authority(Host, Port, isTls)}{path}"
        );
        string[] codes = (url["status_code"] ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        StatusRange[] ranges = codes.Length == 0 ? [new(200, 299)] : [.. codes.Select(code => (StatusRange)code)];
        if (!options.AddStatus(code => ranges.Any(range => range.Contains(code))))
        {
            remarks.Lose(url.Line, ConvertedTask.NoStatusIsRight);
            return null;
        }

        string[] patterns = [];
        if (url["regex"] is { } pattern)
        {
            bool ignoresCase = url["regex_options"]?.Contains("caseless", StringComparison.Ordinal) == true;
            patterns = [ignoresCase ? $"(?i){pattern}" : pattern];
        }

        bool isRefused = url["regex_no_match"] is not null;
        if (url["digest"] is not null)
        {
            remarks.Lose(url.Line, "digest: the body is not compared by its hash");
        }

        foreach (string word in ImmutableArray.Create("regex_min_offset", "regex_max_offset"))
        {
            if (url[word] is { } offset)
            {
                remarks.Lose(url.Line, $"{word} {offset}: the whole body is searched");
            }
        }

        // It asks for no trust in the certificate.
        options.AddIf("connect_to", name is null ? null : address).AddIf("insecure", isTls).Add("timeout", Timeout);
        return ConvertedTask.Http(options, isRefused ? [] : patterns, isRefused ? patterns : []);
    }
}

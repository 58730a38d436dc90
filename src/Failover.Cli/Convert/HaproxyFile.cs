namespace Failover;

/// <summary>The health checks of a configuration of HAProxy (https://docs.haproxy.org/3.2/configuration.html).</summary>
/// <remarks>Each server with <c>check</c> becomes a component, <c>PROXY/SERVER</c>.</remarks>
internal sealed class HaproxyFile
{
    // Section 5.2 of its manual, at inter, fall and rise.
    private static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(2);
    private const int DefaultFall = 3;
    private const int DefaultRise = 2;

    // What a server may say of its checks that no check here does.
    private static readonly (string Keyword, string Why)[] Unknown =
    [
        ("agent-check", "agent-check: agents are not asked"),
        ("observe", "observe: only probes are judged, not the traffic"),
        ("check-send-proxy", "check-send-proxy: the PROXY protocol is not spoken"),
        ("check-via-socks4", "check-via-socks4"),
        ("source", "source"),
        ("init-state", "init-state"),
    ];

    private readonly ConvertedComponents components = new();
    private readonly HashSet<string> described = new(StringComparer.Ordinal);

    private HaproxyFile() { }

    public static ConvertedMap Convert(string text)
    {
        HaproxyFile file = new();
        List<HaproxySection> defaults = [];
        foreach (HaproxySection section in HaproxySection.Read(text))
        {
            foreach (HaproxyLine line in section.Lines.Where(line => line.Words[0].StartsWith('.')))
            {
                file.components.Map.Lose(line.Number, $"{line.Text}: conditions are not evaluated");
            }

            if (section.Kind == "defaults")
            {
                defaults.Add(section);
            }
            else if (section.Kind is "backend" or "listen")
            {
                file.Add(new HaproxyProxy(section, DefaultsOf(section, defaults)));
            }
        }

        return new ConvertedMap(isBlock: true).Add("components", file.components.Map);
    }

    // The one that it names, else the last one above it.
    private static HaproxySection? DefaultsOf(HaproxySection section, List<HaproxySection> defaults)
    {
        IReadOnlyList<string> words = section.Head.Words;
        int from = Array.IndexOf([.. words], "from");
        return from < 0 || from + 1 == words.Count
            ? defaults.LastOrDefault()
            : defaults.Find(one => one.Name == words[from + 1]);
    }

    private void Add(HaproxyProxy proxy)
    {
        foreach (
            HaproxyLine line in proxy
                .Own("server-template")
                .Where(line => line.Words.Contains("check", StringComparer.Ordinal))
        )
        {
            components.Map.Lose(line.Number, $"{line.Text}: servers that appear while it runs");
        }

        foreach (HaproxyLine line in proxy.Own("server").Where(line => line.Words.Count > 2))
        {
            HaproxyServer server = new(line, proxy.All("default-server"));
            if (server.Has("check") || server.Has("agent-check") || server.Has("track"))
            {
                Add(proxy, server);
            }
        }
    }

    private void Add(HaproxyProxy proxy, HaproxyServer server)
    {
        string name = Name(proxy.Name, server.Name);
        ConvertedMap remarks = new();
        foreach ((string keyword, string why) in Unknown.Where(one => server.Has(one.Keyword)))
        {
            remarks.Lose(server.Line.Number, why);
        }

        if (server["track"] is { } tracked)
        {
            string other = tracked.Split('/') is [var backend, var its]
                ? Name(backend, its)
                : Name(proxy.Name, tracked);
            if (described.Contains(other))
            {
                components.Add(name, server.Line.Number, new ConvertedMap().Add("ref", other), new(), remarks);
                return;
            }

            remarks.Lose(server.Line.Number, $"track {tracked}: it is not checked, or below this server");
        }

        if (!server.Has("check"))
        {
            components.Add(name, server.Line.Number, task: null, new(), remarks);
            return;
        }

        SourceNumbers numbers = new(remarks);
        TimeSpan interval = Time("inter") ?? DefaultInterval;
        ConvertedJudgement judgement = new()
        {
            Interval = ConvertedTask.Duration(interval),
            FastInterval = Time("fastinter"),
            DownInterval = Time("downinter"),
            FailAfter = Count("fall") ?? DefaultFall,
            OkAfter = Count("rise") ?? DefaultRise,
        };
        ConvertedMap? task = new HaproxyCheck(proxy, server, interval, remarks).Task();
        if (task is not null)
        {
            described.Add(name);
        }

        components.Add(name, server.Line.Number, task, judgement, remarks);

        TimeSpan? Time(string keyword) =>
            numbers.Duration(server.Line.Number, keyword, server[keyword], HaproxyWords.Seconds);

        int? Count(string keyword) => numbers.Count(server.Line.Number, keyword, server[keyword]);
    }

    private static string Name(string proxy, string server) =>
        $"{ConvertedComponents.Part(proxy)}/{ConvertedComponents.Part(server)}";
}

/// <summary>A backend or listen section, with the defaults that hold for it.</summary>
/// <param name="section">The section.</param>
/// <param name="defaults">Its defaults; null where there are none.</param>
internal sealed class HaproxyProxy(HaproxySection section, HaproxySection? defaults)
{
    private const string Option = "option";
    private const string No = "no";

    public string Name => section.Name;

    /// <summary>Its own lines that begin so.</summary>
    public IEnumerable<HaproxyLine> Own(params string[] words) => section.Lines.Where(line => line.Begins(words));

    /// <summary>The lines that begin so, those of the defaults first.</summary>
    public IEnumerable<HaproxyLine> All(params string[] words) =>
        (defaults?.Lines ?? []).Concat(section.Lines).Where(line => line.Begins(words));

    /// <summary>Its own rules; those of its defaults where it has none.</summary>
    public IReadOnlyList<HaproxyLine> Rules(string keyword) =>
        Own(keyword).Any() ? [.. Own(keyword)] : [.. (defaults?.Lines ?? []).Where(line => line.Begins(keyword))];

    /// <summary>The value behind the last line that begins so.</summary>
    public string? Value(params string[] words) => Last(words)?.Words[words.Length];

    /// <summary>The last line that begins so and has a value behind that.</summary>
    public HaproxyLine? Last(params string[] words) =>
        All(words).LastOrDefault(line => line.Words.Count > words.Length);

    /// <summary>The kind of check that is in force: the last one of its own, else of its defaults.</summary>
    public HaproxyLine? CheckOption() =>
        LastOf(section) is { } own ? Positive(own) : Positive(defaults is null ? null : LastOf(defaults));

    private static HaproxyLine? LastOf(HaproxySection of) =>
        of.Lines.LastOrDefault(line =>
            (line.Begins(Option) || line.Begins(No, Option))
            && line.Words.Any(word => HaproxyCheck.Options.Contains(word))
        );

    private static HaproxyLine? Positive(HaproxyLine? line) => line?.Words[0] == Option ? line : null;
}

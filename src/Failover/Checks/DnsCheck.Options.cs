namespace Failover;

// Its options as data.
public sealed partial record DnsCheck
{
    private static readonly FormattedOption NameOption = new(
        "name",
        "the name that is asked for, in full",
        DnsNames.Accepted,
        "www.example.net",
        DnsNames.FlawOf
    );
    private static readonly ChoiceOption<DnsRecordType> TypeOption = new(
        "type",
        "the type of the records",
        DnsRecordType.A
    )
    {
        IsInCapitals = true,
    };
    private static readonly FormattedOption ServerOption = new(
        "server",
        "the name server",
        DnsServer.Accepted,
        "ns1.example.net:5353",
        text => DnsServer.Parse(text) is null ? "" : null,
        "the first of the system's"
    );
    private static readonly ListOption<string> ExpectOption = new(
        "expect",
        "answers that are expected",
        new FormattedOption(
            "answer",
            "an answer",
            "an answer as dig +short prints it, texts without quotes",
            "192.0.2.1",
            text => text.Length == 0 ? "" : null
        ),
        "any"
    );
    private static readonly ChoiceOption<DnsMatch> MatchOption = new(
        "match",
        "which of the expected answers have to be there: each, one, or each and no other",
        DnsMatch.All
    );
    private static readonly CountOption CountOption = new(
        "count",
        "how many answers there have to be at least",
        "1, with another rcode than NOERROR 0"
    );
    private static readonly ChoiceOption<DnsResponseCode> RcodeOption = new(
        "rcode",
        "the response code that is expected",
        DnsResponseCode.NoError
    )
    {
        IsInCapitals = true,
    };
    private static readonly ChoiceOption<IpFamily> FamilyOption = new(
        "family",
        "the addresses of the server that are tried",
        IpFamily.Any
    );
    private static readonly DurationOption LatencyOption = TlsOptions.Latency();
    private static readonly DurationOption TimeoutOption = new(
        "timeout",
        "how long all of it may take, the name of the server included",
        TimeSpan.FromSeconds(10)
    );

    private static readonly FormattedOption ResolverOption = DnsResolver.Option();

    /// <inheritdoc cref="Hysteresis.Kind"/>
    public static TaskKind Kind { get; } =
        new(
            "dns",
            "whether a name server answers a query as it should",
            [
                NameOption,
                TypeOption,
                ServerOption,
                ExpectOption,
                MatchOption,
                CountOption,
                RcodeOption,
                FamilyOption,
                LatencyOption,
                TimeoutOption,
                ResolverOption,
            ]
        )
        {
            Make = given => new DnsCheck(
                (string)given[0]!,
                (DnsRecordType?)given[1] ?? TypeOption.Fallback,
                (string?)given[2],
                (IEnumerable<string>?)given[3],
                (DnsMatch?)given[4] ?? MatchOption.Fallback,
                (int?)given[5],
                (DnsResponseCode?)given[6] ?? RcodeOption.Fallback,
                (IpFamily?)given[7] ?? FamilyOption.Fallback,
                (TimeSpan?)given[8],
                (TimeSpan?)given[9],
                (string?)given[10]
            ),
            TakesDefault = (option, given) => option != ResolverOption || HasNameToLookUp((string?)given[2]),
            ShortForm = new("NAME", text => [(NameOption, text)]),
            Target = new(new(DnsServer.Accepted, text => [(ServerOption, text)]), "target.example.net"),
        };

    /// <summary>A type as the field writes it.</summary>
    internal static string WordOf(DnsRecordType type) => TypeOption.Text(type);

    /// <summary>A response code as the field writes it; one without a name as its number.</summary>
    internal static string WordOf(DnsResponseCode code) =>
        Enum.IsDefined(code) ? RcodeOption.Text(code) : $"RCODE{(int)code}";
}

namespace Failover;

// Its options as data.
public sealed partial record TcpCheck
{
    private static readonly HostOption HostOption = new("host", "the target");
    private static readonly PortOption PortOption = new("port", "the target's port");
    private static readonly DurationOption TimeoutOption = new(
        "timeout",
        "how long all of it may take, name resolution included",
        TimeSpan.FromSeconds(10)
    );
    private static readonly HostOption SourceHostOption = new(
        "sourceHost",
        "the local address to come from",
        "the system's choice"
    );
    private static readonly PortOption SourcePortOption = new(
        "sourcePort",
        "the local port to come from",
        "the system's choice"
    );
    private static readonly ChoiceOption<TcpClose> CloseOption = new(
        "close",
        "how the connection is given up: by a reset, which leaves no TIME_WAIT, or in the ordinary way",
        TcpClose.Rst
    );

    private static readonly ChoiceOption<TcpPreset> PresetOption = new(
        "preset",
        "what the server speaks, by which it has to say that it is up",
        TcpPreset.None
    );
    private static readonly ListOption<ExchangeStep> ExchangeOption = new(
        "exchange",
        "what is sent and expected, in this order",
        new ExchangeStepOption("step", "what is sent or expected"),
        "nothing is sent"
    );
    private static readonly SwitchOption TlsOption = new("tls", "speaks TLS");
    private static readonly SwitchOption StartTlsOption = new(
        "starttls",
        "begins in plain text and goes on over TLS, as the protocol has it"
    );
    private static readonly HostOption ServerNameOption = TlsOptions.ServerName();
    private static readonly PathOption CaOption = TlsOptions.Ca();
    private static readonly SwitchOption InsecureOption = TlsOptions.Insecure();
    private static readonly PathOption ClientCertificateOption = TlsOptions.ClientCertificate();
    private static readonly PathOption ClientKeyOption = TlsOptions.ClientKey();
    private static readonly DurationOption ExpiresWithinOption = TlsOptions.ExpiresWithin();
    private static readonly DurationOption WarnWithinOption = TlsOptions.WarnWithin();
    private static readonly ChoiceOption<IpFamily> FamilyOption = TlsOptions.Family();
    private static readonly DurationOption LatencyOption = TlsOptions.Latency();

    private static readonly FormattedOption ResolverOption = DnsResolver.Option();

    /// <inheritdoc cref="Hysteresis.Kind"/>
    public static TaskKind Kind { get; } =
        new(
            "tcp",
            "whether a TCP port accepts a connection",
            [
                HostOption,
                PortOption,
                TimeoutOption,
                SourceHostOption,
                SourcePortOption,
                CloseOption,
                PresetOption,
                ExchangeOption,
                TlsOption,
                StartTlsOption,
                ServerNameOption,
                CaOption,
                InsecureOption,
                ClientCertificateOption,
                ClientKeyOption,
                ExpiresWithinOption,
                WarnWithinOption,
                FamilyOption,
                LatencyOption,
                ResolverOption,
            ]
        )
        {
            Make = given => new TcpCheck(
                (string)given[0]!,
                (Port)given[1]!,
                (TimeSpan?)given[2],
                (string?)given[3],
                (Port?)given[4],
                (TcpClose?)given[5] ?? CloseOption.Fallback,
                (TcpPreset?)given[6] ?? PresetOption.Fallback,
                (IEnumerable<ExchangeStep>?)given[7],
                (bool?)given[8] ?? false,
                (bool?)given[9] ?? false,
                (string?)given[10],
                (string?)given[11],
                (bool?)given[12] ?? false,
                (string?)given[13],
                (string?)given[14],
                (TimeSpan?)given[15],
                (TimeSpan?)given[16],
                (IpFamily?)given[17] ?? FamilyOption.Fallback,
                (TimeSpan?)given[18],
                (string?)given[19]
            ),
            ShortForm = HostAndPort.ShortForm(HostOption, PortOption),
            Target = new(HostAndPort.ShortForm(HostOption, PortOption), "target.example.net:1"),
        };

    private static TcpTls? CheckTls(
        bool isSpoken,
        bool isStartTls,
        TcpPreset preset,
        string? serverName,
        (string? Ca, bool Insecure, string? Certificate, string? Key) client,
        (TimeSpan? Expires, TimeSpan? Warn) within
    )
    {
        if (isStartTls && !ServerDialog.WithStartTls.Contains(preset))
        {
            string having = string.Join(", ", ServerDialog.WithStartTls.Select(one => PresetOption.Text(one)));
            string given =
                preset == TcpPreset.None ? "without a preset" : $"beside the preset {PresetOption.Text(preset)}";
            throw new ArgumentException(
                $"starttls is {given}; accepted: preset beside it, of {having}",
                StartTlsOption.Name
            );
        }

        // Checked also where they count for nothing: a file may give them to every check, as defaults.
        TcpTls checkedTls = new(
            TlsOptions.Check(client.Ca, client.Insecure, client.Certificate, client.Key),
            isStartTls,
            ServerNameOption.CheckIfGiven(serverName),
            ExpiresWithinOption.CheckIfGiven(within.Expires),
            client.Insecure ? WarnWithinOption.CheckIfGiven(within.Warn) : WarnWithinOption.Check(within.Warn)
        );
        return isSpoken ? checkedTls : null;
    }
}

namespace Failover;

/// <summary>A TCP check: a connection, TLS over it, and what is sent and expected.</summary>
/// <param name="host">The target.</param>
/// <param name="port">Its port.</param>
internal sealed class ConvertedTcp(string host, string port)
{
    private readonly List<ConvertedMap> steps = [];

    /// <summary>Further options.</summary>
    public ConvertedMap Options { get; } = new();

    /// <summary>Options of TLS; where there are any, it is spoken.</summary>
    public ConvertedMap Tls { get; } = new();

    public bool IsTls { get; set; }

    /// <summary>The protocol in which TLS is asked for.</summary>
    public string? StartTls { get; set; }

    /// <summary>The protocol whose greeting is expected.</summary>
    public string? Banner { get; set; }

    public string? Timeout { get; init; }

    public void Send(string text) => steps.Add(new ConvertedMap().Add("send", text));

    /// <param name="text">What has to be in what is received.</param>
    public void ExpectText(string text) => steps.Add(new ConvertedMap().Add("expect", text));

    /// <param name="pattern">A regular expression.</param>
    public void Expect(string pattern) => steps.Add(new ConvertedMap().Add("matches", pattern));

    /// <summary>The check: that of a certificate where only that is asked for.</summary>
    public ConvertedMap Task()
    {
        ConvertedMap options = new ConvertedMap().Add("host", host).Add("port", port);
        bool isTls = IsTls || Tls.Lines.Count > 0;
        if (
            isTls
            && StartTls is null
            && Banner is null
            && steps.Count == 0
            && Options.Lines.Count == 0
            && Tls["insecure"] is null
        )
        {
            return ConvertedTask.Check("tls", options.AddAll(Tls).AddIf("timeout", Timeout));
        }

        options.AddIf("banner", Banner).AddIf("tls", isTls && StartTls is null).AddIf("starttls", StartTls).AddAll(Tls);
        if (steps.Count > 0)
        {
            options.Add("exchange", new ConvertedList(steps));
        }

        return ConvertedTask.Check("tcp", options.AddAll(Options).AddIf("timeout", Timeout));
    }
}

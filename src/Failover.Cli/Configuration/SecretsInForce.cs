namespace Failover;

/// <summary>The secrets of the configuration that is served and of the one before: what was seen under that may still be
/// told.</summary>
internal sealed class SecretsInForce(Secrets first)
{
    private volatile Secrets newest = first;
    private volatile Secrets before = first;

    /// <summary>Another configuration is served from now on.</summary>
    public void Use(Secrets next) => (before, newest) = (newest, next);

    /// <summary>The text with every secret replaced.</summary>
    public string Redact(string text) => before.Redact(newest.Redact(text));
}

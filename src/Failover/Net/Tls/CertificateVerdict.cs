using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Failover;

/// <summary>Judges the certificate of one handshake, and says what is wrong with it.</summary>
/// <param name="serverName">The name or address that it has to be for.</param>
/// <param name="isInsecure">Whether any is accepted.</param>
/// <param name="now">The time, by the wall clock.</param>
/// <param name="isValidityAsked">Whether <see cref="ValidUntil"/> is read.</param>
internal sealed class CertificateVerdict(
    string serverName,
    bool isInsecure,
    DateTimeOffset now,
    bool isValidityAsked = true
)
{
    private const int MostNames = 3;
    private const int LongestName = 100;

    public string ServerName => serverName;

    public DateTimeOffset Now => now;

    /// <summary>Whether it matters who issued the certificate. If not, the roots of the system are left out, as to search them costs as much as
    /// a handshake.</summary>
    public bool IsChainAsked => isValidityAsked || !isInsecure;

    /// <summary>Why it is not accepted; null where it is.</summary>
    public string? Problem { get; private set; }

    /// <summary>The first end of validity in the chain, root included; null where no certificate has come.</summary>
    public DateTimeOffset? ValidUntil { get; private set; }

    /// <summary>The callback of <see cref="SslStream"/>.</summary>
    public bool Accept(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 leaf || chain is null)
        {
            Problem = "no certificate";
            return false;
        }

        if (!IsChainAsked)
        {
            return true;
        }

        ValidUntil = chain
            .ChainElements.Select(element => Utc(element.Certificate.NotAfter))
            .Append(Utc(leaf.NotAfter))
            .Min();
        string[] problems = [.. OfTime(leaf, chain), .. OfName(leaf, errors), .. OfTrust(leaf, chain)];
        Problem =
            isInsecure || (errors == SslPolicyErrors.None && problems.Length == 0) ? null
            : problems.Length > 0 ? string.Join("; ", problems)
            : $"certificate is not trusted: {errors}";
        return Problem is null;
    }

    /// <summary>How long the chain is still valid.</summary>
    public TimeSpan Left => (ValidUntil ?? now) - now;

    /// <summary>When the chain ends, for people.</summary>
    public string Ends => $"certificate expires on {Day(ValidUntil ?? now)}, in {Days(Left)} days";

    /// <summary>Whole days, rounded down.</summary>
    public static string Days(TimeSpan left) => Math.Floor(left.TotalDays).ToString(CultureInfo.InvariantCulture);

    /// <summary>A day, in UTC.</summary>
    public static string Day(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private IEnumerable<string> OfTime(X509Certificate2 leaf, X509Chain chain)
    {
        foreach (X509Certificate2 one in chain.ChainElements.Select(element => element.Certificate))
        {
            string whose = one.Equals(leaf) ? "certificate" : $"certificate of {Name(one, isIssuer: false)}";
            if (now > Utc(one.NotAfter))
            {
                yield return $"{whose} expired on {Day(Utc(one.NotAfter))}";
            }
            else if (now < Utc(one.NotBefore))
            {
                yield return $"{whose} is not valid before {Day(Utc(one.NotBefore))}";
            }
        }
    }

    private IEnumerable<string> OfName(X509Certificate2 leaf, SslPolicyErrors errors)
    {
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            string[] names = [.. Names(leaf)];
            string more = names.Length > MostNames ? $" and {names.Length - MostNames} more" : "";
            string known = names.Length == 0 ? "no name" : string.Join(", ", names.Take(MostNames));
            yield return $"certificate is for {known}{more}, not {serverName}";
        }
    }

    private static IEnumerable<string> OfTrust(X509Certificate2 leaf, X509Chain chain)
    {
        const X509ChainStatusFlags others = X509ChainStatusFlags.NotTimeValid | X509ChainStatusFlags.NotTimeNested;
        X509ChainStatusFlags flags = chain.ChainStatus.Aggregate(
            X509ChainStatusFlags.NoError,
            (all, one) => all | one.Status
        );
        flags &= ~others;
        if (flags == X509ChainStatusFlags.NoError)
        {
            yield break;
        }

        X509Certificate2 last = chain.ChainElements is [.., { Certificate: var top }] ? top : leaf;
        string why =
            flags.HasFlag(X509ChainStatusFlags.PartialChain) ? $"its issuer {Name(last, isIssuer: true)} is unknown"
            : !flags.HasFlag(X509ChainStatusFlags.UntrustedRoot) ? $"{flags}"
            : last.Equals(leaf) ? "it is self-signed"
            : $"its root {Name(last, isIssuer: false)} is unknown";
        yield return $"certificate is not trusted: {why}";
    }

    private static IEnumerable<string> Names(X509Certificate2 leaf)
    {
        X509SubjectAlternativeNameExtension? extension = leaf
            .Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .FirstOrDefault();
        // Without the extension, the common name counts.
        return extension is null
            ? new[] { Name(leaf, isIssuer: false) }.Where(name => name.Length > 0)
            : extension
                .EnumerateDnsNames()
                .Concat(extension.EnumerateIPAddresses().Select(address => address.ToString()))
                .Select(name => Printable.Escape(name, LongestName));
    }

    // Text of the target's.
    private static string Name(X509Certificate2 certificate, bool isIssuer) =>
        Printable.Escape(certificate.GetNameInfo(X509NameType.SimpleName, isIssuer), LongestName);

    private static DateTimeOffset Utc(DateTime local) => new(local.ToUniversalTime());
}

using System.Net.Security;

namespace Failover;

/// <summary>The certificate that a server shows, from PEM files that may change while it runs.</summary>
/// <remarks>A bad change keeps the last good certificate: an expiring one is no reason to turn pollers away today.</remarks>
/// <param name="path">The certificate, and behind it those that lead to its root.</param>
/// <param name="keyPath">The private key; may be the same file.</param>
/// <param name="time">For the interval of <see cref="Watch"/>, and for what has expired.</param>
internal sealed class TlsCertificate(string path, string keyPath, TimeProvider time) : IDisposable
{
    /// <summary>Files are read so often where the kernel does not notice every change (<see cref="FileWatch"/>), and compared by content: time
    /// stamps may stand still between two changes.</summary>
    public static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(2);

    private volatile TlsCertificateReading? lastGood;
    private FileWatch? watch;

    /// <summary>What a handshake goes by from now on.</summary>
    /// <exception cref="InvalidOperationException">Not loaded.</exception>
    public SslServerAuthenticationOptions Options =>
        lastGood?.Options ?? throw new InvalidOperationException("the certificate has not been loaded");

    /// <summary>What is accepted but should not be: a key that others may read, a certificate that is not valid now.</summary>
    public IReadOnlyList<string> Warnings => lastGood is { } reading ? [.. reading.Warnings(time.GetUtcNow())] : [];

    /// <summary>Reads the files for the first time.</summary>
    /// <exception cref="FailoverStartException">They cannot be used: one line that says which, what was got and what is
    /// accepted.</exception>
    public void Load() => lastGood = TlsCertificateReading.Read(path, keyPath, lastGood);

    /// <summary>From now on follows the files.</summary>
    /// <param name="warn">Called with one line when they have gone bad, when they are good again, and when what they hold is to be
    /// complained of: once each.</param>
    public void Watch(Action<string> warn)
    {
        string[] reported = [.. Warnings];
        watch = new(time, WatchInterval, Compare);
        watch.Follow([path, keyPath]);

        bool Compare()
        {
            string? problem = TryLoad();
            string[] found = problem is null ? [.. Warnings] : [problem];
            foreach (string text in found.Except(reported, StringComparer.Ordinal))
            {
                warn(text);
            }

            if (found.Length == 0 && reported.Length > 0)
            {
                warn($"{path}: good again");
            }

            reported = found;
            return problem is null;
        }
    }

    /// <summary>Follows the files no longer.</summary>
    public void Dispose() => watch?.Dispose();

    private string? TryLoad()
    {
        try
        {
            Load();
            return null;
        }
        catch (FailoverStartException exception)
        {
            return exception.Message;
        }
    }
}

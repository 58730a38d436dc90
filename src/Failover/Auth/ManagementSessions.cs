using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Failover;

/// <summary>A user who has logged in to view.</summary>
/// <param name="User">Who.</param>
/// <param name="By">The password file that lists the user.</param>
/// <param name="Entry">The user's hash there, as it was then: another one ends the session.</param>
/// <param name="Opened">When, as a timestamp of the clock.</param>
internal sealed record ManagementSession(string User, HtpasswdFile By, string Entry, long Opened);

/// <summary>Tokens that stand for a log-in, so that a page needs the password once: random, for viewing alone, in memory.</summary>
/// <param name="time">The clock.</param>
internal sealed class ManagementSessions(TimeProvider time)
{
    /// <summary>So many are open at a time; one more ends the oldest.</summary>
    public const int Most = 1000;

    /// <summary>What each token begins with. A token that is none of ours, as after a restart, is thereby no guess at a secret.</summary>
    public const string Prefix = "session-";

    private const int RandomBytes = 32;

    private readonly Lock gate = new();

    // By the hash of the token: how long finding one takes discloses nothing of another token.
    private readonly Dictionary<string, ManagementSession> sessions = new(StringComparer.Ordinal);
    private readonly Queue<(string Key, long Opened)> oldestFirst = [];

    public static TimeSpan Lifetime { get; } = TimeSpan.FromHours(12);

    /// <summary>Opens one.</summary>
    /// <returns>The token, which is kept nowhere.</returns>
    public string Open(string user, HtpasswdFile by, string entry)
    {
        string token = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));
        string key = KeyOf(token);
        long now = time.GetTimestamp();
        lock (gate)
        {
            while (
                oldestFirst.TryPeek(out (string Key, long Opened) first)
                && (sessions.Count >= Most || IsOver(first.Opened))
            )
            {
                sessions.Remove(oldestFirst.Dequeue().Key);
            }

            sessions.Add(key, new(user, by, entry, now));
            oldestFirst.Enqueue((key, now));
        }

        return token;
    }

    /// <summary>The session of a token; null where there is none, or where its time is over.</summary>
    public ManagementSession? Find(string token)
    {
        lock (gate)
        {
            return sessions.TryGetValue(KeyOf(token), out ManagementSession? session) && !IsOver(session.Opened)
                ? session
                : null;
        }
    }

    /// <summary>Ends the session of a token.</summary>
    /// <returns>Whether there was one.</returns>
    public bool Close(string token)
    {
        lock (gate)
        {
            return sessions.Remove(KeyOf(token));
        }
    }

    private bool IsOver(long opened) => time.GetElapsedTime(opened) >= Lifetime;

    private static string KeyOf(string token) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}

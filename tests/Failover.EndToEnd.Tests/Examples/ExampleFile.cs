using System.Globalization;

namespace Failover;

/// <summary>The configuration file in examples/ as the daemon serves it: with the address to listen on, the one to look at, the
/// password file and the times of one example replaced; else as it stands.</summary>
/// <param name="times">The times in it that are replaced, as they are written.</param>
internal sealed class ExampleFile(params string[] times) : IExample
{
    public async Task<RunningScript> ServeAsync(Target target, string passwords = "", params TimeSpan[] instead)
    {
        instead.Length.ShouldBe(times.Length);
        DaemonFiles files = await DaemonFiles.WithAsync("");
        string example = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "examples", "failover.yaml"));
        files.Write(Rewrite(example, target, passwords, instead));
        return await RunningScript.WhenListeningAsync(files.Start(), files);
    }

    private string Rewrite(string example, Target target, string passwords, TimeSpan[] instead)
    {
        // Where it is managed and keeps its state, it does not say: DaemonFiles does.
        string rewritten = Replace(example, "\nlisten: 8080\n", "\nlisten: 127.0.0.1:0\n");
        rewritten = Replace(
            rewritten,
            "{host: 192.0.2.1, port: 25,",
            string.Create(CultureInfo.InvariantCulture, $"{{host: 127.0.0.1, port: {target.Port},"),
            times: 2
        );
        rewritten = Replace(
            rewritten,
            "tcp: 192.0.2.1:25\n",
            string.Create(CultureInfo.InvariantCulture, $"tcp: 127.0.0.1:{target.Port}\n"),
            times: 3
        );
        string users = passwords.Length == 0 ? "PASSWORDS" : passwords;
        rewritten = Replace(rewritten, "auth: /var/lib/healthcheck_users}", $"auth: {users}}}");
        for (int i = 0; i < times.Length; i++)
        {
            string milliseconds = string.Create(CultureInfo.InvariantCulture, $"{instead[i].TotalMilliseconds}ms");
            string key = times[i].Split(' ')[0];
            rewritten = Replace(rewritten, $"{times[i]}\n", $"{key} {milliseconds}\n");
        }

        return rewritten;
    }

    // An example that has changed is to fail here, not to be tested as something else.
    private static string Replace(string source, string original, string replacement, int times = 1)
    {
        (source.Split(original).Length - 1).ShouldBe(times, $"how often \"{original}\" stands in the example");
        return source.Replace(original, replacement, StringComparison.Ordinal);
    }
}

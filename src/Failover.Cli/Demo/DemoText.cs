using System.Globalization;

namespace Failover;

/// <summary>What the demo says first.</summary>
internal static class DemoText
{
    /// <summary>Where to look, and what to try.</summary>
    /// <param name="port">Where components are served.</param>
    /// <param name="managementPort">Where the page is.</param>
    /// <param name="file">The configuration.</param>
    public static IEnumerable<string> Introduction(int port, int managementPort, string file)
    {
        string served = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        string management = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{managementPort}");
        return
        [
            "Five examples, on targets that fail and recover by themselves. Ctrl-C ends it, and nothing is left of it.",
            "User demo, password demo: for this demo alone, which only this machine can reach.",
            $"page      {management}/-/",
            $"file      {file}",
            $"poll      curl {served}/mail-u5",
            $"status    failover status --watch --url {management}",
            $"why       failover explain mail-u5 --url {management}",
            $"reset     curl -u {DemoFolder.User}:{DemoFolder.Password} -X POST {served}/mail-u5",
            $"override  failover override example-4 fail --reason try --for 1m --user {DemoFolder.User} --url {management}",
            "What happens follows: targets stop and start, and what is served changes.",
        ];
    }
}

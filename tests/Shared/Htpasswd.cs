using System.ComponentModel;
using System.Diagnostics;

namespace Failover;

/// <summary>Apache's own program, from Debian's package apache2-utils. Where it is missing, tests fail.</summary>
internal static class Htpasswd
{
    /// <summary>The line that it writes for a user.</summary>
    public static async Task<string> LineAsync(string user, string password, params string[] options)
    {
        string output = await RunAsync(["-nb", .. options, user, password]);
        return output.Trim() + "\n";
    }

    public static async Task<string> RunAsync(params string[] arguments)
    {
        ProcessStartInfo start = new("htpasswd", arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            process.ExitCode.ShouldBe(0, await errors);
            return output;
        }
        catch (Win32Exception missing)
        {
            throw new InvalidOperationException("htpasswd is missing: install apache2-utils", missing);
        }
    }
}

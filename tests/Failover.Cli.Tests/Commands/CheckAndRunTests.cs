using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Failover;

/// <summary>What <c>run</c> refuses, <c>check</c> refuses too, with the same message.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class CheckAndRunTests : IDisposable
{
    private const string Free = "listen: \"127.0.0.1:0\"\nmanagement: off\n";
    private const string Component = "components: {mail: {background: {interval: 1h, task: {tcp: \"127.0.0.1:1\"}}}}\n";

    private readonly CommandUnderTest command = new();

    public void Dispose() => command.Dispose();

    [Theory]
    [InlineData(
        "management: off\nstate: memory\nlisten: \"unix:/nowhere/failover.sock\"\n",
        73,
        "cannot listen on unix:/nowhere/failover.sock: there is no such directory"
    )]
    [InlineData(
        "management: off\nstate: memory\nlisten: \"192.0.2.1:8080\"\n",
        73,
        "cannot listen on http://192.0.2.1:8080: the address is not of this machine"
    )]
    [InlineData(
        "management: off\nstate: memory\nlisten: \"https://127.0.0.1:0\"\ntls: {certificate: none.crt, key: none.key}\n",
        73,
        "none.crt: cannot be read (it does not exist); accepted: a regular file that this process may read"
    )]
    [InlineData(
        Free + "state: failover.yaml/below/state.db\n",
        74,
        "state file failover.yaml/below/state.db cannot be used: Could not find a part of the path 'failover.yaml/below'."
    )]
    [InlineData(
        Free + "state: /proc/state.db\n",
        74,
        "state file /proc/state.db cannot be used: it cannot be made: Could not find file '/proc/state.db'."
    )]
    [InlineData(Free + "state: folder\n", 74, "state file folder cannot be used: it is a folder")]
    public async Task What_keeps_run_from_starting_is_reported_by_check(string text, int code, string fault)
    {
        text = text.Replace("state: folder", "state: ./folder", StringComparison.Ordinal);
        Directory.CreateDirectory(command["folder"]);
        command.Write(text + Component);

        (int checkCode, string checkError) = await ErrorOfAsync("check", command.File);
        (int runCode, string runError) = await ErrorOfAsync("run", command.File, "--no-watch");

        checkError.ShouldBe($"failover: {fault}\n");
        checkError.ShouldBe(runError);
        (checkCode, runCode).ShouldBe((code, code));
        Directory.GetFileSystemEntries(command["folder"]).ShouldBeEmpty();
        (await command.RunAsync("check", "--offline", command.File)).ShouldBe(0);
    }

    [Fact]
    public async Task A_key_that_is_not_that_of_the_certificate_is_reported_by_check()
    {
        using TestAuthority authority = new();
        using CertificateFiles files = new();
        files.Write((authority.Issue("one").Certificate, authority.Issue("other").Key));
        command.Write(
            $"management: off\nstate: memory\nlisten: \"https://127.0.0.1:0\"\ntls: {{certificate: \"{files.Path}\", key: \"{files.KeyPath}\"}}\n{Component}"
        );

        (int checkCode, string checkError) = await ErrorOfAsync("check", command.File);

        checkError.ShouldBe(
            $"failover: {files.KeyPath}: got a key that is not that of the certificate in {files.Path}; accepted: the certificate's own, in PEM\n"
        );
        (await ErrorOfAsync("run", command.File)).ShouldBe((checkCode, checkError));
    }

    [Fact]
    public async Task A_database_of_another_program_is_reported_by_check_and_left_as_it_is()
    {
        using (SqliteFile other = SqliteFile.Open(command["other.db"]))
        {
            other.Run("CREATE TABLE invoice (number INTEGER)");
        }

        byte[] before = await File.ReadAllBytesAsync(command["other.db"], TestContext.Current.CancellationToken);
        command.Write($"{Free}state: ./other.db\n{Component}");

        (int checkCode, string checkError) = await ErrorOfAsync("check", command.File);

        checkCode.ShouldBe(74);
        (await ErrorOfAsync("run", command.File)).ShouldBe((checkCode, checkError));
        (await File.ReadAllBytesAsync(command["other.db"], TestContext.Current.CancellationToken)).ShouldBe(before);
    }

    [Fact]
    public async Task Everything_is_reported_at_once()
    {
        command.Write(
            "listen: [\"192.0.2.1:8080\", \"198.51.100.1:8080\"]\nmanagement: off\nstate: ./failover.yaml/state.db\n"
                + "components: {a: {toggle: {to_fail: {tcp: \"127.0.0.1:1\"}, to_ok: {oneshot: {auth: users}}}, on_post: to_ok.fire}}"
        );

        (await command.RunAsync("check", command.File)).ShouldBe(78);

        command.Error.ShouldMatch(
            "^failover.yaml:4:82: auth is \"users\", .*\n  accepted: .*\nfailover: state file .*\nfailover: cannot listen on http://192.0.2.1:8080: .*\nfailover: cannot listen on http://198.51.100.1:8080: .*\n$"
        );
    }

    [Fact]
    public async Task What_another_process_holds_at_the_moment_is_noted()
    {
        using TcpListener other = new(IPAddress.Loopback, 0);
        other.Start();
        command.Write($"listen: \"{other.LocalEndpoint}\"\nmanagement: off\nstate: memory\n{Component}");

        (await command.RunAsync("check", "--strict", command.File)).ShouldBe(0);

        command.Output.ShouldEndWith(
            $"\n\nnote: at the moment: cannot listen on http://{other.LocalEndpoint}: the port is in use\nfailover.yaml is valid: 1 component, 0 warnings\n"
        );
    }

    [Fact]
    public async Task A_state_file_that_another_process_has_open_is_noted_and_stays_open()
    {
        using StateFolder folder = new();
        await using (SqliteStateStore store = folder.Store())
        {
            store.Load();
            command.Write($"{Free}state: \"{folder.File}\"\n{Component}");

            (await command.RunAsync("check", command.File)).ShouldBe(0);

            command.Output.ShouldContain(
                $"\nnote: at the moment: state file {folder.File} is in use by another process\n"
            );
            store.Problem.ShouldBeNull();
        }
    }

    [Fact]
    public async Task A_state_file_that_is_good_or_can_be_made_is_fine_and_nothing_is_made()
    {
        using StateFolder folder = new();
        string below = Path.Combine(folder.Place, "a", "b", "state.db");
        command.Write($"{Free}state: \"{below}\"\n{Component}");

        (await command.RunAsync("check", command.File)).ShouldBe(0);

        folder.Names.ShouldBeEmpty();
        await using (SqliteStateStore store = folder.Store())
        {
            store.Load();
        }

        command.Write($"{Free}state: \"{folder.File}\"\n{Component}");
        (await command.RunAsync("check", command.File)).ShouldBe(0);
        folder.Names.ShouldBe(["state.db"]);
    }

    private async Task<(int Code, string Error)> ErrorOfAsync(params string[] words)
    {
        int before = command.Error.Length;
        int code = await command.RunAsync(words);
        return (code, command.Error[before..]);
    }
}

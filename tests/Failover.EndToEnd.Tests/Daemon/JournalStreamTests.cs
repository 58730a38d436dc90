namespace Failover;

/// <summary>systemd tells where it has connected a stream to the journal; whoever leads the stream elsewhere passes that on.</summary>
public sealed class JournalStreamTests
{
    [Theory]
    [InlineData("log", "<6>serves ")]
    [InlineData("other", "Z serves ")]
    public async Task Lines_are_for_the_journal_where_it_takes_the_output(string stream, string line)
    {
        using DaemonFiles files = await DaemonFiles.WithAsync("");
        QuietDaemon.Write(files, "components: {one: {tcp: 127.0.0.1:1}}\n");
        string log = Path.Combine(files.Folder, "log");
        // A file stands for the journal's socket: all that counts is which one it is.
        string script =
            $"cd {files.Folder}; : > other; exec > log; export JOURNAL_STREAM=$(stat -c %d:%i {stream}); exec \"$@\"";
        await using ChildProcess daemon = files.Start("sh", "-c", script, "sh");

        await Eventually.IsAsync(
            () => File.Exists(log) && File.ReadAllText(log).Contains("serves ", StringComparison.Ordinal),
            "a start"
        );

        (await File.ReadAllTextAsync(log, TestContext.Current.CancellationToken)).ShouldContain(line);
    }
}

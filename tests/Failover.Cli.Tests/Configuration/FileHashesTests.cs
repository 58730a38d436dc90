using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace Failover;

/// <summary>When a file is not read again.</summary>
[SupportedOSPlatform("linux")]
public sealed class FileHashesTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("failover-hashes-");
    private readonly ManualTime time = new();
    private readonly FileHashes hashes;

    public FileHashesTests()
    {
        hashes = new(time);
        Write("one");
    }

    private string Path => System.IO.Path.Combine(folder.FullName, "file");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void A_file_that_nothing_has_touched_for_5_s_is_read_every_30_s()
    {
        HasBeenWrittenLongAgo();
        FileHash first = Hash();

        Hash().ShouldBeSameAs(first);
        time.Advance(FileHashes.Trust - TimeSpan.FromTicks(1));
        Hash().ShouldBeSameAs(first);
        time.Advance(TimeSpan.FromTicks(1));
        FileHash second = Hash();
        second.ShouldNotBeSameAs(first);
        Hash().ShouldBeSameAs(second);
    }

    [Fact]
    public void A_file_that_was_touched_less_than_5_s_ago_is_read_each_time()
    {
        time.WallClock = new DateTimeOffset(File.GetLastWriteTimeUtc(Path)) + FileHashes.Rest - TimeSpan.FromSeconds(1);

        Hash().ShouldNotBeSameAs(Hash());
    }

    // An older time of the content proves nothing: anybody may set it.
    [Fact]
    public void A_time_that_was_set_back_makes_a_file_no_older()
    {
        time.WallClock = new DateTimeOffset(File.GetLastWriteTimeUtc(Path));
        File.SetLastWriteTimeUtc(Path, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        Hash().ShouldNotBeSameAs(Hash());
    }

    [Theory]
    [InlineData("longer")]
    [InlineData("two")]
    public void A_change_is_read(string text)
    {
        HasBeenWrittenLongAgo();
        FileHash before = Hash();
        Hash().ShouldBeSameAs(before);

        File.WriteAllText($"{Path}.new", text);
        File.Move($"{Path}.new", Path, overwrite: true);

        Hash().Hash.ShouldBe(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));
    }

    [Fact]
    public void A_file_that_goes_is_noticed_at_once()
    {
        HasBeenWrittenLongAgo();
        Hash();
        File.Delete(Path);

        Should.Throw<FileFault>(Hash).Problem.ShouldBe(FileProblem.Missing);
    }

    private void Write(string text) => File.WriteAllText(Path, text);

    // By the real clock: the times of files are the kernel's.
    private void HasBeenWrittenLongAgo() => time.WallClock = DateTimeOffset.UtcNow + TimeSpan.FromMinutes(1);

    private FileHash Hash() => hashes.Of(Path, 1000);
}

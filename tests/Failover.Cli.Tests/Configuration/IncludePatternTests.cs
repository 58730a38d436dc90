namespace Failover;

public sealed class IncludePatternTests : IDisposable
{
    private readonly ConfigurationFolder folder = new();

    public IncludePatternTests() =>
        folder
            .Write("sites/a/main.yaml", "")
            .Write("sites/b/main.yaml", "")
            .Write("sites/b/other.yaml", "")
            .Write("sites/note.txt", "");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("sites/*/main.yaml", "sites/a/main.yaml", "sites/b/main.yaml")]
    [InlineData("sites/*/*.yaml", "sites/a/main.yaml", "sites/b/main.yaml", "sites/b/other.yaml")]
    [InlineData("s*/?/o*.yaml", "sites/b/other.yaml")]
    [InlineData("sites/*/conf.d/*.yaml")]
    [InlineData("sites/*", "sites/note.txt")]
    [InlineData("sites//*/main.yaml", "sites/a/main.yaml", "sites/b/main.yaml")]
    public void It_finds_what_a_shell_finds(string pattern, params string[] found) =>
        Files(pattern).ShouldBe(found.Select(file => folder[file]));

    [Fact]
    public void An_empty_folder_holds_nothing()
    {
        Directory.CreateDirectory(folder["empty"]);

        Files("empty/*.yaml").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("gone/*.yaml", "gone")]
    [InlineData("sites/gone/*/main.yaml", "sites/gone")]
    [InlineData("sites/note.txt/*.yaml", "sites/note.txt")]
    public void A_folder_that_is_named_and_is_none_is_refused(string pattern, string named) =>
        Should.Throw<FolderFault>(() => Files(pattern)).Folder.ShouldBe(folder[named]);

    [Theory]
    [InlineData("sites/*/main.yaml")]
    [InlineData("sites/*/*.yaml")]
    public void A_folder_that_a_link_leads_to_in_vain_is_refused(string pattern)
    {
        // As to a file system that is not mounted.
        File.CreateSymbolicLink(folder["sites/c"], "/nowhere/sites");

        Should.Throw<FolderFault>(() => Files(pattern)).Folder.ShouldBe(folder["sites/c"]);
    }

    [Fact]
    public void A_file_that_a_link_leads_to_in_vain_is_named_and_so_cannot_be_read()
    {
        File.CreateSymbolicLink(folder["sites/a/broken.yaml"], "/nowhere/file");

        Files("sites/a/*.yaml").ShouldBe([folder["sites/a/broken.yaml"], folder["sites/a/main.yaml"]]);
    }

    [Fact]
    public void What_is_not_there_yet_is_known_to_have_been_looked_for()
    {
        FileReader reader = new();
        File.Delete(folder["sites/a/main.yaml"]);
        IncludePattern.Files(folder["sites/*/main.yaml"], reader).ShouldBe([folder["sites/b/main.yaml"]]);
        FileContents before = reader.Contents;
        before.Again().IsSameAs(before).ShouldBeTrue();

        folder.Write("sites/a/main.yaml", "");

        before.Again().IsSameAs(before).ShouldBeFalse();
    }

    [Fact]
    public void What_cannot_be_learnt_is_the_same_each_time()
    {
        FileReader reader = new();
        File.Delete(folder["sites/a/main.yaml"]);
        File.CreateSymbolicLink(folder["sites/a/main.yaml"], "main.yaml");
        Should.Throw<FolderFault>(() => IncludePattern.Files(folder["sites/*/main.yaml"], reader));
        FileContents before = reader.Contents;

        before.Again().IsSameAs(before).ShouldBeTrue();
    }

    private IReadOnlyList<string> Files(string pattern) => IncludePattern.Files(folder[pattern], new FileReader());
}

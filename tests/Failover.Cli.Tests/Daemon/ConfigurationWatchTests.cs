namespace Failover;

public sealed class ConfigurationWatchTests : IDisposable
{
    private const int Largest = 1000;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("failover-watch-");
    private readonly ManualTime time = new();
    private readonly ConfigurationWatch watch;
    private int changes;

    public ConfigurationWatchTests() => watch = new(time, () => changes++);

    private string Main => Path.Combine(folder.FullName, "failover.yaml");

    public void Dispose()
    {
        watch.Dispose();
        folder.Delete(recursive: true);
    }

    [Fact]
    public void A_change_is_reported_once_when_the_file_is_at_rest()
    {
        Write("one");
        Follow(Main);

        Look().ShouldBe(0);
        Write("two");
        Look().ShouldBe(0);
        Look().ShouldBe(1);
        Look(10).ShouldBe(1);
        Write("three");
        Look(2).ShouldBe(2);
    }

    [Fact]
    public void A_change_is_reported_also_of_a_file_that_has_long_been_at_rest()
    {
        // By the real clock: the times of files are the kernel's.
        time.WallClock = DateTimeOffset.UtcNow + TimeSpan.FromMinutes(1);
        Write("one");
        Follow(Main);
        Look(3).ShouldBe(0);

        Write("three");
        Look(2).ShouldBe(1);
        // Another file of the same length, with the same time.
        File.WriteAllText($"{Main}.new", "eight");
        File.SetLastWriteTimeUtc($"{Main}.new", File.GetLastWriteTimeUtc(Main));
        File.Move($"{Main}.new", Main, overwrite: true);
        Look(2).ShouldBe(2);
    }

    [Fact]
    public void A_file_that_is_being_written_is_left_alone_until_it_is_whole()
    {
        Write("");
        Follow(Main);

        foreach (string part in new[] { "a", "ab", "abc", "abcd" })
        {
            Write(part);
            Look().ShouldBe(0);
        }

        Look().ShouldBe(1);
    }

    [Fact]
    public void Other_times_and_another_file_with_the_same_content_are_no_change()
    {
        Write("same");
        Follow(Main);

        File.SetLastWriteTimeUtc(Main, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        File.WriteAllText($"{Main}.new", "same");
        File.Move($"{Main}.new", Main, overwrite: true);

        Look(5).ShouldBe(0);
    }

    [Fact]
    public void A_content_that_changes_back_between_two_checks_is_no_change()
    {
        Write("one");
        Follow(Main);

        Write("two");
        Look();
        Write("one");

        Look(5).ShouldBe(0);
    }

    [Fact]
    public void A_symbolic_link_far_up_the_path_that_leads_elsewhere_is_a_change()
    {
        // As Kubernetes updates a ConfigMap: failover.yaml -> ..data/failover.yaml, ..data -> ..2026_01.
        foreach ((string version, string text) in new[] { ("..2026_01", "one"), ("..2026_02", "two") })
        {
            Directory.CreateDirectory(InFolder(version));
            File.WriteAllText(InFolder($"{version}/failover.yaml"), text);
        }

        File.CreateSymbolicLink(InFolder("..data"), "..2026_01");
        File.CreateSymbolicLink(Main, "..data/failover.yaml");
        Follow(Main);
        Look(3).ShouldBe(0);

        File.Delete(InFolder("..data"));
        File.CreateSymbolicLink(InFolder("..data"), "..2026_02");

        Look(5).ShouldBe(1);
    }

    [Fact]
    public void A_file_that_goes_and_one_that_comes_are_changes()
    {
        Write("one");
        Follow(Main, InFolder("secret"));

        File.Delete(Main);
        Look(3).ShouldBe(1);
        Write("one");
        Look(3).ShouldBe(2);
        File.WriteAllText(InFolder("secret"), "hush");
        Look(3).ShouldBe(3);
    }

    [Fact]
    public void A_name_that_comes_into_a_folder_which_a_pattern_looks_in_is_a_change()
    {
        Write("include: conf.d/*.yaml");
        Directory.CreateDirectory(InFolder("conf.d"));
        watch.Follow(Reading([Main], [InFolder("conf.d")]));
        Look(3).ShouldBe(0);

        File.WriteAllText(InFolder("conf.d/a.yaml"), "");

        Look(3).ShouldBe(1);
    }

    [Fact]
    public void What_has_changed_since_it_was_read_is_a_change()
    {
        Write("one");
        ConfigurationReading reading = Reading([Main], []);
        Write("two");

        watch.Follow(reading);

        Look(2).ShouldBe(1);
        Look(5).ShouldBe(1);
    }

    [Fact]
    public void What_has_changed_and_changed_back_since_it_was_read_is_none()
    {
        Write("one");
        ConfigurationReading reading = Reading([Main], []);
        Write("two");
        Write("one");

        watch.Follow(reading);

        Look(5).ShouldBe(0);
    }

    [Fact]
    public void A_requested_reload_is_not_reported_again_as_a_change()
    {
        Write("one");
        Follow(Main);
        Write("two");
        Look().ShouldBe(0);

        Follow(Main);

        Look(5).ShouldBe(0);
    }

    [Fact]
    public void A_file_that_is_too_large_is_reported_once_and_again_when_it_is_not()
    {
        Write(new string('x', Largest + 1));
        Follow(Main);
        Look(3).ShouldBe(0);

        Write(new string('y', Largest + 1));
        Look(3).ShouldBe(0);
        Write("one");

        Look(3).ShouldBe(1);
    }

    [Fact]
    public void A_folder_that_goes_and_comes_is_a_change_each_time()
    {
        Directory.CreateDirectory(InFolder("conf.d"));
        watch.Follow(Reading([], [InFolder("conf.d")]));
        Look(3).ShouldBe(0);

        Directory.Move(InFolder("conf.d"), InFolder("elsewhere"));
        Look(3).ShouldBe(1);
        Directory.Move(InFolder("elsewhere"), InFolder("conf.d"));

        Look(3).ShouldBe(2);
    }

    [Fact]
    public void A_newly_followed_file_is_compared_from_then_on()
    {
        Write("one");
        Follow(Main);
        File.WriteAllText(InFolder("other"), "one");
        Follow(Main, InFolder("other"));
        Look(3).ShouldBe(0);

        File.WriteAllText(InFolder("other"), "two");
        Look(3).ShouldBe(1);
        Follow(Main);
        File.WriteAllText(InFolder("other"), "three");
        Look(3).ShouldBe(1);
    }

    [Fact]
    public void A_device_and_a_folder_are_no_files_and_harm_nobody()
    {
        Follow("/dev/zero", folder.FullName, "/dev/null", "");

        Look(3).ShouldBe(0);
    }

    [Fact]
    public void A_disposed_watch_checks_no_more()
    {
        Write("one");
        Follow(Main);
        watch.Dispose();
        Write("two");
        Follow(Main);

        Look(3).ShouldBe(0);
        time.TimerCount.ShouldBe(0);
    }

    private static ConfigurationReading Reading(string[] files, string[] folders)
    {
        FileReader reader = new();
        foreach (string file in files)
        {
            reader.Track(new(file, Largest));
        }

        foreach (string place in folders)
        {
            reader.Track(new(place, Largest: null));
        }

        return new(null, [], [.. files], reader.Contents);
    }

    private string InFolder(string name) => Path.Combine(folder.FullName, name);

    private void Write(string text) => File.WriteAllText(Main, text);

    private void Follow(params string[] files) => watch.Follow(Reading(files, []));

    private int Look(int times = 1)
    {
        time.Advance(times * ConfigurationWatch.Interval);
        return changes;
    }
}

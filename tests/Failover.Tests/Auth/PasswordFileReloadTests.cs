namespace Failover;

public sealed class PasswordFileReloadTests
{
    private readonly ManualTime time = new();

    public static TheoryData<string> WaysToGoBad() =>
        ["deleted", "empty", "cut", "plain", "twice", "huge", "directory"];

    [Fact]
    public async Task A_change_that_leaves_time_and_size_alone_is_seen()
    {
        using PasswordDirectory directory = new();
        string one = await Htpasswd.LineAsync("alice", "one", "-m");
        string two = await Htpasswd.LineAsync("alice", "two", "-m");
        two.Length.ShouldBe(one.Length);
        using PasswordFile file = directory.Write(one).Open(time);
        DateTime written = File.GetLastWriteTimeUtc(directory.File);
        directory.Write(two);
        File.SetLastWriteTimeUtc(directory.File, written);
        (await file.VerifyAsync("alice", "one")).ShouldBe(PasswordCheck.Wrong);
        (await file.VerifyAsync("alice", "two")).ShouldBe(PasswordCheck.Right);
    }

    [Theory]
    [MemberData(nameof(WaysToGoBad))]
    public async Task A_bad_file_leaves_the_last_good_one_for_five_seconds_and_then_lets_nobody_in(string how)
    {
        using PasswordDirectory directory = new();
        using PasswordFile file = directory.Write(PasswordDirectory.Alice).Open(time);
        GoBad(directory, how);
        time.Advance(Minute(10)); // nobody looked: the five seconds begin when somebody does
        (await file.VerifyAsync("alice", "secret")).ShouldBe(PasswordCheck.Right);
        file.Problem.ShouldNotBeNull().ShouldStartWith(directory.File);
        time.Advance(Second(4.999));
        (await file.VerifyAsync("alice", "secret")).ShouldBe(PasswordCheck.Right);
        (await file.VerifyAsync("alice", "wrong")).ShouldBe(PasswordCheck.Wrong);
        (await file.VerifyAsync("mallory", "secret")).ShouldBe(PasswordCheck.Wrong);
        time.Advance(Second(0.001));
        (await file.VerifyAsync("alice", "secret")).ShouldBe(PasswordCheck.Unavailable);
        (await file.VerifyAsync("mallory", "secret")).ShouldBe(PasswordCheck.Unavailable);
    }

    [Fact]
    public async Task A_watched_file_is_found_bad_without_a_log_in_and_people_are_informed()
    {
        using PasswordDirectory directory = new();
        using PasswordFile file = directory.Write(PasswordDirectory.Alice).Open(time);
        System.Collections.Concurrent.BlockingCollection<string> told = [];
        file.Watch(told.Add);
        File.Delete(directory.File);
        time.Advance(Second(1));
        told.TryTake(out string? warning, Minute(1)).ShouldBeTrue();
        warning.ShouldStartWith(directory.File);
        time.Advance(Second(5));
        (await file.VerifyAsync("alice", "secret")).ShouldBe(PasswordCheck.Unavailable);
        directory.Write(PasswordDirectory.Alice);
        time.Advance(Second(1));
        told.TryTake(out warning, Minute(1)).ShouldBeTrue();
        warning.ShouldBe($"{directory.File}: good again");
    }

    [Theory]
    [MemberData(nameof(WaysToGoBad))]
    public async Task A_file_that_is_good_again_counts_at_once(string how)
    {
        using PasswordDirectory directory = new();
        using PasswordFile file = directory.Write(PasswordDirectory.Alice).Open(time);
        GoBad(directory, how);
        (await file.VerifyAsync("alice", "secret")).ShouldBe(PasswordCheck.Right);
        time.Advance(Second(5));
        (await file.VerifyAsync("alice", "secret")).ShouldBe(PasswordCheck.Unavailable);
        if (how is "directory")
        {
            Directory.Delete(directory.File);
        }

        directory.Write(PasswordDirectory.Alice.Replace("alice", "bob"));
        (await file.VerifyAsync("bob", "secret")).ShouldBe(PasswordCheck.Right);
        (await file.VerifyAsync("alice", "secret")).ShouldBe(PasswordCheck.Wrong);
        file.Problem.ShouldBeNull();
    }

    [Fact]
    public async Task Going_from_bad_to_worse_does_not_begin_the_five_seconds_again()
    {
        using PasswordDirectory directory = new();
        using PasswordFile file = directory.Write(PasswordDirectory.Alice).Open(time);
        directory.Write("");
        (await file.VerifyAsync("alice", "secret")).ShouldBe(PasswordCheck.Right);
        time.Advance(Second(3));
        File.Delete(directory.File);
        (await file.VerifyAsync("alice", "secret")).ShouldBe(PasswordCheck.Right);
        time.Advance(Second(2));
        (await file.VerifyAsync("alice", "secret")).ShouldBe(PasswordCheck.Unavailable);
    }

    [Fact]
    public async Task Each_fault_has_five_seconds_of_its_own()
    {
        using PasswordDirectory directory = new();
        using PasswordFile file = directory.Write(PasswordDirectory.Alice).Open(time);
        for (int fault = 0; fault < 3; fault++)
        {
            directory.Write("");
            (await file.VerifyAsync("alice", "secret")).ShouldBe(PasswordCheck.Right);
            time.Advance(Second(4));
            directory.Write(PasswordDirectory.Alice);
            (await file.VerifyAsync("alice", "secret")).ShouldBe(PasswordCheck.Right);
        }
    }

    [Fact]
    public async Task A_file_that_was_never_good_lets_nobody_in()
    {
        using PasswordDirectory directory = new();
        using PasswordFile file = new(directory.Write("alice:secret\n").File, time, directory.Logins);
        Should.Throw<PasswordFileException>(file.Load);
        (await file.VerifyAsync("alice", "secret")).ShouldBe(PasswordCheck.Unavailable);
    }

    [Fact]
    public async Task A_file_that_was_never_good_counts_as_soon_as_it_is()
    {
        using PasswordDirectory directory = new();
        using PasswordFile file = new(directory.File, time, directory.Logins);
        Should.Throw<PasswordFileException>(file.Load);
        System.Collections.Concurrent.BlockingCollection<string> told = [];
        file.Watch(told.Add);
        directory.Write(PasswordDirectory.Alice);
        time.Advance(Second(1));
        told.TryTake(out string? notice, Minute(1)).ShouldBeTrue();
        notice.ShouldBe($"{directory.File}: good again");
        told.TryTake(out string? warning, Minute(1)).ShouldBeTrue();
        warning.ShouldContain("{SHA}", customMessage: "what it has to complain of is not told at the start only");
        (await file.VerifyAsync("alice", "secret")).ShouldBe(PasswordCheck.Right);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_file_whose_reading_hangs_lets_nobody_in_and_holds_up_no_other_file()
    {
        using PasswordDirectory directory = new();
        using PasswordDirectory hung = new();
        using PasswordFile good = directory.Write(PasswordDirectory.Alice).Open(time);
        // Opening a FIFO for reading waits for a writer.
        await System
            .Diagnostics.Process.Start("mkfifo", hung.File)
            .WaitForExitAsync(TestContext.Current.CancellationToken);
        using PasswordFile bad = new(hung.File, time, directory.Logins);
        Should.Throw<PasswordFileException>(bad.Load).Message.ShouldStartWith($"{hung.File}: ");
        for (int i = 0; i < 20; i++)
        {
            (await bad.VerifyAsync("alice", "secret")).ShouldBe(PasswordCheck.Unavailable);
            (await good.VerifyAsync("alice", "secret")).ShouldBe(PasswordCheck.Right);
        }
    }

    [Fact]
    public async Task Replaced_by_rename_again_and_again_the_file_is_always_one_or_the_other()
    {
        using PasswordDirectory directory = new();
        string bob = await Htpasswd.LineAsync("bob", "constant", "-m");
        string[] versions =
        [
            await Htpasswd.LineAsync("alice", "one", "-m") + bob,
            bob + await Htpasswd.LineAsync("alice", "two", "-m"),
        ];
        using PasswordFile file = directory.Write(versions[0]).Open(time);
        await WhileChangingAsync(
            round =>
            {
                File.WriteAllText(directory.Other, versions[round % 2]);
                File.Move(directory.Other, directory.File, overwrite: true);
            },
            async () =>
            {
                (await file.VerifyAsync("bob", "constant")).ShouldBe(PasswordCheck.Right);
                (await file.VerifyAsync("alice", "three")).ShouldBe(PasswordCheck.Wrong);
                file.Problem.ShouldBeNull();
            }
        );
    }

    [Fact]
    public async Task Cut_and_written_again_and_again_the_file_lets_in_its_users_and_nobody_else()
    {
        using PasswordDirectory directory = new();
        string content = await Htpasswd.LineAsync("bob", "constant", "-m") + PasswordDirectory.Alice;
        using PasswordFile file = directory.Write(content).Open(time);
        await WhileChangingAsync(
            round =>
            {
                // Bob's line is whole or the file is bad: time stands still, so the last good one counts.
                using FileStream stream = new(directory.File, FileMode.Open, FileAccess.Write, FileShare.Read, 0);
                stream.SetLength(0);
                int cut = round % content.Length;
                stream.Write(System.Text.Encoding.UTF8.GetBytes(content[..cut]));
                stream.Write(System.Text.Encoding.UTF8.GetBytes(content[cut..]));
            },
            async () =>
            {
                (await file.VerifyAsync("bob", "constant")).ShouldBe(PasswordCheck.Right);
                (await file.VerifyAsync("bob", "wrong")).ShouldBe(PasswordCheck.Wrong);
                (await file.VerifyAsync("mallory", "")).ShouldBe(PasswordCheck.Wrong);
            }
        );
    }

    // Looks 200 times, and goes on until the file has changed 200 times as well.
    private static async Task WhileChangingAsync(Action<int> change, Func<Task> look)
    {
        const int enough = 200;
        int changes = 0;
        using CancellationTokenSource done = new();
        Task changer = Task.Run(
            () =>
            {
                while (!done.IsCancellationRequested)
                {
                    change(Interlocked.Increment(ref changes));
                }
            },
            TestContext.Current.CancellationToken
        );
        try
        {
            for (int looks = 0; looks < enough || Volatile.Read(ref changes) < enough; looks++)
            {
                changer.IsFaulted.ShouldBeFalse(changer.Exception?.ToString());
                await look();
            }
        }
        finally
        {
            await done.CancelAsync();
            await changer;
        }
    }

    private static void GoBad(PasswordDirectory directory, string how)
    {
        switch (how)
        {
            case "deleted":
                File.Delete(directory.File);
                break;
            case "directory":
                File.Delete(directory.File);
                Directory.CreateDirectory(directory.File);
                break;
            case "huge":
                using (FileStream stream = File.OpenWrite(directory.File))
                {
                    stream.SetLength(100_000_000);
                }

                break;
            default:
                directory.Write(
                    how switch
                    {
                        "empty" => "",
                        "cut" => PasswordDirectory.Alice[..20],
                        "plain" => "mallory:secret\n",
                        "twice" => PasswordDirectory.Alice + PasswordDirectory.Alice,
                        _ => throw new ArgumentException(how, nameof(how)),
                    }
                );
                break;
        }
    }
}

using System.IO.Pipes;
using System.Runtime.Versioning;

namespace Failover;

public sealed class PasswordFileTests
{
    private static readonly string[][] Formats =
    [
        ["-B", "-C", "4"],
        ["-B", "-C", "5"],
        ["-m"],
        ["-s"],
        ["-d"],
        ["-2"],
        ["-2", "-r", "1000"],
        ["-5"],
        ["-5", "-r", "7000"],
    ];

    // The longest that htpasswd takes is 255.
    private static readonly string[] Passwords =
    [
        "",
        "secret",
        "a:colon and spaces ",
        "Grüße, 世界 🔑",
        new('x', 100),
        new('x', 255),
    ];

    public static TheoryData<string, string> EveryFormatWithEveryPassword()
    {
        TheoryData<string, string> all = [];
        foreach (string[] format in Formats)
        {
            foreach (string password in Passwords)
            {
                all.Add(string.Join(' ', format), password);
            }
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(EveryFormatWithEveryPassword))]
    public async Task What_htpasswd_wrote_lets_in_whom_it_says(string options, string password)
    {
        using PasswordDirectory directory = new();
        string line = await Htpasswd.LineAsync("alice", password, options.Split(' '));
        using PasswordFile file = directory.Write(line).Open();
        (await file.VerifyAsync("alice", password)).ShouldBe(PasswordCheck.Right);
        (await file.VerifyAsync("alice", "y" + password)).ShouldBe(PasswordCheck.Wrong);
        (await file.VerifyAsync("alice", password.Length > 0 ? "" : "z")).ShouldBe(PasswordCheck.Wrong);
        (await file.VerifyAsync("alicia", password)).ShouldBe(PasswordCheck.Wrong);
    }

    [Fact]
    public async Task A_file_that_htpasswd_made_and_changed_is_followed()
    {
        using PasswordDirectory directory = new();
        await Htpasswd.RunAsync("-cbB", directory.File, "alice", "one");
        await Htpasswd.RunAsync("-bm", directory.File, "bob", "two");
        using PasswordFile file = directory.Open();
        (await file.VerifyAsync("alice", "one")).ShouldBe(PasswordCheck.Right);
        (await file.VerifyAsync("bob", "two")).ShouldBe(PasswordCheck.Right);
        await Htpasswd.RunAsync("-bB", directory.File, "alice", "three");
        await Htpasswd.RunAsync("-D", directory.File, "bob");
        (await file.VerifyAsync("alice", "one")).ShouldBe(PasswordCheck.Wrong);
        (await file.VerifyAsync("alice", "three")).ShouldBe(PasswordCheck.Right);
        (await file.VerifyAsync("bob", "two")).ShouldBe(PasswordCheck.Wrong);
    }

    [Fact]
    public async Task What_htpasswd_writes_in_plain_text_is_refused()
    {
        using PasswordDirectory directory = new();
        directory.Write(await Htpasswd.LineAsync("alice", "secret", "-p"));
        PasswordFileException refused = Should.Throw<PasswordFileException>(() => directory.Open());
        refused.Message.ShouldStartWith($"{directory.File}:1: got for user \"alice\" a plain-text password");
        refused.Message.ShouldNotContain("secret");
    }

    [Fact]
    public async Task A_password_with_NUL_is_wrong_in_every_format()
    {
        using PasswordDirectory directory = new();
        string line = await Htpasswd.LineAsync("alice", "secret", "-B", "-C", "4");
        using PasswordFile file = directory.Write(line).Open();
        (await file.VerifyAsync("alice", "secret\0")).ShouldBe(PasswordCheck.Wrong);
        (await file.VerifyAsync("alice", "secret\0x")).ShouldBe(PasswordCheck.Wrong);
    }

    [Fact]
    public void A_missing_file_is_refused()
    {
        using PasswordDirectory directory = new();
        string message = Should.Throw<PasswordFileException>(() => directory.Open()).Message;
        message.ShouldStartWith($"{directory.File}: cannot be read (it does not exist)");
        message.ShouldEndWith("accepted: a regular file that this process may read");
        message.ShouldNotContain('\n');
    }

    [Fact]
    public void A_directory_is_refused()
    {
        using PasswordDirectory directory = new();
        Directory.CreateDirectory(directory.File);
        Should
            .Throw<PasswordFileException>(() => directory.Open())
            .Message.ShouldStartWith($"{directory.File}: cannot be read (it is a folder)");
    }

    [Fact]
    public void A_hundred_megabytes_are_refused()
    {
        using PasswordDirectory directory = new();
        using (FileStream sparse = File.Create(directory.File))
        {
            sparse.SetLength(100_000_000);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        Should
            .Throw<PasswordFileException>(() => Read(directory.File))
            .Message.ShouldBe($"{directory.File}: got 100000000 bytes; accepted: at most 1048576");
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1_000_000);
    }

    [Fact]
    public void A_file_that_never_ends_is_refused()
    {
        Should
            .Throw<PasswordFileException>(() => Read("/dev/zero"))
            .Message.ShouldStartWith("/dev/zero: cannot be read (it is a device); accepted: a regular file");
    }

    [Fact]
    public async Task A_pipe_is_refused()
    {
        await using AnonymousPipeServerStream pipe = new(PipeDirection.Out);
        string path = $"/dev/fd/{pipe.GetClientHandleAsString()}";
        Should
            .Throw<PasswordFileException>(() => Read(path))
            .Message.ShouldStartWith($"{path}: cannot be read (it is a FIFO); accepted: a regular file");
    }

    [Fact]
    public void A_FIFO_that_nobody_writes_to_is_refused()
    {
        using PasswordDirectory directory = new();
        Fifo.Make(directory.File);
        Should
            .Throw<PasswordFileException>(() => Read(directory.File))
            .Message.ShouldStartWith($"{directory.File}: cannot be read (it is a FIFO)");
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void One_mebibyte_is_the_most(int beyond, bool isAccepted)
    {
        using PasswordDirectory directory = new();
        string rest = new('#', PasswordFileReading.LargestSize - PasswordDirectory.Alice.Length + beyond);
        directory.Write(PasswordDirectory.Alice + rest);
        Exception? refused = Record.Exception(() => directory.Open().Dispose());
        (refused is null).ShouldBe(isAccepted, refused?.Message);
    }

    [Fact]
    public void A_system_without_libcrypt_is_told_what_to_install()
    {
        using PasswordDirectory directory = new();
        directory.Write("alice:abJnggxhB/yWI\n");
        Should
            .Throw<PasswordFileException>(() =>
                directory.Open(hasher: (_, _) => throw new DllNotFoundException("x\ny"))
            )
            .Message.ShouldBe(
                $"{directory.File}: checking Des hashes needs libcrypt.so.1, which this system lacks; "
                    + "install libcrypt1 (Debian, Ubuntu) or libxcrypt-compat (Fedora, Red Hat, SUSE), or use bcrypt: htpasswd -B"
            );
    }

    [Fact]
    public void A_libcrypt_without_the_format_is_a_clear_error()
    {
        using PasswordDirectory directory = new();
        directory.Write("alice:abJnggxhB/yWI\n");
        Should
            .Throw<PasswordFileException>(() => directory.Open(hasher: (_, _) => null))
            .Message.ShouldStartWith(
                $"{directory.File}: got hashes that this system's libcrypt.so.1 cannot compute (Des);"
            );
    }

    [Theory]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.GroupRead, false)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.OtherRead, true)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.OtherWrite, true)]
    [SupportedOSPlatform("linux")]
    public void A_file_that_others_may_read_or_change_is_warned_of(UnixFileMode mode, bool isWarned)
    {
        using PasswordDirectory directory = new();
        directory.Write("alice:$apr1$12345678$9pHAGSBYtlmFtid2xxNog0\n");
        File.SetUnixFileMode(directory.File, mode);
        using PasswordFile file = directory.Open();
        file.Warnings.ShouldBe(
            isWarned ? [$"{directory.File}: every user of this machine may read or change it; better: chmod o-rw"] : []
        );
    }

    [Fact]
    public void Weak_formats_are_warned_of()
    {
        using PasswordDirectory directory = new();
        using PasswordFile file = directory.Write(PasswordDirectory.Alice).Open();
        file.Warnings.ShouldContain(warning => warning.Contains("{SHA}"));
    }

    private static void Read(string path) => PasswordFileReading.Read(path, PasswordHashing.Hash, last: null);
}

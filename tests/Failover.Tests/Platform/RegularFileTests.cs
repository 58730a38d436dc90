using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace Failover;

[SupportedOSPlatform("linux")]
public sealed class RegularFileTests : IDisposable
{
    private const int Largest = 10_000;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("failover-file-");

    public static TheoryData<int> Sizes => [0, 1, 4095, 4096, 4097, Largest - 1, Largest];

    private string File => Path.Combine(folder.FullName, "file");

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_file_is_read_whole(int size)
    {
        byte[] bytes = new byte[size];
        Random.Shared.NextBytes(bytes);
        System.IO.File.WriteAllBytes(File, bytes);

        RegularFile.Read(File, Largest).Bytes.ShouldBe(bytes);
        (byte[] hash, long length) = RegularFile.Hash(File, Largest);
        (Convert.ToHexString(hash), length).ShouldBe((Convert.ToHexString(SHA256.HashData(bytes)), size));
    }

    [Fact]
    public void A_file_that_takes_several_blocks_is_hashed_whole()
    {
        byte[] bytes = new byte[200_000];
        Random.Shared.NextBytes(bytes);
        System.IO.File.WriteAllBytes(File, bytes);

        RegularFile.Hash(File, bytes.Length).Hash.ShouldBe(SHA256.HashData(bytes));
        Should.Throw<FileFault>(() => RegularFile.Hash(File, bytes.Length - 1)).Problem.ShouldBe(FileProblem.TooLarge);
    }

    [Fact]
    public void A_file_that_tells_no_length_is_read_whole()
    {
        // proc(5): a file whose length is 0.
        string status = System.Text.Encoding.UTF8.GetString(RegularFile.Read("/proc/self/status", 1 << 20).Bytes);

        status.ShouldContain("Name:");
        status.ShouldContain("nonvoluntary_ctxt_switches:");
    }

    [Fact]
    public void A_link_is_followed()
    {
        System.IO.File.WriteAllText(File, "text");
        System.IO.File.CreateSymbolicLink($"{File}.link", File);

        RegularFile.Read($"{File}.link", Largest).Bytes.ShouldBe("text"u8.ToArray());
    }

    [Theory]
    [InlineData(UnixFileMode.UserRead, false)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.GroupRead, false)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.OtherRead, true)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.OtherWrite, true)]
    public void Whether_others_may_read_or_change_it_is_known(UnixFileMode mode, bool isOpen)
    {
        System.IO.File.WriteAllText(File, "");
        System.IO.File.SetUnixFileMode(File, mode);

        RegularFile.Read(File, Largest).IsOpenToOthers.ShouldBe(isOpen);
    }

    [Theory]
    [InlineData(Largest + 1L)]
    [InlineData(1L << 40)]
    public void A_file_that_is_too_large_is_refused_unread(long size)
    {
        using (FileStream sparse = System.IO.File.Create(File))
        {
            sparse.SetLength(size);
        }

        FileFault fault = Refusal(File);

        (fault.Problem, fault.Size).ShouldBe((FileProblem.TooLarge, size));
    }

    [Fact]
    public void A_file_that_tells_no_length_and_is_too_large_is_refused() =>
        Should
            .Throw<FileFault>(() => RegularFile.Read("/proc/self/status", 100))
            .Problem.ShouldBe(FileProblem.TooLarge);

    [Fact]
    public void A_missing_file_is_refused() => Refuse(File, FileProblem.Missing, "it does not exist");

    [Fact]
    public void A_file_below_a_file_is_refused_as_missing()
    {
        System.IO.File.WriteAllText(File, "");

        Refuse($"{File}/file", FileProblem.Missing, "it does not exist");
    }

    [Fact]
    public void A_FIFO_that_nobody_writes_to_is_refused_at_once()
    {
        Fifo.Make(File);

        Refuse(File, FileProblem.NotRegular, "it is a FIFO");
    }

    [Theory]
    [InlineData("/dev/zero")]
    [InlineData("/dev/null")]
    [InlineData("/dev/tty")]
    public void A_device_is_refused(string path) => Refuse(path, FileProblem.NotRegular, "it is a device");

    [Fact]
    public void A_folder_is_refused() => Refuse(folder.FullName, FileProblem.NotRegular, "it is a folder");

    [Fact]
    public void A_socket_is_refused()
    {
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(File));

        Refuse(File, FileProblem.NotRegular, "it is a socket");
    }

    [Theory]
    [InlineData("")]
    [InlineData("/etc/passwd\0.yaml")]
    public void What_is_no_path_is_refused(string path) => Refuse(path, FileProblem.Other, "it is no path");

    [Fact]
    public void A_circle_of_links_is_refused()
    {
        System.IO.File.CreateSymbolicLink(File, File);

        Refuse(File, FileProblem.Other, "Too many levels of symbolic links");
    }

    [Fact]
    public void A_file_that_is_to_be_made_may_be_missing_and_one_that_is_there_has_to_be_regular()
    {
        RegularFile.RequireUnlessMissing(File);
        System.IO.File.WriteAllText(File, "");
        RegularFile.RequireUnlessMissing(File);

        System.IO.File.Delete(File);
        Fifo.Make(File);
        Should.Throw<FileFault>(() => RegularFile.RequireUnlessMissing(File)).Message.ShouldBe("it is a FIFO");
    }

    private static FileFault Refusal(string path) => Should.Throw<FileFault>(() => RegularFile.Read(path, Largest));

    private static void Refuse(string path, FileProblem problem, string message)
    {
        FileFault fault = Refusal(path);
        (fault.Problem, fault.Message).ShouldBe((problem, message));
    }
}

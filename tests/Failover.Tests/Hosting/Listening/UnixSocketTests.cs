using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Failover;

/// <summary>The file of a Unix socket: made whole, never in the place of what is in use, and gone at the end.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class UnixSocketTests : IDisposable
{
    private readonly SocketDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void It_listens_under_its_name_and_leaves_no_other()
    {
        using UnixSocket socket = UnixSocket.Create(directory.SocketPath);

        Connects().ShouldBeTrue();
        directory.Names.ShouldBe(["s"]);
    }

    [Fact]
    public void Its_user_and_group_may_connect_whatever_the_mask_says()
    {
        using UnixSocket socket = UnixSocket.Create(directory.SocketPath);

        File.GetUnixFileMode(directory.SocketPath).ShouldBe(SocketDirectory.GroupMayConnect);
    }

    [Fact]
    public void One_that_a_crash_left_behind_is_replaced()
    {
        directory.LeaveSocket();
        Connects().ShouldBeFalse();

        using UnixSocket socket = UnixSocket.Create(directory.SocketPath);

        Connects().ShouldBeTrue();
        directory.Names.ShouldBe(["s"]);
    }

    [Fact]
    public void One_in_use_stays()
    {
        using UnixSocket first = UnixSocket.Create(directory.SocketPath);

        Refusal().ShouldBe("the socket is in use");

        Connects().ShouldBeTrue();
        directory.Names.ShouldBe(["s"]);
    }

    [Fact]
    public void One_whose_queue_is_full_is_in_use()
    {
        using Socket busy = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        busy.Bind(directory.EndPoint);
        busy.Listen(0);
        List<Socket> waiting = [];
        for (bool isTaken = true; isTaken; )
        {
            waiting.Add(new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false });
            isTaken = TryConnect(waiting[^1]);
        }

        Refusal().ShouldBe("the socket is in use");
        waiting.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public void One_for_datagrams_is_in_use()
    {
        using Socket other = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        other.Bind(directory.EndPoint);

        Refusal().ShouldBe("the socket is in use");
    }

    [Fact]
    public void A_file_that_is_no_socket_stays()
    {
        File.WriteAllText(directory.SocketPath, "precious");

        Refusal().ShouldBe("a file that is no socket is there");

        File.ReadAllText(directory.SocketPath).ShouldBe("precious");
        directory.Names.ShouldBe(["s"]);
    }

    [Fact]
    public void A_directory_stays()
    {
        Directory.CreateDirectory(directory.SocketPath);

        Refusal().ShouldBe("a file that is no socket is there");
    }

    [Fact]
    public void A_symbolic_link_stays_wherever_it_leads()
    {
        File.CreateSymbolicLink(directory.SocketPath, directory.SocketPath + ".elsewhere");

        Refusal().ShouldBe("a file that is no socket is there");
    }

    [Fact]
    public void A_directory_that_is_not_there_is_reported()
    {
        Refusal(directory.SocketPath + "/deeper/s").ShouldBe("there is no such directory");
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, "the path has 103 bytes; accepted: at most 102")]
    public void A_path_may_be_so_long(int beyond, string? refusal)
    {
        // Two bytes a letter: bytes are what counts.
        int missing = UnixSocket.LongestPath - directory.SocketPath.Length + beyond;
        string path = directory.SocketPath + new string('é', missing / 2) + new string('x', missing % 2);

        if (refusal is null)
        {
            UnixSocket.Create(path).Dispose();
        }
        else
        {
            Refusal(path).ShouldBe(refusal);
        }

        directory.Names.ShouldBeEmpty();
    }

    [Fact]
    public void Its_file_goes_with_it()
    {
        UnixSocket.Create(directory.SocketPath).Dispose();

        directory.Names.ShouldBeEmpty();
    }

    [Fact]
    public void The_file_of_another_that_took_its_place_stays()
    {
        UnixSocket first = UnixSocket.Create(directory.SocketPath);
        File.Delete(directory.SocketPath);
        using UnixSocket second = UnixSocket.Create(directory.SocketPath);

        first.Dispose();

        Connects().ShouldBeTrue();
    }

    private bool Connects()
    {
        using Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        return TryConnect(client);
    }

    private bool TryConnect(Socket client)
    {
        try
        {
            client.Connect(directory.EndPoint);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private string Refusal(string? path = null) =>
        Should.Throw<IOException>(() => UnixSocket.Create(path ?? directory.SocketPath)).Message;
}

using System.Globalization;
using System.Security.Cryptography;

namespace Failover;

/// <summary>What a password file said when it was read and found good.</summary>
internal sealed class PasswordFileReading
{
    /// <summary>The largest file accepted, in bytes: 1 MiB, some 10,000 users.</summary>
    public const int LargestSize = 1 << 20;

    private PasswordFileReading(string path, UserList users, byte[] digest, bool isOpenToOthers)
    {
        Digest = digest;
        IsOpenToOthers = isOpenToOthers;
        Users = users;
        Warnings = isOpenToOthers
            ? [.. users.Warnings, $"{path}: every user of this machine may read or change it; better: chmod o-rw"]
            : users.Warnings;
    }

    /// <summary>Who is listed.</summary>
    public UserList Users { get; }

    /// <summary>What is accepted but should not be.</summary>
    public IReadOnlyList<string> Warnings { get; }

    private byte[] Digest { get; }

    private bool IsOpenToOthers { get; }

    /// <summary>Reads the file.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="hash">Asked whether it can compute the formats in the file.</param>
    /// <param name="last">The last good reading, which is given back where nothing has changed.</param>
    /// <exception cref="PasswordFileException">The file cannot be used.</exception>
    public static PasswordFileReading Read(string path, Hasher hash, PasswordFileReading? last)
    {
        FileContent content = ReadContent(path);
        bool isOpenToOthers = content.IsOpenToOthers;
        byte[] digest = SHA256.HashData(content.Bytes);
        if (last is not null && last.IsOpenToOthers == isOpenToOthers && last.Digest.AsSpan().SequenceEqual(digest))
        {
            return last;
        }

        UserList users = UserList.Parse(path, content.Bytes);
        foreach (HashFormat format in users.Kinds.Select(kind => kind.Format).Distinct())
        {
            RequireSupport(path, hash, new HashKind(format, 0).Cheapest());
        }

        return new(path, users, digest, isOpenToOthers);
    }

    private static FileContent ReadContent(string path)
    {
        try
        {
            return RegularFile.Read(path, LargestSize);
        }
        catch (FileFault fault) when (fault.Problem == FileProblem.TooLarge)
        {
            string bytes = string.Create(CultureInfo.InvariantCulture, $"{fault.Size} bytes");
            throw new PasswordFileException($"{path}: got {bytes}; accepted: at most {LargestSize}", fault);
        }
        catch (FileFault fault)
        {
            throw new PasswordFileException(
                $"{path}: cannot be read ({fault.Message}); accepted: a regular file that this process may read",
                fault
            );
        }
    }

    private static void RequireSupport(string path, Hasher hash, HashKind kind)
    {
        try
        {
            if (hash([], new(kind, kind.Dummy())) is null)
            {
                throw new PasswordFileException(
                    $"{path}: got hashes that this system's {Libcrypt.Library} cannot compute ({kind.Format}); "
                        + "accepted: other formats (htpasswd -m), or a library that can"
                );
            }
        }
        catch (Exception cause) when (cause is DllNotFoundException or EntryPointNotFoundException)
        {
            throw new PasswordFileException(
                $"{path}: checking {kind.Format} hashes needs {Libcrypt.Library}, which this system lacks; "
                    + $"install {Libcrypt.Packages}, or use bcrypt: htpasswd -B",
                cause
            );
        }
    }
}

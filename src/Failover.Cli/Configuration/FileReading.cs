namespace Failover;

/// <summary>What came of reading a file.</summary>
/// <param name="Bytes">What is in it.</param>
/// <param name="Flaw">Why it cannot be used, as the end of a sentence that names it; null where it can.</param>
internal readonly record struct FileReading(byte[] Bytes, string? Flaw)
{
    public static FileReading Of(string file, int largest)
    {
        try
        {
            using FileStream stream = File.OpenRead(file);
            byte[] bytes = new byte[stream.CanSeek ? Math.Min(stream.Length, largest) + 1 : largest + 1];
            int length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            // What grows while it is read, or tells no length (as under /proc), fills what its length asked for.
            while (length == bytes.Length && length <= largest)
            {
                Array.Resize(ref bytes, Math.Min(2 * length, largest) + 1);
                length += stream.ReadAtLeast(bytes.AsSpan(length), bytes.Length - length, throwOnEndOfStream: false);
            }

            return length > largest
                ? new([], $"is larger than {ByteSize.Text(largest)}")
                : new(bytes[..length], Flaw: null);
        }
        catch (Exception fault)
            when (fault is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return new([], $"cannot be read: {Why(file, fault)}");
        }
    }

    private static string Why(string file, Exception fault) =>
        fault switch
        {
            FileNotFoundException or DirectoryNotFoundException => "it does not exist",
            _ when Directory.Exists(file) => "it is a folder",
            UnauthorizedAccessException => "permission denied",
            ArgumentException => "it is no path",
            _ => Printable.Escape(fault.Message),
        };
}

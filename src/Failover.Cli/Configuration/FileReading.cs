namespace Failover;

/// <summary>What came of reading a file.</summary>
/// <param name="Bytes">What is in it.</param>
/// <param name="Flaw">Why it cannot be used, as the end of a sentence that names it; null where it can.</param>
/// <param name="Accepted">What would be accepted, where the flaw does not say it.</param>
internal readonly record struct FileReading(byte[] Bytes, string? Flaw, string? Accepted = null)
{
    public static FileReading Of(FileFault fault, int largest) =>
        fault.Problem == FileProblem.TooLarge
            ? new([], $"is larger than {ByteSize.Text(largest)}")
            : new(
                [],
                $"cannot be read: {fault.Message}",
                fault.Problem == FileProblem.NotRegular ? "a regular file" : null
            );
}

namespace Failover;

/// <summary>Why a file or a folder cannot be used.</summary>
internal enum FileProblem
{
    Missing,
    Denied,

    /// <summary>A FIFO, a device, a folder, a socket: nothing to be read whole, again and again.</summary>
    NotRegular,
    TooLarge,

    /// <summary>It was not read in time: a file system that hangs.</summary>
    NoAnswer,
    Other,
}

/// <summary>A file or a folder that cannot be used.</summary>
/// <param name="problem">Why.</param>
/// <param name="message">The same for people, as <c>it is a FIFO</c>.</param>
/// <param name="size">Of a file that is too large, how many bytes it has at least.</param>
internal sealed class FileFault(FileProblem problem, string message, long size = 0) : IOException(message)
{
    // errno(3), on Linux.
    private const int NoEntry = 2;
    private const int NotPermitted = 1;
    private const int AccessDenied = 13;
    private const int NotAFolder = 20;

    public static FileFault Missing => new(FileProblem.Missing, "it does not exist");

    public FileProblem Problem => problem;

    public long Size => size;

    /// <summary>The fault for an error number of the system.</summary>
    /// <param name="error">Its number.</param>
    public static FileFault Of(int error) =>
        error switch
        {
            NoEntry or NotAFolder => Missing,
            AccessDenied or NotPermitted => new(FileProblem.Denied, "permission denied"),
            _ => new(
                FileProblem.Other,
                Printable.Escape(System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(error))
            ),
        };

    /// <summary>The fault for an exception of .NET.</summary>
    public static FileFault Of(Exception fault) =>
        fault switch
        {
            FileFault known => known,
            FileNotFoundException or DirectoryNotFoundException => Missing,
            UnauthorizedAccessException => new(FileProblem.Denied, "permission denied"),
            ArgumentException => new(FileProblem.Other, "it is no path"),
            _ => new(FileProblem.Other, Printable.Escape(fault.Message.ReplaceLineEndings(" ").TrimEnd('.'))),
        };
}

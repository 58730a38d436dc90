namespace Failover;

/// <summary>How a command ended, as scripts read it; from 64 on as in sysexits.h.</summary>
internal static class ExitCode
{
    public const int Ok = 0;
    public const int UnexpectedFault = 1;
    public const int NotInTime = 1;
    public const int StillFailing = 2;
    public const int NotAllConverted = 2;
    public const int WrongCommandLine = 64;
    public const int Unreachable = 69;
    public const int CannotStart = 73;
    public const int StateUnusable = 74;
    public const int OutputUnwritable = 74;
    public const int NotAllowed = 77;
    public const int InvalidConfiguration = 78;
    public const int Interrupted = 130;

    // What Nagios makes of a plugin's exit code: OK, WARNING, CRITICAL and UNKNOWN.
    public const int ProbeWarning = 1;
    public const int ProbeFail = 2;
    public const int ProbeError = 3;

    public const int NotTaken = 2;

    /// <summary>As <c>failover --help</c> shows them.</summary>
    public static IReadOnlyList<(string Code, string Meaning)> All { get; } =
    [
        ("0", "fine"),
        ("1", "an unexpected fault; wait: not in that state in time"),
        ("2", "reset: it does not serve OK; convert: not everything could be converted"),
        ("64", "a wrong command line, or an unknown component"),
        ("69", "the daemon cannot be reached"),
        ("73", "cannot listen, or cannot start for another reason that is not the file's"),
        ("74", "the state file cannot be used, or the output cannot be written"),
        ("77", "not allowed"),
        ("78", "the configuration is invalid"),
        ("130", "interrupted"),
        (
            "probe",
            "0 ok, 1 ok with a warning, 2 fail, 3 error or anything else, as Nagios reads them; status --exit-code likewise"
        ),
        ("notify test", "0 taken, 2 not taken, 3 anything else"),
    ];
}

/// <summary>Why a command ends before it is done.</summary>
/// <param name="exitCode">What the process ends with.</param>
/// <param name="message">For the standard error, printable.</param>
internal sealed class CommandException(int exitCode, string message) : Exception(message)
{
    public int ExitCode => exitCode;
}

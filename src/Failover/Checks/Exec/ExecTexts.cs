namespace Failover;

/// <summary>What the parts of a command may look like. Each member says what is wrong with one, and null where nothing is.</summary>
internal static class ExecTexts
{
    public static string? NulFlaw(string text) =>
        text.Contains('\0', StringComparison.Ordinal) ? "which has a NUL in it" : null;

    public static string? VariableFlaw(string name) =>
        name.Length == 0 ? ""
        : name.Contains('=', StringComparison.Ordinal) ? "which has a = in it"
        : NulFlaw(name);

    /// <summary>A path from the root on, or a name without folders.</summary>
    public static string? ProgramFlaw(string program) =>
        !program.StartsWith('/') && (program.Length == 0 || program.Contains('/') || program.Any(char.IsWhiteSpace))
            ? "which is no program"
            : NulFlaw(program);
}

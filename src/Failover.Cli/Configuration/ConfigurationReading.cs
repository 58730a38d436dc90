using System.Collections.Immutable;

namespace Failover;

/// <summary>What came of reading a configuration file.</summary>
/// <param name="Configuration">What it says; null where it is wrong.</param>
/// <param name="Errors">Everything that is wrong, by file and line; empty where nothing is.</param>
/// <param name="Sources">Every file that was read or looked for, also where that failed.</param>
/// <param name="Contents">What those files held, and the folders that <c>include:</c> looks for files in by a pattern.</param>
internal sealed record ConfigurationReading(
    FailoverConfiguration? Configuration,
    ImmutableArray<ConfigurationError> Errors,
    ImmutableArray<string> Sources,
    FileContents Contents
)
{
    /// <summary>The errors as people read them; empty where there are none.</summary>
    public string ErrorText => string.Concat(Errors.Select(error => $"{error}\n"));
}

namespace Failover;

/// <summary>Where latencies and times by minute and hour are kept, and for how long.</summary>
/// <param name="IsOn">Whether they are.</param>
/// <param name="File">The SQLite file; null: in memory.</param>
/// <param name="MaxAge">How long hours are kept; minutes, for two days at most.</param>
/// <param name="MaxSize">How many bytes they may take, about.</param>
internal sealed record HistorySettings(bool IsOn, string? File, TimeSpan MaxAge, long MaxSize)
{
    private const string UsualStateName = "state.db";
    private const string UsualName = "history.db";

    /// <summary>They are not kept.</summary>
    public static HistorySettings Off { get; } = new(IsOn: false, File: null, TimeSpan.Zero, MaxSize: 0);

    /// <summary>In one word or path, as the file says it.</summary>
    public string Place => !IsOn ? FileKeys.Off : File ?? FileKeys.Memory;

    /// <summary>The file that is used where none is named: beside the state file, and by its name.</summary>
    /// <param name="state">The state file; null where state is in memory.</param>
    public static string? FileBeside(string? state)
    {
        if (state is null)
        {
            return null;
        }

        string name = Path.GetFileName(state);
        return Path.Combine(
            Path.GetDirectoryName(state) ?? "",
            name == UsualStateName ? UsualName : $"{Path.GetFileNameWithoutExtension(name)}-{UsualName}"
        );
    }
}

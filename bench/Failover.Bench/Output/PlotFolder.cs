namespace Failover;

/// <summary>Where plots are written, and what shows them in the page.</summary>
/// <param name="page">The page that is written, whose plots are in the folder beside it with its name; null for none, and plots in
/// artifacts/bench.</param>
internal sealed class PlotFolder(string? page)
{
    private readonly string folder = page is null ? "artifacts/bench" : Path.ChangeExtension(page, null);
    private readonly List<string> lines = [];

    /// <summary>Writes one.</summary>
    /// <param name="name">Of the file.</param>
    /// <param name="title">What it shows, for who can't see it.</param>
    /// <param name="svg">The plot.</param>
    public void Add(string name, string title, string svg)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, $"{name}.svg"), svg);
        lines.Add($"![{title}]({Path.GetFileName(folder)}/{name}.svg)\n");
    }

    /// <summary>All of them, in Markdown.</summary>
    public string Gallery() => lines.Count == 0 ? "" : $"### Plots\n\n{string.Join('\n', lines)}";
}

using System.Runtime.Versioning;

namespace Failover;

/// <summary>What has to be watched so that it is noticed when a path leads to something else, or to something that has changed: the folder that
/// holds it, the file, each folder on the way, and where the way goes over a symbolic link or ends early, the names there.</summary>
[SupportedOSPlatform("linux")]
internal static class PathWalk
{
    // Linux: MAXSYMLINKS, path_resolution(7).
    private const int MostLinks = 40;

    /// <summary>Walks a path as the kernel does. It may block, where a file system does.</summary>
    /// <param name="path">The path. A relative one begins at the current folder.</param>
    /// <param name="watch">Takes each path on the way, before what lies behind it is read: what changes from then on is noticed.</param>
    public static void Walk(string path, Action<string, FileEvents> watch)
    {
        Stack<string> left = new();
        Push(left, Path.IsPathRooted(path) ? path : $"{Environment.CurrentDirectory}/{path}");
        string folder = "/";
        for (int links = 0; left.TryPop(out string? name); )
        {
            bool isLast = left.Count == 0;
            watch(folder, isLast ? FileEvents.Names : FileEvents.Gone);
            string next = $"{folder.TrimEnd('/')}/{name}";
            int error = Statx.Read(next, followsLink: false, out Statx.Status status);
            if (error != 0)
            {
                watch(folder, FileEvents.Names);
                return;
            }

            if (status.Type == FileType.Link)
            {
                watch(folder, FileEvents.Names);
                if (++links > MostLinks || new FileInfo(next).LinkTarget is not { } target)
                {
                    return;
                }

                folder = Path.IsPathRooted(target) ? "/" : folder;
                Push(left, target);
            }
            else if (status.Type == FileType.Folder)
            {
                folder = next;
                if (isLast)
                {
                    watch(folder, FileEvents.Names);
                }
            }
            else
            {
                watch(next, FileEvents.Content);
                return;
            }
        }
    }

    private static void Push(Stack<string> left, string path)
    {
        foreach (string name in path.Split('/').Reverse().Where(name => name is not ("" or ".")))
        {
            left.Push(name);
        }
    }
}

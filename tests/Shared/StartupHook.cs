using System.Reflection;
using Failover;

/// <summary>What the runtime calls before the tests' entry point where DOTNET_STARTUP_HOOKS names this assembly: it makes
/// a process of the one method that <see cref="SeparateProcess"/> asked for. The name, and that it has no namespace, are the
/// runtime's (docs/design/features/host-startup-hook.md in dotnet/runtime).</summary>
#pragma warning disable MA0047
internal static class StartupHook
#pragma warning restore MA0047
{
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable(SeparateProcess.Variable) is not { } name)
        {
            return;
        }

        int dot = name.LastIndexOf('.');
        MethodInfo method = typeof(SeparateProcess)
            .Assembly.GetType(name[..dot], throwOnError: true)!
            .GetMethod(name[(dot + 1)..], BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)!;
        try
        {
            // The process has nothing else to do, and no context that could wait for this thread.
#pragma warning disable VSTHRD002
            ((Task)method.Invoke(null, null)!).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
        }
        catch (ShouldAssertException failed)
        {
            Console.Error.WriteLine(failed);
            Environment.Exit(1);
        }

        Environment.Exit(0);
    }
}

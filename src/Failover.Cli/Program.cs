using Failover;

// Before anything else: a signal that comes earlier ends the process (signal(7)).
using DaemonSignals signals = args is [RunCommand.Name, ..] ? DaemonSignals.Register() : new();
return await CommandLine.RunAsync(args, CommandContext.OfProcess(signals));

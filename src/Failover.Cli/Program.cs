using Failover;

// Before anything else: a signal that comes earlier ends the process (signal(7)).
using DaemonSignals signals = args switch
{
    [RunCommand.Name, ..] => DaemonSignals.Register(),
    [DemoCommand.Name, ..] => DaemonSignals.Register(isService: false),
    _ => new(),
};
return await CommandLine.RunAsync(args, CommandContext.OfProcess(signals));

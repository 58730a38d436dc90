using Failover;

return await CommandLine.RunAsync(args, Surroundings.OfProcess());

#!/usr/bin/env dotnet
#:project ../src/Failover
// Begin in FAIL. Upon a request, look at the mail server; OK after 1 minute of nothing but good looks, FAIL after 2
// minutes of nothing but bad ones.
using Failover;
using static Failover.Units;

var server = new HealthCheckServer(port: 8080);
server.AddComponent(
    name: "example-3",
    task: new Hysteresis(
        task: new TcpCheck(host: "192.0.2.1", port: 25, timeout: Second(10)),
        initialState: Fail,
        okAfter: Minute(1),
        failAfter: Minute(2)
    )
);
server.RunForever();

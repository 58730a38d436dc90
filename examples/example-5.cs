#!/usr/bin/env dotnet
#:project ../src/Failover
// Begin in OK. Upon a request, look at the mail server; FAIL after ten bad looks in a row, and then until somebody who is
// allowed to POSTs a reset.
using Failover;
using static Failover.Units;

var server = new HealthCheckServer(port: 8080);
var mailCheck = new Toggle(
    initialState: Ok,
    toFail: new Hysteresis(
        task: new TcpCheck(host: "192.0.2.1", port: 25, timeout: Second(10)),
        initialState: Ok,
        okAfter: Count(1),
        failAfter: Count(10)
    ),
    toOk: new Oneshot(auth: new HtpasswdFile("/var/lib/healthcheck_users"))
);
server.AddComponent(name: "mail-u5", task: mailCheck, onPost: mailCheck.Reset);
server.RunForever();

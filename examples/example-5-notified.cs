#!/usr/bin/env dotnet
#:project ../src/Failover
// Example 5 with notifications: a webhook is called when mail is latched, and when a user has reset it.
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
    toOk: new Oneshot(auth: new HtpasswdFile("healthcheck_users"))
);
server.AddComponent(name: "mail-u5", task: mailCheck, onPost: mailCheck.Reset);
server.AddNotifications(
    new NotificationRoute(
        name: "ops",
        receiver: new Webhook(
            "https://hooks.example.net/mail",
            secret: Environment.GetEnvironmentVariable("HOOK_SECRET")
        ),
        components: ["mail-u5"],
        topics: NotificationTopics.State | NotificationTopics.Latch
    )
);
server.RunForever();

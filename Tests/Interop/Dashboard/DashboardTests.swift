import Glibc
import RedisKit
import TestSupport
import Testing

/// rq-dashboard in a browser, over workers that are rqd's.
@Suite struct DashboardTests {
    /// Two workers, one of them busy, and a job in each of the states.
    private func run(_ body: (Daemon, Dashboard) throws -> Void) throws {
        try Application.run(
            workers: 2, queues: ["default", "mail"], pool: "worker_name = \"web-%s\""
        ) { daemon in
            let script = Script(.rq3_0, on: daemon)
            try script.enqueue(
                Call("report", "work.wait", "report"), Call("sum", "work.add", 2, 3),
                Call("invoice", "billing.pay", 17), Call("refund", "billing.pay", 18),
                Call("after-report", "work.good", options: ["depends_on": "report"]),
                Call("later-1", "work.good", queue: "later"),
                Call("later-2", "work.good", queue: "later"))
            try daemon.python(
                """
                from datetime import datetime
                Queue(connection=redis).enqueue_at(
                    datetime(2100, 1, 1), 'work.add', 1, 1, job_id='century')
                """)
            try daemon.redis("BLPOP", "test:running", "20")
            try daemon.waitFor("finished", of: "sum")
            for id in ["invoice", "refund"] { try daemon.waitFor("failed", of: id) }
            try body(daemon, try Dashboard(daemon))
        }
    }

    @Test func `rq-dashboard shows workers, queues, and jobs in every state`() throws {
        try run { daemon, dashboard in
            let views = try dashboard.visit(
                .init(path: "/0/view/queues", awaits: "later", picture: "queues"),
                .init(path: "/0/view/workers", awaits: "web-1", picture: "workers"),
                .init(path: Dashboard.jobs("started"), awaits: "report"),
                .init(path: Dashboard.jobs("finished"), awaits: "sum"),
                .init(path: Dashboard.jobs("failed"), awaits: "refund", picture: "failed"),
                .init(path: Dashboard.jobs("scheduled"), awaits: "century"),
                .init(path: Dashboard.jobs("deferred"), awaits: "after-report"),
                .init(path: Dashboard.jobs("queued", of: "later"), awaits: "later-2"),
                .init(path: "/0/view/job/sum", awaits: "finished"),
                .init(path: "/0/view/job/invoice", awaits: "failed"))
            try #require(views.count == 10)
            // Queued, deferred, scheduled, started, finished, failed and canceled jobs.
            #expect(views[0].rows == ["default 0 1 1 1 1 2 0", "later 2 0 0 0 0 0 0"])
            // The busy one is the first.
            let busy = try #require(views[1].rows.first?.split(separator: " ").first)
            let idle = busy == "web-0" ? "web-1" : "web-0"
            #expect(
                views[1].rows == [
                    "\(busy) work.wait('report') default, mail", "\(idle) idle default, mail",
                ])
            #expect(views[2].rows.map { $0.contains("work.wait('report')\nreport") } == [true])
            #expect(views[3].rows.map { $0.contains("work.add(2, 3)\nsum") } == [true])
            #expect(views[4].rows.count == 2)
            #expect(views[4].text.contains("ValueError: no money for invoice 17"))
            #expect(views[5].rows.map { $0.contains("work.add(1, 1)\ncentury") } == [true])
            #expect(views[6].rows.map { $0.contains("work.good()\nafter-report") } == [true])
            #expect(views[7].rows.count == 2)
            #expect(views[8].text.contains("Result:\n5\n"))
            #expect(views[9].text.contains("ValueError: no money for invoice 17"))
            // And a person sees it: the words are in the pictures.
            let seen = [
                (views[0], ["Queues", "default", "later", "Failed", "Finished"]),
                (views[1], ["Workers", "web-0", "web-1", "work.wait", "idle", "mail"]),
                (views[4], ["Requeue All", "Empty queue", "billing.pay(17)", "invoice"]),
            ]
            for (view, words) in seen {
                for word in words { #expect(view.read.contains(word), "\(word):\n\(view.read)") }
            }
        }
    }

    @Test func `a job requeued by a click runs again, and one deleted by a click is gone`() throws {
        try run { daemon, dashboard in
            try daemon.redis("SET", "test:money", "much")
            let failed = Dashboard.jobs("failed")
            let views = try dashboard.visit(
                .init(path: failed, awaits: "invoice", row: "invoice", button: "Requeue"),
                .init(
                    path: failed, awaits: "refund", row: "refund", button: "Delete", confirms: true),
                .init(
                    path: Dashboard.jobs("scheduled"), awaits: "century", row: "century",
                    button: "Delete", confirms: true),
                .init(
                    path: Dashboard.jobs("queued", of: "later"), awaits: "later-2",
                    button: "Empty queue", confirms: true),
                .init(path: failed, awaits: "No jobs."))
            #expect(views.map(\.rows.count) == [1, 0, 0, 1, 1])
            try daemon.waitFor("finished", of: "invoice")
            #expect(try daemon.value(of: "invoice") == "'paid 17'")
            for id in ["refund", "century", "later-1", "later-2"] {
                #expect(try daemon.status(of: id) == "", "\(id)")
            }
            #expect(try daemon.ids(in: "later") == [])
            #expect(try daemon.members("failed:default") == [])
            #expect(try daemon.members("scheduled:default") == [])
        }
    }

    @Test func `a running job deleted by a click leaves nothing behind, and its worker goes on`()
        throws
    {
        try run { daemon, dashboard in
            _ = try dashboard.visit(
                .init(
                    path: Dashboard.jobs("started"), awaits: "report", row: "report",
                    button: "Delete", confirms: true))
            try daemon.redis("RPUSH", "test:go:report", "")
            try eventually("both workers are idle") {
                try ["web-0", "web-1"].allSatisfy {
                    try daemon.field("state", of: "worker:\($0)") == "idle"
                }
            }
            try Script(.rq3_0, on: daemon).enqueue(
                Call("next-1", "work.good"), Call("next-2", "work.good"))
            for id in ["next-1", "next-2"] { try daemon.waitFor("finished", of: id) }
            for registry in ["wip", "finished", "failed"] {
                #expect(!(try daemon.members("\(registry):default").contains("report")))
            }
            #expect(try daemon.keys("rq:*report") == ["rq:job:after-report"])
            daemon.send(SIGTERM)
            try #require(try daemon.wait() == .exited(code: 0))
            #expect(try daemon.traces() == [])
        }
    }
}

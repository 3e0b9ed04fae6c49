import Testing

@testable import WorkerPool

@Suite struct ConfigurationListingTests {
    @Test func `each value is listed with its origin`() throws {
        let lines = try Sample.load(
            "[pool.web]\nworkers = 2", environment: ["VIRTUAL_ENV": "/venv"],
            overrides: [Override("log.level", "debug")]
        ).render().split(separator: "\n").map { line in
            line.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
        }
        for expected in [
            "url = \"redis://127.0.0.1:6379/0\" # default",
            "interpreter = \"/venv/bin/python\" # VIRTUAL_ENV", "[pool.web]",
            "workers = 2 # /etc/rqd.conf:2:11", "level = \"debug\" # --set",
        ] {
            #expect(lines.contains(expected))
        }
    }

    @Test func `the comments of a section stand in one column`() throws {
        let lines = try Sample.load("[log]\nlevel = \"warning\"").render().split(separator: "\n")
        let log = try #require(lines.firstIndex(of: "[log]"))
        let section = lines[(log + 1)...].prefix { !$0.hasPrefix("[") }
        #expect(section.first?.hasPrefix("level = \"warning\"  ") == true)
        #expect(section.first?.hasSuffix("  # /etc/rqd.conf:2:9") == true)
        #expect(section.dropFirst().allSatisfy { $0.hasSuffix("  # default") })
        let columns = section.map { $0.split(separator: "#").first?.count }
        #expect(section.count > 1 && Set(columns).count == 1, "\(section)")
    }

    @Test func `a listing loads as the configuration that it lists`() throws {
        let loaded = try Sample.load(
            """
            [redis]
            key_prefix = "a:b"
            [python]
            environment = { A = "x \\"y\\" \\\\ \\u0007 é", _b = "" }
            path = ["lib", "/opt/lib"]
            [pool.web]
            workers = 3
            queues = ["high", "ä b"]
            worker_ttl = 90
            stop_timeout = "1h1m"
            max_jobs = 7
            on_stop = "fail"
            job_descriptions = false
            [pool.web.python]
            directory = "/srv"
            environment.C = "c"
            [pool.mail]
            """)
        let again = try Sample.load(loaded.render())
        #expect(again.configuration == loaded.configuration)
        #expect(again.python == loaded.python)
    }

    @Test func `passwords and secret variables are not listed`() throws {
        let listing = try Sample.load(
            """
            [redis]
            url = "redis://anna:hunter2@h/0"
            [python.environment]
            API_TOKEN = "hunter2"
            DATABASE_URL = "pg://u:hunter2@h/d"
            MODE = "fast"
            """
        ).render()
        #expect(!listing.contains("hunter2"))
        #expect(listing.contains("url = \"redis://anna:***@h/0\""))
        #expect(listing.contains("MODE = \"fast\""))
    }

    @Test func `the notice of a missing file holds no password`() throws {
        let loaded = try Sample.load(environment: ["RQ_REDIS_URL": "redis://:hunter2@h"])
        #expect(loaded.notices.first?.contains("redis://:***@h;") == true)
    }
}

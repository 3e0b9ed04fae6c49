import Testing

@testable import WorkerPool

@Suite struct ConfigurationComplaintTests {
    @Test func `a wrong type names file, line, column and what was expected`() {
        let toml = """
            # The eleventh column of the twelfth line.









            [pool.web]
            workers = "four"
            """
        #expect(
            Sample.complaints(toml) == [
                "/etc/rqd.conf:12:11: pool.web.workers must be a whole number from 0 to 4096, "
                    + "not \"four\""
            ])
    }

    @Test func `an unknown key comes with the known one that is nearest`() {
        #expect(
            Sample.complaints("[redis]\nulr = \"redis://h\"") == [
                "/etc/rqd.conf:2:1: unknown key redis.ulr; did you mean redis.url?"
            ])
    }

    @Test func `everything wrong is said at once, in the order of the sources`() {
        let complaints = Sample.complaints(
            """
            [pool.web]
            workers = -1
            colour = "red"
            queues = []
            [log]
            level = "loud"
            [redis]
            url = 5
            """,
            dropIns: ["[pool.web]\nworkers = 1.5"],
            environment: ["RQD_REDIS_KEY_PREFIX": "a b"],
            overrides: [Override("pool.web.on_stop", "explode")])
        let places = complaints.map { $0.prefix { $0 != " " } }
        #expect(
            places == [
                "/etc/rqd.conf:2:11:", "/etc/rqd.conf:3:1:", "/etc/rqd.conf:4:10:",
                "/etc/rqd.conf:6:9:", "/etc/rqd.conf:8:7:", "/etc/rqd.conf.d/1.conf:2:11:",
                "RQD_REDIS_KEY_PREFIX:", "--set:",
            ])
    }

    /// Lines below `[pool.web]`, and what is said about them without the file's name.
    static let inPool: [(String, [String])] = [
        ("workers = -1", ["2:11: pool.web.workers must be a whole number from 0 to 4096, not -1"]),
        (
            "workers = 4097",
            ["2:11: pool.web.workers must be a whole number from 0 to 4096, not 4097"]
        ),
        (
            "workers = 1.5",
            ["2:11: pool.web.workers must be a whole number from 0 to 4096, not 1.5"]
        ),
        (
            "workers = true",
            ["2:11: pool.web.workers must be a whole number from 0 to 4096, not true"]
        ),
        (
            "workers = [1]",
            ["2:11: pool.web.workers must be a whole number from 0 to 4096, not a list"]
        ),
        (
            "[pool.web.workers]",
            ["2:1: pool.web.workers must be a whole number from 0 to 4096, not a table"]
        ),
        (
            "workers = 1979-05-27",
            ["2:11: pool.web.workers must be a whole number from 0 to 4096, not 1979-05-27"]
        ),
        ("queues = []", ["2:10: pool.web.queues must not be empty: it is a list of queue names"]),
        (
            "queues = \"high\"",
            ["2:10: pool.web.queues must be a list of queue names, not \"high\""]
        ),
        ("queues = [\"a\", \"b\", \"a\"]", ["2:21: pool.web.queues has \"a\" twice"]),
        (
            "queues = [\"a,b\", 5, \"\"]",
            [("2:11", "\"a,b\""), ("2:18", "5"), ("2:21", "\"\"")].map { place, shown in
                "\(place): pool.web.queues must hold queue names without commas or control "
                    + "characters, not \(shown)"
            }
        ),
        (
            "stop_timeout = \"soon\"",
            [
                "2:16: pool.web.stop_timeout must be a duration from 0s to 7d such as \"90s\" or \"5m\", not \"soon\""
            ]
        ),
        (
            "kill_grace = -1",
            [
                "2:14: pool.web.kill_grace must be a duration from 0s to 1h such as \"90s\" or \"5m\", not -1"
            ]
        ),
        (
            "worker_ttl = 0",
            [
                "2:14: pool.web.worker_ttl must be a duration from 1s to 30d such as \"90s\" or \"5m\", not 0"
            ]
        ),
        (
            "on_stop = \"explode\"",
            ["2:11: pool.web.on_stop must be \"requeue\" or \"fail\", not \"explode\""]
        ),
        (
            "job_descriptions = \"yes\"",
            ["2:20: pool.web.job_descriptions must be true or false, not \"yes\""]
        ),
        (
            "result_ttl = -2",
            [
                "2:14: pool.web.result_ttl must be a whole number of seconds from 0 up, or -1 for ever, not -2"
            ]
        ),
        (
            "max_jobs = -1",
            [
                "2:12: pool.web.max_jobs must be a whole number from 1 to 1000000000, or 0 for no limit, not -1"
            ]
        ),
        ("python = 3", ["2:10: pool.web.python must be a section, [pool.web.python], not 3"]),
        (
            "python.directory = \"srv\"",
            ["2:20: pool.web.python.directory must be an absolute path, or empty, not \"srv\""]
        ),
        (
            "python.interpreter = \"venv/bin/python\"",
            [
                "2:22: pool.web.python.interpreter must be an absolute path or the bare name of a program, not \"venv/bin/python\""
            ]
        ),
        (
            "python.preload = [\"app..tasks\"]",
            [
                "2:19: pool.web.python.preload must hold a dotted Python name such as \"app.tasks\", not \"app..tasks\""
            ]
        ),
        (
            "python.environment = \"A=1\"",
            ["2:22: pool.web.python.environment must be a table of texts, not \"A=1\""]
        ),
        (
            "python.environment.PORT = 80",
            ["2:27: pool.web.python.environment.PORT must be a text, not 80"]
        ),
        (
            "python.environment.\"A B\" = \"\"",
            [
                "2:28: pool.web.python.environment.\"A B\" must be named by letters, digits and _, with no digit first"
            ]
        ),
        (
            "interpreter = \"/x\"",
            ["2:1: unknown key pool.web.interpreter; did you mean pool.web.python.interpreter?"]
        ),
        ("colour = \"red\"", ["2:1: unknown key pool.web.colour"]),
        (
            "[pool.web.pyhton]\npath = [1]",
            ["2:11: unknown section pool.web.pyhton; did you mean pool.web.python?"]
        ),
    ]

    @Test(arguments: inPool)
    func `a value that cannot be is refused with what it must be`(line: String, expected: [String])
    {
        #expect(Sample.complaints("[pool.web]\n" + line) == expected.map { "/etc/rqd.conf:" + $0 })
    }

    /// Whole documents, and what is said about them without the file's name.
    static let documents: [(String, [String])] = [
        ("[rediss]\nurl = \"x\"\nother = 1", ["1:2: unknown section rediss; did you mean redis?"]),
        ("[pools.web]\nworkers = 4", ["1:2: unknown section pools; did you mean pool?"]),
        ("url = \"redis://h\"", ["1:1: unknown key url; did you mean redis.url?"]),
        (
            "redis = \"redis://:secret@h\"",
            ["1:9: redis must be a section, [redis], not \"redis://:***@h\""]
        ),
        (
            "[[pool]]\nname = \"web\"",
            ["1:1: pool must be a section, as in [pool.default], not a list"]
        ),
        ("[pool]\nworkers = 4", ["2:11: pool.workers must be a section, [pool.workers], not 4"]),
        (
            "[pool.Web]\n[pool.\"\"]\n[pool.-a]",
            ["1:7: \"Web\"", "2:7: \"\"", "3:7: \"-a\""].map { line in
                let parts = line.split(separator: " ")
                return "\(parts[0]) the name of a pool must be 1 to 64 lower-case letters, digits, "
                    + "_ and -, with a letter or digit first, not \(parts[1])"
            }
        ),
        (
            "[redis]\nkey_prefix = \"a b\"",
            [
                "2:14: redis.key_prefix must be one or more of letters, digits and _ . : { } -, not \"a b\""
            ]
        ),
        (
            "[log]\nlevel = \"loud\"",
            [
                "2:9: log.level must be \"debug\", \"info\", \"notice\", \"warning\" or \"error\", not \"loud\""
            ]
        ),
        (
            "[control]\nsocket = \"rqd.sock\"",
            [
                "2:10: control.socket must be an absolute path of at most 107 bytes, or empty for none, not \"rqd.sock\""
            ]
        ),
    ]

    @Test(arguments: documents)
    func `a section that cannot be is refused once`(text: String, expected: [String]) {
        #expect(Sample.complaints(text) == expected.map { "/etc/rqd.conf:" + $0 })
    }

    static let brokenTexts: [(String, String)] = [
        ("[redis]\nurl = \"redis://h", "2:17: not valid TOML: string: encountered end-of-file"),
        ("[pool.web]\nworkers = 1\nworkers = 2", "3:11: 'workers' is defined a second time"),
        ("[redis]\n[redis]", "2:1: 'redis' is defined a second time"),
        (
            "[pool.web]\nworkers = four",
            "2:12: not valid TOML: boolean: expected 'false', saw 'fo'; a text must stand in quotes"
        ),
        (
            "[redis]\nurl = redis://h",
            "2:7: not valid TOML: value: could not determine value type; a text must stand in quotes"
        ),
    ]

    @Test(arguments: brokenTexts)
    func `what is no TOML is refused with its place`(text: String, expected: String) {
        #expect(Sample.complaints(text) == ["/etc/rqd.conf:" + expected])
    }

    @Test func `a file that is not UTF-8 is refused`() {
        let file = ConfigurationFile(path: "/x.conf", bytes: Array("[log]\n#".utf8) + [0xFF])
        #expect(throws: ConfigurationError.self) {
            try ConfigurationLoader.merge(
                ConfigurationReading(files: [file]), surroundings: Sample.machine)
        }
        #expect {
            try file.assignments()
        } throws: {
            ($0 as? ConfigurationError.Complaint)?.description == "/x.conf:2:2: is not UTF-8 text"
        }
    }

    @Test func `a broken file hides no error in another`() {
        let complaints = Sample.complaints("[", dropIns: ["[log]\nlevel = 1"])
        #expect(complaints.count == 2)
        #expect(complaints.last?.hasPrefix("/etc/rqd.conf.d/1.conf:2:9: log.level") == true)
    }
}

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

    /// Lines below `[pool.web]`: where the fault is, of which key, what must be and what is.
    static let values:
        [(line: String, place: String, key: String, expected: String, shown: String)] = [
            ("workers = -1", "2:11", "workers", count, "-1"),
            ("workers = 4097", "2:11", "workers", count, "4097"),
            ("workers = 1.5", "2:11", "workers", count, "1.5"),
            ("workers = true", "2:11", "workers", count, "true"),
            ("workers = [1]", "2:11", "workers", count, "a list"),
            ("[pool.web.stop_timeout]", "2:1", "stop_timeout", duration(0, "7d"), "a table"),
            ("workers = 1979-05-27", "2:11", "workers", count, "1979-05-27"),
            ("queues = \"high\"", "2:10", "queues", "a list of queue names", "\"high\""),
            ("stop_timeout = \"soon\"", "2:16", "stop_timeout", duration(0, "7d"), "\"soon\""),
            ("kill_grace = -1", "2:14", "kill_grace", duration(0, "1h"), "-1"),
            ("worker_ttl = 0", "2:14", "worker_ttl", duration(1, "30d"), "0"),
            ("on_stop = \"explode\"", "2:11", "on_stop", "\"requeue\" or \"fail\"", "\"explode\""),
            ("job_descriptions = 1", "2:20", "job_descriptions", "true or false", "1"),
            (
                "result_ttl = -2", "2:14", "result_ttl",
                "a whole number of seconds from 0 up, or -1 for ever", "-2"
            ),
            (
                "max_jobs = -1", "2:12", "max_jobs",
                "a whole number from 1 to 1000000000, or 0 for no limit", "-1"
            ),
            ("python = 3", "2:10", "python", "a section, [pool.web.python]", "3"),
            (
                "python.directory = \"srv\"", "2:20", "python.directory",
                "an absolute path, or empty", "\"srv\""
            ),
            (
                "python.interpreter = \"venv/python\"", "2:22", "python.interpreter",
                "an absolute path or the bare name of a program", "\"venv/python\""
            ),
            (
                "python.environment = \"A=1\"", "2:22", "python.environment", "a table of texts",
                "\"A=1\""
            ),
            ("python.environment.PORT = 80", "2:27", "python.environment.PORT", "a text", "80"),
        ]

    private static let count = "a whole number from 0 to 4096"
    private static func duration(_ least: Int, _ most: String) -> String {
        "a duration from \(least)s to \(most) such as \"90s\" or \"5m\""
    }

    @Test(arguments: values)
    func `a value that cannot be is refused with what it must be`(
        line: String, place: String, key: String, expected: String, shown: String
    ) {
        let complaint = "/etc/rqd.conf:\(place): pool.web.\(key) must be \(expected), not \(shown)"
        #expect(Sample.complaints("[pool.web]\n\(line)") == [complaint])
    }

    /// Lines below `[pool.web]`, and what is said about them without the file's name.
    static let lines: [(line: String, expected: [String])] = [
        (
            "queues = []", ["2:10: pool.web.queues must not be empty: it is a list of queue names"]
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
            "python.preload = [\"app..tasks\"]",
            [
                "2:19: pool.web.python.preload must hold a dotted Python name "
                    + "such as \"app.tasks\", not \"app..tasks\""
            ]
        ),
        (
            "python.environment.\"A B\" = \"\"",
            [
                "2:28: pool.web.python.environment.\"A B\" must be named by "
                    + "letters, digits and _, with no digit first"
            ]
        ),
        (
            "interpreter = \"/x\"",
            [
                "2:1: unknown key pool.web.interpreter; "
                    + "did you mean pool.web.python.interpreter?"
            ]
        ),
        ("colour = \"red\"", ["2:1: unknown key pool.web.colour"]),
        (
            "[pool.web.pyhton]\npath = [1]",
            ["2:11: unknown section pool.web.pyhton; did you mean pool.web.python?"]
        ),
    ]

    /// Whole documents, and what is said about them without the file's name.
    static let documents: [(text: String, expected: [String])] = [
        ("[rediss]\nurl = \"x\"\nother = 1", ["1:2: unknown section rediss; did you mean redis?"]),
        ("[pools.web]\nworkers = 4", ["1:2: unknown section pools; did you mean pool?"]),
        ("url = \"redis://h\"", ["1:1: unknown key url; did you mean redis.url?"]),
        (
            "redis = \"redis://:secret@h\"",
            ["1:9: redis must be a section, [redis], not \"redis://:***@h\""]
        ),
        ("[[pool]]\na = 1", ["1:1: pool must be a section, as in [pool.default], not a list"]),
        ("[pool]\nworkers = 4", ["2:11: pool.workers must be a section, [pool.workers], not 4"]),
        (
            "[pool.Web]\n[pool.\"\"]\n[pool.-a]",
            [("1:7", "\"Web\""), ("2:7", "\"\""), ("3:7", "\"-a\"")].map { place, shown in
                "\(place): the name of a pool must be 1 to 64 lower-case letters, digits, "
                    + "_ and -, with a letter or digit first, not \(shown)"
            }
        ),
        (
            "[redis]\nkey_prefix = \"a b\"",
            [
                "2:14: redis.key_prefix must be one or more of letters, digits and "
                    + "_ . : { } -, not \"a b\""
            ]
        ),
        (
            "[log]\nlevel = \"loud\"",
            [
                "2:9: log.level must be \"debug\", \"info\", \"notice\", \"warning\" "
                    + "or \"error\", not \"loud\""
            ]
        ),
        (
            "[control]\nsocket = \"rqd.sock\"",
            [
                "2:10: control.socket must be an absolute path of at most 107 bytes, "
                    + "or empty for none, not \"rqd.sock\""
            ]
        ),
    ]

    @Test(arguments: lines.map { ("[pool.web]\n" + $0.line, $0.expected) } + documents)
    func `what cannot be is refused once, where it stands`(text: String, expected: [String]) {
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
            "[redis]\ntls = t\n",
            "2:8: not valid TOML: boolean: expected 'true', saw 't\\n'; a text must stand in quotes"
        ),
        (
            "[redis]\nurl = redis://h",
            "2:7: not valid TOML: value: could not determine value type; "
                + "a text must stand in quotes"
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

import Glibc
import TestSupport
import Testing

struct ImportSettingsTests {
    private let directory: TemporaryDirectory
    private let python: PythonEnvironment

    init() throws {
        directory = try TemporaryDirectory()
        python = try PythonEnvironment(.rq3_0)
    }

    private func rqd(_ arguments: String...) throws -> Finished {
        try Program.run(
            arguments, environment: ["VIRTUAL_ENV": python.path], directory: directory.path)
    }

    /// The example of the manual of rq 1, with every line switched on.
    private static let manual = """
        REDIS_URL = 'redis://localhost:6379/1'
        REDIS_HOST = 'redis.example.com'
        REDIS_PORT = 6380
        REDIS_DB = 3
        REDIS_PASSWORD = 'very secret'
        QUEUES = ['high', 'default', 'low']
        SENTRY_DSN = 'sync+http://public:secret@example.com/1'
        NAME = 'worker-1024'
        """

    /// Settings of every kind, and lines that they come to.
    private static let kinds: [(String, [String])] = [
        (
            manual,
            [
                #"url = "redis://localhost:6379/1""#, #"queues = ["high", "default", "low"]"#,
                #"worker_name = "worker-1024""#,
                #"sentry_dsn = "http://public:secret@example.com/1""#, "workers = 1",
            ]
        ),
        ("", [#"url = "redis://127.0.0.1:6379/0""#]),
        (
            "REDIS_HOST = 'h'\nREDIS_PASSWORD = 'a b\"@'\nREDIS_DB = 3\nQUEUES = []\nNAME = 'a%s'\n",
            [#"url = "redis://:a%20b%22%40@h:6379/3""#, #"worker_name = "a%%s""#]
        ),
        (
            "SENTRY_DSN = 'https://k@s/1'\nSENTRY_DEBUG = True\nSENTRY_CA_CERTS = '/ca.pem'\n",
            ["sentry_debug = true", #"sentry_ca_certs = "/ca.pem""#]
        ),
        (
            "QUEUES = {'b', 'a'}\nDICT_CONFIG = {'version': 1, 'root': {'level': 30}}\nOTHER = 1\n",
            [
                #"queues = ["a", "b"]"#, #"settings = "settings""#, #"level = "warning""#,
                "# In capitals there, but nothing that rq reads: OTHER.",
            ]
        ),
        (
            """
            SENTINEL = {
                'INSTANCES': [('s1', 26379), ('s2', 26380)], 'MASTER_NAME': 'm/1', 'DB': 2,
                'PASSWORD': 'p@', 'SSL': True, 'SENTINEL_KWARGS': {'password': 'q'}}
            """,
            [
                #"url = "sentinel://:p%40@s1:26379,s2:26380/m%2F1/2?ssl=true&sentinel_password=q""#
            ]
        ),
        (
            "REDIS_HOST = 'h'\nREDIS_SSL = True\nREDIS_SSL_CERT_REQS = 'none'\n",
            [#"url = "rediss://h:6379/0?ssl_cert_reqs=none""#]
        ),
        (
            "import os, pathlib\nNAME: str = 'x'\nSENTRY_CA_CERTS = pathlib.Path('/ca')\n",
            [#"worker_name = "x""#, #"sentry_ca_certs = "/ca""#]
        ),
    ]

    @Test(arguments: kinds)
    func `what is written says the same, and check accepts it`(
        settings: String, expected: [String]
    ) throws {
        let file = try directory.write("settings.py", settings)
        try directory.write("sentry_sdk.py", "")
        let written = try rqd("import-settings", "settings", "-o", "rqd.conf")
        #expect(written.ending == .exited(code: 0), "\(written.errorOutput)")
        let text = String(decoding: try readFile(directory.file("rqd.conf")), as: UTF8.self)
        let lines = text.split(separator: "\n").map { line in
            String(line.firstRange(of: "  # \(file)").map { line[..<$0.lowerBound] } ?? line)
        }
        for line in expected { #expect(lines.contains(line), "\(line) in:\n\(text)") }
        #expect(lines.contains(#"interpreter = "\#(python.python)""#))
        let checked = try rqd("check", "-c", "rqd.conf")
        #expect(checked.ending == .exited(code: 0), "\(checked.errorOutput)")
        #expect(checked.errorOutput == "")
    }

    @Test func `a file that is there already stays, and a new one is not for everybody`() throws {
        try directory.write("settings.py", Self.manual)
        try directory.write("there.conf", "old")
        let refused = try rqd("import-settings", "settings", "-o", "there.conf")
        #expect(refused.ending == .exited(code: 78))
        #expect(refused.errorOutput == "rqd: --output there.conf: File exists\n")
        #expect(try readFile(directory.file("there.conf")) == Array("old".utf8))
        let printed = try rqd("import-settings", "./settings.py")
        #expect(printed.output.contains("\n[redis]\n"))
        _ = try rqd("import-settings", "settings", "-o", "new.conf")
        var status = stat()
        stat(directory.file("new.conf"), &status)
        #expect(status.st_mode & 0o007 == 0)
    }
}

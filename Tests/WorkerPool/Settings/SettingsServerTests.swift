import RQ
import TestSupport
import Testing

@testable import WorkerPool

struct SettingsServerTests {
    private func url(_ json: String) throws -> String? {
        let values = try #require(JSON(Array(json.utf8))?.object)
        let server = SettingsServer(
            values: values, origin: { _ in .file(path: "s.py", line: 2, column: 7) })
        return try server.url()?.text
    }

    /// Settings that lead to a server without Sentinels.
    private static let direct = [
        #"{"REDIS_URL": "redis://:secret@db.example:6380/2", "REDIS_HOST": "no"}"#,
        #"{"REDIS_HOST": "redis.example.com", "REDIS_PORT": 6380, "REDIS_DB": 3}"#,
        #"{"REDIS_HOST": "h", "REDIS_PASSWORD": "very secret/@:?#%&=+ü"}"#,
        #"{"REDIS_PORT": "6381", "REDIS_DB": "4", "REDIS_PASSWORD": null}"#,
        #"{"REDIS_HOST": "::1"}"#,
        #"{"REDIS_HOST": "h", "REDIS_SSL": true, "REDIS_SSL_CA_CERTS": "/a b/ca.pem"}"#,
        #"{"REDIS_SSL": "yes", "REDIS_SSL_CERT_REQS": "none", "REDIS_SSL_KEYFILE": "/k", "#
            + #""REDIS_SSL_CERTFILE": "/c"}"#,
        #"{"REDIS_HOST": "h", "REDIS_SSL": "no", "REDIS_SSL_CA_CERTS": "/ca.pem"}"#,
    ]

    @Test func `a URL leads where rq's own reading of the settings leads`() throws {
        let code = """
            import json, redis, sys
            from rq.cli.helpers import get_redis_from_config
            def facts(connection, settings):
                pool = connection.connection_pool
                kwargs = pool.connection_kwargs
                names = ['db', 'password', 'host', 'port', 'username']
                if 'SSL' in pool.connection_class.__name__:
                    names += ['ssl_ca_certs', 'ssl_cert_reqs', 'ssl_keyfile', 'ssl_certfile']
                # What a URL leaves out has redis-py's default.
                usual = {'db': 0, 'port': 6379, 'host': 'localhost', 'ssl_cert_reqs': 'required'}
                values = {n: kwargs.get(n, usual.get(n)) for n in names}
                return pool.connection_class.__name__, {k: str(v) for k, v in values.items()}
            for settings, url in json.loads(sys.argv[1]):
                theirs = facts(get_redis_from_config(settings), settings)
                ours = facts(redis.Redis.from_url(url), settings)
                print(theirs == ours or (settings, url, theirs, ours))
            """
        let pairs = try Self.direct.map { "[\($0), \(TomlText.quoted(try url($0) ?? ""))]" }
        let output = try PythonEnvironment(.rq3_0).run(
            script: code, arguments: ["[\(pairs.joined(separator: ","))]"])
        #expect(output == String(repeating: "True\n", count: Self.direct.count))
    }

    @Test func `Sentinels become one URL with all that their dictionary says`() throws {
        #expect(try url(#"{"SENTINEL": {}}"#) == "sentinel://localhost:26379/mymaster/0")
        let all = """
            {"SENTINEL": {"INSTANCES": [["s1", 26379], ["s2", "26380"]], "MASTER_NAME": "m/1",
             "DB": 2, "USERNAME": "u", "PASSWORD": "p@", "SOCKET_TIMEOUT": 0.5, "SSL": true,
             "CONNECTION_KWARGS": {"ssl_ca_certs": "/ca"},
             "SENTINEL_KWARGS": {"username": "su", "password": "sp", "ssl": true}}}
            """
        #expect(
            try url(all) == "sentinel://u:p%40@s1:26379,s2:26380/m%2F1/2?socket_timeout=0.5"
                + "&ssl=true&ssl_ca_certs=%2Fca&sentinel_username=su&sentinel_password=sp"
                + "&sentinel_ssl=true")
    }

    @Test func `settings that say nothing of Redis lead nowhere`() throws {
        #expect(try url(#"{"REDIS_URL": null, "SENTINEL": null, "QUEUES": ["a"]}"#) == nil)
        #expect(try url(#"{"REDIS_HOST": "", "REDIS_PASSWORD": ""}"#) == nil)
    }

    @Test(arguments: [
        (#"{"REDIS_PORT": "tcp://10.0.0.1:1"}"#, #"REDIS_PORT must be a whole number, not "tcp"#),
        (#"{"REDIS_HOST": ["a"]}"#, "REDIS_HOST must be a text"),
        (#"{"REDIS_SSL": "perhaps"}"#, "REDIS_SSL must be True or False"),
        (#"{"REDIS_SSL": true, "REDIS_SSL_CA_DATA": "x"}"#, "REDIS_SSL_CA_DATA has no equivalent;"),
        (#"{"SENTINEL": "x"}"#, "SENTINEL must be a dictionary"),
        (#"{"SENTINEL": {"INSTANCES": ["a"]}}"#, "INSTANCES must be a list of (host, port)"),
        (#"{"SENTINEL": {"INSTANCES": []}}"#, "INSTANCES must be a list of (host, port)"),
    ])
    func `what cannot be understood is told with its place`(json: String, message: String) {
        let error = #expect(throws: ConfigurationError.self) { try url(json) }
        #expect(error?.description.hasPrefix("s.py:2:7: \(message)") == true, "\(error as Any)")
    }
}

import RedisKit
import TestSupport
import Testing

@testable import WorkerPool

/// What `[redis]` says as a whole.
@Suite struct RedisRulesTests {
    @Test(arguments: [
        (
            "password = \"a\"\npassword_file = \"/b\"",
            "password and redis.password_file are both given"
        ),
        (
            "url = \"redis://:a@h\"\npassword_file = \"/b\"",
            "password_file is given, and redis.url has a password too"
        ),
        ("database = 3", "database is of use only with redis.sentinels"),
        ("sentinel_password = \"x\"", "sentinel_password is of use only with Sentinels"),
        (
            "tls_ca_file = \"/x\"",
            "tls_ca_file is of use only with TLS: write rediss:// or redis.tls = true"
        ),
        ("tls = true\ntls_key_file = \"/x\"", "tls_key_file needs redis.tls_cert_file"),
        ("url = \"unix:///r\"\ntls = true", "tls has no use on a Unix socket"),
        (
            "url = \"redis://h\"\nsentinels = [\"h\"]",
            "sentinels and redis.url both say where Redis is; leave one out"
        ),
        ("sentinels = [\"h:x\"]", "sentinels must hold hosts such as"),
    ])
    func `what contradicts itself is refused in its line`(toml: String, expected: String) {
        let complaints = Sample.complaints("[redis]\n\(toml)")
        #expect(complaints.count == 1)
        #expect(complaints.first?.contains(": redis.\(expected)") == true)
        #expect(complaints.first?.contains("/etc/rqd.conf:") == true)
    }

    @Test func `who speaks last says where Redis is, by a URL or by Sentinels`() throws {
        let file = "[redis]\nsentinels = [\"a\", \"b:7\"]\nsentinel_master = \"m\"\ndatabase = 2"
        let redis = try Sample.load(file).configuration.redis
        #expect(try redis.endpoint().description == "sentinel://a:26379,b:7/m/2")
        #expect(redis.place == "sentinel://a,b:7/m")
        let url = try Sample.load(
            "[redis]\nsentinels = [\"a\"]", environment: ["RQD_REDIS_URL": "redis://h"]
        ).configuration.redis
        #expect(try url.endpoint().description == "redis://h:6379")
    }

    @Test func `passwords come from files, and are shown nowhere`() throws {
        let directory = try TemporaryDirectory()
        try directory.write("secret", "s3cret\n")
        var redis = RedisConfiguration(url: "redis://h")
        redis.passwordFile = directory.file("secret")
        #expect(try redis.endpoint().password == "s3cret")
        let shown = try Sample.load(
            "[redis]\npassword = \"s3cret\"\nsentinels = [\"h\"]\nsentinel_password = \"s3cret\""
        ).render()
        #expect(!shown.contains("s3cret"))
        #expect(shown.contains("password = \"***\""))
    }

    @Test(arguments: ["", "a\u{0}b", String(repeating: "x", count: 5000)])
    func `a file that holds no password is refused by its path`(text: String) throws {
        let directory = try TemporaryDirectory()
        try directory.write("secret", text)
        var redis = RedisConfiguration(url: "redis://h")
        redis.passwordFile = directory.file("secret")
        let error = #expect(throws: RedisSettingError.self) { try redis.endpoint() }
        #expect(
            error?.description.hasPrefix("redis.password_file: \(directory.path)/secret: ") == true)
        redis.passwordFile = "/nowhere"
        #expect(
            throws: RedisSettingError(
                key: "redis.password_file", reason: "/nowhere: No such file or directory")
        ) { try redis.endpoint() }
    }

    @Test func `Python is told the same`() throws {
        var redis = RedisConfiguration(url: "redis://h/2")
        (redis.tls, redis.tlsVerify, redis.tlsAuthorityFile) = (true, .ca, "/ca")
        let python = try PythonRedis(redis)
        #expect(python.url == "rediss://h/2")
        #expect(
            python.options
                == PythonRedis.Options(
                    ssl_cert_reqs: "required", ssl_check_hostname: false, ssl_ca_certs: "/ca"))
    }
}

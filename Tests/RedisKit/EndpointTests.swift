import RedisKit
import TestSupport
import Testing

/// URLs as an operator writes them.
@Suite struct EndpointTests {
    static let readable: [(String, Endpoint)] = [
        ("redis://", Endpoint(address: .tcp(host: "localhost", port: 6379))),
        ("redis://h", Endpoint(address: .tcp(host: "h", port: 6379))),
        ("redis://h:7000/", Endpoint(address: .tcp(host: "h", port: 7000))),
        ("redis://h:7000/3", Endpoint(address: .tcp(host: "h", port: 7000), database: 3)),
        ("redis://h/3?db=4", Endpoint(address: .tcp(host: "h", port: 6379), database: 4)),
        ("redis://h?db=4&db=5", Endpoint(address: .tcp(host: "h", port: 6379), database: 4)),
        ("redis://[::1]:7000", Endpoint(address: .tcp(host: "::1", port: 7000))),
        ("redis://[fe80::1]", Endpoint(address: .tcp(host: "fe80::1", port: 6379))),
        (
            "redis://:p%40s%2Fs%3A@h",
            Endpoint(address: .tcp(host: "h", port: 6379), password: "p@s/s:")
        ),
        (
            "redis://u%20r:a@b:c@h:1",
            Endpoint(address: .tcp(host: "h", port: 1), username: "u r", password: "a@b:c")
        ),
        ("redis://u@h", Endpoint(address: .tcp(host: "h", port: 6379), username: "u")),
        (
            "redis://h?username=u&password=p+w%2B",
            Endpoint(address: .tcp(host: "h", port: 6379), username: "u", password: "p w+")
        ),
        ("redis://h#f", Endpoint(address: .tcp(host: "h", port: 6379))),
        ("redis://:%zz%4@h", Endpoint(address: .tcp(host: "h", port: 6379), password: "%zz%4")),
        (
            "redis://h?retry_on_timeout=1&health_check_interval=3",
            Endpoint(address: .tcp(host: "h", port: 6379))
        ),
        ("rediss://h/1", encrypted(Encryption(), database: 1)),
        (
            "rediss://h?ssl_cert_reqs=none&ssl_check_hostname=true",
            encrypted(Encryption(verification: .none))
        ),
        (
            "rediss://h?ssl_check_hostname=False&ssl_ca_certs=/c&ssl_certfile=/d&ssl_keyfile=/e",
            encrypted(
                Encryption(
                    verification: .authority, authorityFile: "/c", certificateFile: "/d",
                    keyFile: "/e"))
        ),
        ("unix:///run/redis.sock", Endpoint(address: .unix(path: "/run/redis.sock"))),
        (
            "unix://u:p@/run/a%20b.sock?db=2",
            Endpoint(
                address: .unix(path: "/run/a b.sock"), username: "u", password: "p", database: 2)
        ),
    ]

    private static func encrypted(_ encryption: Encryption, database: Int = 0) -> Endpoint {
        Endpoint(
            address: .tcp(host: "h", port: 6379), database: database, encryption: encryption)
    }

    @Test(arguments: readable)
    func `a URL is read part by part`(url: String, expected: Endpoint) throws {
        #expect(try Endpoint(url: url) == expected)
    }

    @Test func `redis-py reads the same from every one of these URLs`() throws {
        let python = try PythonEnvironment(.rq3_0)
        let output = try python.run(
            script: """
                import sys, redis.connection
                for url in sys.argv[1:]:
                    d = redis.connection.parse_url(url)
                    address = d.get('path') or '%s|%s' % (
                        d.get('host', 'localhost'), d.get('port', 6379))
                    print(address, d.get('username'), d.get('password'), d.get('db', 0), sep='\\t')
                """, arguments: Self.readable.map(\.0))
        let expected = Self.readable.map { url, endpoint in
            let address =
                switch endpoint.address {
                case .tcp(let host, let port): "\(host)|\(port)"
                case .unix(let path): path
                case .sentinel: "a sentinel"
                }
            let user = endpoint.username ?? "None"
            let password = endpoint.password ?? "None"
            return "\(address)\t\(user)\t\(password)\t\(endpoint.database)"
        }
        #expect(output.split(separator: "\n").map(String.init) == expected)
    }

    @Test(arguments: [
        ("http://h", EndpointError.unknownScheme), ("", .unknownScheme), ("h:6379", .unknownScheme),
        ("redis://h:x", .badPort),
        ("redis://h?ssl_cert_reqs=none", .optionNeedsEncryption("ssl_cert_reqs")),
        (
            "rediss://h?ssl_cert_reqs=CERT_NONE",
            .badOption("ssl_cert_reqs", expected: "none, optional or required")
        ),
        ("rediss://h?ssl_ciphers=x", .unsupportedOption("ssl_ciphers")),
        (
            "redis://h?socket_timeout=no",
            .badOption("socket_timeout", expected: "a number of seconds from 0.001 to 86400")
        ),
        ("sentinel://h", .missingMaster), ("sentinel://a,b:x/m", .badPort),
        ("sentinel://h/m/one", .badDatabase("one")),
        ("redis://h?sentinel_password=x", .unknownOption("sentinel_password")),
        ("redis://h:0", .badPort), ("redis://h:65536", .badPort), ("redis://h:1:2", .badPort),
        ("redis://:se/cret@h", .badPort), ("redis://[::1", .badHost), ("redis://[::1]7", .badHost),
        ("redis://h/zero", .badDatabase("zero")), ("redis://h/-1", .badDatabase("-1")),
        ("redis://h?db=1.5", .badDatabase("1.5")), ("redis://h?dbb=1", .unknownOption("dbb")),
        ("unix://run/redis.sock", .hostBeforePath), ("unix://", .missingPath),
        ("unix:///", .missingPath), ("unix://u:p@", .missingPath),
    ])
    func `what is no Redis URL is refused with its reason`(url: String, expected: EndpointError) {
        #expect(throws: expected) { try Endpoint(url: url) }
    }

    @Test func `a URL names Sentinels, the master and who we are to both`() throws {
        let endpoint = try Endpoint(
            url: "sentinel://me:pw@a,[::1]:7/m/3?sentinel_username=u&sentinel_password=s&ssl=true"
                + "&socket_timeout=2.5&socket_connect_timeout=1")
        let members = [SentinelGroup.Member(host: "a"), SentinelGroup.Member(host: "::1", port: 7)]
        #expect(
            endpoint.sentinels
                == SentinelGroup(master: "m", members: members, username: "u", password: "s"))
        #expect(endpoint.username == "me" && endpoint.password == "pw" && endpoint.database == 3)
        #expect(endpoint.encryption == Encryption())
        #expect(endpoint.timeout == .milliseconds(2500) && endpoint.connectTimeout == .seconds(1))
        #expect(endpoint.description == "sentinel://me@a:26379,[::1]:7/m/3")
    }

    @Test func `neither descriptions nor errors repeat a password`() throws {
        let endpoint = try Endpoint(url: "redis://me:s3cret@h:7000/2")
        var dumped = ""
        dump(endpoint, to: &dumped)
        #expect(endpoint.description == "redis://me@h:7000/2")
        #expect("\([endpoint])" == "[redis://me@h:7000/2]")
        #expect(!dumped.contains("s3cret"))
        for url in ["redis://:s3cret#x@h", "redis://:s3cret/x@h", "redis://[:s3cret"] {
            let error = #expect(throws: EndpointError.self) { try Endpoint(url: url) }
            #expect(error?.description.contains("s3cret") == false)
        }
    }

    @Test func `a description is the shortest URL that leads there`() throws {
        #expect(try Endpoint(url: "redis://[::1]/0").description == "redis://[::1]:6379")
        #expect(try Endpoint(url: "unix:///r.sock?db=0").description == "unix:///r.sock")
        #expect(try Endpoint(url: "unix://a:b@/r.sock?db=3").description == "unix://a@/r.sock?db=3")
    }
}

import Testing

@testable import WorkerPool

@Suite struct MetricsRequestTests {
    @Test(arguments: [
        ("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", MetricsRequest.numbers(isHead: false)),
        ("GET /metrics?a=b HTTP/1.0\n\n", .numbers(isHead: false)),
        ("HEAD /metrics HTTP/1.1\r\n\r\nmore", .numbers(isHead: true)),
        ("GET /metrics HTTP/1.1\r\nHost: x\r\n", .incomplete), ("", .incomplete),
        ("GET / HTTP/1.1\r\n\r\n", .notFound), ("GET /metrics2 HTTP/1.1\r\n\r\n", .notFound),
        ("DELETE /metrics HTTP/1.1\r\n\r\n", .notAllowed),
        ("GET /metrics\r\n\r\n", .nonsense), ("GET /metrics HTTP/2\r\n\r\n", .nonsense),
        ("\r\n\r\n", .nonsense), ("\u{0}\n\n", .nonsense),
    ])
    func `a request is understood as far as it goes`(text: String, expected: MetricsRequest) {
        #expect(MetricsRequest(Array(text.utf8)) == expected)
    }

    @Test(arguments: [
        ("127.0.0.1:9180", true), ("[::1]:9180", true), ("localhost", true), ("LOCALHOST:1", true),
        (HostIdentity.hostname, true), ("attacker.example:9180", false),
        ("127.0.0.1.example", false),
    ])
    func `this machine alone is asked under its own names alone`(host: String, isOurs: Bool) {
        let request = Array("GET /metrics HTTP/1.1\r\nhost: \(host)\r\n\r\n".utf8)
        let expected = isOurs ? MetricsRequest.numbers(isHead: false) : .misdirected
        #expect(MetricsRequest(request, isLocal: true) == expected)
        #expect(MetricsRequest(request) == .numbers(isHead: false))
        #expect(MetricsRequest(request, isLocal: true).answer { "" }.isEmpty == false)
    }

    @Test func `a head has its limit, complete or not`() {
        let long = Array("GET /metrics HTTP/1.1\r\nX: \(String(repeating: "x", count: 9000))".utf8)
        #expect(MetricsRequest(long) == .tooLong)
        #expect(MetricsRequest(long + Array("\r\n\r\n".utf8)) == .tooLong)
    }

    @Test(arguments: [
        ("127.0.0.1:9180", ListenAddress.ipv4(0x7f00_0001, port: 9180)),
        ("127.1.2.3:1", .ipv4(0x7f01_0203, port: 1)),
        ("10.0.0.1:9180", .ipv4(0x0a00_0001, port: 9180)),
        ("0.0.0.0:9180", .ipv4(0, port: 9180)),
        ("localhost:9180", .ipv4(0x7f00_0001, port: 9180)),
        ("[::1]:65535", .ipv6([UInt8](repeating: 0, count: 15) + [1], port: 65535)),
        ("[::]:9180", .ipv6([UInt8](repeating: 0, count: 16), port: 9180)),
        ("unix:/run/rqd/metrics.sock", .unix("/run/rqd/metrics.sock")),
    ])
    func `an address may be any of this machine`(text: String, expected: ListenAddress) {
        #expect(ListenAddress(text) == expected)
    }

    @Test(arguments: [
        "example.org:9180", "10.0.0:9180", "::1:9180", "[::g]:9180", "[]:9180", ":9180", "9180",
        "127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536", "127.0.0.1:+80", "unix:", "unix:x",
        "unix:/\(String(repeating: "x", count: 110))",
    ])
    func `any other is refused`(text: String) {
        #expect(ListenAddress(text) == nil)
    }
}

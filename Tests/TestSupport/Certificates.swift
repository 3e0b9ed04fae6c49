/// A certificate authority for one test and what it has signed, in files of a directory.
///
///     let certificates = try Certificates()
///     let server = try RedisServer(tls: certificates.server(for: "DNS:localhost"))
public final class Certificates {
    /// A certificate and its key.
    public struct Pair: Sendable {
        /// The certificate's file.
        public let certificate: String
        /// The key's file.
        public let key: String
        /// The file of the authority that signed it.
        public let authority: String
    }

    private let directory: TemporaryDirectory
    private var count = 0

    /// Makes an authority.
    ///
    /// - Throws: if openssl is missing.
    public init() throws {
        directory = try TemporaryDirectory()
        try openssl(
            ["req", "-x509"] + Self.newKey + [
                "-keyout", directory.file("ca.key"), "-out", authority, "-days", "2", "-subj",
                "/CN=An authority of a test",
            ])
    }

    /// The file of the authority's certificate.
    public var authority: String { directory.file("ca.crt") }

    /// Makes and signs a certificate.
    ///
    /// - Parameters:
    ///   - names: whom it is for, for example `DNS:localhost,IP:127.0.0.1`.
    ///   - days: how long it is valid from now on; below 0 for one that has expired.
    /// - Returns: its files.
    /// - Throws: what openssl says.
    public func pair(
        for names: String = "DNS:localhost,IP:127.0.0.1", days: Int = 2
    ) throws -> Pair {
        count += 1
        let file = { [directory, count] (ending: String) in directory.file("\(count).\(ending)") }
        try openssl(
            ["req"] + Self.newKey + [
                "-keyout", file("key"), "-out", file("csr"), "-subj", "/CN=test",
            ])
        try directory.write("\(count).ext", "subjectAltName=\(names)\n")
        try openssl([
            "x509", "-req", "-in", file("csr"), "-CA", authority, "-CAkey",
            directory.file("ca.key"), "-CAcreateserial", "-days", "\(days)", "-extfile",
            file("ext"), "-out", file("crt"),
        ])
        return Pair(certificate: file("crt"), key: file("key"), authority: authority)
    }

    private static let newKey = [
        "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
    ]

    private func openssl(_ arguments: [String]) throws {
        let finished = try run(["openssl"] + arguments)
        guard finished.ending == .exited(code: 0) else {
            throw HarnessError("openssl \(arguments[0]): \(finished.errorOutput)")
        }
    }
}

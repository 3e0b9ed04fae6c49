/// What server it is, as it tells in its reply to `INFO server`.
///
/// Printed as `Redis 7.0.15` or `Valkey 8.1.1`.
struct ServerRelease: CustomStringConvertible {
    /// `Redis` or `Valkey`.
    let name: String
    /// The server's own version, for example `8.1.1`.
    let version: String
    /// The first number of the release of Redis that it does as; nil for one without a number.
    let compatibleMajor: Int?

    /// Reads `redis_version`, and of Valkey, which keeps that at 7.2.4, `valkey_version`; nil when
    /// neither is there.
    ///
    /// - Parameter information: lines of a name, a colon and a value.
    init?(information: String) {
        func value(of name: String) -> String? {
            let lines = information.split(whereSeparator: \.isNewline)
            let line = lines.first { $0.hasPrefix("\(name):") }
            return line.map { String($0.dropFirst(name.count + 1)) }
        }
        guard let redis = value(of: "redis_version") else { return nil }
        let valkey = value(of: "valkey_version")
        name = valkey == nil ? "Redis" : "Valkey"
        version = valkey ?? redis
        compatibleMajor = redis.split(separator: ".").first.flatMap { Int($0) }
    }

    var description: String { "\(name) \(version)" }
}

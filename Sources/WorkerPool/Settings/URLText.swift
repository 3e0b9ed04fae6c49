/// A server's URL in the making, each part encoded where it has to be.
struct URLText {
    let scheme: String
    var user: String?
    var password: String?
    /// Encoded, with their ports.
    var hosts: [String] = []
    /// What follows the hosts and a slash, encoded.
    var path = ""
    private var options: [String] = []

    init(scheme: String) { self.scheme = scheme }

    /// Adds an option; nil adds none.
    mutating func add(_ name: String, _ value: String?) {
        if let value { options.append("\(name)=\(Self.encoded(value))") }
    }

    /// A host and its port; an IPv6 address gets its brackets.
    static func host(_ host: String, _ port: Int) -> String {
        "\(host.contains(":") ? "[\(host)]" : encoded(host)):\(port)"
    }

    /// The whole.
    var text: String {
        var name = ""
        if user != nil || password != nil {
            name = Self.encoded(user ?? "") + (password.map { ":" + Self.encoded($0) } ?? "") + "@"
        }
        let query = options.isEmpty ? "" : "?" + options.joined(separator: "&")
        return "\(scheme)://\(name)\(hosts.joined(separator: ","))/\(path)\(query)"
    }

    /// A text with everything encoded that could end it.
    ///
    /// Source: RFC 3986, 2.3.
    static func encoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return encoded
    }
}

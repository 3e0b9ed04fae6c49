/// Why a text is not the URL of a Redis server.
///
/// No case carries anything that could be a piece of a password: what stands before the path
/// of a mistyped URL is never repeated.
public enum EndpointError: Error, Equatable, CustomStringConvertible {
    /// Begins with none of `redis://`, `rediss://`, `unix://` and `sentinel://`.
    case unknownScheme
    /// The text after the host's colon is not a number from 1 to 65535.
    case badPort
    /// A bracket of an IPv6 address without its partner.
    case badHost
    /// A `unix://` URL with something other than a user before the path.
    case hostBeforePath
    /// A `unix://` URL without a path.
    case missingPath
    /// A `sentinel://` URL that does not name the master.
    case missingMaster
    /// The database, as written, is not a whole number of 0 or above.
    case badDatabase(String)
    /// An option whose value cannot be: its name, and what it must be.
    case badOption(String, expected: String)
    /// An option of TLS in a URL without TLS.
    case optionNeedsEncryption(String)
    /// An option that redis-py knows and that is not supported here.
    case unsupportedOption(String)
    /// A query option that redis-py does not know either.
    case unknownOption(String)

    /// One line for the journal.
    public var description: String {
        switch self {
        case .unknownScheme:
            "a Redis URL begins with redis://, rediss://, unix:// or sentinel://"
        case .badPort:
            """
            the port of a Redis URL is a number from 1 to 65535 \
            (in a password, write / ? # @ : as %2F %3F %23 %40 %3A)
            """
        case .badHost:
            "an IPv6 address in a Redis URL stands in brackets, as in redis://[::1]:6379"
        case .hostBeforePath:
            "a unix:// URL has a path and no host; write three slashes: unix:///run/redis.sock"
        case .missingPath:
            "a unix:// URL names the path of a socket, as in unix:///run/redis.sock"
        case .missingMaster:
            "a sentinel:// URL names the master, as in sentinel://host1,host2/mymaster"
        case .badDatabase(let text):
            "the database of a Redis URL is a whole number of 0 or above, not \"\(text)\""
        case .badOption(let name, let expected):
            "the option \(name) of a Redis URL must be \(expected)"
        case .optionNeedsEncryption(let name):
            "the option \(name) of a Redis URL is of use only with rediss://"
        case .unsupportedOption(let name):
            "the option \(name) of a Redis URL is not supported"
        case .unknownOption(let name):
            "\"\(name)\" is not an option of a Redis URL"
        }
    }
}

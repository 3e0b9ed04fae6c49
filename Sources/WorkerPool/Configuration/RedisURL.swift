import RedisKit

/// Whether a text is a server's address.
enum RedisURL {
    /// What is wrong with a URL.
    ///
    /// - Parameter url: the text, which may hold a password.
    /// - Returns: nil if nothing is; else what follows the key's name, without secrets.
    static func complaint(about url: String) -> String? {
        do {
            _ = try Endpoint(url: url)
            return nil
        } catch .unknownScheme {
            let expected = TextGrammar.redisURL.expected
            return "must be \(expected), not \(WrittenValue.quoted(url))"
        } catch .badDatabase(let text) where text.contains("@") {
            // A slash in a password ends the host: what follows it is taken for a database.
            return "has a / before its last @; in a password, write %2F"
        } catch {
            return "is wrong: \(error)"
        }
    }

    /// Whether a text names a Sentinel's host and port.
    static func isMember(_ text: String) -> Bool {
        do throws(EndpointError) {
            _ = try SentinelGroup.Member(text)
            return true
        } catch {
            return false
        }
    }
}

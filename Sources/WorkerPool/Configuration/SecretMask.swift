/// Hides the passwords in a text that is about to be printed.
public enum SecretMask {
    /// What stands in a secret's place.
    public static let stars = "***"

    /// Replaces what a URL says before its last `@`, and a `password=` in its query.
    ///
    /// Generous on purpose: a malformed URL may leak a password just as well, so the last `@`
    /// counts even where the grammar would have ended the password earlier.
    ///
    /// - Parameter text: any text; one that holds no secret comes back as it is.
    /// - Returns: the text with `***` in the place of each secret; a user name stays.
    public static func hiding(in text: String) -> String {
        hidingQuery(in: hidingUserInformation(in: text))
    }

    /// Replaces the value of a variable whose name says that it is secret.
    ///
    /// - Parameters:
    ///   - value: the value; what is secret about a URL in it is hidden in any case.
    ///   - name: the variable's name, for example `API_TOKEN`.
    /// - Returns: the value with `***` in the place of each secret, or only that.
    public static func value(_ value: String, of name: String) -> String {
        let words = name.uppercased().split(separator: "_")
        let isSecret = words.contains { word in
            ["PASSWORD", "PASSWD", "SECRET", "TOKEN", "KEY"].contains { word.hasSuffix($0) }
        }
        return isSecret && !value.isEmpty ? stars : hiding(in: value)
    }

    private static func hidingUserInformation(in text: String) -> String {
        guard let at = text.lastIndex(of: "@") else { return text }
        let start = text.firstRange(of: "://")?.upperBound ?? text.startIndex
        guard start <= at else { return text }
        let user = text[start..<at].firstIndex(of: ":").map { text[start...$0] } ?? ""
        return text[..<start] + user + stars + text[at...]
    }

    private static func hidingQuery(in text: String) -> String {
        var shown = ""
        var rest = text[...]
        // `sentinel_password=` ends like that too.
        while let key = rest.firstRange(of: "password=") {
            shown += rest[..<key.upperBound] + stars
            rest = rest[key.upperBound...].drop { $0 != "&" }
        }
        return shown + rest
    }
}

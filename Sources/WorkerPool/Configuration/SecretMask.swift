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

    private static func hidingUserInformation(in text: String) -> String {
        guard let at = text.lastIndex(of: "@") else { return text }
        let start = text.firstRange(of: "://")?.upperBound ?? text.startIndex
        guard start <= at else { return text }
        let user = text[start..<at].firstIndex(of: ":").map { text[start...$0] } ?? ""
        return text[..<start] + user + stars + text[at...]
    }

    private static func hidingQuery(in text: String) -> String {
        guard let key = text.firstRange(of: "password=") else { return text }
        let end = text[key.upperBound...].firstIndex(of: "&") ?? text.endIndex
        return text[..<key.upperBound] + stars + text[end...]
    }
}

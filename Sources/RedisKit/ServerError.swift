/// An error that the server answered to one command.
public struct ServerError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The first word, for example `"WRONGTYPE"` or `"ERR"`.
    public let code: String
    /// The whole text, beginning with the code.
    public let message: String

    /// Takes the text of an error reply.
    ///
    /// - Parameter message: the text without the leading minus.
    public init(message: String) {
        self.message = message
        code = String(message.prefix { $0 != " " })
    }

    /// The whole text.
    public var description: String { message }

    /// The same error with a secret made unreadable: some servers repeat the arguments of a
    /// command they refuse.
    func concealing(_ secret: String?) -> ServerError {
        guard let secret, !secret.isEmpty, message.contains(secret) else { return self }
        return ServerError(message: "\(code) (the rest of the answer repeats the password)")
    }
}

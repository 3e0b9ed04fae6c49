/// How a connection is encrypted: TLS 1.2 or newer.
///
/// Files are PEM, and read anew for each connection, so that a renewed certificate is used
/// without a restart. Keys with a passphrase are not read.
public struct Encryption: Sendable, Equatable {
    /// What the server must prove.
    public enum Verification: String, Sendable, CaseIterable {
        /// A certificate of a known authority, made out for the host name that we connect to.
        case full
        /// A certificate of a known authority, whatever host it is for.
        case authority
        /// Nothing: whoever answers is believed.
        case none
    }

    /// What the server must prove.
    public var verification: Verification
    /// The file of the authorities that are believed; nil for the system's.
    public var authorityFile: String?
    /// A directory of such files, named by `openssl rehash`; nil for none.
    public var authorityDirectory: String?
    /// The file of our own certificate, with its chain; nil to show none.
    public var certificateFile: String?
    /// The file of its key; nil where the certificate's file holds it.
    public var keyFile: String?

    /// Describes an encryption; without arguments, one that needs no file.
    public init(
        verification: Verification = .full, authorityFile: String? = nil,
        authorityDirectory: String? = nil, certificateFile: String? = nil, keyFile: String? = nil
    ) {
        self.verification = verification
        self.authorityFile = authorityFile
        self.authorityDirectory = authorityDirectory
        self.certificateFile = certificateFile
        self.keyFile = keyFile
    }
}

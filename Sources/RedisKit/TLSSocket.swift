import CLinux
import COpenSSL
import Glibc

/// A socket with TLS on it; the handshake is a part of connecting.
///
/// OpenSSL reads and writes through `PlainSocket`'s descriptor by functions of ours, because its
/// own would raise SIGPIPE.
struct TLSSocket: ~Copyable {
    /// What polling is for while the connection is being made.
    enum Need { case read, write }

    private let socket: PlainSocket
    private let ssl: OpaquePointer
    private let host: String

    /// Puts TLS on a socket that has started to connect.
    ///
    /// - Parameters:
    ///   - socket: the socket.
    ///   - context: what is believed and shown.
    ///   - host: the name that we connect to.
    ///   - checksHost: whether the certificate must be for that name.
    init(
        on socket: consuming PlainSocket, _ context: borrowing TLSContext, host: String,
        checksHost: Bool
    ) {
        guard let ssl = SSL_new(context.pointer), let method = Self.method,
            let bio = BIO_new(method)
        else { preconditionFailure("there must be memory for a connection of OpenSSL's") }
        BIO_set_data(bio, UnsafeMutableRawPointer(bitPattern: Int(socket.descriptor) + 1))
        BIO_set_init(bio, 1)
        SSL_set_bio(ssl, bio, bio)
        SSL_set_connect_state(ssl)
        self.socket = socket
        self.ssl = ssl
        self.host = host
        if Self.isAddress(host) {
            if checksHost { X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host) }
        } else {
            _ = rqd_ssl_set_sni(ssl, host)
            if checksHost { SSL_set1_host(ssl, host) }
        }
    }

    deinit {
        // A close without a word would be a truncation to the peer; it may be gone, though.
        if SSL_is_init_finished(ssl) == 1 { SSL_shutdown(ssl) }
        SSL_free(ssl)
        ERR_clear_error()
    }

    /// The kernel's number.
    var descriptor: Int32 { socket.descriptor }

    /// What the connect or the handshake waits for.
    var need: Need { SSL_want(ssl) == SSL_READING ? .read : .write }

    /// Goes on with the connect and the handshake.
    ///
    /// - Returns: false while that is still going on.
    /// - Throws: why it failed.
    func connected() throws(ConnectFailure) -> Bool {
        guard try socket.connected() else { return false }
        ERR_clear_error()
        let result = SSL_do_handshake(ssl)
        if result == 1 { return true }
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return false
        case SSL_ERROR_SYSCALL:
            throw ConnectFailure(
                reason: "the server closed the connection during the TLS handshake;"
                    + " perhaps it does not speak TLS on this port")
        default: throw ConnectFailure(reason: failure(unexpectedEnd: true))
        }
    }

    /// Takes what has arrived, up to the buffer's size.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Transport.Progress {
        var count = 0
        while count < buffer.count {
            ERR_clear_error()
            let room = Int32(clamping: buffer.count - count)
            let result = SSL_read(ssl, buffer.baseAddress?.advanced(by: count), room)
            if result <= 0 {
                // What was read first counts; the next call meets the same end.
                return count > 0 ? .moved(bytes: count) : progress(result, "SSL_read")
            }
            count += Int(result)
        }
        return .moved(bytes: count)
    }

    /// Gives what fits.
    func write(_ bytes: UnsafeRawBufferPointer) -> Transport.Progress {
        ERR_clear_error()
        let result = SSL_write(ssl, bytes.baseAddress, Int32(clamping: bytes.count))
        return result > 0 ? .moved(bytes: Int(result)) : progress(result, "SSL_write")
    }

    private func progress(_ result: Int32, _ call: String) -> Transport.Progress {
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: .blocked
        case SSL_ERROR_ZERO_RETURN, SSL_ERROR_SYSCALL: .ended
        default: isTruncated ? .ended : .refused(reason: failure(unexpectedEnd: false))
        }
    }

    /// Whether the peer went away without TLS's own goodbye, as a killed server does.
    private var isTruncated: Bool {
        Int32(ERR_peek_error() & 0x7F_FFFF) == SSL_R_UNEXPECTED_EOF_WHILE_READING
    }

    private func failure(unexpectedEnd isEarly: Bool) -> String {
        if isEarly && isTruncated {
            return "the server closed the connection during the TLS handshake;"
                + " perhaps it does not speak TLS on this port"
        }
        return TLSError.reason(ssl, host: host)
    }

    /// Whether a host is an IP address and not a name.
    private static func isAddress(_ host: String) -> Bool {
        var room = in6_addr()
        return inet_pton(AF_INET, host, &room) == 1 || inet_pton(AF_INET6, host, &room) == 1
    }

    // Immutable once made, and made once.
    nonisolated(unsafe) private static let method: OpaquePointer? = {
        let index = BIO_get_new_index()
        guard index > 0, let method = BIO_meth_new(index | BIO_TYPE_SOURCE_SINK, "rqd socket")
        else { return nil }
        BIO_meth_set_write(method) { bio, bytes, count in
            Self.move(bio, isWrite: true) { send($0, bytes, Int(count), Int32(MSG_NOSIGNAL)) }
        }
        BIO_meth_set_read(method) { bio, bytes, count in
            Self.move(bio, isWrite: false) { recv($0, bytes, Int(count), 0) }
        }
        BIO_meth_set_ctrl(method) { _, command, _, _ in command == BIO_CTRL_FLUSH ? 1 : 0 }
        return method
    }()

    /// One system call of OpenSSL's, and what it is told of it.
    private static func move(
        _ bio: OpaquePointer?, isWrite: Bool, _ call: (Int32) -> Int
    ) -> Int32 {
        guard let bio, let data = BIO_get_data(bio) else { return -1 }
        let descriptor = Int32(Int(bitPattern: data) - 1)
        rqd_bio_clear_retry(bio)
        while true {
            let count = call(descriptor)
            if count >= 0 { return Int32(count) }
            if errno == EINTR { continue }
            if errno == EAGAIN {
                if isWrite { rqd_bio_set_retry_write(bio) } else { rqd_bio_set_retry_read(bio) }
            }
            return -1
        }
    }
}

import Synchronization

/// What carries the bytes of a connection, and nothing else.
///
/// This is the seam for encryption: `Connection` asks no question about the kind of transport.
enum Transport: ~Copyable {
    /// Nothing: the connection is over.
    case none
    /// A socket without encryption.
    case plain(PlainSocket)
    /// A socket with TLS on it.
    case encrypted(TLSSocket)

    /// How far one read or write got.
    enum Progress {
        case moved(bytes: Int)
        /// Nothing can move now; polling tells when.
        case blocked
        /// The peer has gone.
        case ended
        case failed(call: String, errno: Int32)
        /// The encryption failed, in words.
        case refused(reason: String)
    }

    /// Counts connects that failed after they had started.
    ///
    /// The next one begins with another of the host's addresses. Process-wide, because a new
    /// connection knows no old one.
    private static let lateFailures = Atomic<Int>(0)

    /// Starts to connect to the first address of an endpoint that does not refuse at once.
    ///
    /// - Parameters:
    ///   - address: where to; looking up its host may block.
    ///   - encryption: how its bytes are encrypted; nil for not at all.
    /// - Throws: why the last address refused.
    init(
        connectingTo address: Endpoint.Address, _ encryption: Encryption?
    ) throws(ConnectFailure) {
        let candidates = try SocketAddress.all(of: address)
        let first = Self.lateFailures.load(ordering: .relaxed) % candidates.count
        var failure = ConnectFailure(reason: "the host has no address")
        for candidate in candidates[first...] + candidates[..<first] {
            do throws(ConnectFailure) {
                let socket = try PlainSocket(connectingTo: candidate)
                if let encryption, case .tcp(let host, _) = address {
                    let context = try TLSContext(encryption)
                    self = .encrypted(
                        TLSSocket(
                            on: socket, context, host: host,
                            checksHost: encryption.verification == .full))
                } else {
                    self = .plain(socket)
                }
                return
            } catch {
                failure = error
            }
        }
        throw failure
    }

    /// What an event loop watches; -1 where there is nothing to watch.
    var descriptor: Int32 {
        switch self {
        case .none: -1
        case .plain(let socket): socket.descriptor
        case .encrypted(let socket): socket.descriptor
        }
    }

    /// Whether a connect that is going on waits for the descriptor to be writable.
    var connectNeedsWrite: Bool {
        switch self {
        case .none: false
        case .plain: true
        case .encrypted(let socket): socket.need == .write
        }
    }

    /// Whether bytes can flow: the connect is done.
    ///
    /// - Returns: false while it is still going on.
    /// - Throws: why it failed.
    func connected() throws(ConnectFailure) -> Bool {
        do throws(ConnectFailure) {
            switch self {
            case .none: return false
            case .plain(let socket): return try socket.connected()
            case .encrypted(let socket): return try socket.connected()
            }
        } catch {
            Self.lateFailures.add(1, ordering: .relaxed)
            throw error
        }
    }

    /// Takes what has arrived.
    ///
    /// - Parameter buffer: gets the bytes; not empty.
    /// - Returns: how many, or why none.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Progress {
        switch self {
        case .none: .ended
        case .plain(let socket): socket.read(into: buffer)
        case .encrypted(let socket): socket.read(into: buffer)
        }
    }

    /// Gives what fits.
    ///
    /// - Parameter bytes: not empty.
    /// - Returns: how many were taken, or why none.
    func write(_ bytes: UnsafeRawBufferPointer) -> Progress {
        switch self {
        case .none: .ended
        case .plain(let socket): socket.write(bytes)
        case .encrypted(let socket): socket.write(bytes)
        }
    }
}
